package exp

import "github.com/aerosql/aerosql/protocol"

// Limits for packing and parsing.
const (
	// MaxSize is the largest packed expression in bytes.
	MaxSize = 1 << 20
	// MaxDepth is the largest number of nested operators in an expression.
	MaxDepth = 256

	// maxNodes is slightly more than fits in the server's limit of 1 MiB for a compiled expression,
	// in which the smallest operator takes eight bytes.
	maxNodes = 1 << 17
)

// A Node is an operator with its operands, or a literal: a node of the tree of an expression. The
// package's functions build typed expressions; the tree is for programs that inspect expressions,
// such as EXPLAIN or an evaluator. Do not modify a node.
//
// A literal with an invalid value stands for an expression that could not be built. Its Err returns
// the reason.
type Node struct {
	Op Op
	// Type is the declared type of OpKey, OpBin, OpLoopVar and OpCall, and the type of an OpVar as
	// far as it is known.
	Type Type
	// Number is the flags of OpRegex, the modulus of OpDigestModulo, or the part of OpLoopVar.
	Number int64
	// Value is the literal of OpValue or the list of OpQuote. For other operators it is a string:
	// the bin of OpBin and OpBinType, the variable of OpVar and OpDef, or the pattern of OpRegex.
	Value protocol.Value
	// Args are the operands. For OpLet they are an OpDef for each variable, then the body. For
	// OpCall they are the value that the call works on, then the call's arguments.
	Args []Node
	// Call is the description of an OpCall.
	Call *Call
}

// Name returns the bin, variable or pattern of an operator that has one.
func (n *Node) Name() string {
	name, _ := n.Value.Text()
	return name
}

// A System is the part of the server that executes a call.
type System uint8

// The systems of calls.
const (
	SystemCDT  System = 0 // lists and maps
	SystemBits System = 1 // bits of blobs
	SystemHLL  System = 2 // HyperLogLog

	systemCount = 3
	modifyFlag  = 0x40
)

// A Call describes the call of an OpCall, apart from its operands.
type Call struct {
	System System
	// Modify reports whether the call's result is the modified collection, blob or HyperLogLog.
	// Otherwise the result is what the call reads.
	Modify bool
	// Code is the operation's number within the system; [CodeSelect] for a path expression.
	Code int64
	// Context leads to the nested collection that the call works on, outermost step first. For a
	// path expression it is the path.
	Context []Step
}

// CodeSelect is the code of a call that selects or modifies by path.
const CodeSelect = 0xfe

// codeContext precedes a call with a context.
const codeContext = 0xff

// A Step is one step of a context or path.
type Step struct {
	// Type is the step's type with its flags.
	Type int64
	// Value is an index, a rank, a key, a value, a list of keys, or true for all children. In a
	// path it can also be true or false, if the filter is only a constant.
	Value protocol.Value
	// Filter is the expression of a step that has one instead of a value.
	Filter *Node
}

// Step types that are valid only in paths.
const (
	stepExpression = 0x04
	stepKeysIn     = 0x2a
	stepAnd        = 0x200
)

// hasFilter reports whether the value of a step of this type is an expression.
func hasFilter(stepType int64) bool { return stepType&0xff == stepExpression }

// ResultType returns the type of the expression's result as declared by its operators. It is
// TypeNil if the type is not known, as for unknown.
func (n *Node) ResultType() Type {
	if n.Op == OpValue {
		return valueType(n.Value)
	}
	result := n.Op.info().result
	if n.Op == OpDef {
		result = resultFirst
	}
	if len(n.Args) == 0 && (result == resultFirst || result == resultLast || result == resultCond) {
		return TypeNil // cannot be packed
	}
	switch result {
	case resultBool:
		return TypeBool
	case resultInt:
		return TypeInt
	case resultString:
		return TypeString
	case resultList:
		return TypeList
	case resultFloat:
		return TypeFloat
	case resultDeclared:
		return n.Type
	case resultFirst:
		return n.Args[0].ResultType()
	case resultLast:
		return n.Args[len(n.Args)-1].ResultType()
	case resultCond:
		return n.condType()
	}
	return TypeNil
}

func (n *Node) condType() Type {
	last := len(n.Args) - 1
	for i := 1; i < last; i += 2 {
		if t := n.Args[i].ResultType(); t != TypeNil {
			return t
		}
	}
	return n.Args[last].ResultType()
}

func valueType(v protocol.Value) Type {
	switch v.Kind() {
	case protocol.KindBool:
		return TypeBool
	case protocol.KindInt, protocol.KindUint:
		return TypeInt
	case protocol.KindFloat:
		return TypeFloat
	case protocol.KindString:
		return TypeString
	case protocol.KindBlob:
		return TypeBlob
	case protocol.KindList:
		return TypeList
	case protocol.KindMap:
		return TypeMap
	case protocol.KindGeoJSON:
		return TypeGeo
	case protocol.KindHLL:
		return TypeHLL
	}
	return TypeNil
}
