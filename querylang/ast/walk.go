package ast

// A Node is a part of a syntax tree with a position of its own: a [Statement], a [Body], a
// [TableExpr] or an [Expr].
type Node interface {
	// String returns SQL.
	String() string
	// Position returns the position of the node's first token.
	Position() Pos
}

// Inspect calls visit for a node and then, if visit returns true, for the nodes inside it, in the
// order of the text. It goes into subqueries: a visit that must stay in one query returns false for
// *Query, *Subquery, *Exists and *Derived.
func Inspect(n Node, visit func(Node) bool) {
	if visit(n) {
		Children(n, func(child Node) { Inspect(child, visit) })
	}
}

// InspectExpr is [Inspect] for the expressions of one query: it calls visit for an expression and
// the expressions inside it, but not for queries and what is in them. The expression may be nil.
func InspectExpr(e Expr, visit func(Expr) bool) {
	if e == nil {
		return
	}
	Inspect(e, func(n Node) bool {
		e, ok := n.(Expr)
		return ok && visit(e)
	})
}

// Children calls visit for the nodes directly inside a node, in the order of the text.
func Children(n Node, visit func(Node)) {
	c := children{visit}
	switch n := n.(type) {
	case Expr:
		c.ofExpr(n)
	case TableExpr:
		c.ofTable(n)
	case Body: // *Query is a Body and a Statement
		c.ofBody(n)
	case Statement:
		c.ofStatement(n)
	}
}

// children calls visit for parts that may be absent.
type children struct{ visit func(Node) }

func (c children) exprs(list ...Expr) {
	for _, e := range list {
		if e != nil {
			c.visit(e)
		}
	}
}

func (c children) query(q *Query) {
	if q != nil {
		c.visit(q)
	}
}

func (c children) order(items []OrderItem) {
	for _, item := range items {
		c.exprs(item.Expr)
	}
}

func (c children) items(items []SelectItem) {
	for _, item := range items {
		c.exprs(item.Expr)
	}
}

func (c children) options(options []Option) {
	for _, o := range options {
		c.exprs(o.Value)
	}
}

func (c children) assignments(set []Assignment) {
	for _, a := range set {
		c.exprs(a.Target, a.Value)
	}
}

func (c children) ofExpr(e Expr) {
	switch e := e.(type) {
	case *Path:
		c.exprs(e.X)
		for _, s := range e.Steps {
			c.exprs(s.Index)
		}
	case *Unary:
		c.exprs(e.X)
	case *Binary:
		c.exprs(e.X, e.Y)
	case *In:
		c.exprs(e.X)
		c.exprs(e.List...)
		c.query(e.Query)
	case *Between:
		c.exprs(e.X, e.Low, e.High)
	case *Match:
		c.exprs(e.X, e.Pattern, e.Escape)
	case *Is:
		c.exprs(e.X)
	case *Call:
		c.exprs(e.Args...)
		c.order(e.Order)
		c.exprs(e.Separator, e.Filter)
	case *Case:
		c.exprs(e.Operand)
		for _, w := range e.Whens {
			c.exprs(w.When, w.Then)
		}
		c.exprs(e.Else)
	case *Cast:
		c.exprs(e.X)
	case *Exists:
		c.query(e.Query)
	case *Subquery:
		c.query(e.Query)
	case *Row:
		c.exprs(e.Elements...)
	case *Array:
		c.exprs(e.Elements...)
	case *Map:
		for i, k := range e.Keys {
			c.exprs(k, e.Values[i])
		}
	case *Interval:
		c.exprs(e.X)
	}
}

func (c children) ofTable(t TableExpr) {
	switch t := t.(type) {
	case *Table:
		for _, r := range t.Partitions {
			c.exprs(r.First, r.Last)
		}
		if t.Sample != nil {
			c.exprs(t.Sample.Size)
		}
	case *Derived:
		c.query(t.Query)
	case *Unnest:
		c.exprs(t.X)
	case *Join:
		c.visit(t.Left)
		c.visit(t.Right)
		c.exprs(t.On)
	}
}

func (c children) ofBody(b Body) {
	switch b := b.(type) {
	case *Query:
		for _, w := range b.With {
			c.query(w.Query)
		}
		c.visit(b.Body)
		c.order(b.Order)
		c.exprs(b.Limit, b.Offset)
		c.options(b.Options)
	case *Select:
		c.items(b.Items)
		for _, t := range b.From {
			c.visit(t)
		}
		c.exprs(b.Where)
		c.exprs(b.Group...)
		c.exprs(b.Having)
	case *Values:
		for _, row := range b.Rows {
			c.exprs(row.Values...)
		}
	case *SetOperation:
		c.visit(b.Left)
		c.visit(b.Right)
	}
}

func (c children) ofStatement(s Statement) {
	switch s := s.(type) {
	case *Insert:
		c.query(s.Source)
		if s.Conflict != nil {
			c.assignments(s.Conflict.Set)
			c.exprs(s.Conflict.Where)
		}
		c.items(s.Returning)
		c.options(s.Options)
	case *Update:
		c.assignments(s.Set)
		c.exprs(s.Where)
		c.order(s.Order)
		c.exprs(s.Limit)
		c.items(s.Returning)
		c.options(s.Options)
	case *Delete:
		c.exprs(s.Where)
		c.order(s.Order)
		c.exprs(s.Limit)
		c.items(s.Returning)
		c.options(s.Options)
	case *Truncate:
		c.exprs(s.Before)
	case *Explain:
		c.visit(s.Statement)
	case *Set:
		c.exprs(s.Value)
	case *Show:
		c.exprs(s.Like)
	case *Declare:
		c.exprs(s.From)
		c.query(s.Query)
	case *Fetch:
		c.exprs(s.Count)
	default:
		c.ofDefinition(s)
	}
}

func (c children) column(column ColumnDef) {
	c.exprs(column.Default)
	c.exprs(column.Checks...)
}

func (c children) ofDefinition(s Statement) {
	switch s := s.(type) {
	case *CreateTable:
		for _, column := range s.Columns {
			c.column(column)
		}
		c.exprs(s.Checks...)
		c.options(s.Options)
	case *AlterTable:
		c.column(s.Column)
	case *CreateIndex:
		for _, part := range s.Parts {
			c.exprs(part.Expr)
		}
		c.options(s.Options)
	case *CreateView:
		c.query(s.Query)
	default:
		c.ofAdministration(s)
	}
}

func (c children) ofAdministration(s Statement) {
	switch s := s.(type) {
	case *User:
		c.exprs(s.Password)
	case *Role:
		c.options(s.Options)
	case *Module:
		c.exprs(s.Source, s.File)
	case *Execute:
		c.exprs(s.Args...)
		c.exprs(s.Where)
	case *Kill:
		c.exprs(s.Job)
	case *AlterSystem:
		c.exprs(s.Value)
	case *AlterXDR:
		c.exprs(s.Filter)
	case *TruncateNamespace:
		c.exprs(s.Before)
	}
}
