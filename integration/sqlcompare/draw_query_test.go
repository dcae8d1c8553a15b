package sqlcompare

import (
	"fmt"
	"strings"
)

// table draws a table.
func (d *drawer) table() table {
	for {
		if t := pick(d, tables...); t.lite || !d.lite {
			return t
		}
	}
}

func (d *drawer) alias() string {
	d.names++
	return fmt.Sprintf("q%d", d.names)
}

// inner returns the scope and the FROM of a subquery.
func (d *drawer) inner(s *scope) (table, string, *scope) {
	t, alias := d.table(), d.alias()
	in := scopeOf(t, alias+".")
	in.depth = s.depth + 1
	return t, t.name + " " + alias, in
}

// shared draws a kind that both scopes have, and a column of each.
func (d *drawer) shared(s, t *scope) (x, y *node) {
	for range 10 {
		if k := d.anyKind(s); len(t.has(k)) > 0 && k != geo {
			return d.column(s, k), d.column(t, k)
		}
	}
	return d.column(s, number), d.column(t, number)
}

// subquery draws a condition with a subquery.
func (d *drawer) subquery(s *scope) *node {
	s = s.qualified()
	_, from, in := d.inner(s)
	x, y := d.shared(s, in)
	filter := d.condition(in, 1)
	if d.one(3) {
		both := in.with(s)
		both.depth = in.depth
		filter = piece(truth, "($ AND $)", filter, d.condition(both, 0))
	}
	switch d.IntN(4) {
	case 0:
		return piece(truth, pick(d, "", "NOT ")+"EXISTS (SELECT 1 FROM "+from+" WHERE $ = $ AND $)", y, x, filter)
	case 1:
		return piece(truth, pick(d, "", "NOT ")+"EXISTS (SELECT $ FROM "+from+" WHERE $)", y, filter)
	}
	return piece(truth, "$ "+pick(d, "", "NOT ")+"IN (SELECT $ FROM "+from+" WHERE $)", x, y, filter)
}

// scalar draws a subquery with one integer.
func (d *drawer) scalar(s *scope) *node {
	s = s.qualified()
	_, from, in := d.inner(s)
	x, y := d.shared(s, in)
	switch d.IntN(3) {
	case 0:
		return piece(number, "(SELECT COUNT(*) FROM "+from+" WHERE $ = $ AND $)", y, x, d.condition(in, 1))
	case 1:
		return piece(number, "(SELECT "+pick(d, "MIN", "MAX")+"($) FROM "+from+" WHERE $)", d.column(in, number), d.condition(in, 1))
	}
	return piece(number, "(SELECT $ FROM "+from+" WHERE $ ORDER BY 1 LIMIT 1)", d.column(in, number), d.condition(in, 1))
}

// query draws a query.
func (d *drawer) query() *query {
	d.names = 0
	d.lite = d.one(2)
	if d.one(3) {
		return d.bound(d.shape())
	}
	t := d.table()
	q := &query{lite: d.lite, from: []*node{word(t.name)}, loose: t.isMixed()}
	s := scopeOf(t, "")
	keys := []string{t.key}
	if d.one(10) && t.primary != "" && !t.isMixed() {
		s, keys = d.derive(q, t), []string{"c0"}
	} else if d.one(5) && !t.isMixed() || d.one(12) {
		s, keys = d.join(q)
	}
	for range d.IntN(3) {
		q.where = append(q.where, d.condition(s, 2))
	}
	switch d.IntN(9) {
	case 0, 1:
		d.group(q, s)
	case 2:
		d.combine(q, s)
	case 8:
		if d.one(2) {
			d.values(q)
			break
		}
		if t.name != "ct1" && t.name != "cd1" || len(q.from) > 1 || len(q.with) > 0 {
			d.plain(q, s, keys)
			break
		}
		d.star(q)
	case 3:
		q.distinct = true
		q.columns = d.items(s, 1+d.IntN(2), 1)
		d.ordinals(q)
	case 4:
		if !d.lite && d.one(3) {
			d.child(q)
			break
		}
		if d.lite || len(s.has(list)) == 0 || len(q.from) > 1 {
			d.plain(q, s, keys)
			break
		}
		d.unnest(q, s)
	default:
		d.plain(q, s, keys)
	}
	return d.bound(q)
}

