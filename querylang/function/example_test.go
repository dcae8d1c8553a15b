package function_test

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

func ExampleLookup() {
	f := function.Lookup("substr")
	fmt.Println(f.Name, len(f.Params))
	fmt.Println(f.Eval(new(function.Context), []protocol.Value{protocol.String("Aerospike"), protocol.Int(-5), protocol.Int(2)}))
	// Output:
	// SUBSTR 3
	// sp
}

// Integers and floats compare exactly. Values of other kinds don't compare, and neither does NULL.
func ExampleCompare() {
	large := protocol.Int(1<<53 + 1)
	fmt.Println(function.Compare(ast.OpEqual, large, protocol.Float(1<<53)) == function.False)
	fmt.Println(function.Compare(ast.OpLess, protocol.Int(1), protocol.String("2")) == function.Unknown)
	fmt.Println(function.Compare(ast.OpEqual, protocol.Nil(), protocol.Nil()) == function.Unknown)
	// Output:
	// true
	// true
	// true
}
