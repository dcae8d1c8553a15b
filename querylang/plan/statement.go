package plan

import (
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// A Statement is the plan of a statement: a [*Block] for a query, [*Insert], [*Update], [*Delete],
// [*Truncate], a [*Definition], a [*Command] or an [*Explain]. Like nodes, statements are
// immutable.
type Statement interface{ statement() }

// A Definition creates or drops a table, view or index. It is checked against the catalog when it
// runs.
type Definition struct {
	Statement ast.Statement
	// Namespace is the namespace of names without one.
	Namespace string
	// Text is the text of the statement, which errors quote. It is "" if it was not parsed.
	Text string
	// AQL means that the statement is of the AQL dialect, in which "..." may be a string.
	AQL bool
}

// A Command changes or shows the state of the session or administers the cluster: BEGIN, COMMIT,
// SET, SHOW, DECLARE, FETCH, CREATE USER, GRANT, CALL.
type Command struct {
	Statement ast.Statement
	// Query is the plan of the query of a DECLARE, or of the records of CALL, EXECUTE and
	// AGGREGATE; otherwise nil.
	Query *Block
	// Value is the value of a SET, the number of rows of a FETCH, the token of a DECLARE, the
	// pattern of a SHOW, or the only value of another statement, such as a password; nil without.
	Value bind.Expr
	// Values are the arguments of CALL, EXECUTE and AGGREGATE, or the options of a role.
	Values []bind.Expr
	// QueryText is the text of a DECLARE's query, in which all parameters are the same, and
	// QueryArgs are the indexes of their arguments. Together they identify the query.
	QueryText string
	QueryArgs []int
	// Namespace is the namespace of names without one.
	Namespace string
	// Text is the text of the statement, which errors quote. It is "" if it was not parsed.
	Text string
	// AQL means that the statement is of the AQL dialect.
	AQL bool
}

// An Explain returns the plan of another statement as rows of text.
type Explain struct {
	Statement Statement
	// Analyze means that the statement runs, and that the plan has the counters of the run.
	Analyze bool
	JSON    bool
}

func (*Block) statement()      {}
func (*Definition) statement() {}
func (*Command) statement()    {}
func (*Explain) statement()    {}
