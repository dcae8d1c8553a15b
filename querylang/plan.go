package querylang

// A Plan is what a statement does, as data. Package exec runs it and EXPLAIN prints it. It is a
// [*ReadPlan], [*InsertPlan], [*UpdatePlan], [*DeletePlan], [*TruncatePlan], [*ValuesPlan] or
// [*ExplainPlan]. Plans are immutable: one plan can run several times concurrently with different
// arguments.
type Plan interface {
	// Parameters returns the parameters of the statement.
	Parameters() Params
	// Explain returns the plan as lines of text.
	Explain() []string
}

// Access is how a plan reads its records.
type Access uint8

// The access methods, cheapest first.
const (
	AccessNone Access = iota // the condition is never true: nothing is sent
	AccessKey                // one record by its key
	AccessKeys               // several records by their keys, in batches
	AccessScan               // all records of the set
)

// A Source describes the records of a plan.
type Source struct {
	Namespace string
	Set       string
	Access    Access
	// Keys are the keys of AccessKey, which has one, and AccessKeys. The expressions have no
	// columns. A parameter of AccessKeys can be bound to a list of keys. A NULL key matches no
	// record.
	Keys []Expr
	// ByDigest means that Keys are digests of 20 bytes instead of user keys.
	ByDigest bool
	// Filter is the rest of the condition, or nil. The client evaluates it.
	Filter Expr
}

// An OutputColumn is a column of a result.
type OutputColumn struct {
	// Star means the bins of the first records; Name and Expr are empty then.
	Star bool
	Name string
	Expr Expr
}

// A Projection is what a plan reads of each record.
type Projection struct {
	// AllBins makes a scan read all bins, and a read by key too if Bins is empty.
	AllBins bool
	// Bins are the bins to read. If there are none, and AllBins is false, only metadata is read.
	Bins []string
	// UserKey requests the stored user key. It is needed for records that are read by digest, which
	// the server returns without it.
	UserKey bool
}

// ReadPlan is the plan of a SELECT that has a table.
type ReadPlan struct {
	Params Params
	Source Source
	// Projection is what Columns and the filter need.
	Projection Projection
	// Count means that the result is one row with the number of records. Columns has its name.
	Count   bool
	Columns []OutputColumn
	// Limit is the maximum number of rows, or nil.
	Limit Expr
}

// InsertPlan is the plan of INSERT, UPSERT and REPLACE.
type InsertPlan struct {
	Params    Params
	Verb      InsertVerb
	Namespace string
	Set       string
	Bins      []string
	Rows      []InsertRow
}

// An InsertRow is a record to write: its user key and a value for each of the plan's bins.
type InsertRow struct {
	Key    Expr
	Values []Expr
}

// A BinOp is what UPDATE does to a bin.
type BinOp uint8

// The operations.
const (
	BinPut     BinOp = iota // store the value; NULL removes the bin
	BinAdd                  // add the value to the number in the bin; a missing bin is 0
	BinAppend               // append the value to the string or blob; a missing bin is empty
	BinPrepend              // prepend the value to the string or blob; a missing bin is empty
)

// A BinChange is what UPDATE does to one bin.
type BinChange struct {
	Bin   string
	Op    BinOp
	Value Expr
}

// Computed reports whether the value depends on the record.
func (c BinChange) Computed() bool { return readsRecord(c.Value) }

// UpdatePlan is the plan of an UPDATE. The changes of a record are applied together or not at all.
type UpdatePlan struct {
	Params  Params
	Source  Source
	Changes []BinChange
	// Generation is the required generation, which the server checks, or nil.
	Generation Expr
	// Guarded means that each record is read first, for the filter or for computed values, and is
	// written only if its generation has not changed.
	Guarded bool
	// Projection is what a guarded plan reads.
	Projection Projection
}

// DeletePlan is the plan of a DELETE. Its fields are those of [UpdatePlan].
type DeletePlan struct {
	Params     Params
	Source     Source
	Generation Expr
	Guarded    bool
	Projection Projection
}

// TruncatePlan is the plan of a TRUNCATE.
type TruncatePlan struct {
	Namespace string
	Set       string
}

// ValuesPlan is the plan of a SELECT without a table. Its result is one row.
type ValuesPlan struct {
	Params  Params
	Columns []OutputColumn
}

// ExplainPlan is the plan of an EXPLAIN. Its rows are the lines of another plan.
type ExplainPlan struct {
	Plan Plan
}

// Parameters returns the parameters of the statement.
func (p *ReadPlan) Parameters() Params { return p.Params }

// Parameters returns the parameters of the statement.
func (p *InsertPlan) Parameters() Params { return p.Params }

// Parameters returns the parameters of the statement.
func (p *UpdatePlan) Parameters() Params { return p.Params }

// Parameters returns the parameters of the statement.
func (p *DeletePlan) Parameters() Params { return p.Params }

// Parameters returns the zero Params: TRUNCATE has no parameters.
func (p *TruncatePlan) Parameters() Params { return Params{} }

// Parameters returns the parameters of the statement.
func (p *ValuesPlan) Parameters() Params { return p.Params }

// Parameters returns the parameters of the explained statement. No arguments are needed to run the
// plan.
func (p *ExplainPlan) Parameters() Params { return p.Plan.Parameters() }

// Scans reports whether a plan reads a whole set.
func Scans(p Plan) bool {
	switch p := p.(type) {
	case *ReadPlan:
		return p.Source.Access == AccessScan
	case *UpdatePlan:
		return p.Source.Access == AccessScan
	case *DeletePlan:
		return p.Source.Access == AccessScan
	}
	return false
}
