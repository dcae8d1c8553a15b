package plan

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// A want is what a test is for: where a condition is true, or where it is false. The decided forms
// are never unknown on the server, so that they can be negated; they are exact or can't be pushed.
type want uint8

const (
	isTrue want = iota
	isFalse
	decidedTrue
	decidedFalse
)

// truth reports whether the test is for "is true".
func (w want) truth() bool { return w == isTrue || w == decidedTrue }

// decided reports whether the test must never be unknown.
func (w want) decided() bool { return w >= decidedTrue }

// opposite returns the test for NOT.
func (w want) opposite() want { return w ^ 1 }

// oppositeIf returns the opposite if the condition is negated.
func (w want) oppositeIf(not bool) want {
	if not {
		return w.opposite()
	}
	return w
}

// decide returns the form that is never unknown.
func (w want) decide() want { return w | decidedTrue }

// condition translates "e is true" or "e is false".
func (l *lowering) condition(e bind.Expr, w want) test {
	t := l.conditionOf(e, w)
	if w.decided() && !t.isExact() {
		return notPushed
	}
	return t
}

func (l *lowering) conditionOf(e bind.Expr, w want) test {
	if l.isConstant(e) {
		v, ok := l.value(e)
		if !ok {
			return notPushed
		}
		b, isBool := v.Bool()
		return known(isBool && b == w.truth())
	}
	if l.left--; l.left < 0 {
		return notPushed
	}
	switch e := e.(type) {
	case *bind.Not:
		return l.condition(e.X, w.opposite())
	case *bind.Logic:
		return l.logic(e, w)
	case *bind.Compare:
		return l.compare(e, w)
	case *bind.Between:
		return l.between(e, w)
	case *bind.In:
		return l.in(e, w)
	case *bind.InQuery:
		return l.inQuery(e, w)
	case *bind.Is:
		return l.is(e, w)
	case *bind.Match:
		return l.match(e, w)
	case *bind.Exists:
		return l.exists(e, w)
	case *bind.Case:
		return l.caseCondition(e, w)
	case *bind.Call:
		return l.callCondition(e, w)
	case *bind.Column, *bind.Path:
		return l.boolean(e, w)
	}
	return notPushed
}

// logic translates AND and OR. NOT (a AND b) is NOT a OR NOT b, in three-valued logic too.
func (l *lowering) logic(e *bind.Logic, w want) test {
	all := (e.Op == ast.OpAnd) == w.truth()
	if !all && len(e.Operands) > l.left {
		return notPushed
	}
	tests := make([]test, len(e.Operands))
	for i, operand := range e.Operands {
		tests[i] = l.condition(operand, w)
		if w.decided() && !tests[i].isExact() || !all && tests[i].state == unpushable {
			return notPushed
		}
	}
	if all {
		return and(tests...)
	}
	return or(tests...)
}

func (l *lowering) between(e *bind.Between, w want) test {
	low := &bind.Compare{Op: ast.OpGreaterEqual, X: e.X, Y: e.Low}
	high := &bind.Compare{Op: ast.OpLessEqual, X: e.X, Y: e.High}
	return l.logic(&bind.Logic{Op: ast.OpAnd, Operands: []bind.Expr{low, high}}, w.oppositeIf(e.Not))
}

// is translates IS [NOT] NULL, TRUE and FALSE, which are never unknown.
func (l *lowering) is(e *bind.Is, w want) test {
	positive := w.truth() != e.Not
	if e.Test == ast.IsNull {
		return l.isNull(e.X, positive, w)
	}
	inner := isTrue
	if e.Test == ast.IsFalse {
		inner = isFalse
	}
	if positive && !w.decided() {
		return l.condition(e.X, inner)
	}
	t := l.condition(e.X, inner.decide())
	if positive {
		return t
	}
	return t.not()
}

// isNull translates IS NULL, or IS NOT NULL if null is false.
func (l *lowering) isNull(e bind.Expr, null bool, w want) test {
	if c, ok := e.(*bind.Column); ok {
		if t, ok := l.columnIsNull(c, null); ok {
			return t
		}
	}
	if p, ok := e.(*bind.Path); ok {
		return l.pathIsNull(p, null, w)
	}
	if isCondition(e) {
		decided := or(l.condition(e, decidedTrue), l.condition(e, decidedFalse))
		if null {
			return decided.not()
		}
		return decided
	}
	if c, ok := e.(*bind.Call); ok && asCase(c) != nil && (c.Function.Name == "COALESCE" || c.Function.Name == "IFNULL") {
		tests := make([]test, len(c.Args))
		for i, x := range c.Args {
			tests[i] = l.isNull(x, null, w)
		}
		if null {
			return and(tests...)
		}
		return or(tests...)
	}
	branches, ok := l.branches(e, function.AnyValue)
	if !ok {
		return notPushed
	}
	nodes := make([]test, 0, len(branches))
	for i := range branches {
		t := branches[i].isKnown(null || w.decided())
		nodes = append(nodes, t)
	}
	if t := or(nodes...); !null {
		return t
	} else if t.isExact() {
		return t.not()
	}
	return notPushed
}

// isCondition reports whether a bound expression is made of conditions.
func isCondition(e bind.Expr) bool {
	switch e.(type) {
	case *bind.Not, *bind.Logic, *bind.Compare, *bind.Between, *bind.In, *bind.InQuery, *bind.Is, *bind.Match:
		return true
	}
	return false
}

// boolean translates a value that is a condition itself. A value of another kind is unknown.
func (l *lowering) boolean(e bind.Expr, w want) test {
	branches, ok := l.branches(e, function.Bool)
	if !ok {
		return notPushed
	}
	tests := make([]test, 0, len(branches))
	for i := range branches {
		b := &branches[i]
		if b.kind != protocol.KindBool {
			continue
		}
		node := b.node
		if !w.truth() {
			node = negated(node)
		}
		tests = append(tests, b.guarded(exactly(node), w.decided()))
	}
	return or(tests...)
}

// atLeast reports whether a version is not older than another.
func atLeast(version, least function.Version) bool {
	for i := range version {
		if version[i] != least[i] {
			return version[i] > least[i]
		}
	}
	return true
}

// typed returns the type of expressions for a kind of value.
func typed(k protocol.Kind) exp.Type {
	switch k {
	case protocol.KindInt, protocol.KindUint:
		return exp.TypeInt
	case protocol.KindFloat:
		return exp.TypeFloat
	case protocol.KindString:
		return exp.TypeString
	case protocol.KindBlob:
		return exp.TypeBlob
	case protocol.KindBool:
		return exp.TypeBool
	case protocol.KindList:
		return exp.TypeList
	case protocol.KindMap:
		return exp.TypeMap
	case protocol.KindGeoJSON:
		return exp.TypeGeo
	case protocol.KindHLL:
		return exp.TypeHLL
	}
	return exp.TypeNil
}
