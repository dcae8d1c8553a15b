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

	OpEq:     {"eq", "==", 3, shapeArgs, 2, 2, resultBool},
	OpNe:     {"ne", "!=", 3, shapeArgs, 2, 2, resultBool},
	OpGt:     {"gt", ">", 3, shapeArgs, 2, 2, resultBool},
	OpGe:     {"ge", ">=", 3, shapeArgs, 2, 2, resultBool},
	OpLt:     {"lt", "<", 3, shapeArgs, 2, 2, resultBool},
	OpLe:     {"le", "<=", 3, shapeArgs, 2, 2, resultBool},
	OpRegex:  {"cmp_regex", "", 0, shapeRegex, 1, 1, resultBool},
	OpGeo:    {"cmp_geo", "", 0, shapeArgs, 2, 2, resultBool},
	OpInList: {"in_list", "", 0, shapeArgs, 2, 2, resultBool},

	OpAnd:       {"and", "and", 2, shapeArgs, 2, many, resultBool},
	OpOr:        {"or", "or", 1, shapeArgs, 2, many, resultBool},
	OpNot:       {"not", "", 0, shapeArgs, 1, 1, resultBool},
	OpExclusive: {"exclusive", "", 0, shapeArgs, 2, many, resultBool},

	OpAdd:     {"add", "+", 8, shapeArgs, 1, many, resultFirst},
	OpSub:     {"sub", "-", 8, shapeArgs, 1, many, resultFirst},
	OpMul:     {"mul", "*", 9, shapeArgs, 1, many, resultFirst},
	OpDiv:     {"div", "/", 9, shapeArgs, 1, many, resultFirst},
	OpPow:     {"pow", "", 0, shapeArgs, 2, 2, resultFloat},
	OpLog:     {"log", "", 0, shapeArgs, 2, 2, resultFloat},
	OpMod:     {"mod", "%", 9, shapeArgs, 2, 2, resultInt},
	OpAbs:     {"abs", "", 0, shapeArgs, 1, 1, resultFirst},
	OpFloor:   {"floor", "", 0, shapeArgs, 1, 1, resultFloat},
	OpCeil:    {"ceil", "", 0, shapeArgs, 1, 1, resultFloat},
	OpToInt:   {"to_int", "", 0, shapeArgs, 1, 1, resultInt},
	OpToFloat: {"to_float", "", 0, shapeArgs, 1, 1, resultFloat},

	OpIntAnd:     {"int_and", "&", 6, shapeArgs, 1, many, resultInt},
	OpIntOr:      {"int_or", "|", 4, shapeArgs, 1, many, resultInt},
	OpIntXor:     {"int_xor", "^", 5, shapeArgs, 1, many, resultInt},
	OpIntNot:     {"int_not", "", 0, shapeArgs, 1, 1, resultInt},
	OpIntLShift:  {"int_lshift", "<<", 7, shapeArgs, 2, 2, resultInt},
	OpIntRShift:  {"int_rshift", ">>>", 7, shapeArgs, 2, 2, resultInt},
	OpIntARShift: {"int_arshift", ">>", 7, shapeArgs, 2, 2, resultInt},
	OpIntCount:   {"int_count", "", 0, shapeArgs, 1, 1, resultInt},
	OpIntLScan:   {"int_lscan", "", 0, shapeArgs, 2, 2, resultInt},
	OpIntRScan:   {"int_rscan", "", 0, shapeArgs, 2, 2, resultInt},
	OpMin:        {"min", "", 0, shapeArgs, 1, many, resultFirst},
	OpMax:        {"max", "", 0, shapeArgs, 1, many, resultFirst},

	OpDigestModulo: {"digest_modulo", "", 0, shapeNumber, 0, 0, resultInt},
	OpDeviceSize:   {"device_size", "", 0, shapeArgs, 0, 0, resultInt},
	OpLastUpdate:   {"last_update", "", 0, shapeArgs, 0, 0, resultInt},
	OpSinceUpdate:  {"since_update", "", 0, shapeArgs, 0, 0, resultInt},
	OpVoidTime:     {"void_time", "", 0, shapeArgs, 0, 0, resultInt},
	OpTTL:          {"ttl", "", 0, shapeArgs, 0, 0, resultInt},
	OpSetName:      {"set_name", "", 0, shapeArgs, 0, 0, resultString},
	OpKeyExists:    {"key_exists", "", 0, shapeArgs, 0, 0, resultBool},
	OpIsTombstone:  {"is_tombstone", "", 0, shapeArgs, 0, 0, resultBool},
	OpMemorySize:   {"memory_size", "", 0, shapeArgs, 0, 0, resultInt},
	OpRecordSize:   {"record_size", "", 0, shapeArgs, 0, 0, resultInt},
	OpKey:          {"key", "", 0, shapeKey, 0, 0, resultDeclared},
	OpBin:          {"bin", "", 0, shapeBin, 0, 0, resultDeclared},
	OpBinType:      {"bin_type", "", 0, shapeName, 0, 0, resultInt},

	OpResultRemove: {name: "result_remove", shape: shapeArgs},
	OpMapKeys:      {"map_keys", "", 0, shapeArgs, 1, 1, resultList},
	OpMapValues:    {"map_values", "", 0, shapeArgs, 1, 1, resultList},

	OpLoopVar: {"loop_var", "", 0, shapeLoopVar, 0, 0, resultDeclared},
	OpCond:    {"cond", "", 0, shapeArgs, 3, many, resultCond},
	OpVar:     {"var", "", 0, shapeName, 0, 0, resultDeclared},
	OpLet:     {"let", "", 0, shapeLet, 2, many, resultLast},
	OpQuote:   {"quote", "", 0, shapeQuote, 0, 0, resultList},
	OpCall:    {"call", "", 0, shapeCall, 1, many, resultDeclared},
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
