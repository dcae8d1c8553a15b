package mapper

import (
	"runtime"
	"sync"
	"unsafe"
	"weak"

	"github.com/aerosql/aerosql/protocol"
)

// expiries remembers, for each object with a field tagged `asm:"ttl"`, what that field was when the
// object was read. An object whose field still is that keeps its record's expiry when it is
// written: a time to live computed anew from the field would be off by the time since the read, and
// by the difference of the clocks of client and server.
//
// The struct has no room for this, so it stands in a map by the object's address. The addresses are
// weak pointers: they keep no object alive, and no two objects have the same one, also if one
// takes the memory of another. A cleanup removes the entry with its object. The copy of an object
// is another object, of which nothing is known.
type expiries struct {
	read sync.Map // weak.Pointer[byte] to *reading; nil where the field is not what was read any more
}

// A reading is what a time to live was when it was read, and of which record.
type ttlRead struct {
	namespace string
	digest    protocol.Digest
	ttl       ttlValue
}

// remember notes that the object at base was read.
func (e *expiries) remember(base unsafe.Pointer, key protocol.Key, ttl ttlValue) {
	e.set(base, &ttlRead{key.Namespace, key.Digest(), ttl})
}

// forget notes that the object's field is not what was read.
func (e *expiries) forget(base unsafe.Pointer) {
	if _, known := e.read.Load(weak.Make((*byte)(base))); known {
		e.set(base, nil)
	}
}

// set never removes an entry, as each new one costs a cleanup that stays as long as its object.
func (e *expiries) set(base unsafe.Pointer, r *ttlRead) {
	object := (*byte)(base)
	address := weak.Make(object)
	if _, known := e.read.Swap(address, r); !known {
		runtime.AddCleanup(object, func(gone weak.Pointer[byte]) { e.read.Delete(gone) }, address)
	}
}

// unchanged reports whether the object's field still is what was read of the record.
func (e *expiries) unchanged(base unsafe.Pointer, key protocol.Key, ttl ttlValue) bool {
	known, ok := e.read.Load(weak.Make((*byte)(base)))
	if !ok {
		return false
	}
	r := known.(*ttlRead)
	return r != nil && r.digest == key.Digest() && r.namespace == key.Namespace && r.ttl == ttl
}

// A ttlValue is the content of a TTL field, to be compared.
type ttlValue struct {
	n           int64
	nanoseconds int // beside the seconds of a time.Time
}

// remember notes the object's time to live, which was read from the record just now.
func (s *store) remember(base unsafe.Pointer, key protocol.Key) {
	if len(s.plan.ttls) > 0 {
		s.expiries.remember(base, key, s.plan.ttls[0].value(base))
	}
}

// forget notes that the record has another time to live now than the object was read with.
func (s *store) forget(base unsafe.Pointer) {
	if len(s.plan.ttls) > 0 {
		s.expiries.forget(base)
	}
}

// keepsExpiry reports whether a write of the object leaves the record's expiry as it is.
func (s *store) keepsExpiry(base unsafe.Pointer, key protocol.Key) bool {
	return len(s.plan.ttls) > 0 && s.ttl == nil && s.expiries.unchanged(base, key, s.plan.ttls[0].value(base))
}
