package bind

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/function"
)

// An Env is what expressions are evaluated in.
type Env struct {
	// Row is the frame that the expression's slots are in.
	Row []protocol.Value
	// Outer is the Env of the enclosing block, or nil.
	Outer *Env
	// Run is shared by all blocks of an execution.
	Run *Run
}

// A Run is the state of one execution of a statement.
type Run struct {
	Args    []protocol.Value
	Context function.Context
	// Sets and Patterns are indexed by the IDs of In and Match; they grow and are filled on first
	// use.
	Sets     []*function.Set
	Patterns []*function.Pattern
	// Subqueries runs the subqueries; package exec provides it.
	Subqueries SubqueryRunner
	// Err is the first error of an evaluation, or nil.
	Err error
}

// A SubqueryRunner runs subqueries for expressions. Errors are reported with Run.Fail.
type SubqueryRunner interface {
	Scalar(q *Subquery, outer *Env) protocol.Value
	Exists(q *Subquery, outer *Env) bool
	// Contains returns x IN (query), in three-valued logic.
	Contains(q *Subquery, outer *Env, x protocol.Value) protocol.Value
	// ContainsKey is Contains for the key of a record of a set, by its digest.
	ContainsKey(q *Subquery, outer *Env, set *Relation, digest protocol.Value) protocol.Value
	// KeyIn returns the value of the query that is the user key of a record of a set, by its
	// digest, or NULL if it is none of them.
	KeyIn(q *Subquery, outer *Env, set *Relation, digest protocol.Value) protocol.Value
	// Values returns the values of the only column of the query, NULL included, for reading by
	// them, or false if there are too many of them or if the query failed.
	Values(q *Subquery, outer *Env) (values []protocol.Value, ok bool)
}

// Fail records an error of an evaluation: a value that could not be decoded, a subquery with two
// rows. Only the first one is kept. Operators check Err after each row.
func (r *Run) Fail(err error) {
	if r.Err == nil {
		r.Err = err
	}
}
