package sqlcompare

import (
	"fmt"
	"strings"
)

// shape draws a query whose blocks are nested: correlated subqueries, conditions on groups, chains
// of common table expressions, and joins of more than tables.
func (d *drawer) shape() *query {
	q := &query{lite: d.lite}
	switch d.IntN(8) {
	case 0:
		d.correlated(q)
	case 1:
		d.havingQuery(q)
	case 2:
		d.chain(q)
	case 3:
		d.rowsOfConstants(q)
	case 4:
		d.compound(q)
	case 5:
		d.using(q)
	default:
		d.sides(q)
	}
	return q
}

// plainTable draws a table whose values have one kind for each column.
func (d *drawer) plainTable() table {
	for {
		if t := d.table(); !t.isMixed() {
			return t
		}
	}
}

// correlated draws a query whose select list, conditions and order have subqueries that read the
// columns around them.
func (d *drawer) correlated(q *query) {
	t := d.plainTable()
	s := scopeOf(t, "o.")
	q.from = []*node{word(t.name + " o")}
	q.columns = []*node{word("o." + t.key)}
	for range 1 + d.IntN(2) {
		q.columns = append(q.columns, d.outerScalar(s, 1))
	}
	if d.one(2) {
		q.where = append(q.where, d.outerCondition(s))
	}
	if d.one(3) {
		q.order = append(q.order, piece(other, "$"+pick(d, "", " DESC"), d.outerScalar(s, 0)))
	}
	q.order = append(q.order, word("o."+t.key))
	q.total = true
	d.limit(q)
}

// outerScalar draws a subquery with one value that depends on the columns of s.
func (d *drawer) outerScalar(s *scope, depth int) *node {
	t, alias := d.plainTable(), d.alias()
	in := scopeOf(t, alias+".")
	in.depth = 2
	both := in.with(s)
	both.depth = 2
	from := t.name + " " + alias
	inner, outer := d.column(in, number), d.column(s, number)
	filter := piece(truth, "$ "+pick(d, comparisons...)+" $", inner, outer)
	if depth > 0 && d.one(3) {
		filter = piece(truth, "($ AND $)", filter, d.condition(both, 1))
	}
	key := alias + "." + t.key
	switch d.IntN(7) {
	case 0:
		return piece(number, "(SELECT COUNT(*) FROM "+from+" WHERE $)", filter)
	case 1:
		return piece(number, "(SELECT "+pick(d, "MIN", "MAX")+"($ + $) FROM "+from+" WHERE $)", inner, outer, filter)
	case 2:
		return piece(number, "(SELECT $ FROM "+from+" WHERE $ ORDER BY "+key+" LIMIT 1"+pick(d, "", " OFFSET 1")+")", d.expression(both, number, 1), filter)
	case 3:
		return piece(number, "(SELECT COUNT(DISTINCT $) FROM "+from+" WHERE $ HAVING COUNT(*) > $)", inner, filter, d.small(s))
	case 4:
		if depth > 0 {
			return piece(number, "(SELECT SUM($) FROM "+from+" WHERE $ AND EXISTS $)", d.small(in), filter, d.outerScalar(both, 0))
		}
	case 5:
		return piece(number, "(SELECT SUM(c) FROM (SELECT COUNT(*) AS c FROM "+from+" WHERE $ GROUP BY $) AS g)", filter, inner)
	}
	return piece(number, "(SELECT $ FROM "+from+" WHERE "+key+" = $)", d.expression(both, number, 1), outer)
}

// outerCondition draws a condition with a subquery that reads the columns of s.
func (d *drawer) outerCondition(s *scope) *node {
	t, alias := d.plainTable(), d.alias()
	in := scopeOf(t, alias+".")
	in.depth = 2
	x, y := d.shared(s, in)
	from := t.name + " " + alias
	outer, inner := d.column(s, number), d.column(in, number)
	not := pick(d, "", "NOT ")
	switch d.IntN(5) {
	case 0:
		return piece(truth, "$ "+not+"IN (SELECT $ FROM "+from+" WHERE $ "+pick(d, comparisons...)+" $)", x, y, inner, outer)
	case 1:
		return piece(truth, "$ "+not+"IN (SELECT $ FROM "+from+" GROUP BY $ HAVING COUNT(*) > $)", x, y, y, d.small(s))
	case 2:
		u, second := d.plainTable(), d.alias()
		v := scopeOf(u, second+".")
		return piece(truth, not+"EXISTS (SELECT 1 FROM "+from+" WHERE $ = $ AND "+not+"EXISTS (SELECT 1 FROM "+u.name+" "+second+" WHERE $ = $ AND $ < $))",
			inner, outer, d.column(v, number), d.column(in, number), d.column(v, number), d.column(s, number))
	case 3:
		return piece(truth, "$ "+not+"IN (SELECT $ FROM "+from+" WHERE $ < $ UNION SELECT $)", x, y, inner, outer, d.column(s, x.kind))
	}
	return piece(truth, "$ "+pick(d, comparisons...)+" $", outer, d.outerScalar(s, 1))
}

