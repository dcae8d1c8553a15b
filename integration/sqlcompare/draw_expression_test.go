package sqlcompare

import (
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A scope is the columns that an expression can read, with their prefixes.
type scope struct {
	columns []column
	primary []string // columns of user keys, whose conditions name records
	set     string   // of the first one
	depth   int      // of subqueries around
}

func scopeOf(t table, prefix string) *scope {
	s := &scope{set: t.name}
	for _, c := range t.columns {
		s.columns = append(s.columns, column{prefix + c.name, c.kind})
	}
	if t.primary != "" {
		s.primary = []string{prefix + t.primary}
	}
	return s
}

// with returns a scope with the columns of another one too.
func (s *scope) with(t *scope) *scope {
	return &scope{append(append([]column{}, s.columns...), t.columns...), append(append([]string{}, s.primary...), t.primary...), s.set, s.depth}
}

// qualified returns the scope with the name of the table before each column, as the subqueries need
// it: in an undeclared set every name is a bin.
func (s *scope) qualified() *scope {
	q := &scope{set: s.set, depth: s.depth}
	for _, c := range s.columns {
		q.columns = append(q.columns, column{s.qualify(c.name), c.kind})
	}
	for _, name := range s.primary {
		q.primary = append(q.primary, s.qualify(name))
	}
	return q
}

func (s *scope) qualify(name string) string {
	if strings.Contains(name, ".") {
		return name
	}
	return s.set + "." + name
}

// prefixOf returns what stands before the first column of a name, which has at least a space.
func (s *scope) prefixOf(name string) string {
	for _, c := range s.columns {
		if before, ok := strings.CutSuffix(c.name, name); ok && (before == "" || strings.HasSuffix(before, ".")) {
			return " " + before
		}
	}
	return ""
}

// has returns the names of the columns of a kind.
func (s *scope) has(k kind) (names []string) {
	for _, c := range s.columns {
		if c.kind == k {
			names = append(names, c.name)
		}
	}
	return names
}

// column draws a column of a kind, or a constant if there is none.
func (d *drawer) column(s *scope, k kind) *node {
	if names := s.has(k); len(names) > 0 {
		return piece(k, pick(d, names...))
	}
	return piece(k, d.constant(k))
}

// anyKind draws a kind that a column of the scope has.
func (d *drawer) anyKind(s *scope) kind { return pick(d, s.columns...).kind }

// expression draws an expression of a kind.
func (d *drawer) expression(s *scope, k kind, depth int) *node {
	if depth <= 0 || d.one(3) {
		if d.one(4) {
			return piece(k, d.constant(k))
		}
		return d.column(s, k)
	}
	of := func(k kind) *node { return d.expression(s, k, depth-1) }
	if d.one(4) && k != geo {
		if k == truth {
			return d.condition(s, depth)
		}
		switch d.IntN(5) {
		case 0:
			return piece(k, "COALESCE($, $)", of(k), of(k))
		case 4:
			if c := d.anyKind(s); c != geo {
				return piece(k, "CASE $ WHEN $ THEN $ WHEN $ THEN $ END", of(c), piece(c, d.constant(c)), of(k), of(c), of(k))
			}
		case 1:
			return piece(k, "CASE WHEN $ THEN $ ELSE $ END", d.condition(s, depth-1), of(k), of(k))
		case 2:
			return piece(k, "NULLIF($, $)", of(k), of(k))
		}
		return piece(k, "IIF($, $, $)", d.condition(s, depth-1), of(k), of(k))
	}
	switch k {
	case number:
		return d.number(s, of, depth)
	case float:
		return d.float(of)
	case text:
		return d.text(of)
	case truth:
		return d.condition(s, depth)
	case mixed:
		return d.mixed(s, of)
	case moment:
		return pick(d, piece(k, "DATE_TRUNC("+pick(d, "'month'", "'day'", "'year'")+", $)", of(k)), piece(k, "$ + INTERVAL '1' DAY", of(k)),
			piece(k, "$ - INTERVAL '2' MONTH", of(k)))
	case decimal:
		return pick(d, piece(k, "($ + $)", of(k), of(k)), piece(k, "($ - $)", of(k), of(k)), piece(k, "ABS($)", of(k)))
	case list:
		return pick(d, piece(k, "LIST_SORT($)", of(list)), piece(k, "LIST_SLICE($, 0, 2)", of(list)), piece(k, "MAP_KEYS($)", d.ordered(s)),
			piece(k, "LIST_BY_VALUE_RANGE($, 1, 4)", of(list)))
	}
	return d.column(s, k)
}

func (d *drawer) number(s *scope, of func(kind) *node, depth int) *node {
	if d.lite {
		switch d.IntN(15) {
		case 9:
			return piece(number, "($ % 1000 * $)", d.column(s, number), piece(number, fmt.Sprint(d.IntN(9)-4)))
		case 10:
			return piece(number, pick(d, "(- $ % 100)", "(~ $)", "(+ $)", "SIGN($)"), of(number))
		case 11:
			return piece(number, "($ % 8 "+pick(d, "<<", ">>")+" "+fmt.Sprint(d.IntN(5))+")", of(number))
		case 12:
			return piece(number, pick(d, "LENGTH(HEX(COALESCE($, '')))", "OCTET_LENGTH($)"), of(text))
		case 13:
			return piece(number, "CASE WHEN $ THEN CASE WHEN $ THEN $ END ELSE $ END", d.condition(s, 0), d.condition(s, 0), of(number), of(number))
		case 14:
			return piece(number, pick(d, "COALESCE($, $, 5)", "IFNULL($, $)"), of(number), of(number))
		case 0:
			return piece(number, "LENGTH($)", of(text))
		case 1:
			return piece(number, "ABS($)", of(number))
		case 2:
			return piece(number, "INSTR($, $)", of(text), of(text))
		case 3:
			return piece(number, "CAST($ AS INTEGER)", d.column(s, float))
		case 4:
			if s.depth < 2 {
				return d.scalar(s)
			}
		case 5:
			return piece(number, "($ "+pick(d, "&", "|")+" $)", of(number), of(number))
		}
		return piece(number, "($ "+pick(d, "+", "-", "/", "%")+" $)", of(number), of(number))
	}
	switch d.IntN(16) {
	case 0:
		return piece(number, "LENGTH($)", of(pick(d, text, blob)))
	case 1:
		return piece(number, "ABS($)", of(number))
	case 2:
		return piece(number, "CAST($ AS INTEGER)", of(pick(d, number, float, text, truth, mixed)))
	case 3:
		if s.depth < 2 {
			return d.scalar(s)
		}
	case 4:
		return piece(number, "LIST_SIZE($)", of(list))
	case 5:
		return piece(number, "MAP_SIZE($)", of(mapping))
	case 6:
		return piece(number, pick(d, "GREATEST", "LEAST")+"($, $)", of(number), of(number))
	case 7:
		return piece(number, "SIGN($)", of(number))
	case 8:
		return piece(number, "BIT_COUNT($)", of(pick(d, number, blob)))
	case 9:
		return piece(number, "MOD($, $)", of(number), of(number))
	case 10:
		return piece(number, "EXTRACT("+pick(d, "YEAR", "DAY", "HOUR", "MONTH")+" FROM $)", of(moment))
	case 11:
		return piece(number, "($ "+pick(d, "&", "|", "<<", ">>")+" $)", of(number), of(number))
	case 12:
		return piece(number, "(- $)", of(number))
	}
	return piece(number, "($ "+pick(d, "+", "-", "/", "%", "*")+" $)", of(number), of(number))
}

func (d *drawer) float(of func(kind) *node) *node {
	switch n := d.IntN(10); {
	case n == 8:
		return piece(float, pick(d, "ROUND($, 1)", "FLOOR($)", "CEIL($)", "CAST($ AS REAL)", "TRUNC($)"), of(float))
	case n == 9:
		return piece(float, "($ / "+pick(d, "2.5", "-0.5", "4.0")+")", of(number))
	case n == 0:
		return piece(float, "ABS($)", of(float))
	case n == 1:
		return piece(float, "($ / 2.0)", of(float))
	case n == 2 && !d.lite:
		return piece(float, pick(d, "FLOOR", "CEIL", "ROUND", "SQRT", "EXP")+"($)", of(float))
	case n == 3 && !d.lite:
		return piece(float, "($ / $)", of(float), of(pick(d, float, number)))
	case n == 4 && !d.lite:
		return piece(float, "CAST($ AS DOUBLE)", of(pick(d, number, text, mixed)))
	case n == 5 && !d.lite:
		return piece(float, "POWER($, $)", of(number), of(number))
	}
	return piece(float, "($ "+pick(d, "+", "-", "*")+" $)", of(float), of(float))
}

func (d *drawer) text(of func(kind) *node) *node {
	switch d.IntN(14) {
	case 0:
		return piece(text, "SUBSTR($, $ % 5)", of(text), of(number))
	case 1:
		return piece(text, "SUBSTR($, $ % 4, $ % 4)", of(text), of(number), of(number))
	case 2:
		return piece(text, pick(d, "TRIM", "LTRIM", "RTRIM")+"($, $)", of(text), of(text))
	case 3:
		return piece(text, "HEX(COALESCE($, 'x'))", of(text))
	case 4:
		return piece(text, "TYPEOF($)", of(pick(d, number, text, float)))
	case 5:
		return piece(text, "CONCAT_WS($, $, $, $)", of(text), of(text), of(number), of(text))
	case 6:
		// In SQLite the new text may be NULL if the old one is empty.
		return piece(text, "REPLACE($, "+pick(d, "$, COALESCE($, 'x')", "COALESCE(NULLIF($, ''), 'x'), $")+")", of(text), of(text), of(text))
	}
	switch n := d.IntN(12); {
	case n == 0:
		return piece(text, "LOWER($)", of(text))
	case n == 1:
		return piece(text, fmt.Sprintf("SUBSTR($, %d, %d)", 1+d.IntN(3), d.IntN(3)), of(text))
	case n == 2:
		return piece(text, pick(d, "TRIM", "LTRIM", "RTRIM")+"($)", of(text))
	case n == 3:
		return piece(text, "REPLACE($, $, "+pick(d, "'x'", "''", "'ab'")+")", of(text), of(text))
	case n == 4:
		return piece(text, "CAST($ AS TEXT)", of(number))
	case d.lite || n < 7:
	case n == 7:
		return piece(text, pick(d, "REVERSE", "UPPER")+"($)", of(text))
	case n == 8:
		return piece(text, "TYPEOF($)", of(mixed))
	case n == 9:
		return piece(text, "LPAD($, 3, 'x')", of(text))
	case n == 10:
		return piece(text, pick(d, "LEFT", "RIGHT")+"($, 1)", of(text))
	default:
		return piece(text, "CAST($ AS TEXT)", of(pick(d, float, truth, mixed)))
	}
	return piece(text, "($ || $)", of(text), of(text))
}

// mixed draws an expression with values of several kinds, such as an element of a collection.
func (d *drawer) mixed(s *scope, of func(kind) *node) *node {
	l, m := d.column(s, list), d.column(s, mapping)
	if len(s.has(list)) == 0 || len(s.has(mapping)) == 0 {
		return d.column(s, mixed)
	}
	switch d.IntN(7) {
	case 0:
		return piece(mixed, "$["+pick(d, "0", "1", "-1")+"]", l)
	case 1:
		return piece(mixed, "$['"+pick(d, "k", "j")+"']", m)
	case 2:
		return piece(mixed, "$.k", m)
	case 3:
		return piece(mixed, "$.k.x", m)
	case 4:
		return piece(mixed, pick(d, "LIST_GET($, 0)", "LIST_MIN($)", "LIST_MAX($)", "LIST_BY_RANK($, -1)"), l)
	case 5:
		return piece(mixed, "MAP_GET($, "+pick(d, "'k'", "1")+")", m)
	}
	return d.column(s, mixed)
}

// ordered returns a map.
func (d *drawer) ordered(s *scope) *node { return d.column(s, mapping) }

var comparisons = []string{"=", "<>", "<", "<=", ">", ">="}

// condition draws a condition.
func (d *drawer) condition(s *scope, depth int) *node {
	of := func(k kind) *node { return d.expression(s, k, depth-1) }
	if depth > 0 && d.one(2) {
		switch d.IntN(7) {
		case 0:
			return piece(truth, "NOT ($)", d.condition(s, depth-1))
		case 1:
			return piece(truth, "($) IS "+pick(d, "", "NOT ")+pick(d, "NULL", "TRUE", "FALSE"), d.condition(s, depth-1))
		}
		return piece(truth, "($ "+pick(d, "AND", "OR", "OR")+" $)", d.condition(s, depth-1), d.condition(s, depth-1))
	}
	not := pick(d, "", "", "NOT ")
	if len(s.primary) > 0 && d.one(6) {
		return d.keyCondition(s, not)
	}
	if s.depth < 2 && d.one(12) {
		return d.subquery(s)
	}
	if !d.lite && d.one(3) {
		return d.ownCondition(s, of, not)
	}
	switch d.IntN(19) {
	case 11:
		k := pick(d, number, text, float)
		return piece(truth, "$ "+not+"BETWEEN $ AND $", of(k), of(k), of(k))
	case 12:
		k := pick(d, number, text)
		return piece(truth, "$ "+not+"IN ($, $, $)", of(k), of(k), of(k), pick(d, of(k), word("NULL")))
	case 13:
		return piece(truth, "$ "+not+"LIKE $", of(text), of(text))
	case 14:
		return piece(truth, "$ "+not+"LIKE "+pick(d, "'%a!_%' ESCAPE '!'", "'aa%%' ESCAPE 'a'", "'%%'", "'__'", "'%_'", "'a_c' ESCAPE '_'"), of(text))
	case 15:
		return piece(truth, "(($) "+pick(d, "=", "<>", "<", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM")+" ($))", d.condition(s, 0), d.condition(s, 0))
	case 16:
		return piece(truth, "$ "+pick(d, "ISNULL", "NOTNULL", "NOT NULL"), of(d.anyKind(s)))
	case 17:
		// A user key is never equal to a float, as a sum can be.
		return piece(truth, "$ + 0 "+pick(d, comparisons...)+" $", of(number), of(float))
	case 18:
		return d.rowCondition(s, of, not)
	case 0:
		return piece(truth, "$ "+pick(d, comparisons...)+" $", of(text), of(text))
	case 1:
		return piece(truth, "$ "+pick(d, comparisons...)+" $", d.column(s, float), piece(other, pick(d, d.constant(float), d.constant(number))))
	case 2:
		return piece(truth, "$ IS "+not+"NULL", of(d.anyKind(s)))
	case 3:
		k := pick(d, number, number, float, text)
		return piece(truth, "$ "+not+"BETWEEN $ AND $", of(k), piece(k, d.constant(k)), piece(k, d.constant(k)))
	case 4:
		k := pick(d, number, number, text, float)
		return piece(truth, "$ "+not+"IN ($)", d.expression(s, k, pick(d, 0, depth-1)), d.constants(k))
	case 5:
		return piece(truth, "$ "+not+"LIKE "+pick(d, "'a%'", "'%b'", "'_b%'", "''", "'%'", "'%本%'", "'a!%' ESCAPE '!'", "'a'", "'_'"), of(text))
	case 6:
		return piece(truth, "$ "+pick(d, comparisons...)+" $", of(number), of(number))
	case 7:
		k := pick(d, number, text)
		return piece(truth, "$ IS "+not+"DISTINCT FROM $", of(k), of(k))
	case 10:
		if p := s.prefixOf("n"); p != "" { // the expression of an index
			return piece(truth, p+"n + 1 "+pick(d, comparisons...)+" $", piece(number, d.integer()))
		}
	case 8, 9:
		k := pick(d, number, number, text, float)
		return piece(truth, "$ "+pick(d, comparisons...)+" $", d.column(s, k), piece(k, d.constant(k)))
	}
	return piece(truth, "$ "+pick(d, comparisons...)+" $", of(number), piece(number, d.integer()))
}

// rowCondition draws a comparison of rows of two values.
func (d *drawer) rowCondition(s *scope, of func(kind) *node, not string) *node {
	k, l := pick(d, number, text), pick(d, number, float)
	row := func() *node {
		return piece(other, "($, $)", piece(k, d.constant(k)), piece(l, d.constant(l)))
	}
	switch d.IntN(4) {
	case 0:
		return piece(truth, "($, $) "+not+"IN ($, $, $)", of(k), of(l), row(), row(), pick(d, row(), piece(other, "($, NULL)", piece(k, d.constant(k)))))
	case 1:
		return piece(truth, "($, $) "+not+"BETWEEN $ AND $", of(k), of(l), row(), row())
	case 2:
		if s.depth < 2 {
			s = s.qualified()
			_, from, in := d.inner(s)
			return piece(truth, "($, $) "+not+"IN (SELECT $, $ FROM "+from+" WHERE $)", d.column(s, k), d.column(s, l), d.column(in, k), d.column(in, l), d.condition(in, 1))
		}
	}
	return piece(truth, "($, $) "+pick(d, comparisons...)+" ($, $)", of(k), of(l), of(k), of(l))
}

// constants draws the elements of an IN list.
func (d *drawer) constants(k kind) *node {
	all := make([]*node, 1+d.IntN(4))
	for i := range all {
		if all[i] = piece(k, d.constant(k)); d.one(12) {
			all[i] = word("NULL")
		}
	}
	return join(", ", all)
}

// ownCondition draws a condition that SQLite does not have, or that compares values of several
// kinds.
func (d *drawer) ownCondition(s *scope, of func(kind) *node, not string) *node {
	k := d.anyKind(s)
	if len(s.has(mixed)) > 0 && d.one(3) {
		k = mixed
	}
	switch d.IntN(18) {
	case 17:
		return d.anElement(s, not)
	case 16:
		return piece(truth, "$ IS "+not+pick(d, "TRUE", "FALSE"), d.column(s, truth))
	case 0, 1:
		return piece(truth, "$ "+not+"IN ($)", of(k), d.constants(k))
	case 2:
		return piece(truth, "$ "+pick(d, comparisons...)+" $", of(k), of(k))
	case 3:
		return piece(truth, pick(d, "$ CONTAINS $", "LIST_CONTAINS($, $)"), d.column(s, list), piece(mixed, d.constant(pick(d, number, text))))
	case 4:
		return piece(truth, "MAP_HAS_KEY($, "+pick(d, "'k'", "'j'", "1")+")", d.column(s, mapping))
	case 5:
		return piece(truth, pick(d, "ST_WITHIN($, '{\"type\": \"Polygon\", \"coordinates\": [[[-2, -2], [3, -2], [3, 3], [-2, 3], [-2, -2]]]}')",
			"ST_DWITHIN($, '{\"type\": \"Point\", \"coordinates\": [0.5, 0.25]}', 200000)"), d.column(s, geo))
	case 6:
		return piece(truth, "$ "+not+pick(d, "ILIKE 'A%'", "REGEXP '^a.*'", "LIKE '%\\_%' ESCAPE '\\'", "LIKE '%"+"%'"), of(text))
	case 7:
		return d.column(s, truth)
	case 8:
		return piece(truth, "$ = "+pick(d, "TRUE", "FALSE"), d.column(s, truth))
	case 9:
		return piece(truth, "$ IS "+not+"DISTINCT FROM $", of(k), of(k))
	case 10:
		return piece(truth, "$ "+not+"BETWEEN $ AND $", of(k), piece(k, d.constant(k)), piece(k, d.constant(k)))
	case 11:
		return piece(truth, "STARTS_WITH($, 'a')", of(text))
	case 12:
		k := pick(d, number, text, blob, float)
		return piece(truth, "$ "+pick(d, comparisons...)+" $", d.column(s, mixed), piece(k, d.constant(k)))
	}
	return piece(truth, "$ "+pick(d, comparisons...)+" $", d.column(s, k), piece(k, d.constant(k)))
}

// key draws a constant that can be a key of a set.
func (d *drawer) key(column string) string {
	if !d.lite && d.one(6) && !strings.HasSuffix(column, "id") {
		return pick(d, "'1'", "'k'", "NULL", "X'61'")
	}
	return fmt.Sprint(d.IntN(rows + 4))
}

// keyCondition draws a condition on a user key or a digest.
func (d *drawer) keyCondition(s *scope, not string) *node {
	p := pick(d, s.primary...)
	keys := make([]*node, 1+d.IntN(4))
	for i := range keys {
		keys[i] = word(d.key(p))
	}
	if !d.lite && p == "PK" && d.one(3) {
		k, err := protocol.NewKey(namespace, s.set, d.IntN(rows))
		if err == nil {
			digest := k.Digest()
			return piece(truth, pick(d, fmt.Sprintf("__digest "+not+"IN (X'%X')", digest[:]), fmt.Sprintf("__digest "+pick(d, "=", "<>")+" X'%X'", digest[:])))
		}
	}
	switch d.IntN(6) {
	case 0:
		return piece(truth, p+" "+not+"IN ($)", join(", ", keys))
	case 1:
		return piece(truth, p+" "+pick(d, comparisons...)+" $", keys[0])
	case 2:
		return piece(truth, p+" "+not+"BETWEEN $ AND $", keys[0], word(d.key(p)))
	case 3:
		return piece(truth, "$ = "+p, keys[0])
	case 4:
		return piece(truth, "("+p+" IN ($) AND "+p+" "+not+"BETWEEN $ AND $)", join(", ", keys), keys[0], word(d.key(p)))
	}
	return piece(truth, p+" = $", keys[0])
}
