package exp

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/aerosql/aerosql/protocol"
)

// Filter returns the expression in the form that policies take. A command acts on a record only if
// the expression is true for it. If it is false or unknown the command returns FilteredOut.
//
// If the expression cannot be packed the result is a filter that every server rejects with
// ParameterError, never one that lets records pass. [Pack] returns the reason.
//
// Needs server 5.2.
func Filter(e Bool) []byte {
	packed, err := Pack(e)
	if err != nil {
		return []byte{neverUsed}
	}
	return packed
}

// neverUsed is a byte that starts no MessagePack value.
const neverUsed = 0xc1

// Pack returns the packed form of an expression, as used in the filter field of a message and, in
// Base64, in the definition of an index. Errors wrap
//   - [protocol.ErrInvalidCommand] for a zero value among the operands or a contradiction,
//   - [protocol.ErrInvalidBin] for an invalid bin name,
//   - [protocol.ErrInvalidValue] for a literal that a bin cannot hold,
//   - [protocol.ErrTooDeep] and [protocol.ErrTooLarge] beyond [MaxDepth] and [MaxSize].
func Pack(e Expression) ([]byte, error) {
	if e == nil {
		return nil, zeroValueNode().Value.Err()
	}
	packed, err := e.Node().Append(make([]byte, 0, usualSize))
	if err != nil {
		return nil, err
	}
	return packed, nil
}

// usualSize is the size in bytes that is enough for most filters.
const usualSize = 128

// Base64 returns the packed form of an expression in standard Base64, the form in which the
// official clients exchange expressions and index definitions take them. Errors are those of
// [Pack].
func Base64(e Expression) (string, error) {
	packed, err := Pack(e)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(packed), nil
}

// Append appends the packed form of the tree to dst. Errors are those of [Pack]; dst is unchanged
// then.
func (n *Node) Append(dst []byte) ([]byte, error) {
	if n == nil {
		n = zeroValueNode()
	}
	packed, err := n.appendTo(dst, 0)
	if err != nil {
		return dst, err
	}
	if size := len(packed) - len(dst); size > MaxSize {
		return dst, fmt.Errorf("%w: expression has %d bytes, the limit is %d", protocol.ErrTooLarge, size, MaxSize)
	}
	return packed, nil
}

func (n *Node) appendTo(dst []byte, depth int) ([]byte, error) {
	switch {
	case depth > MaxDepth:
		return dst, fmt.Errorf("%w: expression has more than %d levels", protocol.ErrTooDeep, MaxDepth)
	case n.Op == OpValue:
		return protocol.AppendMsgpack(dst, n.Value)
	}
	if err := n.check(); err != nil {
		return dst, err
	}
	switch n.Op.info().shape {
	case shapeArgs:
		return n.appendArgs(appendOp(dst, n.Op, len(n.Args)), depth)
	case shapeRegex:
		dst = appendInt(appendOp(dst, n.Op, 3), n.Number)
		return n.Args[0].appendTo(appendRaw(dst, n.Name()), depth+1)
	case shapeNumber:
		return appendInt(appendOp(dst, n.Op, 1), n.Number), nil
	case shapeKey:
		return append(appendOp(dst, n.Op, 1), byte(n.Type)), nil
	case shapeBin:
		return appendRaw(append(appendOp(dst, n.Op, 2), byte(n.Type)), n.Name()), nil
	case shapeName:
		return appendRaw(appendOp(dst, n.Op, 1), n.Name()), nil
	case shapeLoopVar:
		return appendInt(append(appendOp(dst, n.Op, 2), byte(n.Type)), n.Number), nil
	case shapeLet:
		return n.appendLet(dst, depth)
	case shapeQuote:
		return protocol.AppendMsgpack(appendOp(dst, n.Op, 1), n.Value)
	}
	return n.appendCall(dst, depth)
}

func (n *Node) appendArgs(dst []byte, depth int) ([]byte, error) {
	var err error
	for i := range n.Args {
		if dst, err = n.Args[i].appendTo(dst, depth+1); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

func (n *Node) appendLet(dst []byte, depth int) ([]byte, error) {
	last := len(n.Args) - 1
	dst = appendOp(dst, n.Op, 2*last+1)
	var err error
	for i := range n.Args[:last] {
		def := &n.Args[i]
		if dst, err = def.Args[0].appendTo(appendRaw(dst, def.Name()), depth+1); err != nil {
			return dst, err
		}
	}
	return n.Args[last].appendTo(dst, depth+1)
}

// appendCall appends the result type, the system, the call, and the value that it works on
// (docs/wire-cdt-exp.md#7.4).
func (n *Node) appendCall(dst []byte, depth int) ([]byte, error) {
	call, system := n.Call, n.Call.System
	if call.Modify {
		system |= modifyFlag
	}
	dst = append(appendOp(dst, n.Op, 4), byte(n.Type), byte(system))
	var err error
	args := n.Args[1:]
	switch {
	case call.Code == CodeSelect:
		dst = appendInt(appendArray(dst, 2+len(args)), CodeSelect)
		dst, err = appendContext(dst, call.Context, depth)
	case len(call.Context) > 0:
		dst = appendInt(appendArray(dst, 3), codeContext)
		if dst, err = appendContext(dst, call.Context, depth); err == nil {
			dst = appendInt(appendArray(dst, 1+len(args)), call.Code)
		}
	default:
		dst = appendInt(appendArray(dst, 1+len(args)), call.Code)
	}
	for i := range args {
		if err != nil {
			return dst, err
		}
		dst, err = args[i].appendTo(dst, depth+1)
	}
	if err != nil {
		return dst, err
	}
	return n.Args[0].appendTo(dst, depth+1)
}

func appendContext(dst []byte, steps []Step, depth int) ([]byte, error) {
	dst = appendArray(dst, 2*len(steps))
	var err error
	for i := range steps {
		s := &steps[i]
		dst = appendInt(dst, s.Type)
		if s.Filter != nil {
			dst, err = s.Filter.appendTo(dst, depth+1)
		} else {
			dst, err = protocol.AppendMsgpack(dst, s.Value)
		}
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// appendOp starts an operator with n elements after its number.
func appendOp(dst []byte, op Op, n int) []byte {
	return append(appendArray(dst, n+1), byte(op)) // all numbers are below 128, so each is its own encoding
}

func appendArray(dst []byte, n int) []byte {
	switch {
	case n < 16:
		return append(dst, msgpcode.FixedArrayLow|byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, msgpcode.Array16), uint16(n))
	}
	return binary.BigEndian.AppendUint32(append(dst, msgpcode.Array32), uint32(n))
}

func appendInt(dst []byte, n int64) []byte {
	if n >= 0 && n < 128 {
		return append(dst, byte(n))
	}
	dst, _ = protocol.AppendMsgpack(dst, protocol.Int(n)) // an integer can always be encoded
	return dst
}

// appendRaw appends a name or a pattern. Unlike a string value it has no type before its bytes.
func appendRaw(dst []byte, s string) []byte {
	switch n := len(s); {
	case n < 32:
		dst = append(dst, msgpcode.FixedStrLow|byte(n))
	case n < 1<<8:
		dst = append(dst, msgpcode.Str8, byte(n))
	case n < 1<<16:
		dst = binary.BigEndian.AppendUint16(append(dst, msgpcode.Str16), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint32(append(dst, msgpcode.Str32), uint32(n))
	}
	return append(dst, s...)
}
