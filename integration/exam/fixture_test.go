package exam

import (
	"math"

	"github.com/aerosql/aerosql/protocol"
)

const point = `{"type":"Point","coordinates":[13.4,52.5]}`

// fixture is the set v: varied data. The bins: i integers (and beyond), f floats, s strings, b blobs, y booleans, l lists, m maps, g geo,
// x a mix of values that could be called five.
var fixture = []struct {
	key  any
	bins map[string]any
}{
	{1, map[string]any{"i": 1, "f": 1.5, "s": "abc", "b": []byte{1}, "y": true, "l": []any{1, "a", 2.5}, "m": map[string]any{"k": 1, "n": map[string]any{"z": 2}}}},
	{2, map[string]any{"i": 2, "f": 2.0, "s": "ABC", "y": false}},
	{3, map[string]any{"i": int64(math.MaxInt64), "s": "äöü"}},
	{4, map[string]any{"i": int64(math.MinInt64), "s": ""}},
	{5, map[string]any{"i": int64(9007199254740993), "f": 9007199254740992.0}},
	{6, map[string]any{"s": "日本語🙂"}},
	{7, map[string]any{"x": 5}},
	{8, map[string]any{"x": 5.0}},
	{9, map[string]any{"x": "5"}},
	{10, map[string]any{"x": true}},
	{11, map[string]any{"x": []byte("5")}},
	{12, map[string]any{"x": []any{5}}},
	{13, map[string]any{"x": map[string]any{"k": 5}}},
	{14, map[string]any{"x": protocol.GeoJSON(point)}},
	{15, map[string]any{"i": 0, "f": math.Copysign(0, -1), "s": `a%b_c!\d'e"f`}},
	{16, map[string]any{"f": math.NaN()}},
	{17, map[string]any{"f": math.Inf(1)}},
	{18, map[string]any{"f": math.Inf(-1)}},
	{"sk", map[string]any{"i": 100}},
	{[]byte{1, 2}, map[string]any{"i": 101}},
	{"1", map[string]any{"i": 102}},
	{19, map[string]any{"abcdefghijklmno": 1, "i": 103}},
	{20, map[string]any{"select": 1, "from": 2, "order": 3, "a b": 4, "ÄÖ": 5, "a.b": 6, "q`t": 7, `d"q`: 8, "Case": 9, "case": 10, "?": 11, ";": 12, "--": 13}},
}
