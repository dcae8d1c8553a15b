package function

import (
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// MaxPrecision is the largest number of digits of a DECIMAL, so that its integer fits 64 bits.
const MaxPrecision = 18

// FormatDecimal returns the text of a scaled integer: 12345 with a scale of 2 is 123.45.
func FormatDecimal(n int64, scale int) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	if scale == 0 {
		return sign + digits
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale-len(digits)+1) + digits
	}
	point := len(digits) - scale
	return sign + digits[:point] + "." + digits[point:]
}

// castDecimal returns the integer of a DECIMAL, rounded half away from zero, or NULL if the value
// is not a number or has too many digits.
func castDecimal(v protocol.Value, t Type) protocol.Value {
	r := exactNumber(v)
	if r == nil {
		return protocol.Nil()
	}
	return scaled(r, t)
}

// parseDecimal reads a number, or returns nil. Numbers that no DECIMAL can hold are not computed,
// because an exponent can make them very long.
func parseDecimal(s string) *big.Rat {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) >= 1e18 || len(s) > 100 {
		return nil
	}
	if math.Abs(f) < 1e-19 {
		return new(big.Rat)
	}
	r, _ := new(big.Rat).SetString(s)
	return r
}

// scaled rounds r * 10^Scale to an integer.
func scaled(r *big.Rat, t Type) protocol.Value {
	r = new(big.Rat).Mul(r, new(big.Rat).SetInt(powerOfTen(t.Scale)))
	// Round half away from zero: floor(|r| + 1/2).
	abs := new(big.Rat).Add(new(big.Rat).Abs(r), big.NewRat(1, 2))
	n := new(big.Int).Quo(abs.Num(), abs.Denom())
	if n.Cmp(powerOfTen(t.Precision)) >= 0 {
		return protocol.Nil()
	}
	if r.Sign() < 0 {
		n.Neg(n)
	}
	return protocol.Int(n.Int64())
}
