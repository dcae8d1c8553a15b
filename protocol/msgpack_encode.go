package protocol

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// The extension of Infinity and Wildcard: its type and its two data bytes.
const (
	extSentinel      = -1 // 0xff
	sentinelWildcard = 0x00
	sentinelInfinity = 0x01
)

// packer encodes MessagePack in Aerospike's dialect: strings, blobs and GeoJSON have the format
// "str" and start with a byte for the particle type. Lists and maps with order flags start with an
// extension element (docs/wire-cdt-exp.md#1).
type packer struct {
	enc *msgpack.Encoder
	buf []byte
}

var packers = sync.Pool{New: func() any {
	p := &packer{}
	p.enc = msgpack.NewEncoder(p)
	return p
}}

// Write and WriteByte append to the buffer. The encoder calls them.
func (p *packer) Write(b []byte) (int, error) {
	p.buf = append(p.buf, b...)
	return len(b), nil
}

func (p *packer) WriteByte(b byte) error {
	p.buf = append(p.buf, b)
	return nil
}

// AppendMsgpack appends the value as one MessagePack document in Aerospike's dialect, in the
// shortest form. If it returns an error, which wraps [ErrInvalidValue] or [ErrTooDeep], dst is
// returned unchanged.
func AppendMsgpack(dst []byte, v Value) ([]byte, error) {
	p := packers.Get().(*packer)
	defer func() {
		p.buf = nil
		packers.Put(p)
	}()
	p.buf = dst
	if err := p.value(v, 0); err != nil {
		return dst, err
	}
	return p.buf, nil
}

func (p *packer) value(v Value, depth int) error {
	switch v.kind {
	case KindNil:
		return p.enc.EncodeNil()
	case KindInt:
		return p.enc.EncodeInt(int64(v.num))
	case KindUint:
		return p.enc.EncodeUint(v.num)
	case KindFloat:
		f, _ := v.Float()
		if v.sub == float32Sub {
			return p.enc.EncodeFloat32(float32(f))
		}
		return p.enc.EncodeFloat64(f)
	case KindBool:
		return p.enc.EncodeBool(v.num != 0)
	case KindString:
		p.prefixed(ParticleString, v.num)
		p.buf = append(p.buf, v.text()...)
		return nil
	case KindGeoJSON:
		p.prefixed(ParticleGeoJSON, v.num)
		p.buf = append(p.buf, v.text()...)
		return nil
	case KindBlob, KindHLL:
		p.blob(v)
		return nil
	case KindList:
		return p.list(v, depth)
	case KindMap:
		return p.pairs(v, depth)
	case KindInfinity:
		return p.sentinel(sentinelInfinity)
	case KindWildcard:
		return p.sentinel(sentinelWildcard)
	}
	return v.Err()
}

// isUntyped reports whether a blob was read as an empty string, which has no type byte.
func (v Value) isUntyped() bool { return v.sub == 0 && v.ptr == nil }

// blob writes the particle type and the bytes. A blob that was read without a type byte is written
// back in the same form.
func (p *packer) blob(v Value) {
	if v.isUntyped() {
		p.strHeader(0)
		return
	}
	p.prefixed(ParticleType(v.sub), v.num)
	p.buf = append(p.buf, v.bytes()...)
}

func (p *packer) prefixed(t ParticleType, n uint64) {
	p.strHeader(n + 1)
	p.buf = append(p.buf, byte(t))
}

// strHeader writes the header of a "str" of n bytes. The library can only write a header together
// with the bytes, which are in two parts here.
func (p *packer) strHeader(n uint64) {
	switch {
	case n < 32:
		p.buf = append(p.buf, msgpcode.FixedStrLow|byte(n))
	case n < 1<<8:
		p.buf = append(p.buf, msgpcode.Str8, byte(n))
	case n < 1<<16:
		p.buf = append(p.buf, msgpcode.Str16)
		p.buf = binary.BigEndian.AppendUint16(p.buf, uint16(n))
	default:
		p.buf = append(p.buf, msgpcode.Str32)
		p.buf = binary.BigEndian.AppendUint32(p.buf, uint32(n))
	}
}

func (p *packer) sentinel(which byte) error {
	err := p.enc.EncodeExtHeader(extSentinel, 1)
	p.buf = append(p.buf, which)
	return err
}

func (p *packer) list(v Value, depth int) error {
	if depth >= MaxDepth {
		return fmt.Errorf("%w: more than %d levels", ErrTooDeep, MaxDepth)
	}
	elements := v.list()
	if v.sub == 0 {
		if err := p.enc.EncodeArrayLen(len(elements)); err != nil {
			return err
		}
	} else {
		if err := p.enc.EncodeArrayLen(len(elements) + 1); err != nil {
			return err
		}
		if err := p.enc.EncodeExtHeader(int8(v.sub), 0); err != nil {
			return err
		}
	}
	for _, e := range elements {
		if err := p.value(e, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (p *packer) pairs(v Value, depth int) error {
	if depth >= MaxDepth {
		return fmt.Errorf("%w: more than %d levels", ErrTooDeep, MaxDepth)
	}
	pairs := v.pairs()
	if v.sub == 0 {
		if err := p.enc.EncodeMapLen(len(pairs)); err != nil {
			return err
		}
	} else if err := p.orderedMapHeader(len(pairs), int8(v.sub)); err != nil {
		return err
	}
	for _, e := range pairs {
		if err := p.value(e.Key, depth+1); err != nil {
			return err
		}
		if err := p.value(e.Value, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// orderedMapHeader writes the length of a map and an extra first pair with the flags.
func (p *packer) orderedMapHeader(n int, flags int8) error {
	if err := p.enc.EncodeMapLen(n + 1); err != nil {
		return err
	}
	if err := p.enc.EncodeExtHeader(flags, 0); err != nil {
		return err
	}
	return p.enc.EncodeNil()
}
