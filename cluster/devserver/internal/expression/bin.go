package expression

import (
	"bytes"
	"encoding/binary"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// content builds the operators that read a record's content: bin, bin type and user key.
func (b *builder) content(op exp.Op) (operand, bool) {
	if op == exp.OpBinType {
		name, ok := b.binName()
		return operand{node: binType{name}, typ: exp.TypeInt}, ok
	}
	n, ok := b.in.Int()
	if !ok {
		return operand{}, false
	}
	if op == exp.OpKey {
		typ := exp.Type(uint32(n))
		ok = uint32(n) <= uint32(exp.TypeHLL) && (typ == exp.TypeInt || typ == exp.TypeString || typ == exp.TypeBlob)
		return operand{node: userKey{kinds[typ%typeInvalid]}, typ: typ}, ok
	}
	if n < 0 || n > int64(exp.TypeHLL) {
		return operand{}, false
	}
	name, ok := b.binName()
	return operand{node: binValue{name, kinds[n]}, typ: exp.Type(n)}, ok
}

// binName reads the name of a bin. It can be empty.
func (b *builder) binName() ([]byte, bool) {
	name, ok := b.in.Bytes()
	return name, ok && len(name) <= protocol.MaxBinNameLen && bytes.IndexByte(name, 0) < 0
}

// kinds maps types to the kinds of their values.
var kinds = [...]kind{
	exp.TypeNil: kindNil, exp.TypeBool: kindBool, exp.TypeInt: kindInt, exp.TypeString: kindString,
	exp.TypeList: kindList, exp.TypeMap: kindMap, exp.TypeBlob: kindBlob, exp.TypeFloat: kindFloat,
	exp.TypeGeo: kindGeo, exp.TypeHLL: kindHLL,
}

// binValue is the value of a bin of the declared kind. It is unknown if there is no such bin or it
// has another kind.
type binValue struct {
	name []byte
	kind kind
}

func (n binValue) eval(f *frame) value {
	if f.record == nil {
		return unknown
	}
	v := ofBin(f.record.Bin(n.name))
	if v.kind != n.kind {
		return unknown
	}
	return v
}

// binType is the particle type of a bin, or 0 if there is none.
type binType struct{ name []byte }

func (n binType) eval(f *frame) value {
	if f.record == nil {
		return unknown
	}
	return integer(int64(f.record.Bin(n.name).Type))
}

// userKey is the stored user key. It is unknown if no key is stored or it has another kind than
// declared.
type userKey struct{ kind kind }

func (n userKey) eval(f *frame) value {
	if f.record == nil {
		return unknown
	}
	key := f.record.UserKey()
	if len(key) == 0 {
		return unknown
	}
	v := value{data: key[1:]}
	switch protocol.ParticleType(key[0]) {
	case protocol.ParticleInteger:
		if len(v.data) != 8 {
			return unknown
		}
		v = value{kind: kindInt, num: binary.BigEndian.Uint64(v.data)}
	case protocol.ParticleString:
		v.kind = kindString
	case protocol.ParticleBlob:
		v.kind = kindBlob
	}
	if v.kind != n.kind {
		return unknown
	}
	return v
}
