package plan

import (
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// LowerFilter returns a server filter for the conditions on one set. All of them must be true. The
// version is that of the oldest server, and the arguments are those of the run.
//
// A filter passes every record that meets all conditions. It is exact if it passes no others. If it
// is not, the client evaluates the conditions in residual on the records that it passes.
//
// It does not translate conditions yet: the filter is always nil, and residual is all of them.
func LowerFilter(conditions []bind.Expr, relation *bind.Relation, run *bind.Run, version function.Version) (filter *ServerFilter, exact bool, residual []bind.Expr) {
	return nil, len(conditions) == 0, conditions
}
