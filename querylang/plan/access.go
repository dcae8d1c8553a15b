package plan

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// A Method is how the records of a set are found.
type Method uint8

// The methods, cheapest first.
const (
	Nothing   Method = iota // the condition is never true: nothing is sent
	OneKey                  // one record by its key
	Keys                    // several records by their keys, in batches
	IndexScan               // ranges of secondary indexes
	SetScan                 // all records of the set
)

// An Access is how a Scan reads its set in one run. It is the result of lowering.
type Access struct {
	Method Method
	// Keys are the keys of OneKey and Keys, without duplicates, in the order of the statement.
	Keys []protocol.Key
	// KeyConditions are the conditions that Keys come from, for EXPLAIN.
	KeyConditions []bind.Expr
	// Ranges are the index ranges of an IndexScan, whose records are united without duplicates.
	Ranges []IndexRange
	// Both are further ranges. If there are any, only records that are in one of Ranges and in one
	// of Both are read: the digests of both are found first, without bins, and the records that are
	// in both are read by their keys.
	Both []IndexRange
	// Partitions are the partitions to read, in order and without overlaps; nil means all.
	Partitions []Partitions
	// Sets says which records the client skips: a scan or an index of the namespace finds those of
	// all sets.
	Sets Sets
	// MaxRecords is the number of records after which the servers can stop, or 0. It is set only if
	// the client drops no record.
	MaxRecords int64
	// Options are the values of the options of WITH.
	Options map[string]protocol.Value
	// Filter is the server's filter, nil for none. Exact means that it holds for the same records
	// as Conditions; otherwise the client checks them again.
	Filter   *ServerFilter
	Exact    bool
	Residual []bind.Expr
	// Pushed are the conditions that Filter is made of, for EXPLAIN.
	Pushed []bind.Expr
	// Bins are the bins to read. AllBins reads all of them; with neither only metadata is read.
	Bins    []string
	AllBins bool
	// Operations means that the bins are read by operations, because the result may have records
	// without any of them. A query that names bins leaves such records out.
	Operations bool
	// Reads are the operations that a server runs in place of reading bins: extracts, and metadata
	// that only expressions can read. Nil for none.
	Reads []Read
	// Local are the indexes of the extracts that the client computes.
	Local []int
	// UserKey means that the user key is needed.
	UserKey bool
	// Digest means that the column of the digest is needed.
	Digest bool
	// Rejected are the alternatives that were not taken, for EXPLAIN.
	Rejected []Alternative
	// Estimate is the estimated number of records, or -1.
	Estimate int64
}

// Partitions are the partitions from First to Last, both included.
type Partitions struct{ First, Last int }

// A ServerFilter is a filter expression in its packed form.
type ServerFilter struct {
	Packed []byte
	// Never means that no record passes the filter.
	Never bool
	node  exp.Node
}

// Text returns the expression in readable form, for EXPLAIN.
func (f *ServerFilter) Text() string { return f.node.String() }

// A Read computes a column of the relation, or an extract, on the server. Several reads can be for
// one extract: at most one has a value.
type Read struct {
	// Column is the index of the column or, if Extract is true, of the extract.
	Column  int
	Extract bool
	// Element means that the result is a list with the value as its only element, or empty.
	Element bool
	Op      protocol.Operation
}

// An IndexRange is what is read from one secondary index.
type IndexRange struct {
	Index Index
	// Begin and End are the ends of a range of integers, both included. An equality of a string or
	// blob is in Begin alone; a region or point of a geo index is in Begin.
	Begin, End protocol.Value
	// Condition is where the range comes from, for EXPLAIN.
	Condition bind.Expr
}

// An Alternative is an access that was considered, and why it lost.
type Alternative struct {
	// Ranges are index ranges; nil stands for the scan of the set.
	Ranges []IndexRange
	Why    Rejection
	// Records is the number of records that it reads by estimate.
	Records float64
}

// A Rejection is why an access lost.
type Rejection uint8

// The reasons.
const (
	MoreRecords   Rejection = iota // it reads more records
	ScanCheaper                    // it reads so many of the records that a scan is cheaper
	MayHaveFloats                  // the bin can hold floats, which a numeric index does not have
	OnlyEqual                      // the index finds only equal values
	ManyRanges                     // there are too many ranges
)

// An Index describes a secondary index.
type Index struct {
	Name       string
	Bin        string
	Type       IndexType
	Collection protocol.IndexCollection
	Context    cdt.Context
	// Expression is the packed expression of an expression index, nil for others.
	Expression []byte
	// Entries is the number of entries, PerValue that of entries for each value; 0 if unknown.
	Entries  int64
	PerValue float64
}

// An IndexType is the type of an index's keys.
type IndexType uint8

// The types.
const (
	NumericIndex IndexType = iota
	StringIndex
	BlobIndex
	GeoIndex
)

// An Environment is what lowering needs to know in addition to the plan. Package exec provides it.
type Environment interface {
	// Indexes returns the ready indexes of a set, and the number of the set's records, -1 if that
	// is unknown. The answer may be some seconds old.
	Indexes(namespace, set string) ([]Index, int64)
	// ServerVersion returns the version of the oldest node.
	ServerVersion() function.Version
	// PushDown reports whether a rule may be used; tests switch rules off.
	PushDown(rule Rule) bool
	// IntegersOnly reports whether the numbers of bins that have a numeric index are integers. An
	// index has no floats, so without this promise or a declaration a numeric index is not used.
	IntegersOnly() bool
}

// A Rule is a way of leaving work to the servers that can be switched off.
type Rule uint8

// The rules.
const (
	FilterRule       Rule = iota // filters on the server
	IndexRule                    // secondary indexes
	UnionRule                    // several index ranges
	IntersectionRule             // two indexes by digests
	ProjectionRule               // operations in queries
	KeyRule                      // reading by keys
	LimitRule                    // max records
)

// Sets are the sets whose records an Access returns.
type Sets uint8

// The choices of sets.
const (
	OneSet      Sets = iota // the set of the relation
	OnlyUnnamed             // the records without a set
	AllSets                 // all sets of the namespace but the reserved ones
)

// SetsOf returns the sets of a relation.
func SetsOf(r *bind.Relation) Sets {
	switch {
	case r.Whole:
		return AllSets
	case r.Set == "":
		return OnlyUnnamed
	}
	return OneSet
}

// Skips reports whether the records of a set are skipped.
func (s Sets) Skips(set string) bool {
	return s == OnlyUnnamed && set != "" || s == AllSets && bind.IsReservedSet(set)
}
