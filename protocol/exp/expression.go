package exp

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// A Type is the type of an expression's result, by its number on the wire.
type Type uint8

// The result types. TypeNil is also the type of expressions without a value of their own, such as
// unknown.
const (
	TypeNil    Type = 0
	TypeBool   Type = 1
	TypeInt    Type = 2
	TypeString Type = 3
	TypeList   Type = 4
	TypeMap    Type = 5
	TypeBlob   Type = 6
	TypeFloat  Type = 7
	TypeGeo    Type = 8
	TypeHLL    Type = 9

	typeCount = 10
)

var typeNames = [typeCount]string{
	"nil", "bool", "int", "string", "list", "map", "blob", "float", "geo", "hll",
}

// String returns the type's name in lower case.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// An Expression is an expression of any type: a [Bool], [Int], [Float], [String], [Blob], [List],
// [Map], [Geo], [HLL] or [Nil]. Use a type switch to tell them apart. Expressions are immutable and
// can be part of several others.
type Expression interface {
	// Node returns the root of the expression's tree. It is nil for the zero value of a type.
	Node() *Node
	// String returns the expression in readable form, see [Node.String].
	String() string

	sealed()
}

// expression is the common part of the expression types.
type expression struct{ root *Node }

// Node returns the root of the expression's tree. It is nil for the zero value of a type.
func (e expression) Node() *Node { return e.root }

// String returns the expression in readable form, see [Node.String].
func (e expression) String() string { return e.root.String() }

func (e expression) sealed() {}

// The expression types. Their zero values are not expressions: anything built with one cannot be
// packed.
type (
	// A Bool is an expression with a boolean result: true, false or unknown.
	Bool struct{ expression }
	// An Int is an expression with a 64-bit integer result.
	Int struct{ expression }
	// A Float is an expression with a 64-bit floating-point result.
	Float struct{ expression }
	// A String is an expression with a string result.
	String struct{ expression }
	// A Blob is an expression with a result of raw bytes.
	Blob struct{ expression }
	// A List is an expression with a list as its result.
	List struct{ expression }
	// A Map is an expression with a map as its result.
	Map struct{ expression }
	// A Geo is an expression with a GeoJSON result.
	Geo struct{ expression }
	// An HLL is an expression with a HyperLogLog result.
	HLL struct{ expression }
	// A Nil is an expression without a value: the nil literal, and the bounds of intervals in calls
	// on collections.
	Nil struct{ expression }
)

// Typed is the set of all expression types.
type Typed interface {
	Bool | Int | Float | String | Blob | List | Map | Geo | HLL | Nil
	Expression
}

// Comparable is the set of types whose results can be compared. GeoJSON and HyperLogLog are not.
type Comparable interface {
	Bool | Int | Float | String | Blob | List | Map | Nil
	Expression
}

// Number is the set of types that arithmetic works on.
type Number interface {
	Int | Float
	Expression
}

// Collection is the set of types that list and map calls can start from.
type Collection interface {
	List | Map
	Expression
}

// typeOf returns the number of an expression type.
func typeOf[T Typed]() Type {
	var zero T
	switch any(zero).(type) {
	case Bool:
		return TypeBool
	case Int:
		return TypeInt
	case Float:
		return TypeFloat
	case String:
		return TypeString
	case Blob:
		return TypeBlob
	case List:
		return TypeList
	case Map:
		return TypeMap
	case Geo:
		return TypeGeo
	case HLL:
		return TypeHLL
	}
	return TypeNil
}

// typed returns the tree as an expression of a static type.
func typed[T Typed](n *Node) T { return T(struct{ expression }{expression{n}}) }

// Cast returns the expression with another static type, for programs that learn types at run time.
// It does not convert the value: if the type is not that of the result, the server rejects the
// expression with ParameterError.
func Cast[T Typed](e Expression) T { return typed[T](e.Node()) }

// expressionOf returns the tree as an expression of the Go type of its result.
func expressionOf(n *Node) Expression {
	switch n.ResultType() {
	case TypeBool:
		return typed[Bool](n)
	case TypeInt:
		return typed[Int](n)
	case TypeFloat:
		return typed[Float](n)
	case TypeString:
		return typed[String](n)
	case TypeBlob:
		return typed[Blob](n)
	case TypeList:
		return typed[List](n)
	case TypeMap:
		return typed[Map](n)
	case TypeGeo:
		return typed[Geo](n)
	case TypeHLL:
		return typed[HLL](n)
	}
	return typed[Nil](n)
}

// node returns an operator's node with operands of any types.
func node(op Op, operands ...Expression) *Node {
	return nodeOfAll(op, operands)
}

// nodeOfAll returns an operator's node with operands of one type.
func nodeOfAll[T Expression](op Op, operands []T) *Node {
	n := &Node{Op: op}
	if len(operands) > 0 {
		n.Args = make([]Node, len(operands))
	}
	for i, e := range operands {
		n.Args[i] = nodeOf(e)
	}
	return n
}

// nodeOf returns an operand's node. For the zero value of a type it returns a node that cannot be
// packed.
func nodeOf(e Expression) Node {
	if e == nil || e.Node() == nil {
		return *zeroValueNode()
	}
	return *e.Node()
}

func zeroValueNode() *Node {
	return failed("zero value used as an expression")
}

// failed returns a node with the reason why the expression cannot be packed.
func failed(format string, args ...any) *Node {
	return failure(invalid(format, args...))
}

func failure(err error) *Node { return &Node{Op: OpValue, Value: protocol.InvalidValue(err)} }
