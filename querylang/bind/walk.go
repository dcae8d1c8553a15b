package bind

// Operands calls f for each operand of an expression. The queries of subqueries are not operands.
func Operands(e Expr, f func(Expr)) {
	all := func(list []Expr) {
		for _, x := range list {
			f(x)
		}
	}
	switch e := e.(type) {
	case *Not:
		f(e.X)
	case *Negate:
		f(e.X)
	case *Logic:
		all(e.Operands)
	case *Compare:
		f(e.X)
		f(e.Y)
		e.Key.operand(f)
		e.Other.operand(f)
	case *Arithmetic:
		f(e.X)
		f(e.Y)
	case *In:
		f(e.X)
		all(e.List)
		e.Key.operand(f)
	case *InQuery:
		f(e.X)
		e.Key.operand(f)
	case *Between:
		f(e.X)
		f(e.Low)
		f(e.High)
	case *Match:
		f(e.X)
		f(e.Pattern)
		if e.Escape != nil {
			f(e.Escape)
		}
	case *Is:
		f(e.X)
	case *Case:
		e.operands(f)
	case *Call:
		all(e.Args)
	case *Cast:
		f(e.X)
	case *Path:
		f(e.X)
		all(e.Steps)
	case *Extract:
		f(e.Slot)
	case *Array:
		all(e.Elements)
	case *MapLiteral:
		all(e.Keys)
		all(e.Values)
	}
}

// operand calls f for the digest, if there is one.
func (k *KeyColumn) operand(f func(Expr)) {
	if k != nil {
		f(k.Digest)
	}
}

func (e *Case) operands(f func(Expr)) {
	if e.Operand != nil {
		f(e.Operand)
	}
	for i := range e.Whens {
		f(e.Whens[i].When)
		f(e.Whens[i].Then)
	}
	if e.Else != nil {
		f(e.Else)
	}
}

// Walk calls f for an expression and all expressions in it.
func Walk(e Expr, f func(Expr)) {
	f(e)
	Operands(e, func(x Expr) { Walk(x, f) })
}