// havingQuery draws groups with conditions, orders and results that are computed from aggregates.
func (d *drawer) havingQuery(q *query) {
	t := d.plainTable()
	s := scopeOf(t, "")
	q.from, q.aggregates = []*node{word(t.name)}, true
	if d.one(3) {
		q.where = append(q.where, d.condition(s, 1))
	}
	for i := range d.IntN(3) {
		g := d.varying(s, pick(d, number, text, truth))
		alias := fmt.Sprint("g", i)
		q.columns = append(q.columns, piece(other, "$ AS "+alias, g))
		switch d.IntN(3) {
		case 0:
			q.group = append(q.group, word(fmt.Sprint(i+1)))
		case 1:
			q.group = append(q.group, word(alias))
		default:
			q.group = append(q.group, g)
		}
	}
	for range 1 + d.IntN(2) {
		q.columns = append(q.columns, d.overAggregates(s))
	}
	if d.one(2) {
		q.having = d.aggregateCondition(s)
	}
	if d.one(4) {
		q.distinct = true
	}
	if d.one(3) && !q.distinct && len(q.group) > 0 {
		q.order = append(q.order, piece(other, "$"+pick(d, "", " DESC"), d.count(s)))
	}
	for i := range q.columns {
		q.order = append(q.order, word(fmt.Sprintf("%d%s", i+1, pick(d, "", " DESC", " NULLS LAST"))))
	}
	q.total = true
	d.limit(q)
}

// overAggregates draws an expression of aggregates.
func (d *drawer) overAggregates(s *scope) *node {
	x := d.count(s)
	switch d.IntN(7) {
	case 0:
		return piece(number, "($ % 1000 "+pick(d, "+", "-", "*")+" ($ % 1000))", x, d.count(s))
	case 1:
		return piece(number, "CASE WHEN $ THEN $ ELSE $ END", d.aggregateCondition(s), x, d.count(s))
	case 2:
		return piece(number, "COALESCE($, $)", x, d.count(s))
	case 3:
		return piece(number, "SUM(CASE WHEN $ THEN 1 ELSE 0 END)", d.condition(s, 1))
	case 4:
		return piece(truth, pick(d, "MIN", "MAX")+"($)", d.condition(s, 1))
	case 5:
		return piece(number, "COUNT(DISTINCT CASE WHEN $ THEN $ END)", d.condition(s, 1), d.column(s, d.orderable(s)))
	}
	return piece(number, "($ / 2.0)", x)
}

// aggregateCondition draws a condition of aggregates.
func (d *drawer) aggregateCondition(s *scope) *node {
	x := d.count(s)
	switch d.IntN(6) {
	case 0:
		t, alias := d.plainTable(), d.alias()
		return piece(truth, "$ "+pick(d, comparisons...)+" (SELECT COUNT(*) FROM "+t.name+" "+alias+" WHERE $ < 2)", x, d.column(scopeOf(t, alias+"."), number))
	case 1:
		return piece(truth, "($ "+pick(d, "AND", "OR")+" NOT $ > 2)", d.aggregateConditionSmall(s), x)
	case 2:
		return piece(truth, "$ BETWEEN 1 AND $", x, d.count(s))
	case 3:
		return piece(truth, "$ IN (1, 2, $)", x, d.count(s))
	case 4:
		return piece(truth, "SUM($) IS "+pick(d, "", "NOT ")+"NULL", d.small(s))
	}
	return d.aggregateConditionSmall(s)
}

func (d *drawer) aggregateConditionSmall(s *scope) *node {
	return piece(truth, "$ "+pick(d, comparisons...)+" $", d.count(s), d.count(s))
}

