package wire

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// Encoded is bins in the form that they have in a message: of a request, as operations that write
// them, or of a response. A program that encodes its own types can so pass them to a command, or
// read them from a response, without a [protocol.Value] for each.
type Encoded struct {
	Ops   []byte // the encoded operations, one after another
	Count int    // their number
	// Removes is set if an operation has no value, which removes its bin.
	Removes bool
	// buffer is what the operations of a response are in, nil if they have memory of their own.
	buffer *Buffer
}

// Reset removes all operations and keeps the memory.
func (e *Encoded) Reset() { *e = Encoded{Ops: e.Ops[:0]} }

// Add appends an operation that writes a bin. If it returns an error e is unchanged.
func (e *Encoded) Add(bin string, v protocol.Value) error {
	ops, err := appendOperation(e.Ops, &protocol.Operation{Code: protocol.OpWrite, Bin: bin, Value: v})
	if err != nil {
		return err
	}
	e.Ops = ops
	e.Count++
	e.Removes = e.Removes || v.IsNil()
	return nil
}

// Next returns the first operation and removes it from e. The operation shares the memory of e. It
// returns false at the end. Errors wrap [protocol.ErrMalformed].
func (e *Encoded) Next() (op RawOp, ok bool, err error) {
	if e.Count == 0 {
		return RawOp{}, false, nil
	}
	buf := e.Ops
	if len(buf) >= rawOpMin && buf[6]&opHasLUT == 0 {
		end, name := 4+int(binary.BigEndian.Uint32(buf)), rawOpMin+int(buf[7])
		if name <= end && end <= len(buf) {
			e.Ops = buf[end:]
			e.Count--
			return RawOp{
				Code: protocol.OpCode(buf[4]), Type: protocol.ParticleType(buf[5]), Name: buf[rawOpMin:name:name], Data: buf[name:end:end],
			}, true, nil
		}
	}
	r := reader{buf: buf}
	op = r.op()
	e.Ops, e.Count = r.buf, e.Count-1
	return op, r.err == nil, r.err
}

// Bins decodes the bins. They share the memory of e. A value that can't be decoded has KindInvalid.
func (e Encoded) Bins() (bins protocol.Bins, err error) {
	resp := Response{Bins: make(protocol.Bins, 0, e.Count)}
	for {
		op, ok, err := e.Next()
		if !ok {
			return resp.Bins, err
		}
		v, err := protocol.ParseParticle(op.Type, op.Data)
		resp.addBin(&op, v, err)
	}
}

// check returns an error if the operations can't be part of a message.
func (e *Encoded) check() error {
	if len(e.Ops) > protocol.MaxProtoSize {
		return fmt.Errorf("%w: bins of %d bytes, at most %d are possible", protocol.ErrTooLarge, len(e.Ops), protocol.MaxProtoSize)
	}
	return nil
}

// NewEncodedWrite returns a command that writes encoded bins. It keeps e, which must not change
// while the command is in use.
func NewEncodedWrite(key protocol.Key, e *Encoded) (c Command) {
	c.SetEncodedWrite(&key, e)
	return c
}

// SetEncodedWrite makes c, which must be the zero value, the command that [NewEncodedWrite]
// returns.
func (c *Command) SetEncodedWrite(key *protocol.Key, e *Encoded) {
	c.Key, c.Info2, c.code, c.encoded = *key, Info2Write, protocol.OpWrite, e
}

// onlyBin returns the name of the bin of an operation if it is the only one.
func (e *Encoded) onlyBin() string {
	first := *e
	op, ok, _ := first.Next()
	if !ok || first.Count > 0 {
		return ""
	}
	return string(op.Name)
}

// ParseEncoded is [ParseResponse], or with lent [Response.ParseCopy], for a response whose bins the
// caller decodes: those of a successful response are in Encoded, not in Bins, and only their sizes
// have been checked. If the body is lent they are in a [Buffer]; see [Encoded.Release].
func (resp *Response) ParseEncoded(body []byte, lent bool) (rest []byte, err error) {
	if lent {
		return resp.ParseInto(TakeBuffer(), body, true)
	}
	return resp.parseEncoded(body, false)
}

// parseEncoded is ParseEncoded, but the operations share the memory of a body that is lent.
func (resp *Response) parseEncoded(body []byte, lent bool) (rest []byte, err error) {
	*resp = Response{}
	r := reader{buf: body}
	resp.parseStart(&r)
	if r.err == nil && resp.ResultCode != protocol.OK {
		if lent {
			return resp.ParseCopy(body, false)
		}
		return resp.parse(body, nil, 0, false)
	}
	ops := r.buf
	n := r.count(int(resp.OpCount), rawOpMin, "bins")
	r.skipOps(n, false)
	if r.err != nil {
		*resp = Response{}
		return nil, r.err
	}
	ops = ops[:len(ops)-len(r.buf)]
	resp.Encoded = Encoded{Ops: slices.Clip(ops), Count: n}
	if lent {
		resp.Namespace, resp.Set, resp.UserKey, resp.byDigest = "", "", protocol.Value{}, false
	}
	return r.buf, nil
}
