package sqlcompare

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A drawer draws tables and queries.
type drawer struct{ *rand.Rand }

func newDrawer(seed, stream uint64) drawer { return drawer{rand.New(rand.NewPCG(seed, stream))} }

func (d drawer) pick(words ...string) string { return words[d.IntN(len(words))] }

func (d drawer) one(in int) bool { return d.IntN(in) == 0 }

// integer returns a small integer or one that no float holds. Sums of four don't overflow, since
// SQLite continues with floats then.
func (d drawer) integer() string {
	if d.one(12) {
		return d.pick("9007199254740993", "9007199254740992", "-9007199254740993", "1152921504606846977")
	}
	return fmt.Sprint(d.IntN(12) - 2)
}

func (d drawer) float() string { return fmt.Sprintf("%.2f", float64(d.IntN(40))/4-1) }

func (d drawer) text() string {
	return d.pick("'a'", "'ab'", "'abc'", "'b'", "''", "'zz'", "'é'", "'日本🙂'")
}

// row returns the columns of a row that are not NULL and their values.
func (d drawer) row(pk int) (columns, values []string) {
	columns, values = []string{"PK"}, []string{fmt.Sprint(pk)}
	for _, c := range []struct{ name, value string }{{"a", d.integer()}, {"b", d.integer()}, {"f", d.float()}, {"s", d.text()}} {
		if !d.one(6) {
			columns, values = append(columns, c.name), append(values, c.value)
		}
	}
	if len(columns) == 1 {
		return append(columns, "a"), append(values, "1") // a record needs a bin
	}
	return columns, values
}

// mixed returns a value of the bin x, which has values of all kinds.
func (d drawer) mixed() any {
	return []any{int64(5), 5.0, "5", true, []byte("5"), []any{int64(5)}, map[any]any{"k": int64(5)}, nan}[d.IntN(8)]
}

// number returns an integer expression over the columns with the prefix p.
func (d drawer) number(p string, depth int) string {
	if depth <= 0 || d.one(3) {
		return d.pick(p+"a", p+"b", p+"PK", fmt.Sprint(d.IntN(9)-2))
	}
	x, y := d.number(p, depth-1), d.number(p, depth-1)
	switch d.IntN(8) {
	case 0:
		return fmt.Sprintf("COALESCE(%s, %s)", x, y)
	case 1:
		return fmt.Sprintf("CASE WHEN %s THEN %s ELSE %s END", d.condition(p, depth-1), x, y)
	case 2:
		return fmt.Sprintf("NULLIF(%s, %s)", x, y)
	}
	return fmt.Sprintf("(%s %s %s)", x, d.pick("+", "-", "/", "%"), y)
}

// condition returns a condition that compares values of one kind.
func (d drawer) condition(p string, depth int) string {
	if depth > 0 && d.one(2) {
		x := d.condition(p, depth-1)
		if d.one(4) {
			return "NOT (" + x + ")"
		}
		return fmt.Sprintf("(%s %s %s)", x, d.pick("AND", "OR"), d.condition(p, depth-1))
	}
	compare, not := d.pick("=", "<>", "<", "<=", ">", ">="), d.pick("", "", "NOT ")
	switch d.IntN(9) {
	case 0:
		return fmt.Sprintf("%ss %s %s", p, compare, d.text())
	case 1:
		return fmt.Sprintf("%sf %s %s", p, compare, d.pick(d.float(), d.integer()))
	case 2:
		return fmt.Sprintf("%s IS %sNULL", p+d.pick("a", "b", "f", "s"), not)
	case 3:
		return fmt.Sprintf("%s %sBETWEEN %s AND %s", d.number(p, 0), not, d.integer(), d.integer())
	case 4:
		return fmt.Sprintf("%s %sIN (%s, %s, %s)", p+d.pick("a", "b", "PK"), not, d.integer(), d.pick("NULL", d.integer()), d.integer())
	case 5:
		return fmt.Sprintf("%ss %sLIKE %s", p, not, d.pick("'a%'", "'%b'", "'_b%'", "''", "'%'", "'%本%'"))
	case 6:
		return fmt.Sprintf("%sa %s %sb", p, compare, p)
	}
	return fmt.Sprintf("%s %s %s", d.number(p, depth-1), compare, d.integer())
}

