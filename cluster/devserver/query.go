package devserver

import (
	"time"

	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A query is a request for many records: one without a digest. Without an index it is a scan of
// partitions (docs/wire-core.md#7).
type query struct {
	queryFacts
	ns      *namespace
	set     *set                    // nil if no set was named, or one that never was
	index   *secondaryIndex         // nil for a scan
	span    *secondary.Range        // what is asked of the index
	resume  map[uint16]*resumePoint // of partitions that are not read from their start
	wanted  [protocol.PartitionCount]bool
	short   bool
	noBins  bool
	filter  *filter      // nil for none
	ops     []wire.RawOp // the projection, none for all bins
	maximum uint64       // records, 0 for all
}

// A resumePoint is the last record of a partition that the client has.
type resumePoint struct {
	digest protocol.Digest
	value  int64 // by which it was found, if the query uses an index
}

// queryFacts are what is told about a query also when it has ended.
type queryFacts struct {
	kind      queryKind
	trid      uint64
	namespace string
	setName   string
	indexName string
	usesIndex bool
	pids      int           // partitions that are wanted, 0 for all of which the node is master
	digests   int           // of these, the ones that are resumed behind a record
	rate      uint32        // records a second, 0 for no limit
	sendTime  time.Duration // that the client may take to read, 0 for ever
	module    string        // of a function, with its name
	function  string
}

// handleQuery tells the kinds of queries apart (docs/wire-core.md#7.1).
func (c *conn) handleQuery(ns *namespace, m *wire.Message) error {
	kind, ok := kindOf(m)
	if !ok {
		c.refuse(protocol.ParameterError)
		return nil
	}
	set, _ := m.Field(wire.FieldSet)
	if code := c.who.allows(kind.needs(), ns.name, string(set)); code != protocol.OK {
		c.refuse(code)
		return nil
	}
	switch {
	case kind == basicQuery:
		return c.scan(ns, m)
	case kind == aggregation:
		return c.aggregate(ns, m)
	}
	c.background(ns, m, kind)
	return nil
}

// parseQuery reads the fields of a query that answers with records. The checks are in the
// order of the real server's.
func parseQuery(ns *namespace, m *wire.Message) (*query, protocol.ResultCode) {
	if m.Info3&wire.Info3PartitionDone == 0 {
		return nil, protocol.UnsupportedFeature
	}
	q := newQuery(ns, m, basicQuery)
	q.short, q.noBins = m.Info1&wire.Info1ShortQuery != 0, m.Info1&wire.Info1NoBins != 0
	_, hasRange := m.Field(wire.FieldIndexRange)
	if !q.readSet(m) || !q.readPartitions(m, hasRange) {
		return nil, protocol.ParameterError
	}
	choice, ok := q.readIndex(m)
	if !ok || !q.readRate(m) {
		return nil, protocol.ParameterError
	}
	if q.pids == 0 {
		return nil, protocol.UnsupportedFeature
	}
	if code := q.useIndex(choice); code != protocol.OK {
		return nil, code
	}
	if !q.readLimits(m) || !q.noBins && !q.readProjection(m) {
		return nil, protocol.ParameterError
	}
	packed, _ := m.Field(wire.FieldFilterExp)
	var code protocol.ResultCode
	q.filter, code = parseFilter(packed)
	return q, code
}

func newQuery(ns *namespace, m *wire.Message, kind queryKind) *query {
	ns.endTransactions()
	q := &query{queryFacts: queryFacts{kind: kind, namespace: ns.name, sendTime: sendTimeout}, ns: ns}
	q.readTaskID(m)
	return q
}

// useIndex finds the index of a query that has a range.
func (q *query) useIndex(choice indexChoice) protocol.ResultCode {
	if q.span == nil {
		return protocol.OK
	}
	q.usesIndex = true
	return q.choose(choice)
}
