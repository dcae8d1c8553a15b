package udf

import (
	"encoding/binary"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/protocol"
)

// maxBytes is the maximum size of a byte array.
const maxBytes = 1 << 26

const hexDigits = "0123456789ABCDEF"

// A byteArray is a Bytes object. Containers hold it by reference.
type byteArray struct {
	data     []byte
	capacity int
	particle protocol.ParticleType
}

func newBytes(data []byte, particle protocol.ParticleType) *byteArray {
	return &byteArray{data: append([]byte(nil), data...), capacity: len(data), particle: particle}
}

func (*byteArray) class() string { return "Bytes" }

// size returns the result of #, which is always 0. A real server calls its # function with one
// argument more than it accepts.
func (*byteArray) size() int { return 0 }

func (b *byteArray) value(int) protocol.Value {
	switch {
	case b.particle == protocol.ParticleHLL:
		return protocol.HLL(b.data)
	case b.particle.IsBlob():
		return protocol.BlobOf(b.particle, b.data)
	}
	return protocol.Blob(b.data)
}

func (b *byteArray) text(int) string {
	text := make([]byte, 0, 3*len(b.data))
	for i, c := range b.data {
		if i > 0 {
			text = append(text, ' ')
		}
		text = append(text, hexDigits[c>>4], hexDigits[c&0xF])
	}
	return string(text)
}

// String returns the bytes as tostring formats them.
func (b *byteArray) String() string {
	if len(b.data) == 0 {
		return "Bytes()"
	}
	return b.text(0)
}

// get reads one byte. It returns nil if the key is not an index into the array.
func (b *byteArray) get(c call, key lua.LValue) lua.LValue {
	if i := keyInteger(c, key); i >= 1 && i <= int64(len(b.data)) {
		return lua.LNumber(b.data[i-1])
	}
	return lua.LNil
}

func (b *byteArray) set(c call, key, v lua.LValue) {
	i := keyInteger(c, key)
	n, ok := toNumber(v)
	if !ok && v != lua.LNil {
		c.argumentError(3, "number expected, got "+typeName(c.LState, v))
	}
	value, _ := n.asInteger()
	if isPosition(i) && value >= 0 && value <= math.MaxUint8 {
		b.write(c, int(i-1), []byte{byte(value)})
	}
}

func isPosition(i int64) bool { return i >= 1 && i <= math.MaxUint32 }

// ensure grows the array to the capacity. Bytes beyond the size are zero.
func (b *byteArray) ensure(c call, capacity int) {
	if capacity > maxBytes {
		failMemory(c.LState)
	}
	b.capacity = max(b.capacity, capacity)
}

// write stores data at an index and fills a gap before it with zeros.
func (b *byteArray) write(c call, at int, data []byte) bool {
	b.ensure(c, at+len(data))
	if more := at + len(data) - len(b.data); more > 0 {
		c.spend(more)
		b.data = append(b.data, make([]byte, more)...)
	}
	copy(b.data[at:], data)
	return true
}

// read returns n bytes at an index, or nil if the array ends before that.
func (b *byteArray) read(at int64, n int) []byte {
	if !isPosition(at) || at-1+int64(n) > int64(len(b.data)) {
		return nil
	}
	return b.data[at-1 : int(at-1)+n]
}

// An integerForm is an encoding of an integer.
type integerForm struct {
	size     int
	min, max int64
	order    binary.ByteOrder
}

func (f integerForm) encode(v int64) []byte {
	var buffer [8]byte
	switch f.size {
	case 1:
		buffer[0] = byte(v)
	case 2:
		f.order.PutUint16(buffer[:], uint16(v))
	case 4:
		f.order.PutUint32(buffer[:], uint32(v))
	default:
		f.order.PutUint64(buffer[:], uint64(v))
	}
	return buffer[:f.size]
}

func (f integerForm) decode(data []byte) int64 {
	switch f.size {
	case 1:
		return int64(data[0])
	case 2:
		return int64(int16(f.order.Uint16(data)))
	case 4:
		return int64(int32(f.order.Uint32(data)))
	}
	return int64(f.order.Uint64(data))
}

