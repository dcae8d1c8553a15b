package exec

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
)

// readsOuter reports whether an expression reads a row of an enclosing block.
func readsOuter(x bind.Expr) bool {
	switch x := any(x).(type) {
	case nil:
		return false
	case *bind.Column:
		return x.Depth > 0
	case *bind.Const, *bind.Param:
		return false
	case *bind.Not:
		return readsOuter(x.X)
	case *bind.Negate:
		return readsOuter(x.X)
	case *bind.Logic:
		return anyReadsOuter(x.Operands...)
	case *bind.Compare:
		return anyReadsOuter(x.X, x.Y)
	case *bind.Arithmetic:
		return anyReadsOuter(x.X, x.Y)
	case *bind.In:
		return readsOuter(x.X) || anyReadsOuter(x.List...)
	case *bind.Between:
		return anyReadsOuter(x.X, x.Low, x.High)
	case *bind.Match:
		return anyReadsOuter(x.X, x.Pattern, x.Escape)
	case *bind.Is:
		return readsOuter(x.X)
	case *bind.Case:
		for _, w := range x.Whens {
			if anyReadsOuter(w.When, w.Then) {
				return true
			}
		}
		return anyReadsOuter(x.Operand, x.Else)
	case *bind.Call:
		return anyReadsOuter(x.Args...)
	case *bind.Cast:
		return readsOuter(x.X)
	case *bind.Path:
		return readsOuter(x.X) || anyReadsOuter(x.Steps...)
	case *bind.Array:
		return anyReadsOuter(x.Elements...)
	case *bind.MapLiteral:
		return anyReadsOuter(x.Keys...) || anyReadsOuter(x.Values...)
	}
	return true // a subquery may do so: treat it as if it did
}

// anyReadsOuter reports whether one of the expressions reads a row of an enclosing block.
func anyReadsOuter(exprs ...bind.Expr) bool {
	for _, x := range exprs {
		if x != nil && readsOuter(x) {
			return true
		}
	}
	return false
}

// columnOf returns the expression as a column, or nil.
func columnOf(x bind.Expr) *bind.Column {
	c, _ := any(x).(*bind.Column)
	return c
}

// outerValue returns the value of a column that a subquery reads, in the environment around it.
func outerValue(c *bind.Column, env *bind.Env) protocol.Value {
	for range c.Depth {
		env = env.Outer
	}
	return env.Row[c.Slot]
}
