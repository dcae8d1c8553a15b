package function

import (
	"github.com/aerosql/aerosql/internal/bits"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// The functions of this file return a changed blob. They run the call that UPDATE sends to the
// servers, so that both give the same bytes.

var (
	blobParam     = Parameter{Name: "blob", Kinds: Blob}
	nullableBlob  = Parameter{Name: "blob", Kinds: Blob | Null}
	offsetParam   = Parameter{Name: "offset", Kinds: Integer}
	sizeParam     = Parameter{Name: "size", Kinds: Integer}
	bitsParam     = Parameter{Name: "bits", Kinds: Blob}
	addendParam   = Parameter{Name: "n", Kinds: Integer}
	shiftParam    = Parameter{Name: "shift", Kinds: Integer}
	bytesParam    = Parameter{Name: "bytes", Kinds: Integer}
	insertedParam = Parameter{Name: "inserted", Kinds: Blob}
	signedParam   = Parameter{Name: "signed", Kinds: Bool, Optional: true}
	blobResult    = fixed(Blobs, Blob|Null)
)

// bitsDoc ends the description of functions of a range of bits.
const bitsDoc = " Offsets and sizes are in bits, from the highest bit of the first byte; a negative offset counts from the end. NULL if the blob does not have all these bits."

var bitChangeFunctions = []*Function{
	bitChange("BIT_SET", onBits(cdt.BitSet), "The blob with bits replaced by the first ones of another blob."+bitsDoc,
		"BIT_SET(X'0000', 4, 8, X'FF')", "X'0FF0'", offsetParam, sizeParam, bitsParam),
	bitChange("BIT_OR", onBits(cdt.BitOr), "The blob with bits that are combined with those of another blob by OR, as BIT_SET replaces them.",
		"BIT_OR(X'0F00', 0, 8, X'F0')", "X'FF00'", offsetParam, sizeParam, bitsParam),
	bitChange("BIT_AND", onBits(cdt.BitAnd), "The blob with bits that are combined with those of another blob by AND, as BIT_SET replaces them.",
		"BIT_AND(X'0F0F', 0, 8, X'3C')", "X'0C0F'", offsetParam, sizeParam, bitsParam),
	bitChange("BIT_XOR", onBits(cdt.BitXor), "The blob with bits that are combined with those of another blob by exclusive OR, as BIT_SET replaces them.",
		"BIT_XOR(X'0F0F', 0, 8, X'FF')", "X'F00F'", offsetParam, sizeParam, bitsParam),
	bitChange("BIT_NOT", func(bin string, args []int64, _ []byte) protocol.Operation {
		return cdt.BitNot(bin, int(args[0]), int(args[1]))
	}, "The blob with bits inverted."+bitsDoc, "BIT_NOT(X'0000', 2, 3)", "X'3800'", offsetParam, sizeParam),
	bitChange("BIT_LSHIFT", func(bin string, args []int64, _ []byte) protocol.Operation {
		return cdt.BitShiftLeft(bin, int(args[0]), int(args[1]), int(args[2]))
	}, "The blob with bits shifted toward the front, and zeros after them."+bitsDoc, "BIT_LSHIFT(X'0FF0', 0, 16, 4)", "X'FF00'", offsetParam, sizeParam, shiftParam),
	bitChange("BIT_RSHIFT", func(bin string, args []int64, _ []byte) protocol.Operation {
		return cdt.BitShiftRight(bin, int(args[0]), int(args[1]), int(args[2]))
	}, "The blob with bits shifted toward the end, and zeros before them."+bitsDoc, "BIT_RSHIFT(X'0FF0', 0, 16, 4)", "X'00FF'", offsetParam, sizeParam, shiftParam),
	bitChange("BIT_ADD", func(bin string, args []int64, _ []byte) protocol.Operation {
		return cdt.BitAdd(bin, int(args[0]), int(args[1]), args[2], cdt.Unsigned, cdt.OverflowWrap)
	}, "The blob with a number added to the integer of at most 64 bits at an offset, which wraps around."+bitsDoc, "BIT_ADD(X'01FF', 8, 8, 2)", "X'0101'", offsetParam, sizeParam, addendParam),
	bitChange("BIT_SET_INT", func(bin string, args []int64, _ []byte) protocol.Operation {
		return cdt.BitSetInt(bin, int(args[0]), int(args[1]), args[2])
	}, "The blob with the low bits of a number stored at an offset, at most 64."+bitsDoc, "BIT_SET_INT(X'0000', 4, 8, 128)", "X'0800'", offsetParam, sizeParam, addendParam),
	bitChange("BIT_RESIZE", func(bin string, args []int64, _ []byte) protocol.Operation {
		return cdt.BitResize(bin, int(args[0]), 0)
	}, "The blob with another number of bytes: it is cut off, or filled with zeros. NULL is an empty blob.", "BIT_RESIZE(X'0102', 3)", "X'010200'", bytesParam),
	bitChange("BIT_INSERT", func(bin string, args []int64, more []byte) protocol.Operation {
		return cdt.BitInsert(bin, int(args[0]), more)
	}, "The blob with bytes inserted before the byte at an index, after zeros if the blob is shorter. NULL is an empty blob.", "BIT_INSERT(X'0102', 1, X'FF')", "X'01FF02'", indexParam, insertedParam),
	bitChange("BIT_REMOVE", func(bin string, args []int64, _ []byte) protocol.Operation {
		return cdt.BitRemove(bin, int(args[0]), int(args[1]))
	}, "The blob without a number of bytes from an index on, or NULL if it does not have them.", "BIT_REMOVE(X'010203', 1, 1)", "X'0103'", indexParam, bytesParam),
	{Name: "BIT_GET_INT", Group: groupBits, Strict: true, Params: []Parameter{blobParam, offsetParam, sizeParam, signedParam}, Result: countResult, Eval: bitGetInt,
		Doc: "The integer of at most 64 bits at an offset, in two's complement if signed is TRUE." + bitsDoc, Example: "BIT_GET_INT(X'0FF0', 4, 8)", ExampleResult: "255"},
}

// onBits returns the call of an operation with an offset, a size and bits.
func onBits(op func(bin string, offset, size int, bits []byte, flags ...cdt.BitFlags) protocol.Operation) bitCall {
	return func(bin string, args []int64, more []byte) protocol.Operation {
		return op(bin, int(args[0]), int(args[1]), more)
	}
}

// A bitCall returns a bit operation for the integers and the blob that are its arguments.
type bitCall func(bin string, args []int64, more []byte) protocol.Operation

// bitChange returns a function that changes a blob. The first parameter, the blob, is not among
// params.
func bitChange(name string, call bitCall, doc, example, result string, params ...Parameter) *Function {
	change := func(bin string, args []protocol.Value, _ cdt.Context) (op protocol.Operation, ok bool) {
		var numbers []int64
		var more []byte
		for i, v := range args {
			if params[i].Kinds == Blob {
				if more, ok = v.Bytes(); !ok || v.Kind() != protocol.KindBlob {
					return op, false
				}
				continue
			}
			n, ok := smallInt(v)
			if !ok {
				return op, false
			}
			numbers = append(numbers, int64(n))
		}
		op = call(bin, numbers, more)
		return op, op.Value.Err() == nil
	}
	return &Function{
		Name: name, Group: groupBits, Params: append([]Parameter{nullableBlob}, params...), Result: blobResult, Change: change,
		Eval: func(_ *Context, args []protocol.Value) protocol.Value {
			op, ok := change("", args[1:], nil)
			if !ok || args[0].Kind() != protocol.KindBlob && !args[0].IsNil() {
				return protocol.Nil()
			}
			packed, _ := op.Value.Bytes()
			changed, code := bits.Modify(packed, args[0])
			if code != protocol.OK {
				return protocol.Nil()
			}
			return changed
		},
		Doc: doc, Example: example, ExampleResult: result,
	}
}

func bitGetInt(_ *Context, args []protocol.Value) protocol.Value {
	offset, ok := smallInt(args[1])
	size, fits := smallInt(args[2])
	if !ok || !fits {
		return protocol.Nil()
	}
	sign := cdt.Unsigned
	if len(args) > 3 {
		if signed, _ := args[3].Bool(); signed {
			sign = cdt.Signed
		}
	}
	packed, ok := cdt.BitGetInt("", offset, size, sign).Value.Bytes()
	if !ok {
		return protocol.Nil()
	}
	v, code := bits.Read(packed, args[0])
	if code != protocol.OK {
		return protocol.Nil()
	}
	return v
}
