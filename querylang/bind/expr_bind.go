package bind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// expr binds an expression.
func (b *binder) expr(s *scope, e ast.Expr) Expr {
	if s.grouped {
		if x := b.grouping(s, e); x != nil {
			return x
		}
	}
	if b.trials != nil {
		return b.try(s, e)
	}
	return b.form(s, e)
}

// form binds an expression that is not a group.
func (b *binder) form(s *scope, e ast.Expr) Expr {
	switch e := e.(type) {
	case *ast.Literal:
		return &Const{Value: e.Value, Pos: e.Pos}
	case *ast.Param:
		return b.param(e)
	case *ast.Column:
		return b.column(s, e)
	case *ast.Path:
		return b.pathSteps(s, e)
	case *ast.Unary:
		return b.unary(s, e)
	case *ast.Binary:
		return b.binary(s, e)
	case *ast.In:
		return b.in(s, e)
	case *ast.Between:
		return b.between(s, e)
	case *ast.Match:
		return b.match(s, e)
	case *ast.Is:
		return b.is(s, e)
	case *ast.Call:
		return b.call(s, e)
	case *ast.Case:
		return b.caseOf(s, e)
	case *ast.Cast:
		return b.cast(s, e)
	}
	return b.constructor(s, e)
}

// constructor is expr for queries and collections.
func (b *binder) constructor(s *scope, e ast.Expr) Expr {
	switch e := e.(type) {
	case *ast.Exists:
		return &Exists{Query: b.subquery(s, e.Query, false), Pos: e.Pos}
	case *ast.Subquery:
		return &Scalar{Query: b.subquery(s, e.Query, true), Pos: e.Pos}
	case *ast.Row:
		return b.noRow(e)
	case *ast.Array:
		return b.fold(&Array{Elements: b.elements(s, e.Elements), Pos: e.Pos})
	case *ast.Map:
		return b.fold(&MapLiteral{Keys: b.elements(s, e.Keys), Values: b.elements(s, e.Values), Pos: e.Pos})
	case *ast.Interval:
		return b.fail(e.Pos, ast.ErrUnsupported, "INTERVAL can only be added to a timestamp or subtracted from one")
	}
	return b.fail(e.Position(), ast.ErrSyntax, "%s can't be used here", e)
}

// elements binds the elements of a collection.
func (b *binder) elements(s *scope, list []ast.Expr) []Expr {
	bound := make([]Expr, len(list))
	for i, e := range list {
		bound[i] = b.value(s, e)
	}
	return bound
}

// value binds an expression in a place where only values make sense: in AQL a name in double quotes
// is a string there.
func (b *binder) value(s *scope, e ast.Expr) Expr {
	if text, ok := b.quoted(e); ok {
		return text
	}
	return b.expr(s, e)
}

// quoted returns the string that a name in double quotes may be in AQL.
func (b *binder) quoted(e ast.Expr) (*Const, bool) {
	c, ok := e.(*ast.Column)
	if !ok || !b.options.AQL || len(c.Parts) > 1 || c.Parts[0].Quote != '"' {
		return nil, false
	}
	return &Const{Value: protocol.String(c.Parts[0].Text), Pos: c.Parts[0].Pos}, true
}

// pair binds the operands of a comparison. In AQL a name in double quotes is a string on the right
// side, and on the left side if the right one is a column.
func (b *binder) pair(s *scope, left, right ast.Expr) (x, y Expr) {
	if text, ok := b.quoted(left); ok {
		if _, both := b.quoted(right); !both {
			if _, column := right.(*ast.Column); column {
				return text, b.expr(s, right)
			}
		}
		return b.expr(s, left), b.value(s, right)
	}
	if _, ok := left.(*ast.Literal); ok {
		return b.expr(s, left), b.expr(s, right)
	}
	return b.expr(s, left), b.value(s, right)
}

func (b *binder) param(e *ast.Param) Expr {
	p := &Param{Index: e.Index, Text: e.Text, Pos: e.Pos}
	if e.Kind != protocol.KindNil {
		p.Can = function.KindsOf(e.Kind)
	}
	return p
}

