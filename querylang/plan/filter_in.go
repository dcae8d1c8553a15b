package plan

import (
	"math"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// Limits of IN lists. A longer list becomes the range from its smallest to its largest value.
const (
	maxInList = 4096 // elements of a list literal, which needs server 8.1.2
	maxInOr   = 64   // equalities
)

// listSince is the first server version that can search a list in an expression.
var listSince = function.Version{8, 1, 2}

// in translates x [NOT] IN (list).
func (l *lowering) in(e *bind.In, w want) test {
	w = w.oppositeIf(e.Not)
	values, rest, ok := l.elements(e.List)
	switch {
	case !ok || !l.sameUnits(e):
		return notPushed
	case len(rest) == 0:
		return l.isOneOf(e.X, values, e.ByKey, w)
	case e.ByKey || isDigest(e.X):
		return notPushed
	}
	return l.inComputed(e.X, values, rest, w)
}

// inQuery translates x [NOT] IN (query) by the query's values, if it does not depend on the row and
// has not too many of them.
func (l *lowering) inQuery(e *bind.InQuery, w want) test {
	a := analyzer{relation: l.relation, env: l.env}
	if !sameUnit(e.X.Type(), e.Query.Query.Columns[0].Type) {
		return notPushed
	}
	values, ok := a.queryValues(e.Query)
	if !ok {
		return notPushed
	}
	return l.isOneOf(e.X, values, e.ByKey, w.oppositeIf(e.Not))
}

// isOneOf translates "x equals one of some values".
func (l *lowering) isOneOf(x bind.Expr, values []protocol.Value, byKey bool, w want) test {
	switch {
	case len(values) == 0:
		return known(!w.truth())
	case byKey:
		return l.compareKey(x, values, w)
	case isDigest(x):
		return l.compareDigest(x, values, w)
	case l.isConstant(x):
		return notPushed
	}
	if l.isTextCall(x) {
		return l.inTexts(x, values, w)
	}
	if w.truth() {
		return l.inConstants(x, values, w)
	}
	return l.notInConstants(x, values, w)
}

// inTexts translates f(s) IN (list) for a function of a text.
func (l *lowering) inTexts(x bind.Expr, values []protocol.Value, w want) test {
	if len(values) > maxBranches {
		return notPushed
	}
	var tests []test
	for _, v := range values {
		if v.Kind() == protocol.KindBlob { // LEFT of a blob can be equal to it
			return notPushed
		}
		tests = append(tests, l.compareText(x, v, w))
	}
	return or(tests...)
}

func (l *lowering) sameUnits(e *bind.In) bool {
	for _, element := range e.List {
		if !sameUnit(e.X.Type(), element.Type()) {
			return false
		}
	}
	return true
}

// elements returns the constant elements of a list, with the elements of lists that are bound to
// parameters, and the expressions of the others.
func (l *lowering) elements(list []bind.Expr) (values []protocol.Value, rest []bind.Expr, ok bool) {
	for _, element := range list {
		if !l.isConstant(element) {
			rest = append(rest, element)
			continue
		}
		v, ok := l.value(element)
		if !ok {
			return nil, nil, false
		}
		expanded, isList := v.List()
		if _, isParam := element.(*bind.Param); isParam && (isList || v.IsNilSlice()) {
			values = append(values, expanded...)
			continue
		}
		values = append(values, v)
	}
	return values, rest, true
}

// inComputed translates a list with columns as equalities.
func (l *lowering) inComputed(x bind.Expr, values []protocol.Value, rest []bind.Expr, w want) test {
	if len(values)+len(rest) > maxBranches {
		return notPushed
	}
	tests := make([]test, 0, len(values)+len(rest))
	for _, v := range values {
		tests = append(tests, l.compareValues(exp.OpEq, x, &bind.Const{Value: v}, w))
	}
	for _, element := range rest {
		tests = append(tests, l.compareValues(exp.OpEq, x, element, w))
	}
	if w.truth() {
		return or(tests...)
	}
	return and(tests...)
}

// A searched is the values of an IN list by the kind of the branches that they are searched for.
type searched struct {
	byKind map[protocol.Kind][]protocol.Value
	// classes are the kinds of the elements, with all numbers as one kind.
	classes function.Kinds
	others  []protocol.Value // lists and maps
	large   bool             // an element can be equal to an integer above the largest signed one
}

// search sorts the elements by kind. A number can be equal to an integer and to a float.
func search(values []protocol.Value) searched {
	s := searched{byKind: map[protocol.Kind][]protocol.Value{}}
	for _, v := range values {
		if v.Kind() == protocol.KindUint {
			s.large = true
		}
		s.classes |= widened(function.KindsOf(v.Kind()))
		switch v.Kind() {
		case protocol.KindInt:
			n, _ := v.Int()
			s.add(v)
			if op, f, _ := floatAgainst(exp.OpEq, n); op != exp.OpUnknown {
				s.add(protocol.Float(f))
			}
		case protocol.KindFloat:
			f, _ := v.Float()
			if math.IsNaN(f) {
				continue
			}
			s.large = s.large || f >= 1<<63 && f < 1<<64
			s.add(protocol.Float(f))
			if op, n, _ := integerAgainst(exp.OpEq, f); op != exp.OpUnknown {
				s.add(protocol.Int(n))
			}
		case protocol.KindString, protocol.KindBool, protocol.KindBlob:
			s.add(v)
		case protocol.KindList, protocol.KindMap:
			s.others = append(s.others, v)
		}
	}
	return s
}

func (s *searched) add(v protocol.Value) { s.byKind[v.Kind()] = append(s.byKind[v.Kind()], v) }

// inConstants translates x IN (constants): x equals one of them.
func (l *lowering) inConstants(x bind.Expr, values []protocol.Value, w want) test {
	s := search(values)
	branches, ok := l.allBranches(x, s.classes&comparable)
	if !ok || s.large || len(s.others) > maxInOr {
		return notPushed
	}
	var tests []test
	for i := range branches {
		b := &branches[i]
		if b.kind == opaque {
			tests = append(tests, exactly(b.node).superset())
			continue
		}
		if found := s.byKind[b.kind]; len(found) > 0 {
			t := l.oneOf(b, found)
			if w.decided() && !t.isExact() {
				return notPushed
			}
			exact := t.exact
			t = b.guarded(t, w.decided())
			t.exact = t.exact && exact
			tests = append(tests, t)
		}
	}
	for _, v := range s.others {
		tests = append(tests, l.compareValues(exp.OpEq, x, &bind.Const{Value: v}, w))
	}
	return or(tests...)
}

// notInConstants translates x NOT IN (constants), which is unknown if one of the constants does not
// compare with x.
func (l *lowering) notInConstants(x bind.Expr, values []protocol.Value, w want) test {
	s := search(values)
	if s.large {
		return notPushed
	}
	switch s.classes {
	case function.Number, function.String, function.Bool, function.Blob:
	default:
		if len(s.others) == 0 || len(s.others) < len(values) || len(values) > maxBranches {
			if len(s.others) == 0 {
				return fails // NULL, or elements of different kinds
			}
			return notPushed
		}
		return l.inComputed(x, values, nil, w)
	}
	branches, ok := l.branches(x, s.classes)
	if !ok {
		return notPushed
	}
	var tests []test
	for i := range branches {
		b := &branches[i]
		t := fails
		if found := s.byKind[b.kind]; len(found) > 0 {
			t = l.oneOf(b, found)
		}
		switch {
		case t.state == never:
			tests = append(tests, b.isKnown(w.decided()))
		case !t.isExact():
			return notPushed
		default:
			tests = append(tests, b.guarded(t.not(), w.decided()))
		}
		if b.kind == protocol.KindBlob && b.bin != "" {
			tests = append(tests, exactly(isForeignBlob(b.bin)))
		}
	}
	return or(tests...)
}

// oneOf tests whether a branch equals one of some values of its kind.
func (l *lowering) oneOf(b *branch, values []protocol.Value) test {
	for _, v := range values {
		if n, ok := v.Int(); ok && n < 0 && b.list != nil {
			return l.within(b, values) // a large unsigned integer seems to be negative
		}
		if v.Kind() == protocol.KindBlob && !isPlainBlob(v) {
			return notPushed
		}
	}
	switch {
	case len(values) > 1 && len(values) <= maxInList && atLeast(l.version, listSince):
		node := exp.NewNode(exp.OpInList, b.node, exp.NewLiteral(protocol.List(values...)))
		if b.kind == protocol.KindFloat { // in the order of lists NaN equals all floats
			node = exp.NewNode(exp.OpAnd, exp.NewNode(exp.OpEq, b.node, b.node), node)
		}
		return exactly(node)
	case len(values) <= maxInOr:
		nodes := make([]exp.Node, len(values))
		for i, v := range values {
			nodes[i] = exp.NewNode(exp.OpEq, b.node, exp.NewLiteral(v))
		}
		return exactly(joined(exp.OpOr, nodes))
	}
	return l.within(b, values)
}

// within tests whether a branch is between the smallest and the largest of some values.
func (l *lowering) within(b *branch, values []protocol.Value) test {
	least, most := values[0], values[0]
	for _, v := range values {
		if protocol.Compare(v, least) < 0 {
			least = v
		}
		if protocol.Compare(v, most) > 0 {
			most = v
		}
	}
	return exactly(exp.NewNode(exp.OpAnd, exp.NewNode(exp.OpGe, b.node, exp.NewLiteral(least)),
		exp.NewNode(exp.OpLe, b.node, exp.NewLiteral(most)))).superset()
}
