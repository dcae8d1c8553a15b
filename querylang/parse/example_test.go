package parse_test

import (
	"fmt"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

func ExampleOne() {
	one, err := parse.One("select a, b + 1 from users where PK in (?, ?)", parse.Standard)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(one.Statement, one.Params.Count)
	_, err = parse.One("SELECT a FROM users FOR UPDATE", parse.Standard)
	fmt.Println(err)
	// Output:
	// SELECT a, b + 1 FROM users WHERE PK IN (?, ?) 2
	// not supported at line 1, column 21: FOR UPDATE or SHARE is not supported
	//   SELECT a FROM users FOR UPDATE
	//                       ^
}

func ExampleNormalize() {
	first, literals, _ := parse.Normalize("SELECT a FROM t WHERE b = 5 AND c = 'x' LIMIT 10", parse.Standard)
	second, others, _ := parse.Normalize("SELECT a FROM t WHERE b = 7 AND c = 'y' LIMIT 10", parse.Standard)
	fmt.Println(first == second, literals, others)
	one, _ := parse.Shared("SELECT a FROM t WHERE b = 5 AND c = 'x' LIMIT 10", parse.Standard)
	fmt.Println(one.Statement)
	// Output:
	// true [5 x] [7 y]
	// SELECT a FROM t WHERE b = ? AND c = ? LIMIT 10
}

// All columns of a statement, those in subqueries too.
func Example_inspect() {
	one, err := parse.One("SELECT a FROM t WHERE b = (SELECT MAX(c) FROM u)", parse.Standard)
	if err != nil {
		fmt.Println(err)
		return
	}
	ast.Inspect(one.Statement, func(n ast.Node) bool {
		if c, ok := n.(*ast.Column); ok {
			fmt.Println(c)
		}
		return true
	})
	// Output:
	// a
	// b
	// c
}
