package sqlcompare

import (
	"fmt"
	"slices"
	"strings"
)

// A query is a SELECT by its clauses, so that clauses can be left out.
type query struct {
	distinct      bool
	columns       []string
	from          string
	where         []string // joined by AND
	group         []string
	having        string
	order         []string
	limit, offset int // -1 if there is none
	operator      string
	right         *query // the other side of operator
	mixed         bool   // compares values of different kinds, which SQLite does otherwise
}

// String returns the SQL.
func (q *query) String() string {
	var b strings.Builder
	b.WriteString("SELECT ")
	if q.distinct {
		b.WriteString("DISTINCT ")
	}
	b.WriteString(strings.Join(q.columns, ", ") + " FROM " + q.from)
	if len(q.where) > 0 {
		b.WriteString(" WHERE " + strings.Join(q.where, " AND "))
	}
	if len(q.group) > 0 {
		b.WriteString(" GROUP BY " + strings.Join(q.group, ", "))
	}
	if q.having != "" {
		b.WriteString(" HAVING " + q.having)
	}
	if q.right != nil {
		b.WriteString(" " + q.operator + " " + q.right.String())
	}
	if len(q.order) > 0 {
		b.WriteString(" ORDER BY " + strings.Join(q.order, ", "))
	}
	if q.limit >= 0 {
		fmt.Fprintf(&b, " LIMIT %d", q.limit)
	}
	if q.offset >= 0 {
		fmt.Fprintf(&b, " OFFSET %d", q.offset)
	}
	return b.String()
}

// shorter returns queries with one clause or one part of a clause less.
func (q *query) shorter() (list []*query) {
	try := func(change func(c *query)) {
		c := *q
		change(&c)
		list = append(list, &c)
	}
	without := func(words []string, i int) []string { return slices.Delete(slices.Clone(words), i, i+1) }
	if q.right != nil {
		try(func(c *query) { c.right = nil })
		for _, r := range q.right.shorter() {
			if len(r.columns) == len(q.columns) {
				try(func(c *query) { c.right = r })
			}
		}
	}
	if q.offset >= 0 {
		try(func(c *query) { c.offset = -1 })
	}
	if q.limit >= 0 {
		try(func(c *query) { c.limit, c.offset = -1, -1 })
	} else if len(q.order) > 0 {
		try(func(c *query) { c.order = nil })
	}
	if q.having != "" {
		try(func(c *query) { c.having = "" })
	}
	if q.distinct {
		try(func(c *query) { c.distinct = false })
	}
	for i := range q.where {
		try(func(c *query) { c.where = without(q.where, i) })
	}
	for i := range q.columns {
		if len(q.columns) > 1 && q.right == nil && len(q.order) == 0 {
			try(func(c *query) { c.columns = without(q.columns, i) })
		}
	}
	return list
}

// shrink returns a query that still fails and of which no shorter form fails.
func shrink(q *query, fails func(*query) bool) *query {
	for again := true; again; {
		again = false
		for _, c := range q.shorter() {
			if fails(c) {
				q, again = c, true
				break
			}
		}
	}
	return q
}