// chain draws common table expressions that read each other, with names of columns.
func (d *drawer) chain(q *query) {
	t := d.plainTable()
	in := scopeOf(t, "")
	q.with = []*node{piece(other, "c1 (k, n, w) AS (SELECT "+t.key+", $, $ FROM "+t.name+" WHERE $)",
		d.expression(in, number, 1), d.expression(in, text, 1), d.condition(in, 1))}
	s := &scope{set: "c1", columns: []column{{"k", number}, {"n", number}, {"w", text}}}
	last := "c1"
	if d.one(2) {
		q.with = append(q.with, piece(other, "c2 AS (SELECT n AS k, COUNT(*) AS n, MAX(w) AS w FROM c1 WHERE $ GROUP BY n)", d.condition(s, 1)))
		last = "c2"
	}
	if d.one(2) {
		q.with = append(q.with, piece(other, "c3 (k, n, w) AS (SELECT x.k, y.n, x.w FROM c1 x "+pick(d, "JOIN ", "LEFT JOIN ")+last+" y ON x.n = y.k "+
			pick(d, "", "UNION ALL SELECT k, n, w FROM c1"+pick(d, "", " WHERE n > 1"))+")"))
		last = "c3"
	}
	q.from = []*node{word(last)}
	s.set = last
	q.columns = append([]*node{word("k"), word("n"), word("w")}, d.items(s, 1, 1)...)
	if d.one(2) {
		q.where = append(q.where, piece(truth, "n "+pick(d, comparisons...)+" (SELECT "+pick(d, "MIN(n)", "MAX(k)", "COUNT(*)")+" FROM "+pick(d, "c1", last)+")"))
	}
	if d.one(2) {
		q.where = append(q.where, d.condition(s, 1))
	}
	d.ordinals(q)
}

// rowsOfConstants draws a query of rows of constants under a name, joined with a table.
func (d *drawer) rowsOfConstants(q *query) {
	rows := make([]*node, 1+d.IntN(4))
	for i := range rows {
		rows[i] = piece(other, "($, $, $)", piece(number, d.integer()), piece(text, pick(d, d.constant(text), "NULL")), piece(number, fmt.Sprint(i)))
	}
	q.with = []*node{piece(other, "v (n, w, i) AS (VALUES $)", join(", ", rows))}
	s := &scope{set: "v", columns: []column{{"v.n", number}, {"v.w", text}, {"v.i", number}}}
	q.from = []*node{word("v")}
	if t := d.plainTable(); d.one(2) {
		u := scopeOf(t, "y.")
		x, y := d.shared(s, u)
		q.from = append(q.from, piece(other, pick(d, "JOIN ", "LEFT JOIN ", "RIGHT JOIN ")+t.name+" y ON $ = $", x, y))
		s = s.with(u)
	}
	q.where = []*node{d.condition(s, 1)}
	q.columns = append(d.items(s, 1, 1), word("v.i"))
	d.ordinals(q)
}

// arm draws one side of a set operation of two columns.
func (d *drawer) arm() *query {
	t := d.plainTable()
	s := scopeOf(t, "")
	q := &query{lite: d.lite, from: []*node{word(t.name)}, distinct: d.one(5)}
	q.columns = []*node{d.expression(s, number, 1), d.expression(s, text, 1)}
	if d.one(5) {
		q.group, q.aggregates = []*node{d.column(s, text)}, true
		q.columns = []*node{d.count(s), q.group[0]}
		return q
	}
	q.where = []*node{d.condition(s, 1)}
	return q
}

// compound draws set operations of three queries, also below others. In SQLite INTERSECT does not
// bind tighter than the others, so it comes first.
func (d *drawer) compound(q *query) {
	*q = *d.arm()
	second, third := d.arm(), d.arm()
	operators := []string{"UNION", "UNION ALL", "EXCEPT"}
	q.operator, q.right = pick(d, append(operators, "INTERSECT")...), second
	second.operator, second.right = pick(d, operators...), third
	if d.one(3) {
		second.operator, second.right = "", nil
	}
	q.aggregates = true // its parts are not those of one condition
	if d.one(2) {
		d.ordinals(q)
		return
	}
	body := word(q.String())
	s := &scope{set: "u", columns: []column{{"n", number}, {"w", text}}}
	*q = query{lite: d.lite, with: []*node{piece(other, "u (n, w) AS ($)", body)}, from: []*node{word("u")}}
	if d.one(3) {
		t := d.plainTable()
		x := scopeOf(t, "")
		*q = query{lite: d.lite, from: []*node{word(t.name)}, columns: []*node{word(t.key)}}
		q.with = []*node{piece(other, "u (n, w) AS ($)", body)}
		q.where = []*node{piece(truth, "$ "+pick(d, "", "NOT ")+"IN (SELECT "+pick(d, "n FROM u WHERE w IS NOT NULL", "n FROM u", "n FROM u UNION SELECT 1")+")", d.column(x, number))}
		d.ordinals(q)
		return
	}
	if d.one(2) {
		d.group(q, s)
		return
	}
	q.columns, q.where = append([]*node{word("n"), word("w")}, d.items(s, 1, 1)...), []*node{d.condition(s, 1)}
	d.ordinals(q)
}

