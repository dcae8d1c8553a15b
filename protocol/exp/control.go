package exp

import "github.com/aerosql/aerosql/protocol"

// A Branch is one condition of [Cond] with its action.
type Branch[T Typed] struct {
	condition Bool
	action    T
}

// When gives action if condition is true.
func When[T Typed](condition Bool, action T) Branch[T] { return Branch[T]{condition, action} }

// A Conditional is a [Cond] that lacks its default.
type Conditional[T Typed] struct{ branches []Branch[T] }

// Cond gives the action of the first branch whose condition is true:
//
//	exp.Cond(
//		exp.When(exp.Lt(age, exp.IntVal(18)), exp.StringVal("minor")),
//		exp.When(exp.Lt(age, exp.IntVal(65)), exp.StringVal("adult")),
//	).Else(exp.StringVal("senior"))
//
// It is unknown as soon as it meets a condition that is. Without a branch the
// expression can't be packed.
//
// Needs server 5.6.
func Cond[T Typed](branches ...Branch[T]) Conditional[T] { return Conditional[T]{branches} }

// Else completes the conditional with what it gives if no condition is true.
func (c Conditional[T]) Else(action T) T {
	n := &Node{Op: OpCond, Args: make([]Node, 0, 2*len(c.branches)+1)}
	for _, b := range c.branches {
		n.Args = append(n.Args, nodeOf(b.condition), nodeOf(b.action))
	}
	n.Args = append(n.Args, nodeOf(action))
	return typed[T](n)
}

// A Definition gives a variable of [Let] its value.
type Definition struct{ node Node }

// Defs are the definitions of a [Let], in order.
type Defs []Definition

// Def defines a variable. Its name is letters, digits and underscores and does
// not begin with a digit; another one can't be packed. Later definitions may use earlier ones.
func Def(name string, value Expression) Definition {
	return Definition{Node{Op: OpDef, Value: protocol.String(name), Args: []Node{nodeOf(value)}}}
}

// Let gives the result of a body in which variables stand for expressions that
// are evaluated once:
//
//	exp.Let(exp.Defs{
//		exp.Def("sum", exp.Add(exp.IntBin("a"), exp.IntBin("b"))),
//	}, exp.And(
//		exp.Gt(exp.IntVar("sum"), exp.IntVal(10)),
//		exp.Lt(exp.IntVar("sum"), exp.IntVal(20)),
//	))
//
// Without a definition the expression can't be packed. A definition that is unknown does no harm until it is used. The server refuses a name that is
// defined already and the use of one that is not.
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

// Var is the value of a variable that an enclosing [Let] defines with this type.
//
// Unknown if the definition is. Needs server 5.6.
func Var[T Typed](name string) T {
	return typed[T](&Node{Op: OpVar, Type: typeOf[T](), Value: protocol.String(name)})
}

// BoolVar is the value of a boolean variable, see [Var].
func BoolVar(name string) Bool { return Var[Bool](name) }

// IntVar is the value of an integer variable, see [Var].
func IntVar(name string) Int { return Var[Int](name) }

// FloatVar is the value of a floating-point variable, see [Var].
func FloatVar(name string) Float { return Var[Float](name) }

// StringVar is the value of a string variable, see [Var].
func StringVar(name string) String { return Var[String](name) }

// BlobVar is the value of a variable of raw bytes, see [Var].
func BlobVar(name string) Blob { return Var[Blob](name) }

// ListVar is the value of a list variable, see [Var].
func ListVar(name string) List { return Var[List](name) }

// MapVar is the value of a map variable, see [Var].
func MapVar(name string) Map { return Var[Map](name) }

// GeoVar is the value of a GeoJSON variable, see [Var].
func GeoVar(name string) Geo { return Var[Geo](name) }

// HLLVar is the value of a HyperLogLog variable, see [Var].
func HLLVar(name string) HLL { return Var[HLL](name) }

// Unknown has no value and makes what uses it unknown: a way to fail on
// purpose, e.g. as the default of [Cond]. The failure is forgiven by EvalNoFail of [Read] and [Write].
//
//	exp.Cond(exp.When(ok, exp.IntBin("a"))).Else(exp.Unknown[exp.Int]())
//
// Needs server 5.6.
func Unknown[T Typed]() T { return typed[T](node(OpUnknown)) }
