package wire

import (
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
)

// ParseCopy sets the response to the message at the start of body, like [ParseResponse], but the
// response does not share the memory of body. A record of usual size takes one allocation, together
// with its bins and their data. The namespace, the set and the user key are left out. If dropNil is
// set, so are bins whose value is nil.
func (resp *Response) ParseCopy(body []byte, dropNil bool) (rest []byte, err error) {
	*resp = Response{}
	r := reader{buf: body}
	resp.parseStart(&r)
	resp.Namespace, resp.Set, resp.UserKey, resp.byDigest = "", "", protocol.Value{}, false
	n := r.count(int(resp.OpCount), rawOpMin, "bins")
	start := r.buf
	kept := r.skipOps(n, dropNil)
	if kept > 0 {
		resp.copyBins(start[:len(start)-len(r.buf)], n, kept, dropNil, &r)
	}
	if r.err != nil {
		*resp = Response{}
		return nil, r.err
	}
	resp.setDetail()
	return r.buf, nil
}

// copyBins copies n encoded operations and parses the copy. It keeps all of them, or with dropNil
// those with a value; kept is their number. If an operation is malformed, it sets r.err.
func (resp *Response) copyBins(encoded []byte, n, kept int, dropNil bool, r *reader) {
	var ops reader
	var bins protocol.Bins // a local variable, which stays in registers
	bins, ops.buf, resp.record = makeRoom(kept, len(encoded))
	copy(ops.buf, encoded)
	for range n {
		o := ops.op()
		if dropNil && o.Type == protocol.ParticleNull {
			continue
		}
		v, err := protocol.ParseParticle(o.Type, o.Data)
		if err != nil {
			v = resp.undecodable(&o, err)
		}
		bins = append(bins, protocol.Bin{Name: sharedString(o.Name), Value: v})
	}
	resp.Bins = bins
	if ops.err != nil {
		r.err, r.buf = ops.err, nil
	}
}

// skipOps skips n operations and returns how many of them are kept. If dropNil is set, these are
// those with a value. It only checks their sizes.
func (r *reader) skipOps(n int, dropNil bool) (kept int) {
	b := r.buf
	for range n {
		if len(b) < rawOpMin {
			break
		}
		size := uint64(binary.BigEndian.Uint32(b)) + 4
		if size < rawOpMin || size > uint64(len(b)) {
			break
		}
		if !dropNil || protocol.ParticleType(b[5]) != protocol.ParticleNull {
			kept++
		}
		b = b[size:]
		n--
	}
	r.buf = b
	if n > 0 && r.err == nil {
		r.fail("operation")
		return 0
	}
	return kept
}

// RowIndex returns the index of the batch row that the response at the start of body is for, or 0
// if body is too short for a response.
func RowIndex(body []byte) uint32 {
	if len(body) < HeaderSize {
		return 0
	}
	return binary.BigEndian.Uint32(body[rowIndexAt:])
}

// rowIndexAt is the position of the row index in the header of a response.
const rowIndexAt = 14

// A dataRoom is a record, its bins and their data in one allocation.
type dataRoom[A, D any] struct {
	recordRoom[A]
	data D
}

// makeRoom returns memory for n bins with size bytes of data and, if they are few, for their
// record. The sizes fill the size classes of the Go runtime: 256, 352, 480, 512, 640, 704, 896 and
// 1792 bytes. Above 512 bytes, the runtime takes 8 of them.
func makeRoom(n, size int) (protocol.Bins, []byte, *protocol.Record) {
	switch {
	case n <= 1 && size <= 104:
		room := new(dataRoom[[1]protocol.Bin, [104]byte])
		return room.bins[:0], room.data[:size:size], &room.record
	case n <= 4 && size <= 80:
		room := new(dataRoom[[4]protocol.Bin, [80]byte])
		return room.bins[:0], room.data[:size:size], &room.record
	case n <= 4 && size <= 208:
		room := new(dataRoom[[4]protocol.Bin, [208]byte])
		return room.bins[:0], room.data[:size:size], &room.record
	case n <= 6 && size <= 160:
		room := new(dataRoom[[6]protocol.Bin, [160]byte])
		return room.bins[:0], room.data[:size:size], &room.record
	case n <= 6 && size <= 280:
		room := new(dataRoom[[6]protocol.Bin, [280]byte])
		return room.bins[:0], room.data[:size:size], &room.record
	case n <= 10 && size <= 184:
		room := new(dataRoom[[10]protocol.Bin, [184]byte])
		return room.bins[:0], room.data[:size:size], &room.record
	case n <= 10 && size <= 376:
		room := new(dataRoom[[10]protocol.Bin, [376]byte])
		return room.bins[:0], room.data[:size:size], &room.record
	case n <= 20 && size <= 872:
		room := new(dataRoom[[20]protocol.Bin, [872]byte])
		return room.bins[:0], room.data[:size:size], &room.record
	}
	bins, record := makeBins(n)
	return bins, make([]byte, size), record
}
