package function

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

const groupConditional = "Conditions"

// Parameters that take every value as it is stored.
var (
	scaledFamilies = FamiliesOf(Decimals, Timestamps, Dates)
	xParam         = Parameter{Name: "x", Kinds: Any, Stored: scaledFamilies}
	yParam         = Parameter{Name: "y", Kinds: Any, Stored: scaledFamilies}
	moreParam      = Parameter{Name: "more", Kinds: Any, Stored: scaledFamilies, Optional: true, Variadic: true}
)

var conditionalFunctions = []*Function{
	{Name: "COALESCE", Group: groupConditional, Unify: true,
		Params: []Parameter{xParam, moreParam}, Result: unified, Eval: coalesce,
		Doc: "The first argument that is not NULL.", Example: "COALESCE(NULL, 2, 3)", ExampleResult: "2"},
	{Name: "IFNULL", Aliases: []string{"NVL"}, Group: groupConditional, Unify: true,
		Params: []Parameter{xParam, yParam}, Result: unified, Eval: coalesce,
		Doc: "x, or y if x is NULL.", Example: "IFNULL(NULL, 'none')", ExampleResult: "'none'"},
	{Name: "NULLIF", Group: groupConditional, Unify: true, Params: []Parameter{xParam, yParam},
		Result: nullIfType, Eval: nullIf,
		Doc: "NULL if x = y, otherwise x.", Example: "NULLIF(1, 1.0)", ExampleResult: "NULL"},
	{Name: "IIF", Aliases: []string{"IF"}, Group: groupConditional, Unify: true,
		Params: []Parameter{{Name: "condition", Kinds: Bool | Null}, xParam, {Name: "y", Kinds: Any, Stored: scaledFamilies, Optional: true}},
		Result: func(args []Type) (Type, Kinds) { return unified(args[1:]) }, Eval: iif,
		Doc: "x if the condition is true, otherwise y, or NULL without y.", Example: "IIF(2 > 1, 'yes', 'no')", ExampleResult: "'yes'"},
	{Name: "GREATEST", Group: groupConditional, Unify: true, Params: []Parameter{xParam, moreParam},
		Result: unified, Eval: func(_ *Context, args []protocol.Value) protocol.Value { return extremeOf(args, 1) },
		Doc:     "The greatest argument, or NULL if one is NULL or if they can't be compared.",
		Example: "GREATEST(1, 3, 2.5)", ExampleResult: "3"},
	{Name: "LEAST", Group: groupConditional, Unify: true, Params: []Parameter{xParam, moreParam},
		Result: unified, Eval: func(_ *Context, args []protocol.Value) protocol.Value { return extremeOf(args, -1) },
		Doc:     "The least argument, or NULL if one is NULL or if they can't be compared.",
		Example: "LEAST('b', 'a', 'c')", ExampleResult: "'a'"},
}

func coalesce(_ *Context, args []protocol.Value) protocol.Value {
	for _, v := range args {
		if !v.IsNil() {
			return v
		}
	}
	return protocol.Nil()
}

func nullIfType(args []Type) (Type, Kinds) { return args[0], args[0].Kinds() | Null }

func nullIf(_ *Context, args []protocol.Value) protocol.Value {
	if Compare(ast.OpEqual, args[0], args[1]) == True {
		return protocol.Nil()
	}
	return args[0]
}

func iif(_ *Context, args []protocol.Value) protocol.Value {
	switch {
	case Truth(args[0]) == True:
		return args[1]
	case len(args) > 2:
		return args[2]
	}
	return protocol.Nil()
}

// extremeOf returns the greatest value for a sign of 1, the least for -1. NaN is greater than all
// other numbers, as in ORDER BY.
func extremeOf(args []protocol.Value, sign int) protocol.Value {
	best := args[0]
	for i, v := range args {
		if v.IsNil() || Class(v) != Class(best) {
			return protocol.Nil()
		}
		if i > 0 && sign*Order(v, best) > 0 {
			best = v
		}
	}
	return best
}
