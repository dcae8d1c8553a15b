package secondary

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/cluster/devserver/internal/geo"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// stored returns a value as a bin holds it.
func stored(t testing.TB, v protocol.Value) (protocol.ParticleType, []byte) {
	t.Helper()
	data, err := protocol.AppendParticle(nil, v)
	require.NoError(t, err)
	if v.Particle() == protocol.ParticleGeoJSON {
		at, ok := geo.TextOffset(data)
		require.True(t, ok)
		data, ok = geo.AppendParticle(nil, data[at:])
		require.True(t, ok)
	}
	return v.Particle(), data
}

func point(lng, lat float64) protocol.Value {
	return protocol.GeoJSON(fmt.Sprintf(`{"type":"Point","coordinates":[%f,%f]}`, lng, lat))
}

func circle(lng, lat, radius float64) protocol.Value {
	return protocol.GeoJSON(fmt.Sprintf(`{"type":"AeroCircle","coordinates":[[%f,%f],%f]}`, lng, lat, radius))
}

func TestKeysOfValues(t *testing.T) {
	integer, text := protocol.ParticleInteger, protocol.ParticleString
	list := protocol.List(protocol.Int(3), protocol.String("a"), protocol.Int(-1), protocol.Int(3), protocol.Float(1))
	pairs := protocol.Map(protocol.Pair{Key: protocol.Int(5), Value: protocol.String("a")}, protocol.Pair{Key: protocol.String("k"), Value: list})
	long := protocol.String(strings.Repeat("x", MaxText+1))
	for name, c := range map[string]struct {
		target Target
		value  protocol.Value
		want   int
	}{
		"an integer":                  {Target{Type: integer}, protocol.Int(7), 1},
		"another type":                {Target{Type: integer}, protocol.String("7"), 0},
		"a string":                    {Target{Type: text}, protocol.String("7"), 1},
		"the longest string":          {Target{Type: text}, protocol.String(strings.Repeat("x", MaxText)), 1},
		"a longer string":             {Target{Type: text}, long, 0},
		"a longer element":            {Target{Type: text, Form: Elements}, protocol.List(long), 1},
		"a blob":                      {Target{Type: protocol.ParticleBlob}, protocol.Blob([]byte{1}), 1},
		"a string for a blob":         {Target{Type: protocol.ParticleBlob}, protocol.String("a"), 0},
		"a list for an integer":       {Target{Type: integer}, list, 0},
		"elements":                    {Target{Type: integer, Form: Elements}, list, 2},
		"elements of a type":          {Target{Type: text, Form: Elements}, list, 1},
		"elements of a map":           {Target{Type: integer, Form: Elements}, pairs, 0},
		"keys":                        {Target{Type: integer, Form: MapKeys}, pairs, 1},
		"keys of a list":              {Target{Type: integer, Form: MapKeys}, list, 0},
		"values":                      {Target{Type: text, Form: MapValues}, pairs, 1},
		"a step into a list":          {Target{Type: integer, Context: []byte{0x92, 0x10, 0x02}}, list, 1},
		"a step to another type":      {Target{Type: integer, Context: []byte{0x92, 0x10, 0x01}}, list, 0},
		"a step to a missing element": {Target{Type: integer, Context: []byte{0x92, 0x10, 0x09}}, list, 0},
		"a step into an integer":      {Target{Type: integer, Context: []byte{0x92, 0x10, 0x00}}, protocol.Int(1), 0},
		"a step, then elements":       {Target{Type: integer, Form: Elements, Context: []byte{0x92, 0x21, 0xff}}, pairs, 2},
		"a point":                     {Target{Type: protocol.ParticleGeoJSON}, point(1, 2), 1},
		"points":                      {Target{Type: protocol.ParticleGeoJSON, Form: Elements}, protocol.List(point(1, 2), point(2, 1)), 2},
		"invalid geometry":            {Target{Type: protocol.ParticleGeoJSON, Form: Elements}, protocol.List(protocol.GeoJSON("{}")), 0},
		"integer out of range":        {Target{Type: integer, Form: Elements}, protocol.List(protocol.Uint(math.MaxUint64)), 0},
	} {
		particle, data := stored(t, c.value)
		keys := c.target.AppendKeys([]Key{9}, particle, data)
		require.Len(t, keys, 1+c.want, name)
		require.True(t, slices.IsSorted(keys[1:]), name)
	}
}

func TestKeyOrder(t *testing.T) {
	numbers := []int64{math.MinInt64, -5, -1, 0, 1, 7, math.MaxInt64}
	target := Target{Type: protocol.ParticleInteger}
	var keys []Key
	for _, n := range numbers {
		require.Equal(t, n, target.Value(target.Key(n)))
		keys = append(keys, target.Key(n))
	}
	require.True(t, slices.IsSorted(keys))
	cells := Target{Type: protocol.ParticleGeoJSON}
	require.Less(t, cells.Key(1), cells.Key(-1), "cells have no sign")
	require.Equal(t, int64(-1), cells.Value(cells.Key(-1)))
}

// geometry returns a range of geometries.
func geometry(t testing.TB, v protocol.Value) *Range {
	t.Helper()
	text, _ := v.Text()
	r, ok := Geometry([]byte(text))
	require.True(t, ok)
	return r
}

