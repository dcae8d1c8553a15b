package protocol

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"sync"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// unpacker decodes MessagePack in Aerospike's dialect. It compares each length with the number of
// bytes that are left before it allocates memory.
type unpacker struct {
	dec  *msgpack.Decoder
	src  bytes.Reader
	data []byte
	// room is how many more elements of lists and maps the document can have, over all levels: each
	// element takes at least one byte. Without it each of several nested lists could announce as
	// many elements as there are bytes left.
	room int
}

var unpackers = sync.Pool{New: func() any {
	u := &unpacker{}
	u.dec = msgpack.NewDecoder(&u.src)
	return u
}}

// ParseMsgpack decodes data, which must be exactly one MessagePack document in Aerospike's dialect.
// Strings, blobs and GeoJSON share the memory of data. Errors wrap [ErrMalformed] or [ErrTooDeep].
func ParseMsgpack(data []byte) (Value, error) {
	v, rest, err := ParseMsgpackPrefix(data)
	if err == nil && len(rest) != 0 {
		return Value{}, fmt.Errorf("%w: %d bytes after the end of a MessagePack value", ErrMalformed, len(rest))
	}
	return v, err
}

// ParseMsgpackPrefix is [ParseMsgpack] for the MessagePack document at the start of data. It also
// returns the bytes after the document.
func ParseMsgpackPrefix(data []byte) (v Value, rest []byte, err error) {
	u := unpackers.Get().(*unpacker)
	defer func() {
		u.data = nil
		u.src.Reset(nil)
		unpackers.Put(u)
	}()
	u.data, u.room = data, len(data)
	u.src.Reset(data)
	u.dec.Reset(&u.src)
	v, err = u.value(0)
	if err != nil {
		return Value{}, nil, err
	}
	return v, data[u.offset():], nil
}

func (u *unpacker) offset() int { return len(u.data) - u.src.Len() }

// malformed wraps an error of the MessagePack library as ErrMalformed.
func malformed(err error) error {
	return fmt.Errorf("%w: MessagePack: %v", ErrMalformed, err)
}

func (u *unpacker) value(depth int) (Value, error) {
	if u.src.Len() == 0 {
		return Value{}, malformed(io.ErrUnexpectedEOF)
	}
	code := u.data[u.offset()]
	switch {
	case code == msgpcode.Nil:
		return Value{}, u.dec.DecodeNil()
	case code == msgpcode.True, code == msgpcode.False:
		b, err := u.dec.DecodeBool()
		return Bool(b), err
	case msgpcode.IsFixedNum(code):
		_, err := u.take(1)
		return Int(int64(int8(code))), err
	case code >= msgpcode.Float && code <= msgpcode.Int64:
		return u.number(code)
	case msgpcode.IsString(code), msgpcode.IsBin(code):
		return u.str()
	case msgpcode.IsFixedArray(code), code == msgpcode.Array16, code == msgpcode.Array32:
		return u.list(depth)
	case msgpcode.IsFixedMap(code), code == msgpcode.Map16, code == msgpcode.Map32:
		return u.pairs(depth)
	case msgpcode.IsExt(code):
		return u.sentinel()
	}
	return Value{}, fmt.Errorf("%w: MessagePack code 0x%02x", ErrMalformed, code)
}

// numberSize returns the size of a number with one of the codes from Float to Int64, without the
// code.
func numberSize(code byte) int {
	const sizes = "\x04\x08\x01\x02\x04\x08\x01\x02\x04\x08"
	return int(sizes[code-msgpcode.Float])
}

// number decodes a number of a fixed size. It does not use the library's decoder, because that is
// slower and long lists are mostly numbers.
func (u *unpacker) number(code byte) (Value, error) {
	b, err := u.take(1 + numberSize(code))
	if err != nil {
		return Value{}, err
	}
	return numberOf(code, b[1:]), nil
}

