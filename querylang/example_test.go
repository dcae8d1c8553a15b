package querylang_test

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

func ExamplePrepare() {
	plan, err := querylang.Prepare("SELECT name FROM users WHERE PK = ? AND age > 30", querylang.Options{Namespace: "test"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Join(plan.Explain(), "\n"))
	// Output:
	// get from test.users
	//   key: PK = ?
	//   bins: age, name
	//   client: filter age > 30
}

func ExampleError() {
	_, err := querylang.Prepare("SELECT name FROM users ORDER BY name", querylang.Options{Namespace: "test"})
	fmt.Println(err)
	fmt.Println(errors.Is(err, querylang.ErrUnsupported))
	// Output:
	// not supported at line 1, column 33: ORDER BY is not supported yet, except if PK = selects one record
	//   SELECT name FROM users ORDER BY name
	//                                   ^
	// true
}

func ExampleParams_Bind() {
	plan, _ := querylang.Prepare("SELECT name FROM users WHERE PK = :id", querylang.Options{Namespace: "test"})
	_, err := plan.Parameters().Bind([]querylang.Arg{{Name: "key", Value: protocol.Int(1)}})
	fmt.Println(err)
	// Output:
	// wrong arguments: the statement has no parameter "key", only "id"
}