func (b *binder) pathSteps(s *scope, e *ast.Path) Expr {
	p := extended(b.expr(s, e.X))
	for _, step := range e.Steps {
		if step.Index == nil {
			p.add(&Const{Value: protocol.String(step.Name.Text), Pos: step.Pos}, function.List|function.Map)
		} else {
			p.add(b.value(s, step.Index), function.List|function.Map)
		}
	}
	return b.checkPath(p)
}

// extended returns a path that begins with an expression, to add steps to.
func extended(x Expr) *Path {
	inner, ok := x.(*Path)
	if !ok {
		return &Path{X: x}
	}
	return &Path{X: inner.X, Steps: slices.Clone(inner.Steps), Through: slices.Clone(inner.Through)}
}

// add adds a step through a collection of some kinds.
func (e *Path) add(step Expr, through function.Kinds) {
	if e.Through == nil && through != function.List|function.Map {
		for range e.Steps {
			e.Through = append(e.Through, function.List|function.Map)
		}
	}
	if e.Steps = append(e.Steps, step); e.Through != nil || through != function.List|function.Map {
		e.Through = append(e.Through, through)
	}
}

// checkPath checks that a path starts at a collection.
func (b *binder) checkPath(p *Path) Expr {
	b.wants(p.X, function.List|function.Map, "a path")
	return b.fold(p)
}

func (b *binder) unary(s *scope, e *ast.Unary) Expr {
	if e.Op == ast.OpNot {
		return b.fold(&Not{X: b.condition(s, e.X), Pos: e.Pos})
	}
	x := b.expr(s, e.X)
	b.wants(x, function.Number, "-")
	return b.fold(&Negate{X: x, Bits: e.Op == ast.OpBitNot, Pos: e.Pos})
}

func (b *binder) binary(s *scope, e *ast.Binary) Expr {
	switch e.Op {
	case ast.OpAnd, ast.OpOr:
		return b.logic(s, e)
	case ast.OpEqual, ast.OpNotEqual, ast.OpLess, ast.OpLessEqual, ast.OpGreater, ast.OpGreaterEqual,
		ast.OpDistinctFrom, ast.OpNotDistinctFrom, ast.OpContains:
		if isRow(e.X) || isRow(e.Y) {
			return b.rows(s, b.compareRows(e), e.X)
		}
		x, y := b.pair(s, e.X, e.Y)
		return b.comparison(s, e.Op, x, y, e.Pos)
	}
	return b.arithmetic(s, e)
}

// logic binds a chain of AND or OR as one expression, however long it is.
func (b *binder) logic(s *scope, e *ast.Binary) Expr {
	var operands []ast.Expr // in the reverse order
	next := ast.Expr(e)
	for {
		chain, ok := next.(*ast.Binary)
		if !ok || chain.Op != e.Op {
			operands = append(operands, next)
			break
		}
		operands = append(operands, chain.Y)
		next = chain.X
	}
	l := &Logic{Op: e.Op, Operands: make([]Expr, len(operands))}
	for i := range operands {
		l.Operands[i] = b.condition(s, operands[len(operands)-1-i])
	}
	return b.fold(l)
}

// condition binds an expression that must be a boolean. A value that is none at run time is
// unknown.
func (b *binder) condition(s *scope, e ast.Expr) Expr {
	x := b.expr(s, e)
	if kinds := x.Kinds(); !kinds.Has(function.Bool) && kinds != function.Null && b.err == nil {
		return b.fail(e.Position(), ast.ErrType, "a condition is needed here, not %s", e)
	}
	return x
}

// listHint returns what to write instead of x IN name if the name may be meant as a column with a
// list.
func listHint(q *ast.Query) string {
	if s, ok := q.Body.(*ast.Select); ok && len(s.Items) == 1 && s.Items[0].Star && s.Items[0].Pos == q.Pos {
		return "; for a column with a list write x = ANY (column)"
	}
	return ""
}

