//go:build !race

package mapper

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// TestLawL3NothingIsNarrowed: a value of another bin, or any other value, is refused with an error
// that names the struct, the field and the bin, or it is read without loss.
func TestLawL3NothingIsNarrowed(t *testing.T) {
	for seed := range lawValues(t) {
		s := newSampler(uint64(seed))
		p := randomPlan(t, s)
		bins, err := p.appendBins(nil, s.object(p).UnsafePointer(), true)
		require.NoError(t, err, "seed %d: %v", seed, p.typ)
		back := overWire(t, bins)
		for i, bin := range back {
			foreign := protocol.ValueOf(s.drawAny())
			requireNoSilentLoss(t, p, bin.Name, back[(i+1)%len(back)].Value, seed)
			requireNoSilentLoss(t, p, bin.Name, foreign, seed)
			requireNoSilentLoss(t, p, bin.Name, protocol.List(foreign), seed)
			requireNoSilentLoss(t, p, bin.Name, protocol.Int(s.drawInt()), seed)
		}
		requireRefusal(t, s, p, seed)
	}
}

// requireRefusal sets one field after another to a value that no bin can hold. The write is an
// error that names the field, also with the options omitempty and omitzero.
func requireRefusal(t *testing.T, s *sampler, p *plan, seed int) {
	for i := range p.fields {
		f := &p.fields[i]
		x := s.object(p)
		v := reflectAt(f.typ, f.location.of(placeOf(p.typ, x.UnsafePointer())))
		switch {
		case f.typ.Kind() == reflect.Uint64 && f.tag.form == form{}:
			v.SetUint(1 << 63)
		case f.typ == timeType && f.tag.form == form{}:
			v.Set(reflect.ValueOf(time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC)))
		case f.typ == valueType:
			v.Set(reflect.ValueOf(protocol.Infinity()))
		default:
			continue
		}
		err := p.write(&binEncoder{nulls: true}, x.UnsafePointer())
		fe, ok := errors.AsType[*FieldError](err)
		require.True(t, ok, "seed %d: %s of %v: %v", seed, f.path, p.typ, err)
		require.Equal(t, []string{typeName(p.typ), f.path, f.bin}, []string{fe.Struct, fe.Field, fe.Bin}, "seed %d", seed)
	}
}

// requireNoSilentLoss reads a value into the field of a bin.
func requireNoSilentLoss(t *testing.T, p *plan, bin string, v protocol.Value, seed int) {
	target, known := p.index[bin]
	if !known || v.IsNil() {
		return
	}
	got := reflect.New(p.typ)
	if err := p.decodeBins(got.UnsafePointer(), protocol.Bins{{Name: bin, Value: v}}, true); err != nil {
		fe, ok := errors.AsType[*FieldError](err)
		require.True(t, ok, "seed %d: %v", seed, err)
		require.Equal(t, []string{typeName(p.typ), bin}, []string{fe.Struct, fe.Bin}, "seed %d: %v", seed, err)
		return
	}
	f := &p.fields[target]
	if !restores(f.typ, f.tag) {
		return
	}
	back, err := f.codec.encode(f.location.of(placeOf(p.typ, got.UnsafePointer())), 0)
	require.NoError(t, err, "seed %d", seed)
	require.True(t, equivalent(v, back), "seed %d: %s %v read %v as %v", seed, f.path, f.typ, v, back)
}

// restores reports whether a type has all of a value that it takes: structs ignore keys without a
// field, and methods and JSON have their own rules.
func restores(t reflect.Type, tg tag) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return !tg.form.json && restores(t.Elem(), tg)
	case reflect.Struct:
		return t == timeType || t == valueType
	case reflect.Interface:
		return true
	}
	return tg.form == form{}
}

// equivalent reports whether two values are the same to a program: an integer may be a float or a
// boolean, and bytes may be a list of integers.
func equivalent(a, b protocol.Value) bool {
	if protocol.Equal(a, b) {
		return true
	}
	switch {
	case a.Kind() == protocol.KindList && b.Kind() == protocol.KindList:
		x, _ := a.List()
		y, _ := b.List()
		if len(x) != len(y) {
			return false
		}
		for i := range x {
			if !equivalent(x[i], y[i]) {
				return false
			}
		}
		return true
	case a.Kind() == protocol.KindMap && b.Kind() == protocol.KindMap:
		return equivalentMaps(a, b)
	case a.Kind() == protocol.KindBlob && b.Kind() == protocol.KindList, a.Kind() == protocol.KindList && b.Kind() == protocol.KindBlob:
		return protocol.Equal(asList(a), asList(b))
	}
	if n, ok := a.Int(); ok && b.IsNil() {
		return slices.Contains(zeroTimes, n)
	}
	x, isNumber := asNumber(a)
	y, isOther := asNumber(b)
	return isNumber && isOther && (x == y || x != x && y != y)
}

// zeroTimes are the integers of the zero time, which is NULL.
var zeroTimes = []int64{wrappedZero, time.Time{}.Unix(), time.Time{}.UnixMilli()}

func equivalentMaps(a, b protocol.Value) bool {
	x, _ := a.Map()
	y, _ := b.Map()
	if len(x) != len(y) {
		return false
	}
	for _, p := range x {
		found := false
		for _, q := range y {
			found = found || protocol.Equal(p.Key, q.Key) && equivalent(p.Value, q.Value)
		}
		if !found {
			return false
		}
	}
	return true
}

func asList(v protocol.Value) protocol.Value {
	b, ok := v.Bytes()
	if !ok {
		list, _ := v.List()
		return protocol.List(list...)
	}
	list := make([]protocol.Value, len(b))
	for i, x := range b {
		list[i] = protocol.Int(int64(x))
	}
	return protocol.List(list...)
}

func asNumber(v protocol.Value) (float64, bool) {
	if n, ok := v.Int(); ok {
		return float64(n), true
	}
	if b, ok := v.Bool(); ok && b {
		return 1, true
	} else if ok {
		return 0, true
	}
	return v.Float()
}