// bound replaces some of the literals of a query by parameters, in a third of the queries.
func (d *drawer) bound(q *query) *query {
	if !d.one(3) {
		return q
	}
	draw := func() bool { return d.one(2) }
	for _, clause := range [][]*node{q.from, q.where} {
		for i := range clause {
			clause[i] = clause[i].bind(draw)
		}
	}
	return q
}

// items draws n items of a select list.
func (d *drawer) items(s *scope, n, depth int) (items []*node) {
	for range n {
		items = append(items, d.expression(s, d.anyKind(s), depth))
	}
	return items
}

// plain draws the select list and the order of a query that returns rows as they are.
func (d *drawer) plain(q *query, s *scope, keys []string) {
	for _, k := range keys {
		q.columns = append(q.columns, word(k))
	}
	q.columns = append(q.columns, d.items(s, 1+d.IntN(3), 2)...)
	if d.one(3) {
		if d.one(3) {
			q.limit = fmt.Sprint(d.IntN(9))
		}
		return
	}
	nulls := ""
	for range 1 + d.IntN(2) {
		if d.one(4) {
			nulls = pick(d, " NULLS FIRST", " NULLS LAST")
		}
		q.order = append(q.order, piece(other, "$"+pick(d, "", " DESC")+nulls, d.varying(s, d.orderable(s))))
	}
	for _, k := range keys {
		q.order = append(q.order, word(k+pick(d, "", " DESC")))
	}
	q.total = true
	d.limit(q)
}

// orderable draws a kind whose order SQLite shares.
func (d *drawer) orderable(s *scope) kind {
	for {
		if k := d.anyKind(s); k != geo {
			return k
		}
	}
}

func (d *drawer) limit(q *query) {
	if q.total && d.one(2) {
		q.limit = fmt.Sprint(d.IntN(9))
		if d.one(2) {
			q.offset = fmt.Sprint(d.IntN(9))
		}
	}
}

// ordinals orders by all items.
func (d *drawer) ordinals(q *query) {
	if d.one(2) {
		return
	}
	for i := range q.columns {
		q.order = append(q.order, word(fmt.Sprintf("%d%s", i+1, pick(d, "", " DESC"))))
	}
	q.total = true
	d.limit(q)
}

// group draws groups and aggregates.
func (d *drawer) group(q *query, s *scope) {
	q.aggregates = true
	for range d.IntN(3) {
		k := d.orderable(s)
		g := d.varying(s, k)
		q.group = append(q.group, g)
		q.columns = append(q.columns, g)
	}
	for range 1 + d.IntN(3) {
		q.columns = append(q.columns, d.aggregate(s))
	}
	if len(q.group) == 0 && !strings.Contains(join(" ", q.columns).String(), "(") {
		q.columns = append(q.columns, word("COUNT(*)"))
	}
	if d.one(3) && len(q.group) > 0 {
		q.having = piece(truth, "$ "+pick(d, comparisons...)+" "+d.integer(), d.count(s))
	}
	if len(q.group) > 0 {
		d.ordinals(q)
	}
}

// varying draws an expression that is not just a constant: an integer in ORDER BY is an ordinal.
func (d *drawer) varying(s *scope, k kind) *node {
	if x := d.expression(s, k, pick(d, 0, 1)); len(x.parts) > 0 {
		return x
	}
	return d.column(s, k)
}

// count draws an aggregate with an integer.
func (d *drawer) count(s *scope) *node {
	switch d.IntN(3) {
	case 0:
		return piece(number, "COUNT(*)")
	case 1:
		return piece(number, "COUNT("+pick(d, "", "DISTINCT ")+"$)", d.expression(s, d.orderable(s), 1))
	}
	return piece(number, pick(d, "MIN", "MAX")+"($)", d.expression(s, number, 1))
}

