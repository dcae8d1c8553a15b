package exp

import "fmt"

// An Op is the operator of a [Node], by its number on the wire.
type Op uint8

// The operators.
const (
	OpUnknown      Op = 0
	OpEq           Op = 1
	OpNe           Op = 2
	OpGt           Op = 3
	OpGe           Op = 4
	OpLt           Op = 5
	OpLe           Op = 6
	OpRegex        Op = 7
	OpGeo          Op = 8
	OpInList       Op = 9
	OpAnd          Op = 16
	OpOr           Op = 17
	OpNot          Op = 18
	OpExclusive    Op = 19
	OpAdd          Op = 20
	OpSub          Op = 21
	OpMul          Op = 22
	OpDiv          Op = 23
	OpPow          Op = 24
	OpLog          Op = 25
	OpMod          Op = 26
	OpAbs          Op = 27
	OpFloor        Op = 28
	OpCeil         Op = 29
	OpToInt        Op = 30
	OpToFloat      Op = 31
	OpIntAnd       Op = 32
	OpIntOr        Op = 33
	OpIntXor       Op = 34
	OpIntNot       Op = 35
	OpIntLShift    Op = 36
	OpIntRShift    Op = 37
	OpIntARShift   Op = 38
	OpIntCount     Op = 39
	OpIntLScan     Op = 40
	OpIntRScan     Op = 41
	OpMin          Op = 50
	OpMax          Op = 51
	OpDigestModulo Op = 64
	OpDeviceSize   Op = 65
	OpLastUpdate   Op = 66
	OpSinceUpdate  Op = 67
	OpVoidTime     Op = 68
	OpTTL          Op = 69
	OpSetName      Op = 70
	OpKeyExists    Op = 71
	OpIsTombstone  Op = 72
	OpMemorySize   Op = 73
	OpRecordSize   Op = 74
	OpKey          Op = 80
	OpBin          Op = 81
	OpBinType      Op = 82
	OpResultRemove Op = 100
	OpMapKeys      Op = 101
	OpMapValues    Op = 102
	OpLoopVar      Op = 122
	OpCond         Op = 123
	OpVar          Op = 124
	OpLet          Op = 125
	OpQuote        Op = 126
	OpCall         Op = 127
)

// Operators of the tree that have no number on the wire.
const (
	OpValue Op = 255 // a literal, encoded as its value
	OpDef   Op = 254 // one definition of a let: a name and an expression
)

// shape describes what follows an operator's number on the wire.
type shape uint8

const (
	shapeNone    shape = iota // not an operator
	shapeArgs                 // expressions
	shapeRegex                // flags, raw pattern, expression
	shapeNumber               // an integer
	shapeKey                  // a type
	shapeBin                  // a type, a raw name
	shapeName                 // a raw name
	shapeLoopVar              // a type, the number of a part
	shapeLet                  // raw name and expression, repeated, then an expression
	shapeQuote                // a list
	shapeCall                 // a type, a system, a call, an expression
)

// opInfo describes an operator: its name in Aerospike's documentation, its sign if it is an infix
// operator, its precedence, and its number of operands.
type opInfo struct {
	name     string
	sign     string
	binds    uint8
	shape    shape
	min, max int
	result   result
}

// result says how to determine the type of an operator's result.
type result uint8

const (
	resultNil result = iota
	resultBool
	resultInt
	resultString
	resultList
	resultFloat
	resultFirst    // the type of the first operand
	resultLast     // the type of the last operand
	resultDeclared // the node's own Type
	resultCond     // the type of the first action that is not unknown
)

// many is the operand limit of operators that have no limit of their own.
const many = maxNodes

