package devserver

import (
	"time"

	"github.com/aerosql/aerosql/cluster/devserver/internal/secondary"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A query is a request for many records: a message without a digest. Without an index it scans
// partitions (docs/wire-core.md#7).
type query struct {
	queryFacts
	ns      *namespace
	set     *set                    // nil if no set was named, or if the set does not exist
	index   *secondaryIndex         // nil for a scan
	span    *secondary.Range        // the index range
	resume  map[uint16]*resumePoint // for partitions that are not read from the start
	wanted  [protocol.PartitionCount]bool
	short   bool
	noBins  bool
	filter  *filter      // nil if there is none
	ops     []wire.RawOp // the projection; empty for all bins
	maximum uint64       // number of records, 0 for no limit
}

// A resumePoint is the last record of a partition that the client has received.
type resumePoint struct {
	digest protocol.Digest
	value  int64 // value by which the record was found, if the query uses an index
}

// queryFacts are the facts about a query that are reported even after it has ended.
type queryFacts struct {
	kind      queryKind
	trid      uint64
	namespace string
	setName   string
	indexName string
	usesIndex bool
	pids      int           // number of requested partitions, 0 for all that the node is master of
	digests   int           // number of those that resume after a record
	rate      uint32        // records per second, 0 for no limit
	sendTime  time.Duration // limit for the client to read a message, 0 for no limit
	module    string        // module and function of a UDF query
	function  string
}

// handleQuery dispatches a query by its kind (docs/wire-core.md#7.1).
func (c *conn) handleQuery(ns *namespace, m *wire.Message) error {
	kind, ok := kindOf(m)
	if !ok {
		c.refuse(protocol.ParameterError)
		return nil
	}
	set, _ := m.Field(wire.FieldSet)
	if code := c.identity.allows(kind.needs(), ns.name, string(set)); code != protocol.OK {
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

// parseQuery parses a query that returns records. The order of the checks is that of the real
// server.
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
	q.filter, code = q.ns.server.parseFilter(packed)
	return q, code
}

func newQuery(ns *namespace, m *wire.Message, kind queryKind) *query {
	ns.endTransactions()
	q := &query{queryFacts: queryFacts{kind: kind, namespace: ns.name, sendTime: sendTimeout}, ns: ns}
	q.readTaskID(m)
	return q
}

// useIndex selects the index if the query has an index range.
func (q *query) useIndex(choice indexChoice) protocol.ResultCode {
	if q.span == nil {
		return protocol.OK
	}
	q.usesIndex = true
	return q.choose(choice)
}
