package function

import (
	"math/big"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// timestampLayout is the form of a timestamp as text. Zeros at the end of the fraction are dropped.
const timestampLayout = "2006-01-02 15:04:05.999999999"

// Text returns a value of a type as text, as CAST(v AS TEXT) does: a timestamp as 2026-01-02
// 03:04:05.678, in UTC, a date as 2026-01-02, a decimal with all digits of its scale. It returns
// NULL for values without a text, such as lists.
func Text(v protocol.Value, t Type) protocol.Value {
	if n, ok := v.Int(); ok {
		switch t.Family {
		case Timestamps:
			return protocol.String(time.Unix(0, n).UTC().Format(timestampLayout))
		case Dates:
			return protocol.String(time.Unix(0, n).UTC().Format(time.DateOnly))
		case Decimals:
			return protocol.String(FormatDecimal(n, t.Scale))
		}
	}
	return castString(v, Type{})
}

// CastFrom is Cast of a value of a declared type: a decimal is the number that it means, and a
// timestamp as text is its date and time.
func CastFrom(v protocol.Value, from, to Type) protocol.Value {
	n, ok := v.Int()
	if !ok {
		return Cast(v, to)
	}
	switch from.Family {
	case Timestamps, Dates:
		switch to.Family {
		case Strings:
			return castString(Text(v, from), to)
		case Booleans, Decimals, Floats:
			return protocol.Nil()
		}
	case Decimals:
		switch to.Family {
		case Strings:
			return castString(Text(v, from), to)
		case Decimals:
			return scaled(big.NewRat(1, 1).SetFrac(big.NewInt(n), powerOfTen(from.Scale)), to)
		case Integers:
			return protocol.Int(new(big.Int).Quo(big.NewInt(n), powerOfTen(from.Scale)).Int64())
		case Floats:
			return castFloat(Text(v, from))
		case Booleans:
			return castBool(v)
		case Undeclared, Documents:
			return castFloat(Text(v, from))
		}
		return protocol.Nil()
	}
	return Cast(v, to)
}
