package querylang

import "github.com/aerosql/aerosql/protocol"

// arithmetic returns x op y, with the results of the server's expressions. Integers wrap around,
// integer division drops the fraction, and division by zero is unknown. Floats follow IEEE 754. An
// integer and a float are computed as floats.
func arithmetic(op Operator, x, y protocol.Value) protocol.Value {
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
	case OpAdd:
		return protocol.Float(f + g)
	case OpSubtract:
		return protocol.Float(f - g)
	case OpMultiply:
		return protocol.Float(f * g)
	case OpDivide:
		return protocol.Float(f / g)
	}
	return protocol.Nil() // the server has no remainder of floats
}

func integerArithmetic(op Operator, m, n int64) protocol.Value {
	switch op {
	case OpAdd:
		return protocol.Int(m + n)
	case OpSubtract:
		return protocol.Int(m - n)
	case OpMultiply:
		return protocol.Int(m * n)
	}
	switch {
	case n == 0:
		return protocol.Nil()
	case op == OpDivide:
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

func negate(v protocol.Value) protocol.Value {
	if n, ok := v.Int(); ok {
		return protocol.Int(-n)
	}
	if f, ok := v.Float(); ok {
		return protocol.Float(-f)
	}
	return protocol.Nil()
}

// maxConcat is the maximum length in bytes of a result of concat. It is more than a record can
// hold.
const maxConcat = 4 * protocol.MaxRecordSize

// concat joins two strings or two blobs. For other values the result is unknown.
func concat(x, y protocol.Value) protocol.Value {
	if x.Len()+y.Len() > maxConcat || x.Kind() != y.Kind() {
		return protocol.Nil()
	}
	switch x.Kind() {
	case protocol.KindString:
		a, _ := x.Text()
		b, _ := y.Text()
		return protocol.String(a + b)
	case protocol.KindBlob:
		a, _ := x.Bytes()
		b, _ := y.Bytes()
		return protocol.Blob(append(a[:len(a):len(a)], b...))
	}
	return protocol.Nil()
}
