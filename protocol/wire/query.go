package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// A QueryKind is the kind of a query: QueryRecords, QueryAggregate or QueryBackground.
type QueryKind uint8

// The kinds of queries.
const (
	QueryRecords    QueryKind = iota // the server returns the records
	QueryAggregate                   // the server passes the records to a stream function and returns its results
	QueryBackground                  // the server applies operations or a function to the records, and responds when it starts
)

// A Query is a request for the records of a set or namespace: those in a range of a secondary
// index, or all. Needs server 6.0.
type Query struct {
	Scan
	Kind QueryKind
	// Where is the range of a secondary index; nil reads the primary index.
	Where *IndexRange
	// BValues has the index value for each digest of Resume. It is only used with Where.
	BValues []int64
	// Ops are the operations: reads for QueryRecords, in place of Bins, which need server 8.1.2;
	// writes for QueryBackground.
	Ops []protocol.Operation
	// UDF is the function for QueryAggregate, or for QueryBackground without Ops.
	UDF *UDFCall
	// Info2 and Info3 can have flags for the writes of a background query, and Info2RelaxAPQuery.
	Info2 Info2
	Info3 Info3
	// RecordTTL is the time to live of records that a background query writes, in seconds.
	RecordTTL uint32
	// TimeBudget is the time that the server may take for a short query, in milliseconds; 0 means
	// the default of the server. Other queries do not use it.
	TimeBudget uint32
}

// AppendMessage appends the request with its proto header. If it returns an error dst is returned
// unchanged.
func (q *Query) AppendMessage(dst []byte) ([]byte, error) {
	start := len(dst)
	if err := q.check(); err != nil {
		return dst, err
	}
	h := q.header()
	buf := q.appendFields(h.AppendTo(beginProto(dst)), &h)
	buf, err := q.appendIndex(buf, &h)
	if err == nil && q.UDF != nil {
		buf, err = q.appendFunction(buf, &h)
	}
	if err == nil {
		buf, err = q.appendOps(buf)
	}
	if err != nil {
		return buf[:start], err
	}
	h.AppendTo(buf[start+ProtoHeaderSize : start+ProtoHeaderSize])
	return finishProto(buf, start, ProtoMessage)
}

// check returns an error if no server would accept the query.
func (q *Query) check() error {
	asked := len(q.Partitions) + len(q.Resume)
	switch {
	case q.Kind == QueryRecords && (asked == 0 || asked > protocol.PartitionCount):
		return fmt.Errorf("%w: a query of %d partitions", protocol.ErrInvalidCommand, asked)
	case q.Kind != QueryRecords && asked > 0:
		return fmt.Errorf("%w: only a query of records can have partitions", protocol.ErrInvalidCommand)
	case q.Kind == QueryAggregate && q.UDF == nil, q.Kind == QueryBackground && (q.UDF == nil) == (len(q.Ops) == 0):
		return fmt.Errorf("%w: an aggregation needs a function, a background query a function or operations", protocol.ErrInvalidCommand)
	case len(q.Bins) > 0 && len(q.Ops) > 0:
		return fmt.Errorf("%w: a query with bins and operations", protocol.ErrInvalidCommand)
	case len(q.Bins)+len(q.Ops) > protocol.MaxOps:
		return fmt.Errorf("%w: %d operations, at most %d are possible", protocol.ErrInvalidCommand, len(q.Bins)+len(q.Ops), protocol.MaxOps)
	case q.Where != nil && len(q.BValues) != len(q.Resume):
		return fmt.Errorf("%w: %d index values for %d digests", protocol.ErrInvalidCommand, len(q.BValues), len(q.Resume))
	}
	for i := range q.Ops {
		if q.Ops[i].Code.IsWrite() != (q.Kind == QueryBackground) {
			return fmt.Errorf("%w: operations of a background query must write, those of other queries must read", protocol.ErrInvalidCommand)
		}
	}
	if q.UDF != nil {
		if err := q.UDF.check(); err != nil {
			return err
		}
	}
	return protocol.CheckNames(q.Namespace, q.Set)
}

func (q *Query) header() Header {
	h := Header{
		Info1: q.Info1, Info2: q.Info2, Info3: q.Info3,
		RecordTTL: q.RecordTTL, TransactionTTL: q.TimeBudget, OpCount: uint16(len(q.Bins) + len(q.Ops)),
	}
	switch q.Kind {
	case QueryRecords:
		h.Info1 |= Info1Read
		h.Info3 |= Info3PartitionDone
		if len(q.Ops) > 0 {
			h.Info2 |= Info2RespondAllOps
		}
	case QueryAggregate:
		h.Info1 |= Info1Read
	case QueryBackground:
		h.Info2 |= Info2Write
	}
	if q.NoBins {
		h.Info1 |= Info1NoBins
	}
	return h
}

// appendIndex appends the fields of the secondary index and counts them in the header.
func (q *Query) appendIndex(buf []byte, h *Header) ([]byte, error) {
	if q.Where == nil {
		return buf, nil
	}
	if len(q.BValues) > 0 {
		h.FieldCount++
		buf = appendFieldHeader(buf, FieldBValues, bvalueSize*len(q.BValues))
		for _, v := range q.BValues {
			buf = binary.LittleEndian.AppendUint64(buf, uint64(v))
		}
	}
	return q.Where.appendTo(buf, h)
}

// appendFunction appends the function call and its use.
func (q *Query) appendFunction(buf []byte, h *Header) ([]byte, error) {
	use := UDFAggregate
	if q.Kind == QueryBackground {
		use = UDFBackground
	}
	h.FieldCount += 1 + udfFields
	return q.UDF.appendTo(AppendField(buf, FieldUDFOp, []byte{byte(use)}))
}

func (q *Query) appendOps(buf []byte) (_ []byte, err error) {
	for _, name := range q.Bins {
		o := protocol.GetBin(name)
		if buf, err = appendOperation(buf, &o); err != nil {
			return buf, err
		}
	}
	for i := range q.Ops {
		if buf, err = appendOperation(buf, &q.Ops[i]); err != nil {
			return buf, err
		}
	}
	return buf, nil
}

// bvalueSize is the size of an index value, by which a secondary index orders its records.
const bvalueSize = 8

// ParseBValues parses the data of a FieldBValues. Errors wrap [protocol.ErrMalformed].
func ParseBValues(data []byte) ([]int64, error) {
	if len(data)%bvalueSize != 0 || len(data) > bvalueSize*protocol.PartitionCount {
		return nil, fmt.Errorf("%w: a list of index values of %d bytes", protocol.ErrMalformed, len(data))
	}
	values := make([]int64, len(data)/bvalueSize)
	for i := range values {
		values[i] = int64(binary.LittleEndian.Uint64(data[bvalueSize*i:]))
	}
	return values, nil
}
