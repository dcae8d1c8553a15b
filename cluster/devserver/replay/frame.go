package replay

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A frame is a proto header with its body, as it is on the wire.
type frame []byte

// readFrame reads the next frame. The memory grows with the bytes that arrive. With an error it
// returns the part that has arrived.
func readFrame(r *bufio.Reader) (frame, error) {
	var buf bytes.Buffer
	if _, err := io.CopyN(&buf, r, wire.ProtoHeaderSize); err != nil {
		return buf.Bytes(), cutOff(err, buf.Len())
	}
	head := bytes.Clone(buf.Bytes())
	fixAdminVersion(head)
	h, err := wire.ParseProtoHeader(head)
	if err != nil {
		return buf.Bytes(), err
	}
	if _, err := io.CopyN(&buf, r, int64(h.Size)); err != nil {
		return buf.Bytes(), cutOff(err, buf.Len())
	}
	return buf.Bytes(), nil
}

// cutOff returns the error of a read that ended after n bytes of a frame.
func cutOff(err error, n int) error {
	if err == io.EOF && n > 0 {
		return io.ErrUnexpectedEOF
	}
	return err
}

// fixAdminVersion sets the version of an administration message. Older clients send 0.
func fixAdminVersion(f []byte) {
	if f[0] == 0 && wire.ProtoType(f[1]) == wire.ProtoAdmin {
		f[0] = 2
	}
}

func (f frame) proto() wire.ProtoType { return wire.ProtoType(f[1]) }

func (f frame) body() []byte { return f[wire.ProtoHeaderSize:] }

// plain returns the frame without compression. A frame that can't be decompressed stays as it is.
func (f frame) plain() frame {
	if f.proto() != wire.ProtoCompressed {
		return f
	}
	if inner, err := wire.Decompress(f.body()); err == nil {
		return inner
	}
	return f
}

// newFrame returns a frame of the given type.
func newFrame(t wire.ProtoType, body []byte) frame {
	return append(wire.ProtoHeader{Type: t, Size: len(body)}.AppendTo(nil), body...)
}

// frames splits bytes into frames. What follows the last complete frame is the rest.
func frames(data []byte) (list []frame, rest []byte) {
	for len(data) >= wire.ProtoHeaderSize {
		size := binary.BigEndian.Uint64(data) & (1<<48 - 1)
		if size > uint64(len(data)-wire.ProtoHeaderSize) {
			break
		}
		end := wire.ProtoHeaderSize + int(size)
		list, data = append(list, data[:end:end]), data[end:]
	}
	return list, data
}

// The kinds of requests.
const (
	kindInfo    = "info"
	kindAdmin   = "admin"
	kindRead    = "read"
	kindWrite   = "write"
	kindBatch   = "batch"
	kindQuery   = "query"
	kindInvalid = "invalid"
)

// A request is a parsed request.
type request struct {
	kind    string
	frame   frame         // without compression
	message *wire.Message // of a read, write or query
	admin   wire.AdminRequest
}

func parseRequest(f frame) request {
	r := request{kind: kindInvalid, frame: f.plain()}
	body := r.frame.body()
	switch t := r.frame.proto(); {
	case t == wire.ProtoInfo:
		r.kind = kindInfo
	case t == wire.ProtoAdmin:
		var err error
		if r.admin, err = wire.ParseAdminRequest(body); err == nil {
			r.kind = kindAdmin
		}
	case t != wire.ProtoMessage || len(body) < wire.HeaderSize:
	case wire.Info1(body[1])&wire.Info1Batch != 0:
		r.kind = kindBatch
	default:
		m, err := wire.ParseMessage(body)
		if err != nil {
			break
		}
		r.message = m
		switch _, hasDigest := m.Field(wire.FieldDigest); {
		case !hasDigest:
			r.kind = kindQuery
		case m.Info2&wire.Info2Write != 0:
			r.kind = kindWrite
		default:
			r.kind = kindRead
		}
	}
	return r
}

// ends reports whether a frame is the last one of the answer.
func (r *request) ends(f frame) bool {
	switch r.kind {
	case kindAdmin:
		if c := r.admin.Command; c != wire.AdminQueryUsers && c != wire.AdminQueryRoles {
			return true
		}
		return anyEntry(f.body(), func(code protocol.ResultCode) bool { return code != protocol.OK })
	case kindBatch, kindQuery:
		return endsStream(f.plain().body())
	}
	return true
}

// anyEntry reports whether an entry of an administration answer has a code for which is returns
// true.
func anyEntry(body []byte, is func(protocol.ResultCode) bool) bool {
	for len(body) > 0 {
		e, rest, err := wire.ParseAdminEntry(body)
		if err != nil || is(e.Result) {
			return true
		}
		body = rest
	}
	return false
}

// endsStream reports whether messages end the answer to a batch or a query: the last one says so,
// or the only one refuses the whole request.
func endsStream(body []byte) bool {
	var m wire.Message
	alone := len(body) == wire.HeaderSize
	for len(body) > 0 {
		rest, err := m.Parse(body)
		if err != nil || m.Info3&wire.Info3Last != 0 {
			return true
		}
		if alone && m.Info3&wire.Info3PartitionDone == 0 && m.ResultCode != protocol.OK && m.ResultCode != protocol.KeyNotFound {
			return true
		}
		body = rest
	}
	return false
}