func (d *drawer) aggregate(s *scope) *node {
	filter := ""
	var more []*node
	if d.one(5) {
		filter, more = " FILTER (WHERE $)", []*node{d.condition(s, 1)}
	}
	with := func(format string, x *node) *node {
		before, after, _ := strings.Cut(format, "$)")
		format = before + "$)" + filter + after
		return piece(other, format, append([]*node{x}, more...)...)
	}
	switch n := d.IntN(10); {
	case n < 3:
		return d.count(s)
	case n == 3:
		return with(pick(d, "MIN", "MAX")+"($)", d.expression(s, d.orderable(s), 1))
	case n == 4:
		return with(pick(d, "SUM", "TOTAL", "AVG")+"("+pick(d, "$)", "DISTINCT $)"), d.column(s, float))
	case n == 5:
		return with("SUM($)", d.small(s))
	case n == 6:
		return with("LENGTH(GROUP_CONCAT($))", d.expression(s, text, 1))
	case n == 7 && !d.lite:
		return with(pick(d, "BOOL_AND", "BOOL_OR")+"($)", d.condition(s, 1))
	case n == 8 && !d.lite:
		return with("APPROX_COUNT_DISTINCT($)", d.column(s, d.orderable(s)))
	case n == 9 && !d.lite:
		return with("ROUND("+pick(d, "STDDEV_POP", "VAR_SAMP", "VARIANCE")+"($), 6)", d.small(s))
	}
	return with("COUNT($)", d.expression(s, d.orderable(s), 1))
}

// small draws an integer expression whose sum is an int64.
func (d *drawer) small(s *scope) *node {
	return piece(number, "($ % 100)", d.column(s, number))
}

// values draws a query of rows of constants, joined with a table.
func (d *drawer) values(q *query) {
	q.lite = false
	rows := make([]*node, 1+d.IntN(4))
	for i := range rows {
		rows[i] = piece(other, "($, $)", piece(number, d.integer()), piece(text, d.constant(text)))
	}
	t := d.table()
	q.with, q.loose, q.where = nil, t.isMixed(), nil
	q.from = []*node{piece(other, "(VALUES $) AS v (n, w)", join(", ", rows))}
	s := &scope{columns: []column{{"v.n", number}, {"v.w", text}}, set: "v"}
	if d.one(2) {
		u := scopeOf(t, "y.")
		x, y := d.shared(s, u)
		q.from = append(q.from, piece(other, pick(d, "JOIN ", "LEFT JOIN ")+t.name+" y ON $ = $", x, y))
		s = s.with(u)
	}
	q.where = []*node{d.condition(s, 1)}
	q.columns = d.items(s, 2, 1)
	d.ordinals(q)
}

// star draws a query of all columns. SQLite has other ones.
func (d *drawer) star(q *query) {
	q.lite, q.columns = false, []*node{word("*")}
	if d.one(3) {
		q.columns = append(q.columns, word("__generation"))
	}
}

// combine draws a set operation.
func (d *drawer) combine(q *query, s *scope) {
	t := d.table()
	q.loose = q.loose || t.isMixed()
	right := &query{from: []*node{word(t.name)}}
	u := scopeOf(t, "")
	for range 1 + d.IntN(2) {
		k := number
		for range 5 {
			if c := d.orderable(s); len(u.has(c)) > 0 {
				k = c
				break
			}
		}
		q.columns = append(q.columns, d.expression(s, k, 1))
		right.columns = append(right.columns, d.expression(u, k, 1))
	}
	right.where = append(right.where, d.condition(u, 1))
	q.operator, q.right = pick(d, "UNION", "UNION ALL", "EXCEPT", "INTERSECT"), right
	if !d.lite && d.one(4) {
		q.operator = pick(d, "EXCEPT ALL", "INTERSECT ALL")
	}
	d.ordinals(q)
}

// unnest draws a query of the elements of a list.
func (d *drawer) unnest(q *query, s *scope) {
	q.from = append(q.from, piece(other, "CROSS JOIN UNNEST($) AS e", d.column(s, list)))
	if d.one(4) {
		q.from[1] = piece(other, "LEFT JOIN UNNEST($) AS e ON TRUE", d.column(s, list))
	}
	q.columns, q.loose = append(d.items(s, 1, 1), word("e")), true
	in := s.with(&scope{columns: []column{{"e", mixed}, {"e", mixed}}})
	switch d.IntN(5) {
	case 0, 1:
		q.where = append(q.where, piece(truth, "e "+pick(d, comparisons...)+" $", piece(mixed, d.constant(pick(d, number, text)))))
	case 2:
		q.where = append(q.where, d.condition(elements("e", "e[0]"), 2))
	case 3:
		q.columns = nil
		d.group(q, in)
	}
}

// elements returns the scope of conditions on elements.
func elements(names ...string) *scope {
	s := &scope{depth: 2}
	for _, name := range names {
		s.columns = append(s.columns, column{name, mixed})
	}
	return s
}