// unlike returns a condition on the bin x of many kinds.
func (d drawer) unlike() string {
	value := d.pick("5", "5.0", "'5'", "TRUE", "X'35'", "6", "'4'")
	switch d.IntN(3) {
	case 0:
		return "x " + d.pick("", "NOT ") + "IN (" + value + ", " + d.pick("5", "'5'", "NULL") + ")"
	case 1:
		return d.pick("x IS NULL", "x IS NOT NULL", "NOT (x = "+value+")")
	}
	return "x " + d.pick("=", "<>", "<", "<=", ">", ">=") + " " + value
}

// query draws a query.
func (d drawer) query() *query {
	q := &query{from: "t1", limit: -1, offset: -1, columns: []string{"PK", d.number("", 2), d.pick("s", "f", "b")}}
	for range d.IntN(3) {
		q.where = append(q.where, d.condition("", 2))
	}
	switch d.IntN(8) {
	case 0:
		q.columns = []string{"s", "COUNT(*)", d.aggregate(), d.aggregate()}
		q.group = []string{"s"}
		if d.one(2) {
			q.having = d.aggregate() + d.pick(" < ", " >= ", " <> ") + d.integer()
		}
	case 1:
		q.columns = []string{"COUNT(*)", d.aggregate(), "SUM(f)", "AVG(f)"}
	case 2:
		d.join(q)
	case 3:
		q.where = append(q.where, d.subquery())
	case 4:
		q.columns = []string{"a", d.pick("b", "PK")}
		q.operator = d.pick("UNION", "UNION ALL", "EXCEPT", "INTERSECT")
		q.right = &query{columns: []string{d.pick("a", "b"), "PK"}, from: "t2", where: []string{d.condition("", 1)}, limit: -1, offset: -1}
	case 5:
		q.distinct, q.columns = true, []string{d.pick("a", "s", "f"), d.pick("b", "a")}
	case 6:
		q.mixed, q.where = true, append(q.where, d.unlike())
	default:
		q.order = []string{d.pick("a", "b", "s", "f") + d.pick("", " DESC"), "PK"}
		if d.one(2) {
			q.limit = d.IntN(9)
			if d.one(2) {
				q.offset = d.IntN(9)
			}
		}
	}
	return q
}

func (d drawer) aggregate() string {
	return fmt.Sprintf("%s(%s%s)", d.pick("COUNT", "MIN", "MAX"), d.pick("", "DISTINCT "), d.number("", 1))
}

func (d drawer) join(q *query) {
	on := fmt.Sprintf("x.%s = y.%s", d.pick("a", "b", "PK"), d.pick("a", "b", "PK"))
	if d.one(3) {
		on += " AND " + d.condition("y.", 1)
	}
	q.from = "t1 x " + d.pick("JOIN", "LEFT JOIN", "INNER JOIN") + " t2 y ON " + on
	q.columns = []string{"x.PK", "y.PK", d.pick("x.s", "y.s", d.number("x.", 1))}
	q.where = []string{d.condition(d.pick("x.", "y."), 1)}
}

func (d drawer) subquery() string {
	inner := d.condition("t2.", 1)
	if d.one(2) {
		return fmt.Sprintf("%sEXISTS (SELECT 1 FROM t2 WHERE t2.%s = t1.%s AND %s)", d.pick("", "NOT "),
			d.pick("a", "PK"), d.pick("a", "b", "PK"), inner)
	}
	return strings.Join([]string{d.pick("a", "b", "PK"), d.pick("IN", "NOT IN"), "(SELECT", "t2." + d.pick("a", "b", "PK"), "FROM t2 WHERE", inner + ")"}, " ")
}
