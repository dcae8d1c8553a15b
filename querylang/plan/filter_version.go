package plan

import (
	"iter"
	"math"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/function"
)

// The first versions of servers with parts of expressions.
var (
	filterSince     = function.Version{5, 2, 0}
	arithmeticSince = function.Version{5, 6, 0}
	sizeSince       = function.Version{7, 0, 0}
	// rowsSince is the first version that runs operations on the records of a batch.
	rowsSince = function.Version{6, 0, 0}
	// pathSince is the first version that has path expressions.
	pathSince = function.Version{8, 1, 1}
	// operationsSince is the first version that runs operations in queries.
	operationsSince = function.Version{8, 1, 2}
)

// needs returns the oldest version of a server that can run an expression.
func needs(n *exp.Node) function.Version {
	least := filterSince
	raise := func(v function.Version) {
		if !atLeast(least, v) {
			least = v
		}
	}
	switch op := n.Op; {
	case op == exp.OpInList, op == exp.OpMapKeys, op == exp.OpMapValues:
		raise(listSince)
	case op == exp.OpLoopVar, op == exp.OpCall && n.Call.Code == exp.CodeSelect:
		raise(pathSince)
	case op == exp.OpRecordSize:
		raise(sizeSince)
	case op >= exp.OpExclusive && op <= exp.OpMax, op == exp.OpUnknown, op == exp.OpCond, op == exp.OpLet, op == exp.OpVar:
		raise(arithmeticSince)
	case op == exp.OpBin && n.Type == exp.TypeBool, op == exp.OpValue && n.Value.Kind() == protocol.KindBool:
		raise(arithmeticSince)
	}
	for part := range partsOf(n) {
		raise(needs(part))
	}
	return least
}

// divisionsAreSafe reports whether no division in an expression can divide the smallest integer by
// -1, which ends the process of a real server. It checks what the translation of / and % and the
// functions that are lowered have made.
func divisionsAreSafe(n *exp.Node) bool {
	if (n.Op == exp.OpDiv || n.Op == exp.OpMod) && n.ResultType() == exp.TypeInt {
		if len(n.Args) != 2 || !isNotMinusOne(&n.Args[1]) && !isNotSmallest(&n.Args[0]) {
			return false
		}
	}
	for part := range partsOf(n) {
		if !divisionsAreSafe(part) {
			return false
		}
	}
	return true
}

// partsOf returns the operands of an expression, and the filters of its path.
func partsOf(n *exp.Node) iter.Seq[*exp.Node] {
	return func(yield func(*exp.Node) bool) {
		for i := range n.Args {
			if !yield(&n.Args[i]) {
				return
			}
		}
		if n.Call == nil {
			return
		}
		for i := range n.Call.Context {
			if f := n.Call.Context[i].Filter; f != nil && !yield(f) {
				return
			}
		}
	}
}

// isNotMinusOne reports whether an integer can't be -1: a constant, or a cond that gives another
// constant for it.
func isNotMinusOne(n *exp.Node) bool {
	if n.Op == exp.OpValue {
		v, ok := n.Value.Int()
		return ok && v != -1
	}
	if n.Op != exp.OpCond || len(n.Args) != 3 || n.Args[0].Op != exp.OpEq {
		return false
	}
	test := &n.Args[0]
	v, ok := test.Args[1].Value.Int()
	return test.Args[1].Op == exp.OpValue && ok && v == -1 && isNotMinusOne(&n.Args[1]) && sameNode(&test.Args[0], &n.Args[2])
}

func isNotSmallest(n *exp.Node) bool {
	v, ok := n.Value.Int()
	return n.Op == exp.OpValue && ok && v != math.MinInt64
}

// sameNode reports whether two expressions have the same packed form.
func sameNode(a, b *exp.Node) bool {
	x, err := a.Append(nil)
	if err != nil {
		return false
	}
	y, err := b.Append(nil)
	return err == nil && string(x) == string(y)
}
