package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
)

// A Response is one message of a response: of a single command, a batch row or a record of a query.
type Response struct {
	Header
	// Bins share the memory of the body. A value that can't be decoded has KindInvalid.
	Bins protocol.Bins
	// Encoded has the bins instead if [Response.ParseEncoded] has parsed the response. It shares
	// the memory of the body.
	Encoded Encoded
	// record is in the same memory as Bins, for the first call of Record; nil if there is none.
	record *protocol.Record
	// Namespace, Set, Digest and UserKey are set in the records of a query. The names share the
	// memory of the body.
	Namespace, Set string
	Digest         protocol.Digest
	UserKey        protocol.Value // has KindInvalid if it can't be decoded
	// BValue is the value by which a secondary index orders the record. To resume a query, send it
	// with the digest.
	BValue int64
	// Version is the version of the record, in the response to a command of a transaction; only if
	// HasVersion.
	Version    RecordVersion
	HasVersion bool
	// TransactionEnd is the deadline of the transaction, in seconds since 2010, in the response to
	// a command that adds a record to the transaction's monitor record; 0 in others.
	TransactionEnd uint32
	// Detail is a text about the error, "" if the server did not send one.
	Detail string
	// Err is the reason why the user key or a bin can't be decoded, nil if all can. It does not
	// affect the messages that follow. It wraps [protocol.ErrMalformed] or [protocol.ErrTooDeep].
	Err error
	// byDigest is set if the user key can't be encoded exactly as it is in the message.
	byDigest bool
}

// ParseResponse parses the message at the start of body and returns the bytes after it. Bins,
// strings and blobs share the memory of body. Errors wrap [protocol.ErrMalformed] and mean that the
// end of the message is not known, so the rest of body can't be parsed. If only a value can't be
// decoded ParseResponse returns no error and sets Response.Err.
func ParseResponse(body []byte) (resp Response, rest []byte, err error) {
	rest, err = resp.parse(body, nil, 0, false)
	return resp, rest, err
}

// A BinSpace gives the bins and lists of many records memory in few allocations. The zero value is
// ready.
type BinSpace struct {
	free   protocol.Bins
	values protocol.ValueSpace // of lists; it is not used again
	// whole is the memory that Reuse frees. It is only set after the first call of Reuse.
	whole  protocol.Bins
	reused bool
}

const (
	// maxBinSpace is the number of bins that are allocated together. A record that is kept keeps
	// them all.
	maxBinSpace = 256
	// maxReused is the same for bins whose memory is used again.
	maxReused = 4096
)

// Reuse says that no bins are used any more: their memory is used again.
func (s *BinSpace) Reuse() { s.free, s.reused = s.whole, true }

// take returns space for n bins of a record, of which so many may follow.
func (s *BinSpace) take(n, records int) protocol.Bins {
	if n > len(s.free) {
		s.grow(n, records)
		if n > len(s.free) {
			return make(protocol.Bins, 0, n)
		}
	}
	space := s.free[:0:n]
	s.free = s.free[n:]
	return space
}

// grow replaces the free memory, unless n bins are too many to be allocated together with others.
func (s *BinSpace) grow(n, records int) {
	switch {
	case s.reused && n <= maxReused/2:
		// After a few calls of Reuse all bins fit.
		s.whole = make(protocol.Bins, min(max(n*records, n, 2*len(s.whole)), maxReused))
		s.free = s.whole
	case !s.reused && n <= maxBinSpace/2:
		s.free = make(protocol.Bins, min(max(n*records, n), maxBinSpace))
	}
}

// Parse is [ParseResponse] for one of many records, which must have at most so many left, this one
// included. It sets all of resp; the bins are in s, which is not safe for concurrent use. If
// dropNil is set, bins whose value is nil are left out.
func (s *BinSpace) Parse(resp *Response, body []byte, records int, dropNil bool) (rest []byte, err error) {
	return resp.parse(body, s, records, dropNil)
}

// parse sets the response to the message at the start of body and returns the bytes after it. If
// space is not nil, the bins are in it. If dropNil is set, bins whose value is nil are left out.
func (resp *Response) parse(body []byte, space *BinSpace, records int, dropNil bool) (rest []byte, err error) {
	*resp = Response{}
	r := reader{buf: body}
	resp.parseStart(&r)
	n := r.count(int(resp.OpCount), rawOpMin, "bins")
	var values *protocol.ValueSpace
	for ; dropNil && n > 0 && r.atNil(); n-- {
		r.op()
	}
	switch {
	case n > 0 && space != nil:
		resp.Bins, values = space.take(n, records), &space.values
	case n > 0:
		resp.Bins, resp.record = makeBins(n)
	}
	bins := resp.Bins // a local variable, which stays in registers
	for range n {
		if o := r.op(); r.err == nil && !(dropNil && o.Type == protocol.ParticleNull) {
			v, err := values.ParseParticle(o.Type, o.Data, records)
			if err != nil {
				v = resp.undecodable(&o, err)
			}
			bins = append(bins, protocol.Bin{Name: sharedString(o.Name), Value: v})
		}
	}
	resp.Bins = bins
	if r.err != nil {
		*resp = Response{}
		return nil, r.err
	}
	resp.setDetail()
	return r.buf, nil
}

