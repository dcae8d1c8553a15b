package exp

import "github.com/aerosql/aerosql/protocol"

// Limits of what is packed and parsed.
const (
	// MaxSize is the largest packed expression in bytes.
	MaxSize = 1 << 20
	// MaxDepth is how deep operators may be nested in an expression.
	MaxDepth = 256

	// maxNodes is a little more than what fits in the server's limit of 1 MiB for a
	// compiled expression, where the smallest operator takes eight bytes.
	maxNodes = 1 << 17
)

// A Node is an operator with its operands, or a literal: the tree that an
// expression is. Typed expressions are made by this package's functions; the tree is there for programs that
// read expressions, as EXPLAIN or an evaluator do. A node must not be changed.
//
// A literal of an invalid value stands for what could not be built; its Err says why.
type Node struct {
	Op Op
	// Type is the declared type of OpKey, OpBin, OpLoopVar and OpCall, and what is
	// known of an OpVar.
	Type Type
	// Number is the flags of OpRegex, the modulus of OpDigestModulo and the
	// part of OpLoopVar.
	Number int64
	// Value is an OpValue's literal, an OpQuote's list, and as a string the bin of
	// OpBin and OpBinType, the variable of OpVar and OpDef and the pattern of OpRegex.
	Value protocol.Value
	// Args are the operands: of OpLet an OpDef for each variable and then the body,
	// of OpCall what the call works on and then the call's arguments.
	Args []Node
	// Call is the rest of an OpCall.
	Call *Call
}

// Name returns the bin, variable or pattern of an operator that has one.
func (n *Node) Name() string {
	name, _ := n.Value.Text()
	return name
}

// A System is the part of the server that a call goes to.
type System uint8

// The systems of calls.
const (
	SystemCDT  System = 0 // lists and maps
	SystemBits System = 1 // bits of blobs
	SystemHLL  System = 2 // HyperLogLog

	systemCount = 3
	modifyFlag  = 0x40
)

// A Call is what an OpCall has besides its operands.
type Call struct {
	System System
	// Modify says that the call's result is the modified collection, blob or
	// HyperLogLog; otherwise it is what the call reads.
	Modify bool
	// Code is the operation's number within the system, [CodeSelect] for a path expression.
	Code int64
	// Context leads to the nested collection that the call works on, outermost
	// step first; the path of a path expression.
	Context []Step
}

// CodeSelect is the code of a call that selects or modifies by path.
const CodeSelect = 0xfe

// codeContext stands in front of a call with a context.
const codeContext = 0xff

// A Step is one step of a context or path.
type Step struct {
	// Type is the step's type with its flags.
	Type int64
	// Value is an index, a rank, a key, a value, a list of keys, or true for all children. In a
	// path it is true or false, too, where a filter is no more than that.
	Value protocol.Value
	// Filter is the expression of a step that has one instead of a value.
	Filter *Node
}

// Types of the steps that only paths have.
const (
	stepExpression = 0x04
	stepKeysIn     = 0x2a
	stepAnd        = 0x200
)

// hasFilter says whether a step of this type has an expression for its value.
func hasFilter(stepType int64) bool { return stepType&0xff == stepExpression }

// ResultType returns the type of the expression's result as its operators
// declare it; TypeNil where it can't be told, as for unknown.
func (n *Node) ResultType() Type {
	if n.Op == OpValue {
		return valueType(n.Value)
	}
	result := n.Op.info().result
	if n.Op == OpDef {
		result = resultFirst
	}
	if len(n.Args) == 0 && (result == resultFirst || result == resultLast || result == resultCond) {
		return TypeNil // it can't be packed
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
