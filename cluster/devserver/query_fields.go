package devserver

import (
	"encoding/binary"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func (q *query) readTaskID(m *wire.Message) {
	if data, ok := m.Field(wire.FieldTaskID); ok && len(data) == 8 {
		q.trid = binary.BigEndian.Uint64(data)
	}
}

func (q *query) readSet(m *wire.Message) bool {
	name, _ := m.Field(wire.FieldSet)
	q.setName, q.set = string(name), q.ns.findSet(name)
	return len(name) <= protocol.MaxSetLen
}

// readIndex reads the index and range of the query, if it has one.
func (q *query) readIndex(m *wire.Message) (choice indexChoice, ok bool) {
	_, hasExp := m.Field(wire.FieldIndexExp)
	name, has := m.Field(wire.FieldIndexName)
	if (has || hasExp) && q.ns.server.lacks("expression indexes") {
		return choice, false
	}
	if has {
		if hasExp || len(name) == 0 || len(name) > maxIndexName {
			return choice, false
		}
		q.indexName = string(name)
	}
	data, has := m.Field(wire.FieldIndexRange)
	if !has {
		return choice, true
	}
	choice, q.span, ok = parseRange(m, data)
	return choice, ok
}

// readPartitions reads which partitions to read from the start, and which to resume after a record.
// A partition must not be named twice.
func (q *query) readPartitions(m *wire.Message, hasRange bool) bool {
	if data, ok := m.Field(wire.FieldPartitions); ok {
		pids, err := wire.ParsePartitions(data[:len(data)&^1])
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
	values, hasValues := m.Field(wire.FieldBValues)
	data, ok := m.Field(wire.FieldDigests)
	if !ok {
		return !hasValues || q.pids == 0
	}
	digests, err := wire.ParseDigests(data[:len(data)-len(data)%len(protocol.Digest{})])
	if err != nil || len(digests) == 0 || hasRange && len(values)/8 != len(digests) {
		return false
	}
	q.resume = make(map[uint16]*resumePoint, len(digests))
	for i, digest := range digests {
		pid := digest.Partition()
		if q.wanted[pid] {
			return false
		}
		point := &resumePoint{digest: digest}
		if hasRange {
			point.value = int64(binary.LittleEndian.Uint64(values[8*i:]))
		}
		q.wanted[pid], q.resume[pid] = true, point
	}
	q.pids += len(digests)
	q.digests = len(digests)
	return true
}

// readRate reads the limit of records per second.
func (q *query) readRate(m *wire.Message) bool {
	data, ok := m.Field(wire.FieldRecordsPerSec)
	if !ok {
		return true
	}
	if q.short || len(data) != 4 {
		return false
	}
	q.rate = binary.BigEndian.Uint32(data)
	return true
}

// readLimits reads the socket timeout and the maximum number of records.
func (q *query) readLimits(m *wire.Message) bool {
	if data, ok := m.Field(wire.FieldSocketTimeout); ok {
		if len(data) != 4 {
			return false
		}
		q.sendTime = time.Duration(binary.BigEndian.Uint32(data)) * time.Millisecond
	}
	if data, ok := m.Field(wire.FieldMaxRecords); ok {
		if len(data) != 8 {
			return false
		}
		q.maximum = binary.BigEndian.Uint64(data)
	}
	return true
}

// readProjection reads the projection: read operations or, from older clients, a list of bin names.
func (q *query) readProjection(m *wire.Message) bool {
	list, hasList := m.Field(wire.FieldQueryBins)
	if !hasList {
		for i := range m.Ops {
			if !validBinName(m.Ops[i].Name) || !isRead(m.Ops[i].Code) ||
				m.Ops[i].Code != protocol.OpRead && q.ns.server.lacks("query operations") {
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
			q.ops = append(q.ops, wire.RawOp{Code: protocol.OpRead, Name: name})
		}
	}
	return true
}
