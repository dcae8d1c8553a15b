package devserver

import (
	_ "embed" // for the defaults
	"strings"
	"sync"
)

// Statistics and configuration have hundreds of keys, in an order that tools rely on. The defaults
// are those of a server that has just started.
var (
	//go:embed defaults/namespace.txt
	namespaceDefaults string
	//go:embed defaults/statistics.txt
	statisticsDefaults string
	//go:embed defaults/config_service.txt
	serviceDefaults string
	//go:embed defaults/config_namespace.txt
	namespaceConfigDefaults string
)

// overlay returns the defaults as one line, k=v;k=v, with the values of the keys in live replaced.
func overlay(defaults string, live map[string]string) string {
	var b strings.Builder
	for line := range strings.Lines(defaults) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if v, ok := live[key]; ok {
			value = v
		}
		if b.Len() > 0 {
			b.WriteByte(';')
		}
		b.WriteString(key + "=" + value)
	}
	return b.String()
}

// hasKey reports whether the defaults include the key.
func hasKey(defaults, key string) bool {
	return key != "" && (strings.HasPrefix(defaults, key+"=") || strings.Contains(defaults, "\n"+key+"="))
}

// settings are values that were set at run time and are only reported.
type settings struct {
	mu     sync.Mutex
	values map[string]string
}

func (s *settings) set(key, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values == nil {
		s.values = make(map[string]string)
	}
	s.values[key] = value
}

func (s *settings) get(key string) (value string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, ok = s.values[key]
	return value, ok
}

// remove removes a value. It reports whether it was set.
func (s *settings) remove(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.values[key]
	delete(s.values, key)
	return ok
}

func (s *settings) copyTo(m map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, v := range s.values {
		m[k] = v
	}
}
