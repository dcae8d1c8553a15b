package plan

import (
	"math"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// A branch is the translation of a value for one kind that it can have. The node is known exactly
// for the records for which the value has this kind.
type branch struct {
	kind protocol.Kind
	node exp.Node
	// guards are true if and only if the node is known, and they are never unknown themselves. If
	// total is false there is no such test.
	guards []exp.Node
	total  bool
	// constant is the value of a constant.
	constant   protocol.Value
	isConstant bool
	// bin is the name of the bin that the node reads, "" for other nodes.
	bin string
	// list is, for an element of a collection, the list that has only this element. The server
	// returns unsigned integers above the largest signed one as negative integers; in a list they
	// keep their value.
	list *exp.Node
}

// maxBranches is the largest number of branches of a value, and of pairs of branches that are
// compared.
const maxBranches = 16

// guarded returns a test of the branch. If it must never be unknown the guards are tested too.
func (b *branch) guarded(t test, decided bool) test {
	if !decided || t.state != pushed {
		return t
	}
	if !b.total {
		return notPushed
	}
	return exactly(joined(exp.OpAnd, append(append([]exp.Node(nil), b.guards...), t.node)))
}

// isKnown returns the test that the branch has a value.
func (b *branch) isKnown(decided bool) test {
	switch {
	case b.total && len(b.guards) == 0:
		return holds
	case b.total:
		return exactly(joined(exp.OpAnd, b.guards))
	case decided || b.kind == protocol.KindGeoJSON || b.kind == protocol.KindHLL || b.kind == protocol.KindMap || b.kind == protocol.KindList:
		return notPushed
	}
	// A known value equals itself or, if it is NaN, does not.
	return exactly(exp.NewNode(exp.OpOr, exp.NewNode(exp.OpEq, b.node, b.node), exp.NewNode(exp.OpNe, b.node, b.node)))
}

// opaque is the kind of a branch whose node is true where the value can't be computed on the
// server.
const opaque = protocol.KindInvalid

// branches translates a value for those of the kinds that it can have. It returns false if it can
// have one of these kinds in a way that has no translation.
func (l *lowering) branches(e bind.Expr, kinds function.Kinds) ([]branch, bool) {
	branches, ok := l.allBranches(e, kinds)
	for i := range branches {
		ok = ok && branches[i].kind != opaque
	}
	return branches, ok
}

// allBranches is branches with opaque ones.
func (l *lowering) allBranches(e bind.Expr, kinds function.Kinds) ([]branch, bool) {
	if l.isConstant(e) {
		v, ok := l.value(e)
		if !ok {
			return nil, false
		}
		return constantBranches(v, kinds)
	}
	switch e := e.(type) {
	case *bind.Column:
		return l.column(e, kinds)
	case *bind.Path:
		return l.path(e, kinds)
	case *bind.Negate:
		return l.negate(e, kinds)
	case *bind.Arithmetic:
		return l.arithmetic(e, kinds)
	case *bind.Case:
		return l.caseValue(e, kinds)
	case *bind.Call:
		return l.callValue(e, kinds)
	}
	if isCondition(e) && kinds.Has(function.Bool) {
		return l.conditionValue(e)
	}
	return nil, !possible(e).Has(kinds)
}

func constantBranches(v protocol.Value, kinds function.Kinds) ([]branch, bool) {
	switch kind := v.Kind(); {
	case kind == protocol.KindNil:
		return nil, true
	case kind == protocol.KindUint || typed(kind) == exp.TypeNil:
		return nil, false
	case !kinds.Has(function.KindsOf(kind)):
		return nil, true
	case !isLiteral(v):
		return nil, false
	default:
		return []branch{{kind: kind, node: exp.NewLiteral(v), total: true, constant: v, isConstant: true}}, true
	}
}

// conditionValue translates the value of a condition: true, false, or NULL.
func (l *lowering) conditionValue(e bind.Expr) ([]branch, bool) {
	yes, no := l.condition(e, decidedTrue), l.condition(e, decidedFalse)
	if !yes.isExact() || !no.isExact() {
		return nil, false
	}
	guards := or(yes, no)
	b := branch{kind: protocol.KindBool, total: true}
	switch {
	case guards.state == never:
		return nil, true
	case yes.state != pushed:
		b.node = exp.NewLiteral(protocol.Bool(yes.state == always))
	default:
		b.node = yes.node
	}
	if guards.state == pushed {
		b.guards = []exp.Node{guards.node}
		b.node = exp.NewNode(exp.OpCond, guards.node, b.node, exp.NewNode(exp.OpUnknown))
	}
	return []branch{b}, true
}

// plain reports whether the values of a type are what they seem: integers of other families have a
// scale or a unit.
func plain(t function.Type) bool {
	switch t.Family {
	case function.Decimals, function.Timestamps, function.Dates:
		return false
	}
	return true
}

func (l *lowering) negate(e *bind.Negate, kinds function.Kinds) ([]branch, bool) {
	if !plain(e.X.Type()) {
		return nil, false
	}
	operands, ok := l.branches(e.X, function.Number)
	if !ok {
		return nil, false
	}
	var result []branch
	for _, b := range operands {
		switch {
		case b.list != nil:
			return nil, false // large unsigned integers are negated as floats
		case b.kind == protocol.KindInt && e.Bits:
			b.node = exp.NewNode(exp.OpIntNot, b.node)
		case b.kind == protocol.KindInt:
			b.node = exp.NewNode(exp.OpSub, integer(0), b.node)
		case e.Bits:
			continue
		default:
			b.node = exp.NewNode(exp.OpMul, b.node, float(-1))
		}
		b.bin, b.isConstant = "", false
		if kinds.Has(function.KindsOf(b.kind)) {
			result = append(result, b)
		}
	}
	return result, true
}

// arithmeticOps are the operators that the servers have in the same meaning.
var arithmeticOps = map[ast.Operator]exp.Op{
	ast.OpAdd: exp.OpAdd, ast.OpSubtract: exp.OpSub, ast.OpMultiply: exp.OpMul,
	ast.OpDivide: exp.OpDiv, ast.OpRemainder: exp.OpMod,
	ast.OpBitAnd: exp.OpIntAnd, ast.OpBitOr: exp.OpIntOr, ast.OpBitXor: exp.OpIntXor,
}

func (l *lowering) arithmetic(e *bind.Arithmetic, kinds function.Kinds) ([]branch, bool) {
	if e.Op == ast.OpShiftLeft || e.Op == ast.OpShiftRight {
		return l.shift(e, kinds)
	}
	op, ok := arithmeticOps[e.Op]
	if !ok || !plain(e.X.Type()) || !plain(e.Y.Type()) || !plain(e.Of) {
		return nil, !possible(e).Has(kinds)
	}
	if !kinds.Has(function.Number) {
		return nil, true
	}
	xs, ok := l.branches(e.X, function.Number)
	if !ok {
		return nil, false
	}
	ys, ok := l.branches(e.Y, function.Number)
	if !ok || len(xs)*len(ys) > maxBranches {
		return nil, false
	}
	var result []branch
	for i := range xs {
		for j := range ys {
			if xs[i].list != nil || ys[j].list != nil {
				return nil, false // the client computes with large unsigned integers as floats
			}
			if b, ok := compute(op, &xs[i], &ys[j]); ok {
				result = append(result, b)
			}
		}
	}
	return result, true
}

// compute returns x op y for two numbers. Operators on integers only are unknown for floats.
func compute(op exp.Op, x, y *branch) (branch, bool) {
	b := branch{kind: protocol.KindInt, total: x.total && y.total}
	b.guards = append(append(b.guards, x.guards...), y.guards...)
	m, n := x.node, y.node
	if x.kind == protocol.KindFloat || y.kind == protocol.KindFloat {
		if op == exp.OpMod || op >= exp.OpIntAnd {
			return b, false
		}
		b.kind, b.node = protocol.KindFloat, exp.NewNode(op, asFloat(x), asFloat(y))
		return b, true
	}
	if op == exp.OpDiv || op == exp.OpMod {
		return divide(op, x, y, b)
	}
	b.node = exp.NewNode(op, m, n)
	return b, true
}

// shift translates << and >> by a constant. The server takes the count modulo 64.
func (l *lowering) shift(e *bind.Arithmetic, kinds function.Kinds) ([]branch, bool) {
	if !kinds.Has(function.Integer) {
		return nil, true
	}
	v, ok := l.value(e.Y)
	count, isInt := v.Int()
	if !ok || !isInt || count < 0 || count > 63 || !plain(e.X.Type()) || !plain(e.Of) {
		return nil, false
	}
	xs, ok := l.branches(e.X, function.Integer)
	if !ok {
		return nil, false
	}
	op := exp.OpIntLShift
	if e.Op == ast.OpShiftRight {
		op = exp.OpIntARShift
	}
	var result []branch
	for _, b := range xs {
		switch {
		case b.list != nil:
			return nil, false
		case b.kind == protocol.KindInt:
			result = append(result, branch{
				kind: b.kind, node: exp.NewNode(op, b.node, integer(count)), guards: b.guards, total: b.total,
			})
		}
	}
	return result, true
}

// asFloat returns a number as a float.
func asFloat(b *branch) exp.Node {
	switch {
	case b.kind == protocol.KindFloat:
		return b.node
	case b.isConstant:
		n, _ := b.constant.Int()
		return float(float64(n))
	}
	return exp.NewNode(exp.OpToFloat, b.node)
}

// divide returns x / y or x % y for integers. The smallest integer divided by -1 ends a real
// server, so -1 never reaches the division: x / -1 is computed as (0 - x) / 1.
func divide(op exp.Op, x, y *branch, b branch) (branch, bool) {
	if y.isConstant {
		switch n, _ := y.constant.Int(); {
		case n == 0:
			return b, false
		case n == -1 && op == exp.OpDiv:
			b.node = exp.NewNode(exp.OpSub, integer(0), x.node)
		case n == -1:
			b.node = exp.NewNode(exp.OpMod, x.node, integer(1))
		default:
			b.node = exp.NewNode(op, x.node, y.node)
		}
		return b, true
	}
	b.guards = append(b.guards, exp.NewNode(exp.OpNe, y.node, integer(0)))
	if n, _ := x.constant.Int(); x.isConstant && n != math.MinInt64 {
		b.node = exp.NewNode(op, x.node, y.node)
		return b, true
	}
	isMinusOne := exp.NewNode(exp.OpEq, y.node, integer(-1))
	dividend := x.node
	if op == exp.OpDiv {
		dividend = exp.NewNode(exp.OpCond, isMinusOne, exp.NewNode(exp.OpSub, integer(0), x.node), x.node)
	}
	b.node = exp.NewNode(op, dividend, exp.NewNode(exp.OpCond, isMinusOne, integer(1), y.node))
	return b, true
}
