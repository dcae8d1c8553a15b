package devserver

import (
	"math"
	"strconv"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/protocol"
)

// setOptions are the options of one set, which override those of its namespace. A zero field means
// that the namespace's option applies.
type setOptions struct {
	defaultTTL uint32 // seconds; protocol.TTLNever means never
	readTouch  int32  // percent; -1 means never
	// disableEviction is only reported (disable-eviction). This server evicts nothing.
	disableEviction bool
	// indexed requests an index over the set without sindex-create (enable-index).
	indexed bool
	// Writes are refused above this number of records or bytes. 0 means no limit.
	stopCount, stopSize int64
}

// setConfig serializes changes of the options of a namespace's sets.
type setConfig struct{ mu sync.Mutex }

// config returns the set's current options. A nil set has zero options.
func (s *set) config() setOptions {
	if s == nil {
		return setOptions{}
	}
	if o := s.options.Load(); o != nil {
		return *o
	}
	return setOptions{}
}

// defaultTTL returns the default time to live of the set's records in seconds. 0 means that they
// never expire.
func (ns *namespace) defaultTTL(s *set) uint32 {
	switch ttl := s.config().defaultTTL; ttl {
	case 0:
		return ns.config().DefaultTTL
	case protocol.TTLNever:
		return 0
	default:
		return ttl
	}
}

// readTouchPercent returns the default read-touch percentage. 0 means never.
func (ns *namespace) readTouchPercent(s *set) uint32 {
	switch percent := s.config().readTouch; percent {
	case 0:
		return ns.config().ReadTouchPercent
	case -1:
		return 0
	default:
		return uint32(percent)
	}
}

// refusesWrite reports whether the set exceeds its size limit on a node. refusesRecord reports
// whether it has reached its limit of records.
func (s *set) refusesWrite(node int) bool {
	limit := s.config().stopSize
	return limit > 0 && s.usage[node].bytes.Load() > limit
}

func (s *set) refusesRecord(node int) bool {
	limit := s.config().stopCount
	return limit > 0 && s.usage[node].objects.Load() >= limit
}

// setSetConfig answers set-config for one set, creating it if necessary.
func (r *infoRequest) setSetConfig(ns *namespace, name string) string {
	s, code := ns.createSet([]byte(name))
	if s == nil || code != protocol.OK {
		return infoError(protocol.ParameterError, badSetting)
	}
	return r.setEach(setDefaults, func(key, value string) bool { return r.configureSet(ns, s, key, value) })
}

// setDefaults lists the options of a set.
const setDefaults = "default-read-touch-ttl-pct=\ndefault-ttl=\ndisable-eviction=\nenable-index=\nstop-writes-count=\nstop-writes-size=\n"

// configureSet changes an option of a set. It returns false if the value is not valid for the
// option.
func (r *infoRequest) configureSet(ns *namespace, s *set, key, value string) bool {
	ns.setConfig.mu.Lock()
	defer ns.setConfig.mu.Unlock()
	o := s.config()
	ok := true
	switch key {
	case "default-read-touch-ttl-pct":
		n, err := strconv.ParseInt(value, 10, 32)
		o.readTouch, ok = int32(n), err == nil && n >= -1 && n <= 100
	case "default-ttl":
		if o.defaultTTL, ok = configSeconds(value); ok && o.defaultTTL != 0 && o.defaultTTL != protocol.TTLNever && ns.config().ForbidTTL {
			return false
		}
	case "disable-eviction":
		o.disableEviction, ok = configBool(value)
	case "enable-index":
		o.indexed, ok = configBool(value)
	case "stop-writes-count":
		o.stopCount, ok = configCount(value)
	case "stop-writes-size":
		o.stopSize, ok = configCount(value)
	}
	if !ok {
		return false
	}
	s.options.Store(&o)
	r.server.journal.add(func(buf []byte) []byte { return setEntry(buf, ns, s) })
	if key == "enable-index" {
		r.indexByConfig(ns, s, o.indexed)
	}
	return true
}

// indexByConfig creates the index over a set, or removes it unless sindex-create made one.
func (r *infoRequest) indexByConfig(ns *namespace, s *set, wanted bool) {
	if wanted {
		ns.indexSet(s)
		return
	}
	if _, made := r.server.indexes.count(ns.name, s.name); !made {
		ns.forgetSetIndex(s)
	}
}

// configSeconds parses a time to live: seconds, or a number with the unit s, m, h or d. -1 means
// never.
func configSeconds(value string) (uint32, bool) {
	if value == "-1" {
		return protocol.TTLNever, true
	}
	unit := uint64(1)
	if n := len(value); n > 0 {
		if at := strings.IndexByte("smhd", value[n-1]); at >= 0 {
			value, unit = value[:n-1], [...]uint64{1, 60, 60 * 60, 24 * 60 * 60}[at]
		}
	}
	n, err := strconv.ParseUint(value, 10, 32)
	if err != nil || n*unit > uint64(protocol.MaxTTL) {
		return 0, false
	}
	return uint32(n * unit), true
}

// configBool accepts only the spellings that the server accepts.
func configBool(value string) (is, ok bool) {
	return value == "true", value == "true" || value == "false"
}

func configCount(value string) (int64, bool) {
	n, err := strconv.ParseUint(value, 10, 64)
	return int64(min(n, math.MaxInt64)), err == nil
}