// subquery binds a query in an expression. If one is true it must have one column.
func (b *binder) subquery(s *scope, q *ast.Query, one bool) *Subquery {
	text := ""
	if b.trials != nil || s.clause == groupBy {
		text = subqueryText(q)
	}
	if b.trials != nil {
		if known := s.groupedQueries[text]; known != nil {
			return known
		}
		b.fail(q.Pos, ast.ErrUnsupported, "the subquery is not in a group")
		return &Subquery{Query: &Query{Body: &Values{}, Columns: []OutputColumn{{Kinds: function.Any}}}}
	}
	sub := &Subquery{ID: b.subqueries}
	b.subqueries++
	if s.block != nil {
		s.block.Subqueries = append(s.block.Subqueries, sub)
	}
	sub.Query = b.query(q, place{outer: s, subquery: sub, common: s.common})
	if n := len(sub.Query.Columns); one && n != 1 {
		b.fail(q.Pos, ast.ErrSyntax, "the subquery must have one column, not %d%s", n, listHint(q))
		sub.Query.Columns = []OutputColumn{{Kinds: function.Any}}
	}
	if s.clause == groupBy {
		if s.groupedQueries == nil {
			s.groupedQueries = make(map[string]*Subquery)
		}
		s.groupedQueries[text] = sub
	}
	return sub
}

// subqueryText returns a text that is equal for queries that are the same in one scope.
func subqueryText(q *ast.Query) string {
	var text strings.Builder
	text.WriteString(q.String())
	ast.Inspect(q, func(n ast.Node) bool {
		if p, ok := n.(*ast.Param); ok {
			fmt.Fprintf(&text, "|?%d", p.Index)
		}
		return true
	})
	return text.String()
}

func (b *binder) caseOf(s *scope, e *ast.Case) Expr {
	c := &Case{Pos: e.Pos}
	b.whens(s, e, c)
	values := make([]Expr, 0, len(e.Whens)+1)
	for _, w := range e.Whens {
		values = append(values, b.value(s, w.Then))
	}
	if e.Else != nil {
		values = append(values, b.value(s, e.Else))
	}
	c.Of, _ = b.unify(values)
	for i := range c.Whens {
		c.Whens[i].Then = values[i]
	}
	if e.Else != nil {
		c.Else = values[len(values)-1]
	}
	return b.fold(c)
}

// whens binds the conditions of a CASE. Those of a CASE with an operand are values that are
// compared with it, or comparisons where the comparison is not of the values as they are.
func (b *binder) whens(s *scope, e *ast.Case, c *Case) {
	if e.Operand == nil {
		for _, w := range e.Whens {
			c.Whens = append(c.Whens, When{When: b.condition(s, w.When)})
		}
		return
	}
	operand := b.expr(s, e.Operand)
	asIs := true
	comparisons := make([]Expr, len(e.Whens))
	for i, w := range e.Whens {
		comparisons[i] = b.comparison(s, ast.OpEqual, operand, b.value(s, w.When), w.When.Position())
		compare, ok := comparisons[i].(*Compare)
		asIs = asIs && ok && compare.X == operand && !compare.ByKey
	}
	for _, x := range comparisons {
		if asIs {
			x = x.(*Compare).Y
		}
		c.Whens = append(c.Whens, When{When: x})
	}
	if asIs {
		c.Operand = operand
	}
}

func (b *binder) cast(s *scope, e *ast.Cast) Expr {
	x := b.value(s, e.X)
	to, err := function.ParseType(e.Type)
	if err != nil {
		b.failWith(e.Type.Pos, ast.ErrUnknownName, err)
		return x
	}
	result := b.castTo(x, to, e.Pos)
	if e.Literal && isNull(result) {
		_, err := function.Coerce(x.(*Const).Value, to)
		if err == nil {
			err = ast.Errorf(ast.ErrType, "%s can't be a %s", x, to)
		}
		b.failWith(x.Position(), ast.ErrType, err)
	}
	return result
}

// castTo returns an expression as a value of another type.
func (b *binder) castTo(x Expr, to function.Type, pos ast.Pos) Expr {
	from := x.Type()
	if from.Family == function.Decimals && to.Family != function.Strings {
		if to.Family == function.Decimals {
			return b.rescale(x, to)
		}
		x = b.plain(x)
	}
	return b.fold(&Cast{X: x, From: x.Type(), To: to, Pos: pos})
}
