package plan

import (
	"unicode/utf8"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// An analyzer finds out what is known of the records for which conditions on one set are true.
type analyzer struct {
	relation *bind.Relation
	env      *bind.Env
	// expressions means that terms can be any expressions, because the set has indexes of them.
	expressions bool
}

// fixed evaluates an expression that has one value in this run.
func (a *analyzer) fixed(e bind.Expr) (protocol.Value, bool) {
	if !isFixed(e) {
		return protocol.Value{}, false
	}
	v := e.Eval(a.env)
	return v, v.Kind() != protocol.KindInvalid
}

// facts returns what is known where a condition is true, or false.
func (a *analyzer) facts(e bind.Expr, truth bool) facts {
	if v, ok := a.fixed(e); ok {
		b, isBool := v.Bool()
		return facts{never: !isBool || b != truth}
	}
	switch x := e.(type) {
	case *bind.Not:
		return a.facts(x.X, !truth)
	case *bind.Logic:
		list := make([]facts, len(x.Operands))
		for i, operand := range x.Operands {
			list[i] = a.facts(operand, truth)
		}
		return combined(list, (x.Op == ast.OpAnd) == truth)
	}
	f := a.leaf(e, truth)
	from := []bind.Expr{e}
	if !truth && len(f.all) > 0 {
		from[0] = negate(e)
	}
	for i := range f.all {
		f.all[i].from = from
	}
	return f
}

// leaf returns the facts of a condition that is not made of other ones.
func (a *analyzer) leaf(e bind.Expr, truth bool) facts {
	switch x := e.(type) {
	case *bind.Compare:
		return a.compare(x, truth)
	case *bind.Between:
		return combined([]facts{
			a.compare(&bind.Compare{Op: ast.OpGreaterEqual, X: x.X, Y: x.Low}, truth != x.Not),
			a.compare(&bind.Compare{Op: ast.OpLessEqual, X: x.X, Y: x.High}, truth != x.Not),
		}, truth != x.Not)
	case *bind.In:
		return a.in(x, truth != x.Not)
	case *bind.InQuery:
		return a.inQuery(x, truth != x.Not)
	case *bind.Match:
		return a.match(x, truth != x.Not)
	case *bind.Is:
		return a.is(x, truth != x.Not)
	case *bind.Call:
		if f, ok := a.call(x, truth); ok {
			return f
		}
	}
	if t, ok := a.termOf(e); ok { // a column or path that is a condition itself
		return oneFact(t, singleton(protocol.Bool(truth)), e)
	}
	return facts{}
}

// combined returns the facts of an AND, or of an OR.
func combined(list []facts, and bool) facts {
	if and {
		return both(list)
	}
	return either(list)
}

func oneFact(t *term, s valueSet, e bind.Expr) facts {
	if s.isEmpty() {
		return facts{never: true}
	}
	return facts{all: []fact{{term: t, set: s, from: []bind.Expr{e}}}}
}

// mirroredOperator returns the operator with its sides exchanged.
func mirroredOperator(op ast.Operator) ast.Operator {
	switch op {
	case ast.OpLess:
		return ast.OpGreater
	case ast.OpLessEqual:
		return ast.OpGreaterEqual
	case ast.OpGreater:
		return ast.OpLess
	case ast.OpGreaterEqual:
		return ast.OpLessEqual
	}
	return op
}

func (a *analyzer) compare(c *bind.Compare, truth bool) facts {
	if c.ByKey {
		return a.equalsKey(c, truth)
	}
	if c.Op == ast.OpContains {
		if c.X.Kinds().Only(function.Map) { // of a column that is declared as a map
			return a.contains(c, c.X, c.Y, protocol.IndexMapKeys, mapKeyKinds, truth)
		}
		return a.contains(c, c.X, c.Y, protocol.IndexList, function.Any, truth)
	}
	op, x, y := c.Op, c.X, c.Y
	if isFixed(x) {
		op, x, y = mirroredOperator(op), y, x
	}
	v, ok := a.fixed(y)
	if !ok || !sameUnits(x.Type(), y.Type()) {
		return facts{}
	}
	t, ok := a.termOf(x)
	if !ok {
		return facts{}
	}
	return oneFact(t, compared(op, v, truth), c)
}

// equalsKey returns the facts of "a value is the key of a record of an enclosing block".
func (a *analyzer) equalsKey(c *bind.Compare, truth bool) facts {
	v, ok := a.fixed(c.X)
	t, isTerm := a.termOf(c.Y)
	if !ok || !isTerm || v.IsNil() || truth != (c.Op == ast.OpEqual) {
		return facts{}
	}
	return oneFact(t, compared(ast.OpEqual, v, true), c)
}

// contains returns the facts of "a collection contains a value".
func (a *analyzer) contains(e, x, y bind.Expr, in protocol.IndexCollection, kinds function.Kinds, truth bool) facts {
	if !truth {
		return facts{}
	}
	v, ok := a.fixed(y)
	if !ok {
		return facts{}
	}
	t, ok := a.termOf(x)
	if !ok || t.expr != nil {
		return facts{}
	}
	if v.IsNil() || v.Kind() == protocol.KindList || v.Kind() == protocol.KindMap {
		return facts{}
	}
	return oneFact(t.within(in, kinds), compared(ast.OpEqual, v, true), e)
}

// elements returns the values of a list of IN, or false if they depend on the row. A parameter that
// is bound to a list stands for its elements.
func (a *analyzer) elements(list []bind.Expr) ([]protocol.Value, bool) {
	values := make([]protocol.Value, 0, len(list))
	for _, e := range list {
		v, ok := a.fixed(e)
		if !ok {
			return nil, false
		}
		if _, isParam := e.(*bind.Param); isParam {
			if v.IsNilSlice() {
				continue
			}
			if elements, isList := v.List(); isList {
				values = append(values, elements...)
				continue
			}
		}
		values = append(values, v)
	}
	return values, true
}

func (a *analyzer) in(e *bind.In, truth bool) facts {
	if e.ByKey {
		return facts{}
	}
	t, ok := a.termOf(e.X)
	if !ok {
		return facts{}
	}
	for _, y := range e.List {
		if !sameUnits(e.X.Type(), y.Type()) {
			return facts{}
		}
	}
	values, ok := a.elements(e.List)
	if !ok {
		return facts{}
	}
	if truth {
		return oneFact(t, oneOf(values), e)
	}
	return oneFact(t, noneOf(values), e)
}

func (a *analyzer) inQuery(e *bind.InQuery, truth bool) facts {
	if e.ByKey || !truth {
		return facts{}
	}
	t, ok := a.termOf(e.X)
	if !ok {
		return facts{}
	}
	values, ok := a.queryValues(e.Query)
	if !ok {
		return facts{}
	}
	return oneFact(t, oneOf(values), e)
}

// queryValues returns the values of a query that does not depend on the row.
func (a *analyzer) queryValues(q *bind.Subquery) ([]protocol.Value, bool) {
	for _, c := range q.Outer {
		if c.Depth == 0 {
			return nil, false
		}
	}
	if a.env.Run == nil || a.env.Run.Subqueries == nil {
		return nil, false
	}
	return a.env.Run.Subqueries.Values(q, a.env)
}

// match returns the facts of x LIKE pattern: a string with the prefix before the first wildcard.
func (a *analyzer) match(e *bind.Match, truth bool) facts {
	t, ok := a.termOf(e.X)
	if !ok {
		return facts{}
	}
	if e.Op != ast.Like || !truth {
		return oneFact(t, class(protocol.KindString), e)
	}
	pattern, ok := a.fixed(e.Pattern)
	if !ok {
		return oneFact(t, class(protocol.KindString), e)
	}
	text, isText := pattern.Text()
	if !isText || pattern.Kind() != protocol.KindString {
		return facts{never: true}
	}
	escape := rune(-1)
	if e.Escape != nil {
		v, ok := a.fixed(e.Escape)
		s, isText := v.Text()
		if r := []rune(s); ok && isText && len(r) == 1 {
			escape = r[0]
		} else {
			return oneFact(t, class(protocol.KindString), e)
		}
	}
	prefix, whole := literalPrefix(text, escape)
	s := valueSet{strings: startsWith(prefix)}
	if whole {
		s = singleton(protocol.String(prefix))
	}
	return oneFact(t, s, e)
}

// literalPrefix returns the part of a pattern before its first wildcard, and whether it has none.
func literalPrefix(pattern string, escape rune) (prefix string, whole bool) {
	var b []byte
	escaped := false
	for i, r := range pattern {
		switch {
		case r == utf8.RuneError:
			return string(b), false // not UTF-8, or the character itself: compare no further
		case escaped:
			escaped = false
		case r == escape:
			escaped = true
			continue
		case r == '%' || r == '_':
			return string(b), false
		}
		b = append(b, pattern[i:i+utf8.RuneLen(r)]...)
	}
	return string(b), !escaped
}

// is returns the facts of IS NULL, TRUE and FALSE, which are never unknown.
func (a *analyzer) is(e *bind.Is, positive bool) facts {
	if e.Test != ast.IsNull {
		if !positive {
			return facts{}
		}
		return a.facts(e.X, e.Test == ast.IsTrue)
	}
	t, ok := a.termOf(e.X)
	if !ok {
		return facts{}
	}
	s := valueSet{null: true}
	if !positive {
		s = s.complement()
	}
	return oneFact(t, s, e)
}
