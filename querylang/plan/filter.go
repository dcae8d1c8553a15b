package plan

import (
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// LowerFilter translates conditions on one set, all of which must be true, to a filter expression
// of the servers. The version is that of the oldest server, and the arguments are those of the run.
//
// The filter holds for every record for which all conditions are true. It is exact if it holds for
// no others. Otherwise residual has the conditions that must be evaluated on the records that it
// lets pass. The filter is nil if no condition could be translated.
func LowerFilter(conditions []bind.Expr, relation *bind.Relation, run *bind.Run, version function.Version) (filter *ServerFilter, exact bool, residual []bind.Expr) {
	return nil, len(conditions) == 0, conditions
}
