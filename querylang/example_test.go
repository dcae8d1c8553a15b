package querylang_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// noTables is a catalog in which no table is declared.
type noTables struct{}

func (noTables) Table(context.Context, string, string) (*bind.Table, error) { return nil, nil }

func (noTables) Sample(context.Context, string, string) ([]string, uint64, error) {
	return []string{"age", "name"}, 1, nil
}

func (noTables) Version() uint64 { return 1 }

// A prepared statement has a plan, which EXPLAIN prints and package exec runs.
func ExamplePrepare() {
	ctx := context.Background()
	p, err := querylang.Prepare(ctx, "SELECT name FROM users WHERE PK = ? AND age > 17", noTables{}, querylang.Options{Namespace: "test"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Params().Count, p.Writes())
	fmt.Println(strings.Join(plan.ExplainStatementText(p.Plan, nil), "\n"))

	_, err = querylang.Prepare(ctx, "SELECT UPER(name) FROM users", noTables{}, querylang.Options{Namespace: "test"})
	fmt.Println(errors.Is(err, querylang.ErrUnknownName))
	fmt.Println(err)
	// Output:
	// 1 false
	// client: compute users.name
	//   get from test.users
	//     key: PK = ?
	//     bins: age, name
	//     client: filter: users.age > 17
	// true
	// unknown name at line 1, column 8: there is no function UPER; did you mean UPPER?
	//   SELECT UPER(name) FROM users
	//          ^
}