// numberOf returns the number with one of the codes from Float to Int64.
func numberOf(code byte, b []byte) Value {
	switch code {
	case msgpcode.Float:
		return float32Value(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case msgpcode.Double:
		return Float(math.Float64frombits(binary.BigEndian.Uint64(b)))
	case msgpcode.Uint8:
		return Int(int64(b[0]))
	case msgpcode.Uint16:
		return Int(int64(binary.BigEndian.Uint16(b)))
	case msgpcode.Uint32:
		return Int(int64(binary.BigEndian.Uint32(b)))
	case msgpcode.Uint64:
		return Uint(binary.BigEndian.Uint64(b))
	case msgpcode.Int8:
		return Int(int64(int8(b[0])))
	case msgpcode.Int16:
		return Int(int64(int16(binary.BigEndian.Uint16(b))))
	case msgpcode.Int32:
		return Int(int64(int32(binary.BigEndian.Uint32(b))))
	default:
		return Int(int64(binary.BigEndian.Uint64(b)))
	}
}

// take returns the next n bytes of the document without copying them.
func (u *unpacker) take(n int) ([]byte, error) {
	if n < 0 || n > u.src.Len() {
		return nil, fmt.Errorf("%w: MessagePack length %d with %d bytes left", ErrMalformed, n, u.src.Len())
	}
	off := u.offset()
	if _, err := u.src.Seek(int64(n), io.SeekCurrent); err != nil {
		return nil, malformed(err)
	}
	return u.data[off : off+n : off+n], nil
}

// str decodes a string, a blob, GeoJSON or HyperLogLog. The first byte of the payload is the type.
func (u *unpacker) str() (Value, error) {
	n, err := u.dec.DecodeBytesLen()
	if err != nil {
		return Value{}, malformed(err)
	}
	b, err := u.take(n)
	if err != nil {
		return Value{}, err
	}
	if len(b) == 0 {
		return blobValue(KindBlob, nil, ParticleNull), nil
	}
	switch t, payload := ParticleType(b[0]), b[1:]; t {
	case ParticleString:
		return Value{tag: tag{kind: KindString}, ptr: sliceData(payload), num: uint64(len(payload))}, nil
	case ParticleGeoJSON:
		return Value{tag: tag{kind: KindGeoJSON}, ptr: sliceData(payload), num: uint64(len(payload))}, nil
	case ParticleHLL:
		return blobValue(KindHLL, payload, t), nil
	default:
		return blobValue(KindBlob, payload, t), nil
	}
}

// container checks the length and the depth of a list or map whose entries take at least perElement
// bytes each. err is the error of decoding the length.
func (u *unpacker) container(n, perElement, depth int, err error) error {
	switch {
	case err != nil:
		return malformed(err)
	case n < 0 || n > u.src.Len()/perElement || n*perElement > u.room:
		return fmt.Errorf("%w: a list or map of %d entries in %d bytes", ErrMalformed, n, u.src.Len())
	case depth >= MaxDepth:
		return fmt.Errorf("%w: more than %d levels", ErrTooDeep, MaxDepth)
	}
	u.room -= n * perElement
	return nil
}

func (u *unpacker) list(depth int) (Value, error) {
	n, err := u.dec.DecodeArrayLen()
	if err := u.container(n, 1, depth, err); err != nil {
		return Value{}, err
	}
	order, err := u.marker(n)
	if err != nil {
		return Value{}, err
	}
	if order >= 0 {
		n--
	}
	elements := make([]Value, 0, n)
	for range n {
		e, err := u.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		elements = append(elements, e)
	}
	return ListWithOrder(Order(max(order, 0)), elements), nil
}

func (u *unpacker) pairs(depth int) (Value, error) {
	n, err := u.dec.DecodeMapLen()
	if err := u.container(n, 2, depth, err); err != nil {
		return Value{}, err
	}
	order, err := u.marker(n)
	if err != nil {
		return Value{}, err
	}
	if order >= 0 {
		n--
		if err := u.dec.DecodeNil(); err != nil {
			return Value{}, malformed(err)
		}
	}
	pairs := make([]Pair, 0, n)
	for range n {
		k, err := u.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		v, err := u.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		pairs = append(pairs, Pair{k, v})
	}
	return MapWithOrder(Order(max(order, 0)), pairs), nil
}

// marker decodes the extension element with the order flags at the start of a list or map. It
// returns -1 if there is none. The data of the element is the server's stored index, which marker
// skips. An extension of the type of the special values is never a marker.
func (u *unpacker) marker(n int) (order int, err error) {
	if n == 0 {
		return -1, nil
	}
	code, err := u.dec.PeekCode()
	if err != nil {
		return -1, malformed(err)
	}
	if !msgpcode.IsExt(code) {
		return -1, nil
	}
	start := u.offset()
	id, size, err := u.dec.DecodeExtHeader()
	if err != nil {
		return -1, malformed(err)
	}
	if id == extSentinel {
		_, err := u.src.Seek(int64(start), io.SeekStart)
		return -1, err
	}
	if _, err := u.take(size); err != nil {
		return -1, err
	}
	return int(uint8(id)), nil
}

// sentinel decodes a wildcard or an infinity. Like the server, it knows only the two shortest forms
// of them, FixExt1 and Ext8.
func (u *unpacker) sentinel() (Value, error) {
	code, err := u.dec.PeekCode()
	if err != nil {
		return Value{}, malformed(err)
	}
	id, size, err := u.dec.DecodeExtHeader()
	if err != nil {
		return Value{}, malformed(err)
	}
	b, err := u.take(size)
	switch {
	case err != nil:
		return Value{}, err
	case id != extSentinel || len(b) != 1 || code == msgpcode.Ext16 || code == msgpcode.Ext32:
	case b[0] == sentinelWildcard:
		return Wildcard(), nil
	case b[0] == sentinelInfinity:
		return Infinity(), nil
	}
	return Value{}, fmt.Errorf("%w: MessagePack extension %d of %d bytes", ErrMalformed, id, size)
}
