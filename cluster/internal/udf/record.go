package udf

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/protocol"
)

// Limits of a record in a function (docs/wire-cdt-exp.md#10.4).
const (
	maxBinName = 15
	maxBins    = 512
	maxChanges = 1024
)

// Bins provides the bins of the record that a function runs on.
type Bins interface {
	// Names returns the names of the bins in their order.
	Names() []string
	// Value returns a bin's value. ok is false if there is no such bin.
	Value(name string) (v protocol.Value, ok bool)
}

// Changes changes the bins of the record that a function runs on. The caller makes the changes
// permanent after the function has succeeded.
type Changes interface {
	// Put stores a value.
	Put(name string, v protocol.Value) protocol.ResultCode
	// Remove removes a bin, if it exists.
	Remove(name string)
	// Restore undoes all changes.
	Restore()
	// Create prepares a record that did not exist. It sets the set and key of r, and reports
	// whether the record can be created.
	Create(r *Record) bool
}

// Metadata is what a function can read about its record in addition to the bins.
type Metadata struct {
	Digest     protocol.Digest
	Set        string
	Key        protocol.Value // nil if it is not stored
	Generation uint16
	LastUpdate uint64 // milliseconds since 2010
	TTL        uint32 // seconds left, 0 means it never expires
	Size       int    // bytes in storage
}

// A Record is a record as functions see it. It buffers what they assign to bins until they call
// aerospike:create or aerospike:update (docs/wire-cdt-exp.md#10.4). The caller sets the fields
// before a function runs; afterwards they report the outcome.
type Record struct {
	Bins Bins
	// Changes changes the bins. It is nil for records of a stream, which are read-only.
	Changes Changes
	Metadata
	// Open is true if the record can be read or changed: from the start, or once it has been
	// created. A tombstone is open, but not live.
	Open, Live bool
	// Unreadable reports that the record has more bins than functions can read.
	Unreadable bool
	// Updated reports that the record was changed or touched and must be stored.
	Updated bool
	// Code reports why changes failed, OK if they did not.
	Code protocol.ResultCode
	// NewTTL is the argument of set_ttl, nil if it was not called.
	NewTTL *uint32
	// KeyDropped reports that the stored key must be removed.
	KeyDropped bool

	machine *machine
	cache   []cachedBin
	inserts int // cached bins with a value
	tooMany bool
}

// A cachedBin is a bin that the function has read or assigned.
type cachedBin struct {
	name    string
	value   lua.LValue
	removed bool // by aerospike:remove; reads return the stored bin
	dirty   bool
}

func (*Record) class() string { return "Record" }

// get reads a bin. A number as the name is converted to a string.
func (r *Record) get(c call, key lua.LValue) lua.LValue {
	if key == lua.LNil {
		return lua.LNil
	}
	name, ok := asText(key)
	if !ok {
		c.argumentError(2, "string expected, got "+typeName(c.LState, key))
	}
	if name = cString(name); len(name) > maxBinName {
		return lua.LNil
	}
	if i := r.cached(name); i >= 0 && !r.cache[i].removed {
		return r.machine.unbox(r.cache[i].value)
	}
	if !r.Open {
		return lua.LNil
	}
	stored, ok := r.Bins.Value(name)
	if !ok {
		return lua.LNil
	}
	v := r.machine.fromValue(stored)
	r.cacheBin(cachedBin{name: name, value: v})
	return v
}

// set assigns to a bin. nil marks it for removal.
func (r *Record) set(c call, key, v lua.LValue) {
	if key == lua.LNil {
		return
	}
	name, ok := asText(key)
	if !ok {
		c.argumentError(2, "string expected, got "+typeName(c.LState, key))
	}
	name = cString(name)
	if !isStorable(v) {
		c.RaiseError("can't set bin %s to unsupported type", name)
	}
	if len(name) <= maxBinName && r.Changes != nil {
		r.cacheBin(cachedBin{name: name, value: v, dirty: true})
	}
}

func (r *Record) cached(name string) int {
	return slices.IndexFunc(r.cache, func(b cachedBin) bool { return b.name == name })
}

func (b *cachedBin) hasValue() bool { return !b.removed && b.value != lua.LNil }

// cacheBin puts a bin into the cache, which has limits.
func (r *Record) cacheBin(b cachedBin) {
	if r.tooMany {
		return
	}
	i := r.cached(b.name)
	switch {
	case i >= 0:
		if r.cache[i].hasValue() {
			r.inserts--
		}
		r.cache[i] = b
	case len(r.cache) >= maxChanges, b.hasValue() && r.inserts >= maxBins:
		r.tooMany = true
		return
	default:
		r.cache = append(r.cache, b)
	}
	if b.hasValue() {
		r.inserts++
	}
}

func (r *Record) forget() { r.cache, r.inserts, r.tooMany = nil, 0, false }

// execute makes the changes so far. If it fails, it returns false and undoes all changes of the
// function.
func (r *Record) execute() bool {
	if r.tooMany {
		return r.fail(protocol.BinNameTooLong)
	}
	for i := 0; i < len(r.cache); i++ {
		b := &r.cache[i]
		switch {
		case !b.dirty:
		case !b.hasValue():
			r.Changes.Remove(b.name)
			last := len(r.cache) - 1
			r.cache[i] = r.cache[last]
			r.cache = r.cache[:last]
			i--
		default:
			if code := r.put(b.name, b.value); code != protocol.OK {
				return r.fail(code)
			}
		}
	}
	r.Code, r.Updated = protocol.OK, true
	for i := range r.cache {
		r.cache[i].dirty = false
	}
	return true
}

func (r *Record) put(name string, v lua.LValue) protocol.ResultCode {
	if isRecord(v) {
		return protocol.BinTypeError
	}
	if names := r.Bins.Names(); len(names) >= maxBins && !slices.Contains(names, name) {
		return protocol.BinNameTooLong
	}
	stored := toValue(v, 0)
	if u, ok := v.(*lua.LUserData); ok {
		if l, ok := u.Value.(*list); ok {
			stored = l.stored()
		}
	}
	return r.Changes.Put(name, stored)
}

func (r *Record) fail(code protocol.ResultCode) bool {
	r.Code, r.Updated = code, false
	r.Changes.Restore()
	r.forget()
	return false
}

// Results of the functions of aerospike (docs/wire-cdt-exp.md#10.4).
const (
	done           = 0
	alreadyDone    = 1 // create of an existing record, remove of a missing one; any change on a stream
	cannotCreate   = 4
	executionError = -1
	noSuchRecord   = -2
)

func answer(ok bool) int {
	if ok {
		return done
	}
	return executionError
}

func (r *Record) create() int {
	switch {
	case r.Changes == nil:
		return alreadyDone
	case r.Open && len(r.Bins.Names()) > 0:
		return alreadyDone
	case r.Open:
		return answer(r.execute())
	case !r.Changes.Create(r):
		return cannotCreate
	}
	r.Open = r.execute()
	r.Live = r.Open
	return answer(r.Open)
}

func (r *Record) update() int {
	switch {
	case r.Changes == nil:
		return alreadyDone
	case !r.Open:
		return noSuchRecord
	}
	return answer(r.execute())
}

func (r *Record) remove() int {
	switch {
	case r.Changes == nil:
		return alreadyDone
	case !r.Open:
		return alreadyDone
	}
	r.forget()
	for _, name := range r.Bins.Names() {
		r.cacheBin(cachedBin{name: name, removed: true, dirty: true})
	}
	return answer(r.execute())
}
