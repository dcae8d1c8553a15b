package querylang

// A Plan is what will be done for a statement, as data: exec runs it and
// EXPLAIN prints it. It is one of [*ReadPlan], [*InsertPlan], [*UpdatePlan],
// [*DeletePlan], [*TruncatePlan], [*ValuesPlan] and [*ExplainPlan]. Plans are never changed once they are
// made, so that several callers can run one at the same time, each with arguments of its own.
type Plan interface {
	// Parameters tells what arguments the plan takes.
	Parameters() Params
	// Explain returns the plan as lines of text for a reader.
	Explain() []string
}

// Access is the way in which a plan reaches its records.
type Access uint8

// The ways, from the cheapest to the dearest.
const (
	AccessNone Access = iota // no record can fit the conditions: nothing is sent
	AccessKey                // one record by its key
	AccessKeys               // some records by their keys, in batches
	AccessScan               // all records of the set
)

// A Source tells which records a plan is about.
type Source struct {
	Namespace string
	Set       string
	Access    Access
	// Keys are the keys of AccessKey (one) and AccessKeys: expressions that read no record. A
	// parameter of AccessKeys may be bound to a list of keys. A key that is NULL fits no record.
	Keys []Expr
	// ByDigest says that Keys are digests, 20 bytes each, and not user keys.
	ByDigest bool
	// Filter is what must be true of a record besides; nil if there is nothing more. It is
	// evaluated on this side.
	Filter Expr
}

// An OutputColumn is a column of a result.
type OutputColumn struct {
	// Star stands for the bins that the first records show; Name and Expr are empty then.
	Star bool
	Name string
	Expr Expr
}

// A Projection is what a plan reads of each record.
type Projection struct {
	// AllBins asks a scan for every bin. Otherwise, and by key, Bins are read, which may be none: the
	// record's metadata are read all the same. With AllBins alone a read by key reads every bin too.
	AllBins bool
	Bins    []string
	// UserKey asks for the user key that is stored with the record. Records that are read by their
	// digest come without it else.
	UserKey bool
}

// ReadPlan is the plan of a SELECT that has a table.
type ReadPlan struct {
	Params Params
	Source Source
	// Projection is what is read, for Columns and for the filter.
	Projection Projection
	// Count says that the result is one row with the number of records. Columns has its name.
	Count   bool
	Columns []OutputColumn
	// Limit is the largest number of rows, nil for no limit.
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

// An InsertRow is one record to be written: its user key, and a value for each of the plan's bins.
type InsertRow struct {
	Key    Expr
	Values []Expr
}

// A BinOp is what UPDATE does to a bin.
type BinOp uint8

// The operations.
const (
	BinPut     BinOp = iota // store the value; NULL removes the bin
	BinAdd                  // add the value to the number in the bin; a missing bin counts as 0
	BinAppend               // append the value to the string or blob; a missing bin counts as empty
	BinPrepend              // the same at the front
)

// A BinChange is what UPDATE does to one bin.
type BinChange struct {
	Bin   string
	Op    BinOp
	Value Expr
}

// Computed reports whether the value depends on what is in the record.
func (c BinChange) Computed() bool { return readsRecord(c.Value) }

// UpdatePlan is the plan of an UPDATE: the changes of one record are applied
// together or not at all.
type UpdatePlan struct {
	Params  Params
	Source  Source
	Changes []BinChange
	// Generation is what the record's generation must be, checked by the server; nil if there is no such condition.
	Generation Expr
	// Guarded says that the record is read first, for the filter or for values that are
	// computed from it, and is written only if its generation is still what was read.
	Guarded bool
	// Projection is what a guarded plan reads.
	Projection Projection
}

// DeletePlan is the plan of a DELETE. Its fields mean what they do in [UpdatePlan].
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

// ValuesPlan is the plan of a SELECT without a table: one row.
type ValuesPlan struct {
	Params  Params
	Columns []OutputColumn
}

// ExplainPlan is the plan of an EXPLAIN: rows with the text of another plan.
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

// Parameters returns no parameters: a TRUNCATE has none.
func (p *TruncatePlan) Parameters() Params { return Params{} }

// Parameters returns the parameters of the statement.
func (p *ValuesPlan) Parameters() Params { return p.Params }

// Parameters returns the parameters of the statement that is explained. They need no arguments.
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
