package expression

import (
	"math"
	"math/bits"

	"github.com/aerosql/aerosql/protocol/exp"
)

type toInt struct{ node node }

// eval truncates toward zero. A value out of range returns the smallest integer, as on the server's
// processors.
func (n toInt) eval(f *frame) value {
	v := n.node.eval(f)
	if v.kind != kindFloat {
		return unknown
	}
	x := v.float()
	if !(x >= math.MinInt64 && x < -math.MinInt64) {
		return integer(math.MinInt64)
	}
	return integer(int64(x))
}

type toFloat struct{ node node }

func (n toFloat) eval(f *frame) value {
	v := n.node.eval(f)
	if v.kind != kindInt {
		return unknown
	}
	return float(float64(v.int()))
}

// scan builds the search for a bit in an integer.
func (b *builder) scan(op exp.Op) (operand, bool) {
	number, okNumber := b.one(exp.TypeInt)
	if !okNumber {
		return operand{}, false
	}
	bit, ok := b.one(exp.TypeBool)
	return operand{node: scan{number, bit, op == exp.OpIntRScan}, typ: exp.TypeInt}, ok
}

type scan struct {
	number, bit node
	fromRight   bool
}

// eval returns the position of the bit, counted from the most significant bit, or -1.
func (n scan) eval(f *frame) value {
	number := n.number.eval(f)
	if number.kind != kindInt {
		return unknown
	}
	bit := n.bit.eval(f)
	if bit.kind != kindBool {
		return unknown
	}
	x := number.num
	if bit.isFalse() {
		x = ^x
	}
	switch {
	case x == 0:
		return integer(-1)
	case n.fromRight:
		return integer(63 - int64(bits.TrailingZeros64(x)))
	}
	return integer(int64(bits.LeadingZeros64(x)))
}
