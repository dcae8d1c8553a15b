package plan

import (
	"math"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// comparisons are the operators of the servers that compare.
var comparisons = map[ast.Operator]exp.Op{
	ast.OpEqual: exp.OpEq, ast.OpNotEqual: exp.OpNe, ast.OpLess: exp.OpLt, ast.OpLessEqual: exp.OpLe,
	ast.OpGreater: exp.OpGt, ast.OpGreaterEqual: exp.OpGe,
}

// mirrored are the operators with their sides exchanged.
var mirrored = map[exp.Op]exp.Op{
	exp.OpEq: exp.OpEq, exp.OpNe: exp.OpNe, exp.OpLt: exp.OpGt, exp.OpLe: exp.OpGe,
	exp.OpGt: exp.OpLt, exp.OpGe: exp.OpLe,
}

// comparable are the kinds that compare, with values of their own kind and, for numbers, with each
// other.
const comparable = function.Number | function.String | function.Blob | function.Bool | function.List | function.Map

func (l *lowering) compare(e *bind.Compare, w want) test {
	switch {
	case e.ByKey, isDigest(e.X), isDigest(e.Y):
		return l.compareUnique(e, w)
	case e.Op == ast.OpDistinctFrom:
		return l.distinct(e, w)
	case e.Op == ast.OpNotDistinctFrom:
		return l.distinct(e, w.opposite())
	case e.Op == ast.OpContains:
		return l.contains(e, w)
	}
	op, ok := comparisons[e.Op]
	if !ok || !sameUnit(e.X.Type(), e.Y.Type()) {
		return notPushed
	}
	if op == exp.OpEq {
		x, y := e.X, e.Y
		if l.isConstant(x) {
			x, y = y, x
		}
		if v, ok := l.value(y); ok && l.isConstant(y) && v.Kind() == protocol.KindString && l.isTextCall(x) {
			return l.compareText(x, v, w)
		}
	}
	return l.compareValues(op, e.X, e.Y, w)
}

// compareUnique translates = and <> of the user key or the digest with a constant.
func (l *lowering) compareUnique(e *bind.Compare, w want) test {
	x, y := e.X, e.Y
	if l.isConstant(x) {
		x, y = y, x
	}
	v, ok := l.value(y)
	if !ok || e.Op != ast.OpEqual && e.Op != ast.OpNotEqual {
		return notPushed
	}
	w = w.oppositeIf(e.Op == ast.OpNotEqual)
	if e.ByKey && !l.isKey(x) { // the key of an outer record
		if v.IsNil() || !w.truth() {
			return notPushed
		}
		return l.compareValues(exp.OpEq, x, &bind.Const{Value: v}, w).superset()
	}
	if v.IsNil() && e.Key != nil && e.Other != nil { // by the digest of an outer record
		return notPushed
	}
	return l.isOneOf(x, []protocol.Value{v}, e.ByKey, w)
}

// sameUnit reports whether values of two types can be compared as they are stored.
func sameUnit(x, y function.Type) bool {
	if x.Family == function.Decimals || y.Family == function.Decimals {
		return x.Family == y.Family && x.Scale == y.Scale
	}
	return true
}

// compareValues translates a comparison as the OR over the pairs of branches that compare.
func (l *lowering) compareValues(op exp.Op, x, y bind.Expr, w want) test {
	xKinds, yKinds := l.kindsOf(x), l.kindsOf(y)
	xs, ok := l.allBranches(x, comparableWith(yKinds))
	if !ok {
		return notPushed
	}
	ys, ok := l.allBranches(y, comparableWith(xKinds))
	if !ok {
		return notPushed
	}
	tests := opaqueTests(xs, ys)
	for i := range xs {
		for j := range ys {
			if t, ok := compareBranches(op, &xs[i], &ys[j], w); ok {
				tests = append(tests, t)
			}
		}
	}
	if len(tests) > maxBranches {
		return notPushed
	}
	return or(tests...)
}

// kindsOf returns the kinds that a value can have in this run.
func (l *lowering) kindsOf(e bind.Expr) function.Kinds {
	if !l.isConstant(e) {
		return widened(possible(e))
	}
	v, ok := l.value(e)
	if !ok {
		return function.Any
	}
	return widened(function.KindsOf(v.Kind()))
}

// possible returns the kinds that a value can have, which is any if nothing is known.
func possible(e bind.Expr) function.Kinds {
	if k := e.Kinds(); k != 0 {
		return k
	}
	return function.Any
}

// widened adds all kinds of numbers if there is one.
func widened(k function.Kinds) function.Kinds {
	if k.Has(function.Number) {
		k |= function.Number
	}
	return k
}

// comparableWith returns the kinds that compare with values of some kinds.
func comparableWith(k function.Kinds) function.Kinds { return widened(k) & comparable }

// opaqueTests returns a test that lets all records pass for which a value can't be computed on the
// server, unless there is no value to compare it with.
func opaqueTests(xs, ys []branch) []test {
	var tests []test
	if len(xs) == 0 || len(ys) == 0 {
		return nil
	}
	for _, b := range append(xs[:len(xs):len(xs)], ys...) {
		if b.kind == opaque {
			tests = append(tests, exactly(b.node).superset())
		}
	}
	return tests
}

// compareBranches translates the comparison of two branches. It returns false for kinds that do not
// compare.
func compareBranches(op exp.Op, x, y *branch, w want) (test, bool) {
	if x.isConstant {
		x, y, op = y, x, mirrored[op]
	}
	switch {
	case x.kind == opaque || y.kind == opaque:
		return notPushed, false
	case x.kind == y.kind && x.kind == protocol.KindBlob:
		return compareBlobs(op, x, y, w), true
	case x.list != nil || y.list != nil:
		if !isNumber(x.kind) || !isNumber(y.kind) {
			plain, other := *x, *y
			plain.list, other.list = nil, nil
			return compareBranches(op, &plain, &other, w)
		}
		return compareElements(op, x, y, w), true
	case x.kind == y.kind && (x.kind == protocol.KindList || x.kind == protocol.KindMap):
		if w.decided() {
			return notPushed, true // unknown if there is an unordered map inside
		}
		// In SQL such a value does not compare at all, while the server stops at the first
		// difference.
		return finish(exp.NewNode(op, x.node, y.node), x, y, w).superset(), true
	case x.kind == y.kind:
		return finish(exp.NewNode(op, x.node, y.node), x, y, w), true
	case isNumber(x.kind) && isNumber(y.kind):
		return compareNumbers(op, x, y, w), true
	}
	return notPushed, false
}

func isNumber(k protocol.Kind) bool { return k == protocol.KindInt || k == protocol.KindFloat }

// finish makes a test of a node that is known where both branches are known.
func finish(node exp.Node, x, y *branch, w want) test {
	if !w.truth() {
		node = negated(node)
	}
	if !w.decided() {
		return exactly(node)
	}
	return x.guarded(y.guarded(exactly(node), true), true)
}

// settled makes a test of a comparison whose result is the same for all values of the branches.
func settled(result bool, x, y *branch, w want) test {
	if result != w.truth() {
		return fails
	}
	return and(x.isKnown(w.decided()), y.isKnown(w.decided()))
}

// compareNumbers translates the comparison of an integer with a float, exactly: no integer is
// rounded. The constant, if there is one, is y.
func compareNumbers(op exp.Op, x, y *branch, w want) test {
	switch {
	case y.isConstant && x.kind == protocol.KindInt:
		f, _ := y.constant.Float()
		op, n, result := integerAgainst(op, f)
		if op == exp.OpUnknown {
			return settled(result, x, y, w)
		}
		return finish(exp.NewNode(op, x.node, integer(n)), x, y, w)
	case y.isConstant:
		n, _ := y.constant.Int()
		op, f, result := floatAgainst(op, n)
		if op == exp.OpUnknown {
			return settled(result, x, y, w)
		}
		return finish(exp.NewNode(op, x.node, float(f)), x, y, w)
	case x.kind == protocol.KindFloat:
		return compareNumbers(mirrored[op], y, x, w)
	}
	// A negated equality could be true where one side is unknown.
	if !w.truth() && (op == exp.OpEq || op == exp.OpNe) {
		return finish(integerWithFloat(exp.OpEq+exp.OpNe-op, x.node, y.node), x, y, w.opposite())
	}
	return finish(integerWithFloat(op, x.node, y.node), x, y, w)
}

// integerAgainst returns the comparison with an integer that is the same, for integers, as the one
// with f. If the result is the same for all integers op is OpUnknown.
func integerAgainst(op exp.Op, f float64) (exp.Op, int64, bool) {
	const limit = 1 << 63
	switch {
	case math.IsNaN(f):
		return exp.OpUnknown, 0, op == exp.OpNe
	case f >= limit:
		return exp.OpUnknown, 0, op == exp.OpLt || op == exp.OpLe || op == exp.OpNe
	case f < -limit:
		return exp.OpUnknown, 0, op == exp.OpGt || op == exp.OpGe || op == exp.OpNe
	case f == math.Trunc(f):
		return op, int64(f), false
	}
	switch op { // there is a fraction, so f is far from the limits
	case exp.OpLt, exp.OpLe:
		return exp.OpLe, int64(math.Floor(f)), false
	case exp.OpGt, exp.OpGe:
		return exp.OpGe, int64(math.Ceil(f)), false
	}
	return exp.OpUnknown, 0, op == exp.OpNe
}

// floatAgainst returns the comparison with a float that is the same, for floats, as the one with n.
// Only an equality with an integer that is not a float has the same result for all floats; then op
// is OpUnknown.
func floatAgainst(op exp.Op, n int64) (exp.Op, float64, bool) {
	f := float64(n)
	// The float may be above the largest integer, where the conversion back is not defined.
	if f < 1<<63 && int64(f) == n {
		return op, f, false
	}
	below, above := f, f
	if f == 1<<63 || int64(f) > n {
		below = math.Nextafter(f, math.Inf(-1))
	} else {
		above = math.Nextafter(f, math.Inf(1))
	}
	switch op {
	case exp.OpLt, exp.OpLe:
		return exp.OpLe, below, false
	case exp.OpGt, exp.OpGe:
		return exp.OpGe, above, false
	}
	return exp.OpUnknown, 0, op == exp.OpNe
}

// integerWithFloat compares an integer with a float, neither of which is constant. Rounding keeps
// the order, so where the rounded integer differs from the float it decides. Where they are equal
// the float is a whole number, and either the integers decide or the float is 2^63. Each form is
// unknown, or false, where one side is unknown.
func integerWithFloat(op exp.Op, n, f exp.Node) exp.Node {
	rounded := exp.NewNode(exp.OpToFloat, n)
	equal := exp.NewNode(exp.OpEq, rounded, f)
	below := exp.NewNode(exp.OpLt, f, float(1<<63))
	above := exp.NewNode(exp.OpGe, f, float(1<<63))
	order := exp.NewNode(op, n, exp.NewNode(exp.OpToInt, f))
	switch op {
	case exp.OpEq:
		return exp.NewNode(exp.OpAnd, equal, below, order)
	case exp.OpNe:
		return exp.NewNode(exp.OpOr, exp.NewNode(exp.OpNe, rounded, f),
			exp.NewNode(exp.OpAnd, equal, exp.NewNode(exp.OpOr, above, order)))
	case exp.OpLt, exp.OpLe:
		return exp.NewNode(exp.OpOr, exp.NewNode(exp.OpLt, rounded, f),
			exp.NewNode(exp.OpAnd, equal, exp.NewNode(exp.OpOr, above, order)))
	}
	return exp.NewNode(exp.OpOr, exp.NewNode(exp.OpGt, rounded, f), exp.NewNode(exp.OpAnd, equal, below, order))
}

// compareBlobs compares two blobs. Expressions can't read a blob of a programming language's type,
// which is greater than all plain ones.
func compareBlobs(op exp.Op, x, y *branch, w want) test {
	t := finish(exp.NewNode(op, x.node, y.node), x, y, w)
	if x.bin == "" && y.bin == "" {
		return t
	}
	if y.isConstant {
		if (op == exp.OpGt || op == exp.OpGe || op == exp.OpNe) == w.truth() {
			return or(t, exactly(isForeignBlob(x.bin)))
		}
		return t
	}
	for _, b := range []*branch{x, y} {
		if b.bin != "" {
			t = or(t, exactly(isForeignBlob(b.bin)).superset())
		}
	}
	return t
}

// compareElements compares an element of a collection with a number. Integers above the largest
// signed one are negative in an expression, and are recognized by the list with only the element.
func compareElements(op exp.Op, x, y *branch, w want) test {
	plain, other := *x, *y
	plain.list, other.list = nil, nil
	t, _ := compareBranches(op, &plain, &other, w)
	if !y.isConstant {
		for _, b := range []*branch{x, y} {
			if b.list != nil && b.kind == protocol.KindInt {
				t = or(t, exactly(isLarge(b.list)).superset())
			}
		}
		return t
	}
	n, isInt := y.constant.Int()
	f, isFloat := y.constant.Float()
	switch {
	case x.kind != protocol.KindInt, isFloat && math.IsNaN(f), isInt && n >= 0 && (op == exp.OpEq || op == exp.OpNe):
		return t // no large integer can be mistaken
	case isFloat && f >= 1<<63:
		return or(t, exactly(isLarge(x.list)).superset())
	case (op == exp.OpGt || op == exp.OpGe || op == exp.OpNe) == w.truth():
		return or(t, exactly(isLarge(x.list)))
	}
	return and(t, exactly(negated(isLarge(x.list))))
}

// isLarge returns the test that the element of a list is an integer above the largest signed one.
// Lists compare in the order of the server, in which all strings follow the integers.
func isLarge(list *exp.Node) exp.Node {
	limit := exp.NewLiteral(protocol.List(protocol.Int(math.MaxInt64)))
	next := exp.NewLiteral(protocol.List(protocol.String("")))
	return exp.NewNode(exp.OpAnd, exp.NewNode(exp.OpGt, *list, limit), exp.NewNode(exp.OpLt, *list, next))
}

// distinct translates x IS DISTINCT FROM y for a constant that is NULL or a scalar.
func (l *lowering) distinct(e *bind.Compare, w want) test {
	x, y := e.X, e.Y
	if l.isConstant(x) {
		x, y = y, x
	}
	if !l.isConstant(y) || !sameUnit(x.Type(), y.Type()) {
		return notPushed
	}
	v, ok := l.value(y)
	f, isFloat := v.Float()
	switch {
	case !ok || isFloat && math.IsNaN(f):
		return notPushed
	case v.IsNil():
		return l.isNull(x, !w.truth(), w)
	case !function.KindsOf(v.Kind()).Only(function.Number | function.String | function.Blob | function.Bool):
		return notPushed
	}
	equal := l.compareValues(exp.OpEq, x, y, decidedTrue)
	if !equal.isExact() {
		return notPushed
	}
	if w.truth() {
		return equal.not()
	}
	return equal
}