func TestRangeMatches(t *testing.T) {
	whole, elements := Target{Type: protocol.ParticleGeoJSON}, Target{Type: protocol.ParticleGeoJSON, Form: Elements}
	near := geometry(t, circle(0, 0, 10_000))
	for name, c := range map[string]struct {
		target Target
		r      *Range
		value  protocol.Value
		want   bool
	}{
		"an integer within":        {Target{Type: protocol.ParticleInteger}, Integers(1, 3), protocol.Int(3), true},
		"an integer outside":       {Target{Type: protocol.ParticleInteger}, Integers(1, 3), protocol.Int(4), false},
		"one element within":       {Target{Type: protocol.ParticleInteger, Form: Elements}, Integers(1, 3), protocol.List(protocol.Int(9), protocol.Int(2)), true},
		"an equal string":          {Target{Type: protocol.ParticleString}, Equal(protocol.ParticleString, []byte("a")), protocol.String("a"), true},
		"another string":           {Target{Type: protocol.ParticleString}, Equal(protocol.ParticleString, []byte("a")), protocol.String("b"), false},
		"a range of another type":  {Target{Type: protocol.ParticleString}, Integers(math.MinInt64, math.MaxInt64), protocol.String("b"), false},
		"a point in the region":    {whole, near, point(0.01, 0.01), true},
		"a point in the covering":  {whole, near, point(0.089, 0.089), false},
		"a region in a region":     {whole, near, circle(0, 0, 10), false},
		"a region around":          {whole, geometry(t, point(0.01, 0)), circle(0, 0, 10_000), true},
		"a point at the point":     {whole, geometry(t, point(0, 0)), point(0, 0), false},
		"a point among elements":   {elements, near, protocol.List(point(50, 50), point(0, 0)), true},
		"no point among elements":  {elements, near, protocol.List(point(50, 50)), false},
		"a region that is a globe": {whole, geometry(t, circle(0, 0, 25_000_000)), point(50, 50), true},
	} {
		particle, data := stored(t, c.value)
		require.Equal(t, c.want, c.target.Matches(c.r, particle, data), name)
		if !c.want {
			continue
		}
		var tree Tree
		for _, k := range c.target.AppendKeys(nil, particle, data) {
			tree.Insert(Entry{Key: k})
		}
		require.NotEmpty(t, slices.Collect(c.r.In(&tree, nil)), "%s: what matches lies in the range", name)
	}
	_, ok := Geometry([]byte(`{"type":"Point"}`))
	require.False(t, ok)
}

func TestRangeResumesAfterAnEntry(t *testing.T) {
	target := Target{Type: protocol.ParticleInteger}
	var tree Tree
	var all []Entry
	for n := range int64(10) {
		for d := range byte(3) {
			e := Entry{Key: target.Key(n), Digest: protocol.Digest{d}}
			tree.Insert(e)
			all = append(all, e)
		}
	}
	r := Integers(2, 7)
	want := all[6:24]
	require.Equal(t, want, slices.Collect(r.In(&tree, nil)))
	for i := range want {
		require.Empty(t, cmpEntries(want[i+1:], slices.Collect(r.In(&tree, &want[i]))))
	}
	require.Equal(t, want, slices.Collect(r.In(&tree, &all[0])), "from before the range all of it is returned")
	require.Empty(t, slices.Collect(r.In(&tree, &all[29])))
}

// FuzzAppendKeys covers contexts of indexes and values of all forms in the indexed bins.
func FuzzAppendKeys(f *testing.F) {
	for _, seed := range [][2]string{
		{"", "\x93\x01\xa2\x03a\x02"}, {"\x92\x10\x00", "\x91\x92\x01\x02"}, {"\x92\x22\xa2\x03k", "\x81\xa2\x03k\x92\x01\x02"},
		{"\xdd\xff\xff\xff\xff", "\x90"}, {"\x92\x10", "\x91\x01"}, {"\x93\xcc\xff\x00", "\x81\x01\x02"},
	} {
		f.Add(uint8(Elements), uint8(protocol.ParticleInteger), []byte(seed[0]), []byte(seed[1]))
		f.Add(uint8(MapKeys), uint8(protocol.ParticleString), []byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, form, typ uint8, context, data []byte) {
		v, err := protocol.ParseMsgpack(data)
		if err != nil {
			return
		}
		if v, ok := collection.Normalize(v); ok {
			stored, err := collection.Pack(nil, v)
			if err != nil {
				return
			}
			target := Target{Form: Form(form % 4), Type: []protocol.ParticleType{
				protocol.ParticleInteger, protocol.ParticleString, protocol.ParticleBlob, protocol.ParticleGeoJSON,
			}[typ%4]}
			if len(context) > 0 {
				target.Context = context
			}
			wiretest.Bounded(t, len(context)+len(data), 4*wiretest.Values, func() {
				keys := target.AppendKeys(nil, v.Particle(), stored)
				for i := 1; i < len(keys); i++ {
					if keys[i-1] >= keys[i] {
						t.Fatalf("keys %v are not in order", keys)
					}
				}
			})
		}
	})
}
