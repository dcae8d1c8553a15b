package function

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

const floatKind = Kinds(1 << protocol.KindFloat)

// likeArgument is the Result of an aggregate that returns one of its values.
func likeArgument(args []Type) (Type, Kinds) { return args[0], args[0].Kinds() | Null }

// sumType is the Result of SUM: decimals and integers stay what they are.
func sumType(args []Type) (Type, Kinds) {
	switch args[0].Family {
	case Decimals:
		t := args[0]
		t.Name, t.Precision = "", MaxPrecision
		return t, Integer | Null
	case Integers:
		return Type{Family: Integers}, Integer | Null
	case Floats:
		return Type{Family: Floats}, floatKind | Null
	}
	return Type{}, Number | Null
}

// plain returns the New of an aggregate without constants.
func plain(make func() Accumulator) func([]protocol.Value) Accumulator {
	return func([]protocol.Value) Accumulator { return make() }
}

func spreadOf(sample, squareRoot bool) func([]protocol.Value) Accumulator {
	return plain(func() Accumulator { return &spread{sample: sample, squareRoot: squareRoot} })
}

// newConcatenation is the New of GROUP_CONCAT. The separator is a comma unless it is given.
func newConcatenation(constants []protocol.Value) Accumulator {
	a := &concatenation{separator: ","}
	if len(constants) > 0 {
		a.separator, _ = constants[0].Text()
	}
	return a
}

var (
	anyParam    = []Parameter{xParam}
	addable     = []Parameter{scaledIn}
	listable    = []Parameter{{Name: "x", Kinds: Any, Stored: timeFamilies}}
	numberParam = []Parameter{{Name: "x", Kinds: Number}}
	boolParam   = []Parameter{{Name: "x", Kinds: Bool}}
	textParams  = []Parameter{{Name: "x", Kinds: Any}, // decimals and times are texts
		{Name: "separator", Kinds: String, Optional: true}}
)

// aggregates is the table of aggregate functions. NULLs never reach them.
var aggregates = []*Aggregate{
	{Name: "ANY_VALUE", Params: anyParam, Result: likeArgument, New: plain(func() Accumulator { return &extreme{} }),
		Doc:     "One of the values, the first that was read.",
		Example: "ANY_VALUE(x)", ExampleResult: "4"},
	{Name: "APPROX_COUNT_DISTINCT", Params: anyParam, Result: fixed(Integers, Integer), New: plain(func() Accumulator { return &distinctSketch{} }),
		Doc:     "The number of different values: exact up to 1,024, then an estimate with an error of 0.8 % in the mean, in at most 20 KiB.",
		Example: "APPROX_COUNT_DISTINCT(x)", ExampleResult: "3"},
	{Name: "ARRAY_AGG", Aliases: []string{"LIST_AGG"}, Params: listable, Result: fixed(Lists, List|Null),
		New: plain(func() Accumulator { return &collection{} }), Doc: "A list of the values.",
		Example: "ARRAY_AGG(x)", ExampleResult: "ARRAY[4, 1, 2, 2]"},
	{Name: "AVG", Params: numberParam, Result: fixed(Floats, floatKind|Null), New: plain(func() Accumulator { return &mean{} }),
		Doc:     "The mean of the numbers, a float.",
		Example: "AVG(x)", ExampleResult: "2.25"},
	{Name: "BOOL_AND", Aliases: []string{"EVERY"}, Params: boolParam, Result: fixed(Booleans, Bool|Null),
		New: plain(func() Accumulator { return &quantifier{} }), Doc: "TRUE if all values are TRUE.",
		Example: "BOOL_AND(x > 1)", ExampleResult: "FALSE"},
	{Name: "BOOL_OR", Params: boolParam, Result: fixed(Booleans, Bool|Null),
		New: plain(func() Accumulator { return &quantifier{or: true} }), Doc: "TRUE if one of the values is TRUE.",
		Example: "BOOL_OR(x > 1)", ExampleResult: "TRUE"},
	{Name: "COUNT", Params: anyParam, Result: fixed(Integers, Integer), New: plain(func() Accumulator { return &count{} }),
		Doc:     "The number of values; COUNT(*) is the number of rows.",
		Example: "COUNT(DISTINCT x)", ExampleResult: "3"},
	{Name: "GROUP_CONCAT", Aliases: []string{"STRING_AGG"}, Params: textParams, Result: fixed(Strings, String|Null),
		New: newConcatenation, Doc: "The values as text, joined by the separator, which is a comma by default.",
		Example: "GROUP_CONCAT(x, '-')", ExampleResult: "'4-1-2-2'"},
	{Name: "MAX", Params: anyParam, Result: likeArgument, New: plain(func() Accumulator { return &extreme{sign: 1} }),
		Doc:     "The last value in the order of ORDER BY.",
		Example: "MAX(x)", ExampleResult: "4"},
	{Name: "MIN", Params: anyParam, Result: likeArgument, New: plain(func() Accumulator { return &extreme{sign: -1} }),
		Doc:     "The first value in the order of ORDER BY.",
		Example: "MIN(x)", ExampleResult: "1"},
	{Name: "STDDEV_POP", Params: numberParam, Result: fixed(Floats, floatKind|Null), New: spreadOf(false, true),
		Doc:     "The standard deviation of the numbers.",
		Example: "ROUND(STDDEV_POP(x), 3)", ExampleResult: "1.09"},
	{Name: "STDDEV_SAMP", Aliases: []string{"STDDEV"}, Params: numberParam, Result: fixed(Floats, floatKind|Null), New: spreadOf(true, true),
		Doc:     "The standard deviation of a sample. NULL for less than two numbers.",
		Example: "ROUND(STDDEV_SAMP(x), 3)", ExampleResult: "1.258"},
	{Name: "SUM", Params: addable, Result: sumType, New: plain(func() Accumulator { return &sum{} }),
		Doc:     "The sum of the numbers, an integer if all are integers. An integer that does not fit in 64 bits is an error.",
		Example: "SUM(x)", ExampleResult: "9"},
	{Name: "TOTAL", Params: numberParam, Result: fixed(Floats, floatKind), New: plain(func() Accumulator { return &mean{total: true} }),
		Doc:     "The sum of the numbers as a float, 0.0 if there are none.",
		Example: "TOTAL(x)", ExampleResult: "9.0"},
	{Name: "VAR_POP", Params: numberParam, Result: fixed(Floats, floatKind|Null), New: spreadOf(false, false),
		Doc:     "The variance of the numbers.",
		Example: "VAR_POP(x)", ExampleResult: "1.1875"},
	{Name: "VAR_SAMP", Aliases: []string{"VARIANCE"}, Params: numberParam, Result: fixed(Floats, floatKind|Null), New: spreadOf(true, false),
		Doc:     "The variance of a sample. NULL for less than two numbers.",
		Example: "ROUND(VAR_SAMP(x), 3)", ExampleResult: "1.583"},
}

var aggregateByName = func() ast.WordMap[*Aggregate] {
	byName := make(ast.WordMap[*Aggregate])
	for _, a := range aggregates {
		byName[a.Name] = a
		for _, alias := range a.Aliases {
			byName[alias] = a
		}
	}
	return byName
}()

// LookupAggregate returns the aggregate function with a name in any case, or nil. It does not
// allocate.
func LookupAggregate(name string) *Aggregate {
	a, _ := aggregateByName.Find(name)
	return a
}

// Aggregates returns the aggregate functions, sorted by name. The caller must not change them.
func Aggregates() []*Aggregate { return aggregates }
