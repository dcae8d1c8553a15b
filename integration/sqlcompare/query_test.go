package sqlcompare

import (
	"slices"
	"strings"
)

// A query is a SELECT by its clauses, so that clauses can be left out.
type query struct {
	with          []*node
	distinct      bool
	columns       []*node
	from          []*node // the first table and its joins
	where         []*node // joined by AND
	group         []*node
	having        *node
	operator      string
	right         *query // the other side of operator
	order         []*node
	limit, offset string
	total         bool // order decides the place of each row
	aggregates    bool // one row for all or for each group
	lite          bool // SQLite has the tables and means the same
	loose         bool // equal numbers stand for each other
}

// String returns the SQL.
func (q *query) String() string {
	var b strings.Builder
	list := func(before, separator string, parts []*node) {
		for i, part := range parts {
			if i == 0 {
				b.WriteString(before)
			} else {
				b.WriteString(separator)
			}
			part.write(&b)
		}
	}
	list("WITH ", ", ", q.with)
	if len(q.with) > 0 {
		b.WriteByte(' ')
	}
	b.WriteString("SELECT ")
	if q.distinct {
		b.WriteString("DISTINCT ")
	}
	list("", ", ", q.columns)
	list(" FROM ", " ", q.from)
	list(" WHERE ", " AND ", q.where)
	list(" GROUP BY ", ", ", q.group)
	if q.having != nil {
		b.WriteString(" HAVING " + q.having.String())
	}
	if q.right != nil {
		b.WriteString(" " + q.operator + " " + q.right.String())
	}
	list(" ORDER BY ", ", ", q.order)
	if q.limit != "" {
		b.WriteString(" LIMIT " + q.limit)
	}
	if q.offset != "" {
		b.WriteString(" OFFSET " + q.offset)
	}
	return b.String()
}

// args returns the values of the parameters in their order.
func (q *query) args() (values []any) {
	having := []*node{}
	if q.having != nil {
		having = append(having, q.having)
	}
	for _, clause := range [][]*node{q.with, q.columns, q.from, q.where, q.group, having} {
		for _, part := range clause {
			values = part.args(values)
		}
	}
	if q.right != nil {
		values = append(values, q.right.args()...)
	}
	for _, part := range q.order {
		values = part.args(values)
	}
	return values
}

// clauses returns the lists of the query that can be shortened.
func (q *query) clauses() []*[]*node {
	return []*[]*node{&q.with, &q.from, &q.where, &q.columns, &q.group, &q.order}
}

// shorter returns queries with one clause or one part of a clause less. Some are not valid.
func (q *query) shorter() (all []*query) {
	try := func(change func(c *query)) {
		c := *q
		change(&c)
		all = append(all, &c)
	}
	if q.right != nil {
		try(func(c *query) { c.right = nil })
		for _, r := range q.right.shorter() {
			try(func(c *query) { c.right = r })
		}
	}
	if q.offset != "" {
		try(func(c *query) { c.offset = "" })
	}
	if q.limit != "" {
		try(func(c *query) { c.limit, c.offset = "", "" })
	}
	if len(q.order) > 0 {
		try(func(c *query) { c.order, c.total = nil, false })
	}
	if q.having != nil {
		try(func(c *query) { c.having = nil })
		for _, s := range q.having.shorter() {
			try(func(c *query) { c.having = s })
		}
	}
	if q.distinct {
		try(func(c *query) { c.distinct = false })
	}
	for at, parts := range q.clauses() {
		least := 0
		if parts == &q.columns || parts == &q.from {
			least = 1
		}
		for i := range *parts {
			if len(*parts) > least && !(parts == &q.order && q.limit != "") {
				try(func(c *query) { *c.clauses()[at] = slices.Delete(slices.Clone(*parts), i, i+1) })
			}
		}
	}
	for at, parts := range q.clauses() {
		for i, part := range *parts {
			for _, s := range part.shorter() {
				try(func(c *query) {
					clause := c.clauses()[at]
					*clause = slices.Clone(*clause)
					(*clause)[i] = s
				})
			}
		}
	}
	return all
}

// shrink drops parts of a failing query, as long as it still fails. It tries at most a number of
// queries.
func shrink(q *query, fails func(*query) bool) *query {
	tries := 3000
	for again := true; again; {
		again = false
		for _, c := range q.shorter() {
			if tries--; tries < 0 {
				return q
			}
			if (len(c.String()) < len(q.String()) || len(c.args()) < len(q.args())) && fails(c) {
				q, again = c, true
				break
			}
		}
	}
	return q
}
