package mapper

import (
	"encoding"
	"fmt"
	"math/bits"
	"reflect"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A decimalText converts between variables of a type and decimal numbers as text.
type decimalText struct {
	format func(at place) (string, error)
	parse  func(at place, s string) error
}

// scaledCodec stores a decimal number as an integer of its last digit: with scale 2, 12.5 is 1250.
// Such integers sort, sum and compare exactly, on the server too, and are those of a column
// DECIMAL(p, s) in SQL. A number with more digits after the point is an error, not rounded.
func scaledCodec(t reflect.Type, scale int) (*codec, error) {
	text, ok := decimalTextOf(t)
	if !ok {
		return nil, fmt.Errorf("option scale is for strings, floats and types with MarshalText and UnmarshalText, not for %s", t)
	}
	return guarded(t, &codec{
		custom: true,
		encode: func(at place, _ int) (protocol.Value, error) {
			s, err := text.format(at)
			if err != nil {
				return protocol.Nil(), err
			}
			n, err := parseScaled(s, scale)
			return protocol.Int(n), err
		},
		decode: func(at place, v protocol.Value) error {
			n, ok := v.Int()
			if !ok {
				return wrongType(v, fmt.Sprintf("an integer of %d decimal places", scale))
			}
			return text.parse(at, formatScaled(n, scale))
		},
	}), nil
}

func decimalTextOf(t reflect.Type) (decimalText, bool) {
	switch k := t.Kind(); {
	case hasMethods(t, textMarshalerType, textUnmarshalerType):
		return decimalText{
			func(at place) (string, error) {
				text, err := interfaceAt[encoding.TextMarshaler](t, at).MarshalText()
				return string(text), err
			},
			func(at place, s string) error {
				clearAt(t, at)
				return interfaceAt[encoding.TextUnmarshaler](t, at).UnmarshalText([]byte(s))
			},
		}, true
	case k == reflect.String:
		return decimalText{
			func(at place) (string, error) { return *variable[string](at), nil },
			func(at place, s string) error { *variable[string](at) = s; return nil },
		}, true
	case k == reflect.Float64 || k == reflect.Float32:
		return decimalText{
			func(at place) (string, error) {
				return strconv.FormatFloat(reflectAt(t, at).Float(), 'f', -1, t.Bits()), nil
			},
			func(at place, s string) error {
				f, err := strconv.ParseFloat(s, t.Bits())
				reflectAt(t, at).SetFloat(f)
				return err
			},
		}, true
	}
	return decimalText{}, false
}

// parseScaled returns a decimal number, such as "-12.50" or "1e3", multiplied by 10^scale.
func parseScaled(s string, scale int) (int64, error) {
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		var err error
		if exponent, err = strconv.Atoi(s[i+1:]); err != nil || exponent > 1000 || exponent < -1000 {
			return 0, notDecimal(s)
		}
		mantissa = s[:i]
	}
	negative := strings.HasPrefix(mantissa, "-")
	mantissa = strings.TrimLeft(mantissa, "+-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if digits == "" || len(s)-len(strings.TrimLeft(s, "+-")) > 1 || strings.Trim(digits, "0123456789") != "" {
		return 0, notDecimal(s)
	}
	// The number is digits * 10^zeros.
	zeros := exponent - len(fraction) + scale
	if trimmed := strings.TrimRight(digits, "0"); zeros < 0 {
		zeros += len(digits) - len(trimmed)
		if digits = trimmed; digits == "" {
			return 0, nil
		}
		if zeros < 0 {
			return 0, fmt.Errorf("%w: %s has more than %d digits after the point; round it first", ErrRange, s, scale)
		}
	}
	return scaledInteger(s, digits, zeros, negative)
}

// scaledInteger returns digits * 10^zeros. s is the number for error messages.
func scaledInteger(s, digits string, zeros int, negative bool) (int64, error) {
	var n uint64
	for i := range len(digits) + zeros {
		var next uint64
		if i < len(digits) {
			next = uint64(digits[i] - '0')
		} else if n == 0 {
			break
		}
		high, low := bits.Mul64(n, 10)
		sum, carry := bits.Add64(low, next, 0)
		if high != 0 || carry != 0 {
			return 0, tooLarge(s)
		}
		n = sum
	}
	switch {
	case negative && n <= 1<<63:
		return -int64(n), nil
	case negative || n > 1<<63-1:
		return 0, tooLarge(s)
	}
	return int64(n), nil
}

func notDecimal(s string) error { return fmt.Errorf("%w: %q is not a decimal number", ErrType, s) }

func tooLarge(s string) error {
	return fmt.Errorf("%w: %s with its decimal places does not fit in 64 bits; use a smaller scale", ErrRange, s)
}

// formatScaled returns n / 10^scale with all digits of the scale.
func formatScaled(n int64, scale int) string {
	sign, digits := "", strconv.FormatUint(uint64(n), 10)
	if n < 0 {
		sign, digits = "-", strconv.FormatUint(-uint64(n), 10)
	}
	if scale == 0 {
		return sign + digits
	}
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - scale
	return sign + digits[:point] + "." + digits[point:]
}
