package exp

import "github.com/aerosql/aerosql/protocol"

// A Branch is one condition of [Cond] with its action.
type Branch[T Typed] struct {
	condition Bool
	action    T
}

// When returns a branch: the result is action if condition is true.
func When[T Typed](condition Bool, action T) Branch[T] { return Branch[T]{condition, action} }

// A Conditional is a [Cond] without its default.
type Conditional[T Typed] struct{ branches []Branch[T] }

// Cond returns the action of the first branch whose condition is true:
//
//	exp.Cond(
//		exp.When(exp.Lt(age, exp.IntVal(18)), exp.StringVal("minor")),
//		exp.When(exp.Lt(age, exp.IntVal(65)), exp.StringVal("adult")),
//	).Else(exp.StringVal("senior"))
//
// It is unknown if the server reaches a condition that is unknown. Without a branch the expression
// cannot be packed.
//
// Needs server 5.6.
func Cond[T Typed](branches ...Branch[T]) Conditional[T] { return Conditional[T]{branches} }

// Else completes the conditional with the result if no condition is true.
func (c Conditional[T]) Else(action T) T {
	n := &Node{Op: OpCond, Args: make([]Node, 0, 2*len(c.branches)+1)}
	for _, b := range c.branches {
		n.Args = append(n.Args, nodeOf(b.condition), nodeOf(b.action))
	}
	n.Args = append(n.Args, nodeOf(action))
	return typed[T](n)
}

// A Definition assigns a value to a variable of [Let].
type Definition struct{ node Node }

// Defs are the definitions of a [Let], in order.
type Defs []Definition

// Def defines a variable. Its name has letters, digits and underscores and does not start with a
// digit; any other name cannot be packed. Later definitions can use earlier ones.
func Def(name string, value Expression) Definition {
	return Definition{Node{Op: OpDef, Value: protocol.String(name), Args: []Node{nodeOf(value)}}}
}

// Let returns the result of body. Variables in body stand for expressions that are evaluated once:
//
//	exp.Let(exp.Defs{
//		exp.Def("sum", exp.Add(exp.IntBin("a"), exp.IntBin("b"))),
//	}, exp.And(
//		exp.Gt(exp.IntVar("sum"), exp.IntVal(10)),
//		exp.Lt(exp.IntVar("sum"), exp.IntVal(20)),
//	))
//
// Without a definition the expression cannot be packed. An unknown definition matters only where it
// is used. The server rejects a name that is already defined, and the use of an undefined one.
//
// Needs server 5.6.
func Let[T Typed](defs Defs, body T) T {
	n := &Node{Op: OpLet, Args: make([]Node, 0, len(defs)+1)}
	for _, d := range defs {
		n.Args = append(n.Args, d.node)
	}
	n.Args = append(n.Args, nodeOf(body))
	return typed[T](n)
}

// Var returns the value of a variable that an enclosing [Let] defines with this type.
//
// Unknown if the definition is unknown. Needs server 5.6.
func Var[T Typed](name string) T {
	return typed[T](&Node{Op: OpVar, Type: typeOf[T](), Value: protocol.String(name)})
}

// BoolVar returns the value of a boolean variable; see [Var].
func BoolVar(name string) Bool { return Var[Bool](name) }

// IntVar returns the value of an integer variable; see [Var].
func IntVar(name string) Int { return Var[Int](name) }

// FloatVar returns the value of a floating-point variable; see [Var].
func FloatVar(name string) Float { return Var[Float](name) }

// StringVar returns the value of a string variable; see [Var].
func StringVar(name string) String { return Var[String](name) }

// BlobVar returns the value of a variable of raw bytes; see [Var].
func BlobVar(name string) Blob { return Var[Blob](name) }

// ListVar returns the value of a list variable; see [Var].
func ListVar(name string) List { return Var[List](name) }

// MapVar returns the value of a map variable; see [Var].
func MapVar(name string) Map { return Var[Map](name) }

// GeoVar returns the value of a GeoJSON variable; see [Var].
func GeoVar(name string) Geo { return Var[Geo](name) }

// HLLVar returns the value of a HyperLogLog variable; see [Var].
func HLLVar(name string) HLL { return Var[HLL](name) }

// Unknown has no value and makes everything that uses it unknown. Use it to fail on purpose, for
// example as the default of [Cond]. The EvalNoFail flags of [Read] and [Write] ignore this failure.
//
//	exp.Cond(exp.When(ok, exp.IntBin("a"))).Else(exp.Unknown[exp.Int]())
//
// Needs server 5.6.
func Unknown[T Typed]() T { return typed[T](node(OpUnknown)) }
