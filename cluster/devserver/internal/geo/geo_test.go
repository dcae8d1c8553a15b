package geo

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/aerosql/aerosql/protocol/wiretest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestParticle compares stored forms with those of a real server.
func TestParticle(t *testing.T) {
	for text, want := range map[string]string{
		`{"type":"Point","coordinates":[-122.0,37.5]}`: "000001808fb8a247954393",
		`{"type":"AeroCircle","coordinates":[[10.0,10.5],1000]}`: "01000c" +
			"11aad3630000000011aad3650000000011aad36f0000000011aad3740000000011aad37c0000000011aad3802b000000" +
			"11aad381c000000011aad3830000000011aad39d0000000011aad481c000000011aad4824000000011aad48290000000",
	} {
		particle, ok := AppendParticle(nil, []byte(text))
		require.True(t, ok)
		assert.Equal(t, want+hex.EncodeToString([]byte(text)), hex.EncodeToString(particle))
		offset, ok := TextOffset(particle)
		require.True(t, ok)
		assert.Equal(t, text, string(particle[offset:]))
	}
}

func TestInvalid(t *testing.T) {
	for _, text := range []string{
		"", "[]", "{}", `{"type":"LineString","coordinates":[[1,2],[2,3]]}`,
		`{"type":"Point","coordinates":[1]}`, `{"type":"Point","coordinates":[1,2,3]}`, `{"type":"Point","coordinates":[1,"2"]}`,
		`{"type":"Point","coordinates":[181,0]}`, `{"type":"Point","coordinates":[99999999999999999999,2]}`,
		`{"type":"Point","coordinates":null}`, `{"type":"Point","coordinates":[1,2]}x`, `{"type":"Feature"}`,
		`{"type":"Point","a":"\u0000","coordinates":[1,0]}`, `{"type":"Point","a":"\ud800","coordinates":[1,0]}`,
		"{\"type\":\"Point\",\"a\":\"\xff\",\"coordinates\":[1,0]}",
		`{"type":"Polygon","coordinates":[[[0,0],[1,0],[0,0]]]}`, `{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,1]]]}`,
	} {
		_, ok := Parse([]byte(text))
		assert.False(t, ok, text)
	}
	_, ok := AppendParticle(nil, []byte(`{"type":"AeroCircle","coordinates":[[0,0],2e7]}`))
	assert.False(t, ok, "a region whose covering has too many cells")
	_, ok = TextOffset([]byte{0, 0, 1, 0})
	assert.False(t, ok)
}

func TestMatch(t *testing.T) {
	point, _ := Parse([]byte(`{"type":"Point","coordinates":[2.5,2.5]}`))
	far, _ := Parse([]byte(`{"type":"Feature","geometry":{"type":"Point","coordinates":[5,5]}}`))
	holed, _ := Parse([]byte(`{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]],[[2,2],[3,2],[3,3],[2,3],[2,2]]]}`))
	circle, _ := Parse([]byte(`{"type":"AeroCircle","coordinates":[[2.5,2.5],1000]}`))
	assert.False(t, Match(point, holed), "in the hole")
	assert.True(t, Match(far, holed))
	assert.True(t, Match(holed, far), "in either order")
	assert.True(t, Match(circle, point))
	assert.False(t, Match(point, point))
	assert.False(t, Match(circle, holed))
}

// perByte is the most memory, in bytes, for each byte of a geometry's text. A corner of six
// characters becomes a point with three coordinates in a loop, and its index entries.
const perByte = 512

// FuzzParse checks that no text panics and that stored particles can be read.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]],[[2,2],[3,2],[3,3],[2,2]]]}`))
	f.Add([]byte(`{"type":"MultiPolygon","coordinates":[[[[0,0],[10,0],[10,10],[0,0]]]]}`))
	f.Add([]byte(`{"type":"AeroCircle","coordinates":[[0,90],1e6]}`))
	point, _ := Parse([]byte(`{"type":"Point","coordinates":[2.5,2.5]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var shape *Shape
		var ok bool
		wiretest.Bounded(t, len(text), perByte, func() {
			if shape, ok = Parse(text); ok {
				Match(shape, point)
			}
		})
		if !ok {
			return
		}
		if particle, ok := AppendParticle(nil, text); ok {
			offset, ok := TextOffset(particle)
			require.True(t, ok)
			require.Equal(t, text, particle[offset:])
		}
	})
}

// TestGeometriesThatCostMost checks that overlapping rings, whose edges are visited repeatedly,
// deep arrays and many names stay within limits of time, memory and stack.
func TestGeometriesThatCostMost(t *testing.T) {
	many := func(what string, n int) string { return strings.TrimSuffix(strings.Repeat(what+",", n), ",") }
	const ring, zigzag = "[[0,0],[1,0],[1,1],[0,0]]", "[0,0],[1,1],[0,1],[1,0]"
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"polygons":           {`{"type":"MultiPolygon","coordinates":[` + many("["+ring+"]", maxRings) + `]}`, true},
		"too many polygons":  {`{"type":"MultiPolygon","coordinates":[` + many("["+ring+"]", maxRings+1) + `]}`, false},
		"holes":              {`{"type":"Polygon","coordinates":[` + many(ring, maxRings) + `]}`, true},
		"too many holes":     {`{"type":"Polygon","coordinates":[` + many(ring, 20*maxRings) + `]}`, false},
		"zigzag":             {`{"type":"Polygon","coordinates":[[` + many(zigzag, maxPositions/4-1) + `,[0,0]]]}`, true},
		"too long a zigzag":  {`{"type":"Polygon","coordinates":[[` + many(zigzag, maxPositions) + `,[0,0]]]}`, false},
		"deep":               {`{"type":"Polygon","coordinates":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, false},
		"deeper":             {`{"type":"Polygon","coordinates":` + strings.Repeat("[", 1_000_000), false},
		"names":              {`{` + many(`"a":1`, 100_000) + `,"type":"Point","coordinates":[1,1]}`, true},
		"features upon each": {strings.Repeat(`{"type":"Feature","geometry":`, 1000) + `{}` + strings.Repeat("}", 1000), false},
	} {
		t.Run(name, func(t *testing.T) {
			wiretest.StackBounded(t, func() {
				wiretest.Bounded(t, len(c.text), 4*perByte, func() {
					_, ok := AppendParticle(nil, []byte(c.text))
					require.Equal(t, c.ok, ok)
				})
			})
		})
	}
}
