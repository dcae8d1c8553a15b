package devserver

import (
	"encoding/binary"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A query is a request for many records: one without a digest. Without an
// index it is a scan of partitions (wire-core.md 7).
type query struct {
	queryFacts
	ns      *namespace
	set     *set // nil if no set was named, or one that never was
	resume  [protocol.PartitionCount]*protocol.Digest
	wanted  [protocol.PartitionCount]bool
	short   bool
	noBins  bool
	filter  *filter          // nil for none
	ops     []protocol.RawOp // the projection, none for all bins
	maximum uint64           // records, 0 for all
}

// queryFacts are what is told about a query also when it has ended.
type queryFacts struct {
	trid      uint64
	namespace string
	setName   string
	pids      int           // partitions that are wanted
	digests   int           // of these, the ones that are resumed behind a record
	rate      uint32        // records a second, 0 for no limit
	sendTime  time.Duration // that the client may take to read, 0 for ever
}

// handleQuery tells the kinds of queries apart (wire-core.md 7.1). Of these only scans are
// known: aggregations and background jobs are a parameter error.
func (c *conn) handleQuery(ns *namespace, m *protocol.Message) error {
	_, isUDF := m.Field(protocol.FieldUDFPackage)
	if isUDF || m.Info2&protocol.Info2Write != 0 {
		c.refuse(protocol.ParameterError)
		return nil
	}
	q, code := parseQuery(ns, m)
	if code != protocol.OK {
		c.refuse(code)
		return nil
	}
	return c.scan(q)
}

// parseQuery reads a scan's fields. The checks are in the order of the real server's.
func parseQuery(ns *namespace, m *protocol.Message) (*query, protocol.ResultCode) {
	if m.Info3&protocol.Info3PartitionDone == 0 {
		return nil, protocol.UnsupportedFeature
	}
	q := &query{
		queryFacts: queryFacts{namespace: ns.name, sendTime: sendTimeout}, ns: ns, short: m.Info1&protocol.Info1ShortQuery != 0, noBins: m.Info1&protocol.Info1NoBins != 0,
	}
	name, _ := m.Field(protocol.FieldSet)
	if len(name) > protocol.MaxSetLen {
		return nil, protocol.ParameterError
	}
	q.setName, q.set = string(name), ns.findSet(name)
	span, hasRange := m.Field(protocol.FieldIndexRange)
	if !q.readPartitions(m, hasRange) || !q.readLimits(m) {
		return nil, protocol.ParameterError
	}
	if hasRange {
		if _, ok := parseRange(m, span); !ok {
			return nil, protocol.ParameterError
		}
	}
	if q.pids == 0 {
		return nil, protocol.UnsupportedFeature
	}
	if hasRange {
		return nil, protocol.IndexNotFound
	}
	if !q.noBins && !q.readProjection(m) {
		return nil, protocol.ParameterError
	}
	packed, _ := m.Field(protocol.FieldFilterExp)
	var code protocol.ResultCode
	q.filter, code = parseFilter(packed)
	return q, code
}

// readPartitions reads which partitions are wanted from their start and which
// from behind a record; none may be named twice.
func (q *query) readPartitions(m *protocol.Message, hasRange bool) bool {
	if data, ok := m.Field(protocol.FieldPartitions); ok {
		pids, err := protocol.ParsePartitions(data[:len(data)&^1])
		if err != nil || len(pids) == 0 {
			return false
		}
		for _, pid := range pids {
			if q.wanted[pid] {
				return false
			}
			q.wanted[pid] = true
		}
		q.pids = len(pids)
	}
	values, hasValues := m.Field(protocol.FieldBValues)
	data, ok := m.Field(protocol.FieldDigests)
	if !ok {
		return !hasValues || q.pids == 0
	}
	digests, err := protocol.ParseDigests(data[:len(data)-len(data)%len(protocol.Digest{})])
	if err != nil || len(digests) == 0 || hasRange && len(values)/8 != len(digests) {
		return false
	}
	for i := range digests {
		pid := digests[i].Partition()
		if q.wanted[pid] {
			return false
		}
		q.wanted[pid], q.resume[pid] = true, &digests[i]
	}
	q.pids += len(digests)
	q.digests = len(digests)
	return true
}

// readLimits reads the numbers that a query may carry.
func (q *query) readLimits(m *protocol.Message) bool {
	for _, f := range m.Fields {
		switch f.Type {
		case protocol.FieldTaskID:
			if len(f.Data) != 8 {
				continue
			}
			q.trid = binary.BigEndian.Uint64(f.Data)
		case protocol.FieldRecordsPerSec:
			if len(f.Data) != 4 || q.short {
				return false
			}
			q.rate = binary.BigEndian.Uint32(f.Data)
		case protocol.FieldSocketTimeout:
			if len(f.Data) != 4 {
				return false
			}
			q.sendTime = time.Duration(binary.BigEndian.Uint32(f.Data)) * time.Millisecond
		case protocol.FieldMaxRecords:
			if len(f.Data) != 8 {
				return false
			}
			q.maximum = binary.BigEndian.Uint64(f.Data)
		}
	}
	return true
}

// readProjection reads which bins are wanted: as operations that read or, from
// older clients, as a list of names.
func (q *query) readProjection(m *protocol.Message) bool {
	list, hasList := m.Field(protocol.FieldQueryBins)
	if !hasList {
		for i := range m.Ops {
			if !validBinName(m.Ops[i].Name) || m.Ops[i].Code != protocol.OpRead {
				return false
			}
		}
		q.ops = m.Ops
		return true
	}
	if len(m.Ops) > 0 || len(list) == 0 {
		return false
	}
	count, list := int(list[0]), list[1:]
	for range count {
		if len(list) == 0 || int(list[0]) > len(list)-1 {
			return false
		}
		name := list[1 : 1+int(list[0])]
		if list = list[1+len(name):]; validBinName(name) {
			q.ops = append(q.ops, protocol.RawOp{Code: protocol.OpRead, Name: name})
		}
	}
	return true
}
