package plan

import "github.com/aerosql/aerosql/querylang/bind"

// Query plans a bound query. Queries in its expressions are planned too; see Block.Subqueries.
func Query(q *bind.Query) (*Block, error) { return nil, nil }