// using draws a join by names of columns that both sides have.
func (d *drawer) using(q *query) {
	shared := pick(d, "a", "b", "s", "PK", "a, b", "PK, s")
	left, right := pick(d, "ct1", "ct2"), pick(d, "ct1", "ct2")
	on := shared
	if shared != "PK" && shared != "PK, s" && d.one(4) {
		left = "cv1"
	}
	q.from = []*node{word(left + " x"), word(pick(d, "JOIN ", "LEFT JOIN ", "RIGHT JOIN ") + right + " y USING (" + on + ")")}
	kinds := map[string]kind{"a": number, "b": number, "s": text, "PK": number}
	s := &scope{set: "x", columns: []column{{"x.f", float}, {"y.f", float}}}
	for name := range strings.SplitSeq(shared, ", ") {
		s.columns = append(s.columns, column{name, kinds[name]})
	}
	s.columns = append(s.columns, column{"x.a", number}, column{"y.b", number}, column{"y.s", text})
	q.columns = d.items(s, 1+d.IntN(3), 1)
	if d.one(2) {
		q.where = append(q.where, d.condition(s, 1))
	}
	if d.one(4) {
		q.columns = nil
		d.group(q, s)
		return
	}
	d.ordinals(q)
}

// sides draws a join of tables, queries, and joins in parentheses.
func (d *drawer) sides(q *query) {
	from, s := d.side("x")
	q.from = []*node{from}
	n := 1 + d.IntN(2)
	for i := range n {
		right, u := d.side(string(rune('y' + i)))
		x, y := d.shared(s, u)
		both := s.with(u)
		on := piece(truth, "$ "+pick(d, "=", "=", "=", "<")+" $", x, y)
		if d.one(3) {
			on = piece(truth, "$ "+pick(d, "AND", "OR")+" $", on, d.condition(both, 1))
		}
		switch c := d.IntN(8); {
		case c == 0 && i == n-1: // a comma binds weaker than JOIN
			q.from, q.where = append(q.from, piece(other, ", $", right)), append(q.where, on)
		case c == 1:
			third, v := d.side(string(rune('y'+i)) + "2")
			q.from = append(q.from, piece(other, pick(d, "JOIN", "LEFT JOIN")+" ($ "+pick(d, "JOIN", "LEFT JOIN")+" $ ON $ = $) ON $",
				right, third, d.column(u, number), d.column(v, number), on))
			both = both.with(v)
		default:
			q.from = append(q.from, piece(other, pick(d, "JOIN", "LEFT JOIN", "RIGHT JOIN")+" $ ON $", right, on))
		}
		s = both
	}
	if d.one(3) {
		q.where = append(q.where, piece(truth, "$ IS "+pick(d, "", "NOT ")+"NULL", d.column(s, d.anyKind(s))))
	}
	if d.one(3) {
		q.where = append(q.where, d.condition(s, 1))
	}
	if d.one(3) {
		d.group(q, s)
		return
	}
	q.columns = d.items(s, 2+d.IntN(2), 1)
	q.distinct = d.one(4)
	d.ordinals(q)
}

// side draws a table or a query with an alias, as an operand of a join.
func (d *drawer) side(alias string) (*node, *scope) {
	t := d.plainTable()
	if !d.one(3) {
		return word(t.name + " " + alias), scopeOf(t, alias+".")
	}
	in := scopeOf(t, "")
	s := &scope{set: alias, columns: []column{{alias + ".k", number}, {alias + ".n", number}, {alias + ".w", text}}}
	if d.one(3) {
		x := d.column(in, text)
		return piece(other, "(SELECT COUNT(*) AS k, MAX($) AS n, $ AS w FROM "+t.name+" WHERE $ GROUP BY $) "+alias,
			d.column(in, number), x, d.condition(in, 1), x), s
	}
	return piece(other, "(SELECT "+t.key+" AS k, $ AS n, $ AS w FROM "+t.name+" WHERE $) "+alias,
		d.expression(in, number, 1), d.expression(in, text, 1), d.condition(in, 1)), s
}