// ops is indexed by the operator's number.
var ops = [128]opInfo{
	OpUnknown: {name: "unknown", shape: shapeArgs},

	OpEq:     {name: "eq", sign: "==", binds: 3, shape: shapeArgs, min: 2, max: 2, result: resultBool},
	OpNe:     {name: "ne", sign: "!=", binds: 3, shape: shapeArgs, min: 2, max: 2, result: resultBool},
	OpGt:     {name: "gt", sign: ">", binds: 3, shape: shapeArgs, min: 2, max: 2, result: resultBool},
	OpGe:     {name: "ge", sign: ">=", binds: 3, shape: shapeArgs, min: 2, max: 2, result: resultBool},
	OpLt:     {name: "lt", sign: "<", binds: 3, shape: shapeArgs, min: 2, max: 2, result: resultBool},
	OpLe:     {name: "le", sign: "<=", binds: 3, shape: shapeArgs, min: 2, max: 2, result: resultBool},
	OpRegex:  {name: "cmp_regex", shape: shapeRegex, min: 1, max: 1, result: resultBool},
	OpGeo:    {name: "cmp_geo", shape: shapeArgs, min: 2, max: 2, result: resultBool},
	OpInList: {name: "in_list", shape: shapeArgs, min: 2, max: 2, result: resultBool},

	OpAnd:       {name: "and", sign: "and", binds: 2, shape: shapeArgs, min: 2, max: many, result: resultBool},
	OpOr:        {name: "or", sign: "or", binds: 1, shape: shapeArgs, min: 2, max: many, result: resultBool},
	OpNot:       {name: "not", shape: shapeArgs, min: 1, max: 1, result: resultBool},
	OpExclusive: {name: "exclusive", shape: shapeArgs, min: 2, max: many, result: resultBool},

	OpAdd:     {name: "add", sign: "+", binds: 8, shape: shapeArgs, min: 1, max: many, result: resultFirst},
	OpSub:     {name: "sub", sign: "-", binds: 8, shape: shapeArgs, min: 1, max: many, result: resultFirst},
	OpMul:     {name: "mul", sign: "*", binds: 9, shape: shapeArgs, min: 1, max: many, result: resultFirst},
	OpDiv:     {name: "div", sign: "/", binds: 9, shape: shapeArgs, min: 1, max: many, result: resultFirst},
	OpPow:     {name: "pow", shape: shapeArgs, min: 2, max: 2, result: resultFloat},
	OpLog:     {name: "log", shape: shapeArgs, min: 2, max: 2, result: resultFloat},
	OpMod:     {name: "mod", sign: "%", binds: 9, shape: shapeArgs, min: 2, max: 2, result: resultInt},
	OpAbs:     {name: "abs", shape: shapeArgs, min: 1, max: 1, result: resultFirst},
	OpFloor:   {name: "floor", shape: shapeArgs, min: 1, max: 1, result: resultFloat},
	OpCeil:    {name: "ceil", shape: shapeArgs, min: 1, max: 1, result: resultFloat},
	OpToInt:   {name: "to_int", shape: shapeArgs, min: 1, max: 1, result: resultInt},
	OpToFloat: {name: "to_float", shape: shapeArgs, min: 1, max: 1, result: resultFloat},

	OpIntAnd:     {name: "int_and", sign: "&", binds: 6, shape: shapeArgs, min: 1, max: many, result: resultInt},
	OpIntOr:      {name: "int_or", sign: "|", binds: 4, shape: shapeArgs, min: 1, max: many, result: resultInt},
	OpIntXor:     {name: "int_xor", sign: "^", binds: 5, shape: shapeArgs, min: 1, max: many, result: resultInt},
	OpIntNot:     {name: "int_not", shape: shapeArgs, min: 1, max: 1, result: resultInt},
	OpIntLShift:  {name: "int_lshift", sign: "<<", binds: 7, shape: shapeArgs, min: 2, max: 2, result: resultInt},
	OpIntRShift:  {name: "int_rshift", sign: ">>>", binds: 7, shape: shapeArgs, min: 2, max: 2, result: resultInt},
	OpIntARShift: {name: "int_arshift", sign: ">>", binds: 7, shape: shapeArgs, min: 2, max: 2, result: resultInt},
	OpIntCount:   {name: "int_count", shape: shapeArgs, min: 1, max: 1, result: resultInt},
	OpIntLScan:   {name: "int_lscan", shape: shapeArgs, min: 2, max: 2, result: resultInt},
	OpIntRScan:   {name: "int_rscan", shape: shapeArgs, min: 2, max: 2, result: resultInt},
	OpMin:        {name: "min", shape: shapeArgs, min: 1, max: many, result: resultFirst},
	OpMax:        {name: "max", shape: shapeArgs, min: 1, max: many, result: resultFirst},

	OpDigestModulo: {name: "digest_modulo", shape: shapeNumber, result: resultInt},
	OpDeviceSize:   {name: "device_size", shape: shapeArgs, result: resultInt},
	OpLastUpdate:   {name: "last_update", shape: shapeArgs, result: resultInt},
	OpSinceUpdate:  {name: "since_update", shape: shapeArgs, result: resultInt},
	OpVoidTime:     {name: "void_time", shape: shapeArgs, result: resultInt},
	OpTTL:          {name: "ttl", shape: shapeArgs, result: resultInt},
	OpSetName:      {name: "set_name", shape: shapeArgs, result: resultString},
	OpKeyExists:    {name: "key_exists", shape: shapeArgs, result: resultBool},
	OpIsTombstone:  {name: "is_tombstone", shape: shapeArgs, result: resultBool},
	OpMemorySize:   {name: "memory_size", shape: shapeArgs, result: resultInt},
	OpRecordSize:   {name: "record_size", shape: shapeArgs, result: resultInt},
	OpKey:          {name: "key", shape: shapeKey, result: resultDeclared},
	OpBin:          {name: "bin", shape: shapeBin, result: resultDeclared},
	OpBinType:      {name: "bin_type", shape: shapeName, result: resultInt},

	OpResultRemove: {name: "result_remove", shape: shapeArgs},
	OpMapKeys:      {name: "map_keys", shape: shapeArgs, min: 1, max: 1, result: resultList},
	OpMapValues:    {name: "map_values", shape: shapeArgs, min: 1, max: 1, result: resultList},

	OpLoopVar: {name: "loop_var", shape: shapeLoopVar, result: resultDeclared},
	OpCond:    {name: "cond", shape: shapeArgs, min: 3, max: many, result: resultCond},
	OpVar:     {name: "var", shape: shapeName, result: resultDeclared},
	OpLet:     {name: "let", shape: shapeLet, min: 2, max: many, result: resultLast},
	OpQuote:   {name: "quote", shape: shapeQuote, result: resultList},
	OpCall:    {name: "call", shape: shapeCall, min: 1, max: many, result: resultDeclared},
}

func (o Op) info() *opInfo {
	if int(o) < len(ops) {
		return &ops[o]
	}
	return &opInfo{}
}

// String returns the operator's name in Aerospike's documentation.
func (o Op) String() string {
	switch name := o.info().name; {
	case o == OpValue:
		return "value"
	case o == OpDef:
		return "def"
	case name != "":
		return name
	}
	return fmt.Sprintf("op %d", uint8(o))
}
