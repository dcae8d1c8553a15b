//go:build !race

package mapper

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// randomTypes returns how many random struct types the laws are tested with. AEROSQL_LAWS sets
// another number.
func randomTypes(t testing.TB) int {
	n := 10_000
	if testing.Short() {
		n = 1000
	}
	if text := os.Getenv("AEROSQL_LAWS"); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	return n
}

// randomPlan returns the plan of a random struct type.
func randomPlan(t testing.TB, s *sampler) *plan {
	typ := s.drawStruct(3, false)
	p, err := newCompiler(&config{native: s.chance(50)}).compile(typ)
	require.NoError(t, err, "%v", typ)
	return p
}

func (s *sampler) object(p *plan) reflect.Value {
	x := reflect.New(p.typ)
	s.fill(x.Elem(), "")
	return x
}

// TestLawsOfRandomTypes holds L1 to L3 for random struct types: an object is read as it was written
// (L1), into a used object as into a new one (L2), also if the bins have another order; and a value
// of another bin is refused with an error that names the field, or read without loss (L3).
func TestLawsOfRandomTypes(t *testing.T) {
	for seed := range randomTypes(t) {
		s := newSampler(uint64(seed))
		p := randomPlan(t, s)
		x, dirty, fresh := s.object(p), s.object(p), reflect.New(p.typ)
		bins, err := p.appendBins(nil, x.UnsafePointer(), true)
		require.NoError(t, err, "seed %d: %v", seed, p.typ)
		back := overWire(t, bins)
		require.NoError(t, p.decodeBins(fresh.UnsafePointer(), back, true), "seed %d: %v", seed, p.typ)
		require.True(t, sameValue(x.Elem(), fresh.Elem()), "L1: seed %d: %v\nwant %+v\ngot  %+v\nbins %v", seed, p.typ, x, fresh, bins)

		s.Shuffle(len(back), func(i, j int) { back[i], back[j] = back[j], back[i] })
		require.NoError(t, p.decodeBins(dirty.UnsafePointer(), back, false), "seed %d: %v", seed, p.typ)
		w := BinWriter{nulls: true}
		require.NoError(t, p.write(&w, x.UnsafePointer()), "seed %d: %v", seed, p.typ)
		require.Equal(t, encodedBins(t, bins), w.encoded, "seed %d: %v", seed, p.typ)
		direct := s.object(p)
		require.NoError(t, p.decodeEncoded(direct.UnsafePointer(), encodedBins(t, back), false), "seed %d: %v", seed, p.typ)
		require.True(t, sameValue(x.Elem(), direct.Elem()), "from the message: seed %d: %v\nwant %+v\ngot  %+v", seed, p.typ, x, direct)
		require.True(t, sameValue(x.Elem(), dirty.Elem()), "L2: seed %d: %v\nwant %+v\ngot  %+v\nbins %v", seed, p.typ, x, dirty, bins)

		if len(back) > 1 {
			requireNoSilentLoss(t, p, back, seed)
		}
	}
}

// requireNoSilentLoss reads the value of each bin into the field of another one.
func requireNoSilentLoss(t *testing.T, p *plan, bins protocol.Bins, seed int) {
	for i, bin := range bins {
		target, known := p.index[bin.Name]
		v := bins[(i+1)%len(bins)].Value
		if !known {
			continue
		}
		got := reflect.New(p.typ)
		err := p.decodeBins(got.UnsafePointer(), protocol.Bins{{Name: bin.Name, Value: v}}, true)
		if err != nil {
			fe, ok := errors.AsType[*FieldError](err)
			require.True(t, ok, "L3: seed %d: %v", seed, err)
			require.Equal(t, bin.Name, fe.Bin, "L3: seed %d: %v", seed, err)
			continue
		}
		f := &p.fields[target]
		if !restores(f.typ, f.tag) {
			continue
		}
		back, err := f.codec.encode(f.location.of(placeOf(p.typ, got.UnsafePointer())), 0)
		require.NoError(t, err, "L3: seed %d", seed)
		require.True(t, equivalent(v, back), "L3: seed %d: %s %v read %v as %v", seed, f.path, f.typ, v, back)
	}
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

// bytesOfAccess is the digest of what objects of random types are stored as. It holds law L7: the
// access by offsets and the access by reflection (build tag mapper_safe) store the same bytes. It
// changes with the sampler.
const bytesOfAccess = "ad599ca6b852f29695152a9735a0f3832d93817aa381ad184fbba09f6b220f7b"

func TestBytesOfBothKindsOfAccess(t *testing.T) {
	digest := sha256.New()
	for seed := range 1000 {
		s := newSampler(uint64(seed))
		p := randomPlan(t, s)
		w := BinWriter{nulls: true}
		require.NoError(t, p.write(&w, s.object(p).UnsafePointer()))
		digest.Write(w.encoded.Ops)
	}
	require.Equal(t, bytesOfAccess, hex.EncodeToString(digest.Sum(nil)))
}
