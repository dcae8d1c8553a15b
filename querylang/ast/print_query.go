package ast

// query writes a query, without parentheses.
func (p *printer) query(q *Query) {
	for i, c := range q.With {
		if i == 0 {
			p.text("WITH ")
		}
		p.comma(i)
		p.text(c.Name.String())
		p.names(c.Columns)
		p.text(" AS (")
		p.query(c.Query)
		p.text(")")
		if i == len(q.With)-1 {
			p.text(" ")
		}
	}
	p.body(q.Body)
	p.order(q.Order)
	p.clause("LIMIT", q.Limit)
	p.clause("OFFSET", q.Offset)
	p.options(q.Options)
}

func (p *printer) body(b Body) {
	switch b := b.(type) {
	case *Select:
		p.selectBody(b)
	case *Values:
		p.text("VALUES ")
		for i, row := range b.Rows {
			p.comma(i)
			p.text("(")
			p.exprs(row.Values)
			p.text(")")
		}
	case *SetOperation:
		p.setOperand(b.Left, b.Op, false)
		p.text(" ", b.Op.String(), " ")
		if b.All {
			p.text("ALL ")
		}
		p.setOperand(b.Right, b.Op, true)
	case *Query:
		p.text("(")
		p.query(b)
		p.text(")")
	}
}

var setOperators = [...]string{Union: "UNION", Except: "EXCEPT", Intersect: "INTERSECT"}

// String returns the operator as SQL.
func (o SetOperator) String() string { return setOperators[o] }

// setOperand writes an operand of a set operation, in parentheses if they are needed: INTERSECT
// binds tighter than UNION and EXCEPT, and all three group from the left.
func (p *printer) setOperand(b Body, outer SetOperator, right bool) {
	inner, ok := b.(*SetOperation)
	if !ok {
		p.body(b)
		return
	}
	tighter := inner.Op == Intersect && outer != Intersect
	same := (inner.Op == Intersect) == (outer == Intersect)
	if tighter || same && !right {
		p.body(b)
		return
	}
	p.text("(")
	p.body(b)
	p.text(")")
}

func (p *printer) selectBody(s *Select) {
	p.text("SELECT ")
	if s.Distinct {
		p.text("DISTINCT ")
	}
	p.items(s.Items)
	for i, t := range s.From {
		if i == 0 {
			p.text(" FROM ")
		}
		p.comma(i)
		p.table(t)
	}
	p.clause("WHERE", s.Where)
	if len(s.Group) > 0 {
		p.text(" GROUP BY ")
		p.exprs(s.Group)
	}
	p.clause("HAVING", s.Having)
}

func (p *printer) items(items []SelectItem) {
	for i, item := range items {
		p.comma(i)
		p.item(item)
	}
}

func (p *printer) item(i SelectItem) {
	if !i.Star {
		p.expr(i.Expr)
		p.alias(i.Alias)
		return
	}
	for _, q := range i.Qualifier {
		p.text(q.String(), ".")
	}
	p.text("*")
}

func (p *printer) order(items []OrderItem) {
	for i, item := range items {
		if i == 0 {
			p.text(" ORDER BY ")
		}
		p.comma(i)
		p.orderItem(item)
	}
}

func (p *printer) orderItem(item OrderItem) {
	p.expr(item.Expr)
	if item.Descending {
		p.text(" DESC")
	}
	switch item.Nulls {
	case NullsFirst:
		p.text(" NULLS FIRST")
	case NullsLast:
		p.text(" NULLS LAST")
	}
}

// table writes an item of FROM.
func (p *printer) table(t TableExpr) {
	switch t := t.(type) {
	case *Table:
		p.tableRef(t)
	case *Derived:
		p.text("(")
		p.query(t.Query)
		p.text(")")
		p.alias(t.Alias)
		p.names(t.Columns)
	case *Unnest:
		p.text("UNNEST(")
		p.expr(t.X)
		p.text(")")
		if t.Ordinality {
			p.text(" WITH ORDINALITY")
		}
		p.alias(t.Alias)
		p.names(t.Columns)
	case *Join:
		p.join(t)
	}
}

func (p *printer) tableRef(t *Table) {
	p.text(t.Name.String())
	if t.In != "" {
		p.text(" IN ", t.In)
	}
	p.alias(t.Alias)
	for i, r := range t.Partitions {
		if i == 0 {
			p.text(" PARTITION (")
		}
		p.comma(i)
		p.expr(r.First)
		if r.Last != nil {
			p.text("..")
			p.expr(r.Last)
		}
		if i == len(t.Partitions)-1 {
			p.text(")")
		}
	}
	if t.Sample != nil {
		p.text(" TABLESAMPLE ", t.Sample.Method, " (")
		p.expr(t.Sample.Size)
		p.text(")")
	}
}

var joins = [...]string{
	InnerJoin: " JOIN ", CrossJoin: " CROSS JOIN ", LeftJoin: " LEFT JOIN ", RightJoin: " RIGHT JOIN ", FullJoin: " FULL JOIN ",
}

func (p *printer) join(j *Join) {
	p.table(j.Left)
	if j.Natural {
		p.text(" NATURAL")
	}
	p.text(joins[j.Kind])
	if right, ok := j.Right.(*Join); ok {
		p.text("(")
		p.join(right)
		p.text(")")
	} else {
		p.table(j.Right)
	}
	p.clause("ON", j.On)
	if len(j.Using) > 0 {
		p.text(" USING")
		p.names(j.Using)
	}
}
