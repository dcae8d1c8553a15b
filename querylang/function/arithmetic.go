package function

import (
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// Arithmetic returns x op y, with the results of the server's expressions. Integers wrap around,
// integer division drops the fraction, and division by zero is unknown. Floats follow IEEE 754. An
// integer and a float are computed as floats.
func Arithmetic(op ast.Operator, x, y protocol.Value) protocol.Value {
	if op == ast.OpConcat {
		return ConcatAll([]protocol.Value{x, y})
	}
	m, xInt := x.Int()
	n, yInt := y.Int()
	if xInt && yInt {
		return integerArithmetic(op, m, n)
	}
	if !isNumber(x) || !isNumber(y) {
		return protocol.Nil()
	}
	f, g := asFloat(x), asFloat(y)
	switch op {
	case ast.OpAdd:
		return protocol.Float(f + g)
	case ast.OpSubtract:
		return protocol.Float(f - g)
	case ast.OpMultiply:
		return protocol.Float(f * g)
	case ast.OpDivide:
		return protocol.Float(f / g)
	}
	return protocol.Nil() // the server has no remainder of floats
}

func integerArithmetic(op ast.Operator, m, n int64) protocol.Value {
	switch op {
	case ast.OpBitAnd:
		return protocol.Int(m & n)
	case ast.OpBitOr:
		return protocol.Int(m | n)
	case ast.OpBitXor:
		return protocol.Int(m ^ n)
	case ast.OpShiftLeft:
		return protocol.Int(shift(m, n))
	case ast.OpShiftRight:
		return protocol.Int(shift(m, -n))
	case ast.OpAdd:
		return protocol.Int(m + n)
	case ast.OpSubtract:
		return protocol.Int(m - n)
	case ast.OpMultiply:
		return protocol.Int(m * n)
	}
	switch {
	case n == 0:
		return protocol.Nil()
	case op == ast.OpDivide:
		return protocol.Int(m / n)
	}
	return protocol.Int(m % n)
}

func asFloat(v protocol.Value) float64 {
	if n, ok := v.Int(); ok {
		return float64(n)
	}
	if n, ok := v.Uint(); ok {
		return float64(n)
	}
	f, _ := v.Float()
	return f
}

// Negate returns -x, or NULL for a value that is not a number.
func Negate(v protocol.Value) protocol.Value {
	if n, ok := v.Int(); ok {
		return protocol.Int(-n)
	}
	if f, ok := v.Float(); ok {
		return protocol.Float(-f)
	}
	return protocol.Nil()
}

// maxConcat is the maximum length in bytes of a result of ConcatAll. It is more than a record can
// hold.
const maxConcat = 4 * protocol.MaxRecordSize

// ConcatAll joins strings, or blobs. For other values, and values of different kinds, the result is
// NULL.
func ConcatAll(values []protocol.Value) protocol.Value {
	size := 0
	for _, v := range values {
		if size += v.Len(); v.Kind() != values[0].Kind() || size > maxConcat {
			return protocol.Nil()
		}
	}
	switch values[0].Kind() {
	case protocol.KindString:
		var b strings.Builder
		b.Grow(size)
		for _, v := range values {
			s, _ := v.Text()
			b.WriteString(s)
		}
		return protocol.String(b.String())
	case protocol.KindBlob:
		joined := make([]byte, 0, size)
		for _, v := range values {
			b, _ := v.Bytes()
			joined = append(joined, b...)
		}
		return protocol.Blob(joined)
	}
	return protocol.Nil()
}

// BitNot returns ~x, or NULL for a value that is not an integer.
func BitNot(v protocol.Value) protocol.Value {
	n, ok := v.Int()
	if !ok {
		return protocol.Nil()
	}
	return protocol.Int(^n)
}

// shift shifts to the left, or to the right by a negative count. A shift to the right keeps the
// sign, and 64 or more bits leave 0 or -1.
func shift(m, count int64) int64 {
	switch {
	case count >= 64:
		return 0
	case count >= 0:
		return m << count
	case count > -64:
		return m >> -count
	case m < 0:
		return -1
	}
	return 0
}
