package expression

import (
	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol/exp"
)

// A node is an operator that is ready for evaluation.
type node interface{ eval(f *frame) value }

// Types of results that package exp does not have.
const (
	typeInvalid exp.Type = 10 // a type that a loop variable can declare; its value is always unknown
	typeRemove  exp.Type = 11 // type of the result that removes an element
	typeOther   exp.Type = 12 // a sentinel or extension, valid only in calls and comparisons
)

// An operand is a node and what is known about it before evaluation.
type operand struct {
	node node
	typ  exp.Type
	// unknown marks the unknown operator, which has any type in a cond.
	unknown bool
}

// maxDepth is the largest nesting depth of operators. The server limits only the size, but here
// each level takes memory.
const maxDepth = exp.MaxDepth

// A builder builds nodes from a packed expression.
type builder struct {
	in       *call.Reader
	depth    int
	size     int        // size in bytes as compiled by the server
	vars     []variable // variables in scope
	maxSlots int
	paths    int // number of paths around the expression
}

// charge adds to the size that the server limits. It reports false if the limit is exceeded.
func (b *builder) charge(size int) bool {
	b.size += size
	return b.size < exp.MaxSize
}

// A form is a row of the table of operators.
type form struct {
	size int // in bytes, as compiled by the server
	args int // number of elements after the operator's number, or many
}

const (
	many     = -1
	noForm   = 0
	baseSize = 8
	caseSize = 8
)

// forms is indexed by the operator's number (docs/wire-cdt-exp.md#7.3).
var forms = [128]form{
	exp.OpUnknown: {size: baseSize},
	exp.OpEq:      {size: baseSize, args: 2},
	exp.OpNe:      {size: baseSize, args: 2},
	exp.OpGt:      {size: baseSize, args: 2},
	exp.OpGe:      {size: baseSize, args: 2},
	exp.OpLt:      {size: baseSize, args: 2},
	exp.OpLe:      {size: baseSize, args: 2},
	exp.OpRegex:   {size: 80, args: 3},
	exp.OpGeo:     {size: baseSize, args: 2},
	exp.OpInList:  {size: baseSize, args: 2},

	exp.OpAnd:       {size: baseSize, args: many},
	exp.OpOr:        {size: baseSize, args: many},
	exp.OpNot:       {size: baseSize, args: 1},
	exp.OpExclusive: {size: baseSize, args: many},

	exp.OpAdd:     {size: baseSize, args: many},
	exp.OpSub:     {size: baseSize, args: many},
	exp.OpMul:     {size: baseSize, args: many},
	exp.OpDiv:     {size: baseSize, args: many},
	exp.OpPow:     {size: baseSize, args: 2},
	exp.OpLog:     {size: baseSize, args: 2},
	exp.OpMod:     {size: baseSize, args: 2},
	exp.OpAbs:     {size: baseSize, args: 1},
	exp.OpFloor:   {size: baseSize, args: 1},
	exp.OpCeil:    {size: baseSize, args: 1},
	exp.OpToInt:   {size: baseSize, args: 1},
	exp.OpToFloat: {size: baseSize, args: 1},

	exp.OpIntAnd:     {size: baseSize, args: many},
	exp.OpIntOr:      {size: baseSize, args: many},
	exp.OpIntXor:     {size: baseSize, args: many},
	exp.OpIntNot:     {size: baseSize, args: 1},
	exp.OpIntCount:   {size: baseSize, args: 1},
	exp.OpIntLShift:  {size: baseSize, args: 2},
	exp.OpIntRShift:  {size: baseSize, args: 2},
	exp.OpIntARShift: {size: baseSize, args: 2},
	exp.OpIntLScan:   {size: baseSize, args: 2},
	exp.OpIntRScan:   {size: baseSize, args: 2},
	exp.OpMin:        {size: baseSize, args: many},
	exp.OpMax:        {size: baseSize, args: many},

	exp.OpDigestModulo: {size: 12, args: 1},
	exp.OpDeviceSize:   {size: baseSize},
	exp.OpLastUpdate:   {size: baseSize},
	exp.OpSinceUpdate:  {size: baseSize},
	exp.OpVoidTime:     {size: baseSize},
	exp.OpTTL:          {size: baseSize},
	exp.OpSetName:      {size: baseSize},
	exp.OpKeyExists:    {size: baseSize},
	exp.OpIsTombstone:  {size: baseSize},
	exp.OpMemorySize:   {size: baseSize},
	exp.OpRecordSize:   {size: baseSize},
	exp.OpKey:          {size: 12, args: 1},
	exp.OpBin:          {size: 24, args: 2},
	exp.OpBinType:      {size: 24, args: 1},

	exp.OpResultRemove: {size: baseSize},
	exp.OpMapKeys:      {size: baseSize, args: 1},
	exp.OpMapValues:    {size: baseSize, args: 1},
	exp.OpLoopVar:      {size: 16, args: 2},
	exp.OpCond:         {size: 12, args: many},
	exp.OpVar:          {size: 16, args: 1},
	exp.OpLet:          {size: 20, args: many},
	exp.OpQuote:        {size: 24, args: 1},
	exp.OpCall:         {size: 344, args: 4},
}

// next builds the next operator or literal.
func (b *builder) next() (operand, bool) {
	if !b.in.NextIsArray() {
		return b.literal()
	}
	op, args, ok := b.header()
	if b.depth++; !ok || b.depth > maxDepth {
		return operand{}, false
	}
	o, ok := b.operator(op, args)
	b.depth--
	return o, ok
}

// header reads the header of an operator and charges its size.
func (b *builder) header() (op exp.Op, args int, ok bool) {
	count, okCount := b.in.Array()
	code, okCode := b.in.Int()
	if !okCount || !okCode || count == 0 || code < 0 || code >= int64(len(forms)) {
		return 0, 0, false
	}
	f, args := forms[code], count-1
	if f.size == noForm || f.args != many && f.args != args || args > len(b.in.Rest()) {
		return 0, 0, false
	}
	return exp.Op(code), args, b.charge(f.size)
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

// element builds the operators of path expressions, and quoted lists.
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

// operands builds count operands of the given type.
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

// one builds an operand of the given type.
func (b *builder) one(typ exp.Type) (node, bool) {
	o, ok := b.next()
	return o.node, ok && o.typ == typ
}

type unknownNode struct{}

func (unknownNode) eval(*frame) value { return unknown }