// integerForms returns the encodings by the suffix of the functions' names. Names without a byte
// order use big-endian.
func integerForms() map[string]integerForm {
	forms := map[string]integerForm{"byte": {1, 0, math.MaxUint8, binary.BigEndian}}
	for name, f := range map[string]integerForm{
		"int16": {2, math.MinInt16, math.MaxInt16, nil},
		"int32": {4, math.MinInt32, math.MaxInt32, nil},
		"int64": {8, math.MinInt64, math.MaxInt64, nil},
	} {
		f.order = binary.BigEndian
		forms[name], forms[name+"_be"] = f, f
		f.order = binary.LittleEndian
		forms[name+"_le"] = f
	}
	return forms
}

// bytesLibrary returns the functions of the global table bytes (docs/wire-cdt-exp.md#10.5). They do
// nothing if called with a wrong number of arguments.
func (m *machine) bytesLibrary() library {
	l := library{
		"size": bytesSize, "set_size": bytesEnsure, "get_type": bytesType, "set_type": bytesSetType,
		"get_string": m.bytesString, "get_bytes": m.bytesPart, "get_var_int": bytesVarInt,
		"set_string": bytesSetString, "set_bytes": bytesSetBytes, "set_var_int": bytesSetVarInt,
		"append_string": bytesAppendString, "append_bytes": bytesAppendBytes, "append_var_int": bytesAppendVarInt,
	}
	for name, form := range integerForms() {
		l["get_"+name] = func(c call) int { return bytesGet(c, form) }
		l["set_"+name] = func(c call) int { return bytesSet(c, form) }
		l["append_"+name] = func(c call) int { return bytesAppend(c, form) }
	}
	return l
}

// bytesConstruct implements bytes(n). Its first argument is the library table.
func (m *machine) bytesConstruct(c call) int {
	if c.GetTop() > 2 {
		return 0
	}
	b := &byteArray{particle: protocol.ParticleBlob}
	b.ensure(c, int(uint32(c.optional(2, 0))))
	return c.push(m.box(b))
}

func bytesGet(c call, form integerForm) int {
	if c.GetTop() != 2 {
		return 0
	}
	data := objectAt[*byteArray](c, 1).read(c.optional(2, 0), form.size)
	if data == nil {
		return 0
	}
	return c.push(luaInteger(form.decode(data)))
}

func bytesSet(c call, form integerForm) int {
	if c.GetTop() != 3 {
		return c.push(lua.LFalse)
	}
	b, i, v := objectAt[*byteArray](c, 1), c.optional(2, 0), c.optional(3, 0)
	return c.push(lua.LBool(isPosition(i) && v >= form.min && v <= form.max && b.write(c, int(i-1), form.encode(v))))
}

func bytesAppend(c call, form integerForm) int {
	if c.GetTop() != 2 {
		return c.push(lua.LFalse)
	}
	b, v := objectAt[*byteArray](c, 1), c.optional(2, 0)
	return c.push(lua.LBool(v >= form.min && v <= form.max && b.write(c, len(b.data), form.encode(v))))
}

func bytesSize(c call) int {
	if c.GetTop() != 1 {
		return c.push(lua.LNumber(0))
	}
	return c.push(lua.LNumber(len(objectAt[*byteArray](c, 1).data)))
}

// bytesEnsure implements set_size. It reserves memory without a visible effect. It works only with
// two arguments, although it is documented with three.
func bytesEnsure(c call) int {
	if c.GetTop() != 2 {
		return c.push(lua.LFalse)
	}
	b, n := objectAt[*byteArray](c, 1), c.optional(2, 0)
	return c.push(lua.LBool(n >= 0 && n <= math.MaxUint32 && n <= int64(b.capacity)))
}

func bytesType(c call) int {
	if c.GetTop() < 1 {
		return 0
	}
	return c.push(lua.LNumber(objectAt[*byteArray](c, 1).particle))
}

func bytesSetType(c call) int {
	if c.GetTop() != 2 {
		return c.push(lua.LFalse)
	}
	b, t := objectAt[*byteArray](c, 1), c.optional(2, 0)
	if t == 0 {
		return c.push(lua.LFalse)
	}
	b.particle = protocol.ParticleType(t)
	return c.push(lua.LTrue)
}
