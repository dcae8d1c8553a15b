package expression

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/call"
	"github.com/aerosql/aerosql/protocol/exp"
)

// node is an operator, ready to be evaluated.
type node interface{ eval(f *frame) value }

// Types of results beyond those of package exp.
const (
	typeInvalid exp.Type = 10 // a type that a loop variable may claim and never has
	typeRemove  exp.Type = 11 // that of the result which removes an element
	typeOther   exp.Type = 12 // a sentinel or extension, with which only calls and comparisons do something
)

// operand is a node with what is known of it before it is evaluated.
type operand struct {
	node node
	typ  exp.Type
	// unknown marks the unknown that stands for a value of any type in a cond.
	unknown bool
}

// maxDepth is how deep operators may be nested, in any client's expressions. The server's only limit is
// that of the size, but there every level takes memory of its own.
const maxDepth = exp.MaxDepth

// builder makes nodes of a packed expression.
type builder struct {
	in       *call.Reader
	depth    int
	size     int        // of the expression as the server compiles it
	vars     []variable // that are in scope
	maxSlots int
	paths    int // around the expression
}

// charge adds to the size that the server limits; false if it is too much.
func (b *builder) charge(size int) bool {
	b.size += size
	return b.size < exp.MaxSize
}

// form is what the table knows of an operator.
type form struct {
	size int // in bytes, as the server compiles it
	args int // that follow the operator's number, many for any
}

const (
	many     = -1
	noForm   = 0
	baseSize = 8
	caseSize = 8
)

// forms is indexed by the operator's number (docs/wire-cdt-exp.md#7.3).
var forms = [128]form{
	exp.OpUnknown: {baseSize, 0},
	exp.OpEq:      {baseSize, 2}, exp.OpNe: {baseSize, 2},
	exp.OpGt: {baseSize, 2}, exp.OpGe: {baseSize, 2},
	exp.OpLt: {baseSize, 2}, exp.OpLe: {baseSize, 2},
	exp.OpRegex: {80, 3}, exp.OpGeo: {baseSize, 2}, exp.OpInList: {baseSize, 2},

	exp.OpAnd: {baseSize, many}, exp.OpOr: {baseSize, many},
	exp.OpNot: {baseSize, 1}, exp.OpExclusive: {baseSize, many},

	exp.OpAdd: {baseSize, many}, exp.OpSub: {baseSize, many},
	exp.OpMul: {baseSize, many}, exp.OpDiv: {baseSize, many},
	exp.OpPow: {baseSize, 2}, exp.OpLog: {baseSize, 2}, exp.OpMod: {baseSize, 2},
	exp.OpAbs: {baseSize, 1}, exp.OpFloor: {baseSize, 1}, exp.OpCeil: {baseSize, 1},
	exp.OpToInt: {baseSize, 1}, exp.OpToFloat: {baseSize, 1},

	exp.OpIntAnd: {baseSize, many}, exp.OpIntOr: {baseSize, many}, exp.OpIntXor: {baseSize, many},
	exp.OpIntNot: {baseSize, 1}, exp.OpIntCount: {baseSize, 1},
	exp.OpIntLShift: {baseSize, 2}, exp.OpIntRShift: {baseSize, 2}, exp.OpIntARShift: {baseSize, 2},
	exp.OpIntLScan: {baseSize, 2}, exp.OpIntRScan: {baseSize, 2},
	exp.OpMin: {baseSize, many}, exp.OpMax: {baseSize, many},

	exp.OpDigestModulo: {12, 1}, exp.OpDeviceSize: {baseSize, 0}, exp.OpLastUpdate: {baseSize, 0},
	exp.OpSinceUpdate: {baseSize, 0}, exp.OpVoidTime: {baseSize, 0}, exp.OpTTL: {baseSize, 0},
	exp.OpSetName: {baseSize, 0}, exp.OpKeyExists: {baseSize, 0}, exp.OpIsTombstone: {baseSize, 0},
	exp.OpMemorySize: {baseSize, 0}, exp.OpRecordSize: {baseSize, 0},
	exp.OpKey: {12, 1}, exp.OpBin: {24, 2}, exp.OpBinType: {24, 1},

	exp.OpResultRemove: {baseSize, 0}, exp.OpMapKeys: {baseSize, 1}, exp.OpMapValues: {baseSize, 1},
	exp.OpLoopVar: {16, 2}, exp.OpCond: {12, many}, exp.OpVar: {16, 1}, exp.OpLet: {20, many},
	exp.OpQuote: {24, 1}, exp.OpCall: {344, 4},
}

// next builds the operator or literal that comes next.
func (b *builder) next() (operand, bool) {
	e, ok := b.in.Peek()
	if !ok {
		return operand{}, false
	}
	if e.Kind != call.KindList {
		return b.literal()
	}
	b.in.Next()
	code, ok := b.in.Int()
	if !ok || e.Count == 0 || code < 0 || code >= int64(len(forms)) {
		return operand{}, false
	}
	f, args := forms[code], e.Count-1
	if f.size == noForm || f.args != many && args != uint64(f.args) || args > uint64(len(b.in.Rest())) {
		return operand{}, false
	}
	if b.depth++; b.depth > maxDepth || !b.charge(f.size) {
		return operand{}, false
	}
	o, ok := b.operator(exp.Op(code), int(args))
	b.depth--
	return o, ok
}

func (b *builder) operator(op exp.Op, args int) (operand, bool) {
	switch op {
	case exp.OpUnknown:
		return operand{node: unknownNode{}, typ: exp.TypeBool, unknown: true}, true
	case exp.OpEq, exp.OpNe, exp.OpGt, exp.OpGe, exp.OpLt, exp.OpLe:
		return b.comparison(op)
	case exp.OpRegex:
		return b.regex()
	case exp.OpGeo:
		return b.geometry()
	case exp.OpAnd, exp.OpOr, exp.OpExclusive, exp.OpNot:
		return b.logic(op, args)
	case exp.OpKey, exp.OpBin, exp.OpBinType:
		return b.content(op)
	case exp.OpInList, exp.OpMapKeys, exp.OpMapValues, exp.OpResultRemove, exp.OpQuote, exp.OpLoopVar:
		return b.element(op)
	case exp.OpCond:
		return b.cond(args)
	case exp.OpVar:
		return b.variable()
	case exp.OpLet:
		return b.let(args)
	case exp.OpCall:
		return b.call()
	}
	if op >= exp.OpDigestModulo {
		return b.metadata(op)
	}
	return b.arithmetic(op, args)
}

// element builds the operators that came with path expressions, and a quoted list.
func (b *builder) element(op exp.Op) (operand, bool) {
	switch op {
	case exp.OpInList:
		return b.inList()
	case exp.OpMapKeys, exp.OpMapValues:
		return b.mapPart(op)
	case exp.OpQuote:
		return b.quote()
	case exp.OpLoopVar:
		return b.loopVariable()
	}
	return operand{node: literal{value{kind: kindRemove}}, typ: typeRemove}, true
}

// operands builds count operands of one type.
func (b *builder) operands(count int, typ exp.Type) ([]node, bool) {
	var nodes []node
	for range count {
		o, ok := b.next()
		if !ok || o.typ != typ {
			return nil, false
		}
		nodes = append(nodes, o.node)
	}
	return nodes, true
}

// one builds an operand of a type.
func (b *builder) one(typ exp.Type) (node, bool) {
	o, ok := b.next()
	return o.node, ok && o.typ == typ
}

type unknownNode struct{}

func (unknownNode) eval(*frame) value { return unknown }
