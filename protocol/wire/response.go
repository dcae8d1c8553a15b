package wire

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unsafe"

	"github.com/aerosql/aerosql/protocol"
)

// A Response is one message of an answer: a single command's, a batch row's or
// a record of a query.
type Response struct {
	Header
	// Bins share the memory of the body that they were read from. A bin that can't be read is of KindInvalid.
	Bins protocol.Bins
	// The fields of a query's row; empty in other answers. The names share the body's memory too.
	Namespace, Set string
	Digest         protocol.Digest
	UserKey        protocol.Value // of KindInvalid if it can't be read
	// BValue orders the records of a secondary index; a query is resumed with it and the digest.
	BValue int64
	// Version is that of the record, if HasVersion, in the answer to a command of a transaction.
	Version    RecordVersion
	HasVersion bool
	// TransactionEnd is when the transaction ends by itself, in seconds since 2010, in the answer to a command
	// that names a record which it will write; 0 in others.
	TransactionEnd uint32
	// Detail is the server's own text about an error, where it sent one.
	Detail string
	// Err is why the user key or a bin can't be read, nil if all can. It is about this message alone: what
	// follows it can be read. It wraps [protocol.ErrMalformed] or [protocol.ErrTooDeep].
	Err error
	// byDigest: the user key can't be written as it stands in the message.
	byDigest bool
}

// ParseResponse reads the message that body starts with and returns what
// follows it. Bins, strings and blobs share body's memory. Errors wrap [protocol.ErrMalformed]; they mean that
// the length of the message is not known, so that nothing behind it can be read either. A value that can't be
// read is no such error: see Response.Err.
func ParseResponse(body []byte) (resp Response, rest []byte, err error) {
	r := reader{buf: body}
	resp.Header = r.header()
	for range r.count(int(resp.FieldCount), fieldMin, "fields") {
		if f := r.field(); r.err == nil {
			r.err = resp.setField(f)
		}
	}
	n := r.count(int(resp.OpCount), rawOpMin, "bins")
	if n > 0 {
		resp.Bins = make(protocol.Bins, 0, n)
	}
	for range n {
		if o := r.op(); r.err == nil {
			resp.addBin(&o)
		}
	}
	if r.err != nil {
		return Response{}, nil, r.err
	}
	if resp.ResultCode != protocol.OK {
		v, _ := resp.Bins.Get(udfFailure)
		resp.Detail, _ = v.Text()
	}
	return resp, r.buf, nil
}

func (resp *Response) addBin(o *RawOp) {
	v, err := protocol.ParseParticle(o.Type, o.Data)
	if err != nil {
		v = protocol.InvalidValue(err)
		if resp.Err == nil {
			resp.Err = fmt.Errorf("bin %q: %w", o.Name, err)
		}
	}
	resp.Bins = append(resp.Bins, protocol.Bin{Name: sharedString(o.Name), Value: v})
}

func (resp *Response) setUserKey(field []byte) {
	v, err := protocol.ParseUserKey(field)
	if err != nil {
		v, resp.Err = protocol.InvalidValue(err), fmt.Errorf("user key: %w", err)
	}
	resp.UserKey, resp.byDigest = v, false
	switch v.Kind() {
	case protocol.KindNil, protocol.KindInvalid, protocol.KindString, protocol.KindBlob:
	default:
		// Other clients may write a value in more than one way.
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

// Last reports whether nothing follows this message in its answer.
func (resp *Response) Last() bool { return resp.Info3&Info3Last != 0 }

// Record returns the record that the answer to a command on key holds.
func (resp *Response) Record(key protocol.Key) *protocol.Record {
	return &protocol.Record{Key: key, Bins: resp.Bins, Generation: resp.Generation, VoidTime: resp.RecordTTL}
}

// QueryRecord returns the record that a query's row holds, its key made of the row's fields.
func (resp *Response) QueryRecord() *protocol.Record {
	return resp.Record(protocol.RecordKey(resp.Namespace, resp.Set, resp.Digest, resp.UserKey, !resp.byDigest))
}

// sharedString reads bytes as a string without copying them; they must not change any more.
func sharedString(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b))
}