// parseStart parses what comes before the bins.
func (resp *Response) parseStart(r *reader) {
	resp.Header = r.header()
	for range r.count(int(resp.FieldCount), fieldMin, "fields") {
		if f := r.field(); r.err == nil {
			r.err = resp.setField(f)
		}
	}
}

// setDetail sets the text about an error, which the server sends as a bin.
func (resp *Response) setDetail() {
	if resp.ResultCode != protocol.OK {
		v, _ := resp.Bins.Get(udfFailure)
		resp.Detail, _ = v.Text()
	}
}

// addBin adds a bin with its value, or with the error of decoding it.
func (resp *Response) addBin(o *RawOp, v protocol.Value, err error) {
	if err != nil {
		v = resp.undecodable(o, err)
	}
	resp.Bins = append(resp.Bins, protocol.Bin{Name: sharedString(o.Name), Value: v})
}

// undecodable returns the value of a bin that can't be decoded, and sets the error of the response.
func (resp *Response) undecodable(o *RawOp, err error) protocol.Value {
	if resp.Err == nil {
		resp.Err = fmt.Errorf("bin %q: %w", o.Name, err)
	}
	return protocol.InvalidValue(err)
}

// intKeySize is the size of the field of an integer key: the type and the integer.
const intKeySize = 1 + 8

func (resp *Response) setUserKey(field []byte) {
	v, err := protocol.ParseUserKey(field)
	if err != nil {
		v, resp.Err = protocol.InvalidValue(err), fmt.Errorf("user key: %w", err)
	}
	resp.UserKey, resp.byDigest = v, false
	switch v.Kind() {
	case protocol.KindNil, protocol.KindInvalid, protocol.KindString, protocol.KindBlob:
	case protocol.KindInt:
		resp.byDigest = len(field) != intKeySize
	default:
		// Other clients can encode a value in a different form.
		var again [64]byte
		resp.byDigest = !bytes.Equal(protocol.AppendUserKey(again[:0], v), field)
	}
}

func (resp *Response) setField(f Field) (err error) {
	switch f.Type {
	case FieldNamespace:
		resp.Namespace = sharedString(f.Data)
	case FieldSet:
		resp.Set = sharedString(f.Data)
	case FieldKey:
		resp.setUserKey(f.Data)
	case FieldDigest:
		if len(f.Data) != len(resp.Digest) {
			return fmt.Errorf("%w: a digest of %d bytes", protocol.ErrMalformed, len(f.Data))
		}
		copy(resp.Digest[:], f.Data)
	case FieldBValues:
		if len(f.Data) != bvalueSize {
			return fmt.Errorf("%w: an index value of %d bytes", protocol.ErrMalformed, len(f.Data))
		}
		resp.BValue = int64(binary.LittleEndian.Uint64(f.Data))
	case FieldRecordVersion:
		resp.Version, err = ParseRecordVersion(f.Data)
		resp.HasVersion = true
	case FieldTransactionEnd:
		resp.TransactionEnd, err = parseTransactionEnd(f.Data)
	}
	return err
}

// Last reports whether this is the last message of the response.
func (resp *Response) Last() bool { return resp.Info3&Info3Last != 0 }

// Record returns the record in the response to a command on key.
func (resp *Response) Record(key protocol.Key) *protocol.Record {
	rec := resp.record
	if resp.record = nil; rec == nil {
		rec = new(protocol.Record)
	}
	*rec = protocol.Record{Key: key, Bins: resp.Bins, Generation: resp.Generation, VoidTime: resp.RecordTTL}
	return rec
}

// A recordRoom is a record and its bins in one allocation.
type recordRoom[A any] struct {
	record protocol.Record
	bins   A
}

// makeBins returns memory for n bins and, if they are few, for their record.
func makeBins(n int) (protocol.Bins, *protocol.Record) {
	switch {
	case n <= 4:
		room := new(recordRoom[[4]protocol.Bin])
		return room.bins[:0], &room.record
	case n <= 10:
		room := new(recordRoom[[10]protocol.Bin])
		return room.bins[:0], &room.record
	case n <= 20:
		room := new(recordRoom[[20]protocol.Bin])
		return room.bins[:0], &room.record
	}
	return make(protocol.Bins, 0, n), nil
}

// QueryRecord returns the record in a response to a query. Its key has the fields of the response.
func (resp *Response) QueryRecord() *protocol.Record {
	rec := resp.Record(protocol.Key{})
	resp.SetQueryRecord(rec)
	return rec
}

// SetQueryRecord sets rec to the record in a response to a query, as QueryRecord returns it.
func (resp *Response) SetQueryRecord(rec *protocol.Record) {
	rec.Key = protocol.RecordKey(resp.Namespace, resp.Set, resp.Digest, resp.UserKey, !resp.byDigest)
	rec.Bins, rec.Generation, rec.VoidTime = resp.Bins, resp.Generation, resp.RecordTTL
}

// sharedString returns b as a string without copying it. b must not change afterwards.
func sharedString(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b))
}