// anElement draws a condition on the elements of a list or a map.
func (d *drawer) anElement(s *scope, not string) *node {
	if d.one(2) {
		return piece(truth, not+"EXISTS (SELECT 1 FROM UNNEST($) AS y WHERE $)", d.column(s, list), d.condition(elements("y", "y[1]"), 2))
	}
	return piece(truth, not+"EXISTS (SELECT 1 FROM UNNEST($) AS y (k, v) WHERE $)", d.column(s, mapping), d.condition(elements("k", "v", "v['k']"), 2))
}

// child draws a query of a child table.
func (d *drawer) child(q *query) {
	*q = query{from: []*node{word("cx1/" + pick(d, "l", "m", "u"))}, loose: true}
	s := &scope{set: "cx1", depth: 2, columns: []column{
		{"value", mixed}, {"key", mixed}, {"ordinality", number}, {"PK", number}, {"__digest", blob}, {"__generation", number},
	}}
	for range d.IntN(3) {
		q.where = append(q.where, d.condition(s, 1))
	}
	if d.one(3) {
		d.group(q, s)
		return
	}
	d.plain(q, s, []string{"__digest", "ordinality"})
}

// derive replaces the table of a query by a derived table or a common table expression.
func (d *drawer) derive(q *query, t table) *scope {
	in := scopeOf(t, "")
	inner := fmt.Sprintf("SELECT %s AS c0, $ AS c1, $ AS c2, $ AS c3 FROM %s WHERE $", t.key, t.name)
	if d.one(3) {
		inner += fmt.Sprintf(" ORDER BY %s LIMIT %d", t.key, 3+d.IntN(9))
	}
	if d.one(4) {
		inner = strings.Replace(inner, t.key+" AS c0, $ AS c1, $ AS c2, $ AS c3", "MIN("+t.key+") AS c0, COUNT(*) AS c1, $ AS c2, MAX($) AS c3", 1)
		inner, _, _ = strings.Cut(inner, " ORDER BY")
		x := d.varying(in, text)
		d.from(q, piece(other, inner+" GROUP BY $", x, d.column(in, float), d.condition(in, 1), x))
		return d.derived(q)
	}
	body := piece(other, inner, d.expression(in, number, 2), d.expression(in, text, 2), d.expression(in, float, 2), d.condition(in, 1))
	d.from(q, body)
	return d.derived(q)
}

// from makes a query the table of another one.
func (d *drawer) from(q *query, body *node) {
	if d.one(2) {
		q.with = []*node{piece(other, "w AS ($)", body)}
		q.from = []*node{word("w")}
		if d.one(3) { // a common table that reads another one, perhaps twice
			s := d.derived(&query{})
			q.with = append(q.with, piece(other, "v AS (SELECT * FROM w WHERE $)", d.condition(s, 1)))
			q.from = []*node{word("v w")}
		}
	} else {
		q.from = []*node{piece(other, "($) w", body)}
	}
}

// derived returns the scope of a query of a derived table.
func (d *drawer) derived(q *query) *scope {
	*q = query{with: q.with, from: q.from, lite: q.lite}
	return &scope{columns: []column{{"c0", number}, {"c1", number}, {"c2", text}, {"c3", float}}, set: "w"}
}

// join draws a join of two or three tables.
func (d *drawer) join(q *query) (*scope, []string) {
	q.with = nil
	t := d.table()
	s := scopeOf(t, "x.")
	q.from, q.loose = []*node{word(t.name + " x")}, t.isMixed()
	keys := []string{"x." + t.key}
	for i := range 1 + d.IntN(5)/4 {
		alias := string(rune('y' + i))
		t := d.table()
		u := scopeOf(t, alias+".")
		q.loose = q.loose || t.isMixed()
		x, y := d.shared(s, u)
		on := piece(truth, "$ = $", x, y)
		if t.primary != "" && d.one(2) {
			on = piece(truth, "$ = "+alias+"."+t.primary, d.column(s, number))
		}
		both := s.with(u)
		if d.one(3) {
			on = piece(truth, "$ AND $", on, d.condition(both, 1))
		}
		switch {
		case d.one(8):
			q.from = append(q.from, word("CROSS JOIN "+t.name+" "+alias))
		default:
			q.from = append(q.from, piece(other, pick(d, "JOIN", "INNER JOIN", "LEFT JOIN")+" "+t.name+" "+alias+" ON $", on))
		}
		keys = append(keys, alias+"."+t.key)
		s = both
	}
	return s, keys
}
