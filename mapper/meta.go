package mapper

import (
	"fmt"
	"reflect"
	"time"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// Special values for fields tagged `asm:"ttl"`. The zero value of any such field means the default
// of the set or namespace.
const (
	// TTLNever and TTLKeep are for fields of an integer type: the record never expires, or keeps
	// its expiry.
	TTLNever uint32 = protocol.TTLNever
	TTLKeep  uint32 = protocol.TTLDontUpdate
	// NeverExpires and KeepExpiry are the same for fields of type time.Duration.
	NeverExpires time.Duration = protocol.NeverExpires
	KeepExpiry   time.Duration = -2
)

// Never returns the value that a field of type time.Time has if the record never expires. Any later
// time means the same.
func Never() time.Time { return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }

// compileMeta checks the fields tagged asm.
func compileMeta(p *plan, found *collector) {
	for _, f := range found.meta {
		switch {
		case f.hops != nil:
			found.addProblem(f.path, fmt.Errorf("metadata can't lie behind an embedded pointer"))
		case f.tag.meta == metaGeneration && (!isInteger(f.typ) || f.typ.Bits() < 32 && f.typ.Kind() != reflect.Uint16):
			found.addProblem(f.path, fmt.Errorf("a generation needs a uint16 or an integer of 32 bits or more, not %s", f.typ))
		case f.tag.meta == metaGeneration:
			p.gens = append(p.gens, f)
		case f.typ == timeType || isInteger(f.typ) && f.typ.Bits() >= 32:
			p.ttls = append(p.ttls, ttlField{f})
		default:
			found.addProblem(f.path, fmt.Errorf("a time to live needs a time.Duration, a time.Time or an integer of 32 bits or more, not %s", f.typ))
		}
	}
}

func isInteger(t reflect.Type) bool { return t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64 }

// generation returns the value of the object's first generation field, or 0 if there is none.
func (p *plan) generation(base unsafe.Pointer) (uint32, error) {
	if len(p.gens) == 0 {
		return 0, nil
	}
	f := &p.gens[0]
	n, ok := loadUint32(f.valueIn(base))
	if !ok || n > 0xFFFF {
		return 0, p.metaError(f, fmt.Errorf("%w: a generation must be between 0 and 65535", ErrRange))
	}
	return n, nil
}

func (p *plan) metaError(f *field, err error) error {
	return &FieldError{Struct: typeName(p.typ), Field: f.path, Err: err}
}

// setGeneration sets every generation field.
func (p *plan) setGeneration(base unsafe.Pointer, n uint32) {
	for i := range p.gens {
		f := &p.gens[i]
		storeUint32(f.valueIn(base), n)
	}
}

// ttl returns the time to live of the object's first TTL field. The plan must have one.
func (p *plan) ttl(base unsafe.Pointer, now func() time.Time) (cluster.TTL, error) {
	f := &p.ttls[0]
	ttl, err := f.load(base, now)
	if err != nil {
		return 0, p.metaError(&f.field, err)
	}
	return ttl, nil
}

// setTTL sets every TTL field to the record's remaining time.
func (p *plan) setTTL(base unsafe.Pointer, voidTime uint32, now func() time.Time) {
	if len(p.ttls) == 0 {
		return
	}
	at := now()
	for i := range p.ttls {
		p.ttls[i].store(base, voidTime, at)
	}
}

// A ttlField holds a time to live: an integer of seconds, a time.Duration, or the time.Time of
// expiry.
type ttlField struct{ field }

// value returns the field's content.
func (f *ttlField) value(base unsafe.Pointer) ttlValue {
	at := f.placeIn(base)
	if f.typ == timeType {
		t := *variable[time.Time](at)
		return ttlValue{t.Unix(), t.Nanosecond()}
	}
	rv := reflectAt(f.typ, at)
	if rv.CanUint() {
		return ttlValue{n: int64(rv.Uint())}
	}
	return ttlValue{n: rv.Int()}
}

var durationType = reflect.TypeFor[time.Duration]()

func (f *ttlField) load(base unsafe.Pointer, now func() time.Time) (cluster.TTL, error) {
	at := f.placeIn(base)
	switch f.typ {
	case timeType:
		return ttlUntil(*variable[time.Time](at), now)
	case durationType:
		return ttlFor(*variable[time.Duration](at))
	}
	n, ok := loadUint32(reflectAt(f.typ, at))
	if !ok || n > protocol.MaxTTL && n != TTLNever && n != TTLKeep {
		return 0, errTTL
	}
	return cluster.TTL(n), nil
}

var errTTL = fmt.Errorf("%w: a time to live is from 1 second to ten years, in seconds %d, or one of the special values", ErrRange, protocol.MaxTTL)

func ttlFor(d time.Duration) (cluster.TTL, error) {
	switch {
	case d == NeverExpires:
		return cluster.TTLNever, nil
	case d == KeepExpiry:
		return cluster.TTLDontUpdate, nil
	case d < 0 || d > time.Duration(protocol.MaxTTL)*time.Second:
		return 0, errTTL
	}
	return cluster.TTLFor(d), nil
}

func ttlUntil(t time.Time, now func() time.Time) (cluster.TTL, error) {
	switch {
	case t.IsZero():
		return cluster.TTLDefault, nil
	case !t.Before(Never()):
		return cluster.TTLNever, nil
	}
	left := t.Sub(now())
	if left <= 0 {
		return 0, fmt.Errorf("%w: the time of expiry has passed", ErrRange)
	}
	return ttlFor(left)
}

// store sets the field to the record's remaining time, at least a second. Integers are rounded up,
// as on the server, so a record that has just been written with 30 s has 30 s.
func (f *ttlField) store(base unsafe.Pointer, voidTime uint32, now time.Time) {
	at := f.placeIn(base)
	never := voidTime == 0
	expiry := time.Unix(protocol.Epoch2010+int64(voidTime), 0)
	left := max(expiry.Sub(now), time.Second)
	switch {
	case f.typ == timeType && never:
		*variable[time.Time](at) = Never()
	case f.typ == timeType:
		*variable[time.Time](at) = expiry.UTC()
	case f.typ == durationType && never:
		*variable[time.Duration](at) = NeverExpires
	case f.typ == durationType:
		*variable[time.Duration](at) = left
	case never:
		storeUint32(reflectAt(f.typ, at), TTLNever)
	default:
		storeUint32(reflectAt(f.typ, at), uint32((left+time.Second-1)/time.Second))
	}
}

// loadUint32 reads an integer and reports whether it fits. TTLNever and TTLKeep are -1 and -2 in
// signed fields.
func loadUint32(rv reflect.Value) (uint32, bool) {
	if rv.CanUint() {
		return uint32(rv.Uint()), rv.Uint() <= 0xFFFFFFFF
	}
	n := rv.Int()
	return uint32(n), n >= -2 && n <= 0xFFFFFFFF
}

// storeUint32 is the reverse of loadUint32. TTLNever is -1 in a signed field of any size.
func storeUint32(rv reflect.Value, n uint32) {
	switch {
	case rv.CanUint():
		rv.SetUint(uint64(n))
	case rv.Type().Bits() == 32 || n == TTLNever:
		rv.SetInt(int64(int32(n)))
	default:
		rv.SetInt(int64(n))
	}
}

// A ttlValue is the value of a TTL field in a comparable form.
type ttlValue struct {
	n           int64
	nanoseconds int // of a time.Time, whose seconds are n
}
