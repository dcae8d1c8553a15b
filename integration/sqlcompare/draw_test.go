package sqlcompare

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/aerosql/aerosql/protocol"
)

// A drawer draws values, tables and queries.
type drawer struct {
	*rand.Rand
	lite  bool // draw what SQLite has too
	names int  // the number of aliases so far
}

func newDrawer(seed, stream uint64) *drawer {
	return &drawer{Rand: rand.New(rand.NewPCG(seed, stream))}
}

func pick[T any](d *drawer, list ...T) T { return list[d.IntN(len(list))] }

func (d *drawer) one(in int) bool { return d.IntN(in) == 0 }

// A column is a column of a table with the kind of its values.
type column struct {
	name string
	kind kind
}

// A table is one that queries can read.
type table struct {
	name    string
	columns []column
	lite    bool
	key     string // a column that differs in all rows and is never NULL
	primary string // the column of the user key, or ""
}

// isMixed reports whether the table has records of all kinds, in which equal numbers can differ.
func (t table) isMixed() bool { return t.name == "cx1" || t.name == "cv2" }

var tables = []table{
	{"ct1", []column{{"PK", number}, {"a", number}, {"b", number}, {"f", float}, {"s", text}}, true, "PK", "PK"},
	{"ct2", []column{{"PK", number}, {"a", number}, {"b", number}, {"f", float}, {"s", text}}, true, "PK", "PK"},
	{"cv1", []column{{"k", number}, {"a", number}, {"b", number}, {"f", float}, {"s", text}}, true, "k", ""},
	{"cd1", []column{{"id", number}, {"n", number}, {"ratio", float}, {"name", text}}, true, "id", "id"},
	{"cd1", []column{
		{"id", number}, {"n", number}, {"ratio", float}, {"name", text}, {"ok", truth}, {"price", decimal}, {"at", moment},
		{"tags", list},
	}, false, "id", "id"},
	{"cx1", []column{
		{"PK", number}, {"x", mixed}, {"i", number}, {"g", float}, {"s", text}, {"z", blob}, {"o", truth}, {"l", list}, {"m", mapping},
		{"u", mapping}, {"p", geo}, {"y", mixed}, {"__generation", number}, {"__digest", blob},
		{"__ttl", number}, {"__set", text}, {"__size", number}, {"m.k", mixed}, {"l[0]", mixed},
	}, false, "__digest", "PK"},
	{"cv2", []column{{"k", number}, {"x", mixed}, {"i", number}, {"s", text}, {"l", list}, {"m", mapping}, {"d", blob}}, false, "d", ""},
}

// integer returns a small integer or one that no float holds. Sums of four don't overflow, since
// SQLite continues with floats then.
func (d *drawer) integer() string {
	if d.one(14) {
		return pick(d, "9007199254740993", "9007199254740992", "-9007199254740993", "1152921504606846977")
	}
	return fmt.Sprint(d.IntN(12) - 2)
}

func (d *drawer) decimals() string { return fmt.Sprintf("%.2f", float64(d.IntN(40))/4-1) }

func (d *drawer) letters() string {
	return pick(d, "'a'", "'ab'", "'abc'", "'b'", "''", "'zz'", "'é'", "'日本🙂'", "'a%'", "'a_c'")
}

// value returns a value of a kind, of those that the table cx1 has.
func (d *drawer) value(k kind) any {
	switch k {
	case number:
		return pick[any](d, int64(math.MaxInt64), int64(math.MinInt64), int64(1<<53+1), int64(-1<<53-1), 0, 1, 2, 3, 5, -1)
	case float:
		return pick[any](d, math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 0.0, 1.5, 2.0, 9007199254740992.0, -0.25)
	case text:
		return pick[any](d, "", "a", "a\x00b", "100%", "a_b", "é", "e\u0301", "日本🙂", "A", "ab", "\\")
	case blob:
		return pick[any](d, []byte{}, []byte("a"), []byte{0, 255}, []byte("35"), []byte{0xff})
	case truth:
		return d.one(2)
	case list:
		return pick[any](d, []any{}, []any{1, 2, 3}, []any{"a", "b"}, []any{1, "a", nil}, []any{5}, []any{[]any{1}, map[string]any{"k": 1}}, []any{2, 2, 7}, []any{1.5, true})
	case mapping:
		m := pick(d, map[any]any{}, map[any]any{"k": 1}, map[any]any{"k": "a", "j": 2}, map[any]any{1: 2, 3: 4}, map[any]any{"k": map[string]any{"x": 5}}, map[any]any{"k": []any{1, 2}})
		return protocol.ValueOf(m)
	case geo:
		return protocol.GeoJSON(d.point())
	case mixed:
		return d.value(pick(d, number, float, text, blob, truth, list, mapping))
	}
	return nil
}

func (d *drawer) point() string {
	return fmt.Sprintf(`{"type": "Point", "coordinates": [%d.5, %d.25]}`, d.IntN(8)-4, d.IntN(8)-4)
}

// constant returns a constant of a kind.
func (d *drawer) constant(k kind) string {
	switch k {
	case number:
		if !d.lite && d.one(8) {
			return pick(d, "9223372036854775807", "-9223372036854775808", "9223372036854775806")
		}
		return d.integer()
	case float:
		if !d.lite && d.one(6) {
			return pick(d, "1e308", "-0.0", "9007199254740992.0", "9.3e18", "1e-300")
		}
		return d.decimals()
	case text:
		if !d.lite && d.one(3) {
			return pick(d, "'100%'", "'a_b'", "'A'", "'\\'")
		}
		return d.letters()
	case truth:
		return pick(d, "TRUE", "FALSE")
	case blob:
		return pick(d, "X'61'", "X''", "X'00FF'", "X'3335'")
	case list:
		return pick(d, "ARRAY[1, 2, 3]", "ARRAY[]", "ARRAY['a', 'b']", "ARRAY[5]", "ARRAY[1, 'a', NULL]")
	case mapping:
		return pick(d, "MAP{'k': 1}", "MAP{}", "MAP{'k': 'a', 'j': 2}", "MAP{1: 2, 3: 4}")
	case moment:
		return fmt.Sprintf("TIMESTAMP '2026-0%d-%02d 10:00:00'", 1+d.IntN(3), 1+d.IntN(28))
	case decimal:
		return fmt.Sprintf("%d.%02d", d.IntN(6), 25*d.IntN(4))
	case geo:
		return "'" + d.point() + "'"
	}
	return d.constant(pick(d, number, float, text, blob, truth))
}
