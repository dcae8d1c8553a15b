package devserver

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/aerosql/aerosql/cluster/devserver/internal/access"
)

// A keptState is what a data directory keeps besides namespaces: users with their roles, and the
// configuration that set-config changed. What the running cluster has no use for stays, for example
// users while it runs without security.
type keptState struct {
	mu     sync.Mutex
	users  []byte // as JSON, nil if there are none
	config map[settingKey]string
}

// A settingKey names a setting of a namespace, or of the whole server if namespace is "".
type settingKey struct{ namespace, name string }

func (a settingKey) compare(b settingKey) int {
	return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name))
}

// keepUsers writes all users and roles to the data directory, after a change.
func (s *Server) keepUsers() {
	s.journal.add(s.usersEntry)
}

// usersEntry appends the users and roles. The directory is read now, so the last of several entries
// is complete.
func (s *Server) usersEntry(buf []byte) []byte {
	packed, _ := json.Marshal(s.security.directory.State()) // has only strings, numbers and lists
	w := beginEntry(buf, entryUsers)
	w.bytes(packed)
	return w.end()
}

// applyUsers replaces the users and roles.
func (s *Server) applyUsers(packed []byte) error {
	var state access.State
	if err := json.Unmarshal(packed, &state); err != nil {
		return fmt.Errorf("%w: the users: %w", ErrDamaged, err)
	}
	if s.security == nil {
		s.kept.mu.Lock()
		defer s.kept.mu.Unlock()
		s.kept.users = packed
		return nil
	}
	s.security.directory.Restore(state)
	return nil
}

// keepSetting writes a setting that set-config changed to the data directory.
func (s *Server) keepSetting(namespace, name, value string) {
	if s.journal == nil {
		return
	}
	s.kept.set(settingKey{namespace, name}, value)
	s.journal.add(func(buf []byte) []byte { return settingEntry(buf, settingKey{namespace, name}, value) })
}

func (k *keptState) set(key settingKey, value string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.config == nil {
		k.config = make(map[settingKey]string)
	}
	k.config[key] = value
}

func settingEntry(buf []byte, key settingKey, value string) []byte {
	w := beginEntry(buf, entrySetting)
	w.text(key.namespace)
	w.text(key.name)
	w.text(value)
	return w.end()
}

// applySetting changes a setting. A namespace that does not exist any more keeps it.
func (s *Server) applySetting(key settingKey, value string) {
	s.kept.set(key, value)
	if key.namespace == "" {
		s.configure(key.name, value)
	} else if ns := s.namespace([]byte(key.namespace)); ns != nil {
		ns.configure(key.name, value)
	}
}

// configure changes a setting of the whole server. It returns false if the value is not valid.
func (s *Server) configure(name, value string) bool {
	if known, ok := s.limits.configure(name, value); known {
		return ok
	}
	s.settings.set(name, value)
	return true
}

// writeKept writes the users and the configuration.
func (s *Server) writeKept(out *entryFile) {
	s.kept.mu.Lock()
	users, config := s.kept.users, maps.Clone(s.kept.config)
	s.kept.mu.Unlock()
	switch {
	case s.security != nil:
		out.entry(s.usersEntry(nil))
	case users != nil:
		w := beginEntry(nil, entryUsers)
		w.bytes(users)
		out.entry(w.end())
	}
	for _, key := range slices.SortedFunc(maps.Keys(config), settingKey.compare) {
		out.entry(settingEntry(nil, key, config[key]))
	}
}
