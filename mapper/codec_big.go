package mapper

import (
	"fmt"
	"math/big"
	"reflect"

	"github.com/aerosql/aerosql/protocol"
)

var bigFloatType = reflect.TypeFor[big.Float]()

// bigPrecision is the precision in bits that UnmarshalText of a big.Float has.
const bigPrecision = 64

// bigFloatCodec stores a big.Float as text without a loss. What MarshalText returns is stored if
// UnmarshalText reads the same number from it, and otherwise all digits of the number.
func bigFloatCodec() *codec {
	return &codec{
		encode: func(at place, _ int) (protocol.Value, error) {
			x := variable[big.Float](at)
			text := x.Text('g', -1)
			if y := new(big.Float); y.UnmarshalText([]byte(text)) != nil || y.Cmp(x) != 0 {
				text = exactText(x)
			}
			return protocol.String(text), nil
		},
		decode: func(at place, v protocol.Value) error {
			if v.Kind() != protocol.KindString {
				return wrongType(v, "a number as a string")
			}
			text, _ := v.Text()
			// A decimal digit is less than four bits.
			y, _, err := big.ParseFloat(text, 0, max(bigPrecision, uint(4*len(text))), big.ToNearestEven)
			if err != nil {
				return fmt.Errorf("%w: %w", ErrType, err)
			}
			variable[big.Float](at).SetPrec(max(bigPrecision, y.MinPrec())).SetMode(big.ToNearestEven).Set(y)
			return nil
		},
	}
}

// maxBigDigits is the number of decimal digits from which on the hexadecimal form is stored.
const maxBigDigits = 1200

// exactText returns all digits of a number.
func exactText(x *big.Float) string {
	bits, exponent := int(x.MinPrec()), x.MantExp(nil)
	// Each bit after the binary point needs a digit, and each before it less than one.
	digits := max(bits, bits-exponent) + max(exponent, 0)
	if digits > maxBigDigits {
		return x.Text('p', 0)
	}
	return x.Text('g', digits)
}
