package function

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// Coerce returns the value as a column of the type stores it, or an error if that would change its
// meaning. NULL is itself. A text becomes a timestamp, a date, a decimal, a JSON value or a GeoJSON
// value; a number a decimal with all its digits; an integer a float and a float an integer if they
// are equal; 0 and 1 booleans. An integer in the place of a timestamp is nanoseconds since 1970
// UTC, as a time.Time is bound. The length of VARCHAR(n), CHAR(n) or BINARY(n) is not checked, as
// in SQLite: bins have no such limit. See Comparand for constants that are compared with a column.
func Coerce(v protocol.Value, t Type) (protocol.Value, error) {
	if v.Kind() == protocol.KindInvalid {
		return v, v.Err()
	}
	if v.IsNil() || t.Family == Undeclared {
		return v, nil
	}
	switch t.Family {
	case Integers:
		return coerceInteger(v, t)
	case Floats:
		return coerceFloat(v, t)
	case Booleans:
		if n, ok := v.Int(); ok && n>>1 == 0 {
			return protocol.Bool(n == 1), nil
		}
	case Timestamps, Dates:
		return coerceTime(v, t)
	case Decimals:
		return coerceDecimal(v, t)
	case Lists, Maps, Documents, Points:
		return coerceText(v, t)
	}
	if t.Kinds().Has(1 << v.Kind()) {
		return v, nil
	}
	return protocol.Nil(), mismatch(v, t)
}

// mismatch returns the error of a value that a type does not hold.
func mismatch(v protocol.Value, t Type) error {
	return typeError("%s is %s, not %s", shown(v), kindName(v.Kind()), withArticle(t.String()))
}

// shown returns a value for a message, shortened.
func shown(v protocol.Value) string {
	const longest = 40
	s := v.String()
	if utf8.RuneCountInString(s) > longest {
		s = string([]rune(s)[:longest]) + "..."
	}
	if v.Kind() == protocol.KindString {
		return "'" + s + "'"
	}
	return s
}

func withArticle(name string) string {
	if strings.ContainsRune("AEIOU", rune(name[0])) && !strings.HasPrefix(name, "UN") && !strings.HasPrefix(name, "UU") {
		return "an " + name
	}
	return "a " + name
}

// kindName returns a kind with its article.
func kindName(k protocol.Kind) string {
	switch k {
	case protocol.KindNil:
		return "NULL"
	case protocol.KindInt, protocol.KindUint:
		return "an integer"
	case protocol.KindFloat:
		return "a float"
	case protocol.KindBool:
		return "a boolean"
	case protocol.KindString:
		return "a string"
	case protocol.KindBlob:
		return "a blob"
	case protocol.KindList:
		return "a list"
	case protocol.KindMap:
		return "a map"
	case protocol.KindGeoJSON:
		return "a GeoJSON value"
	case protocol.KindHLL:
		return "a HyperLogLog value"
	}
	return "a value that no bin holds"
}

func coerceInteger(v protocol.Value, t Type) (protocol.Value, error) {
	if _, ok := v.Int(); ok {
		return v, nil
	}
	if _, ok := v.Uint(); ok {
		return protocol.Nil(), typeError("%s does not fit %s: the largest integer is %d", shown(v), t, math.MaxInt64)
	}
	if f, ok := v.Float(); ok {
		if f == math.Trunc(f) && f >= -1<<63 && f < 1<<63 {
			return protocol.Int(int64(f)), nil
		}
		return protocol.Nil(), typeError("the float %s is not an integer, which %s needs", shown(v), withArticle(t.String()))
	}
	return protocol.Nil(), mismatch(v, t)
}

func coerceFloat(v protocol.Value, t Type) (protocol.Value, error) {
	if _, ok := v.Float(); ok {
		return v, nil
	}
	if !isInteger(v) {
		return protocol.Nil(), mismatch(v, t)
	}
	f := protocol.Float(asFloat(v))
	if compareNumbers(v, f) != 0 {
		return protocol.Nil(), typeError("the integer %s is not a float of 64 bits, which %s needs", shown(v), withArticle(t.String()))
	}
	return f, nil
}

const day = int64(24 * time.Hour)

// midnight returns the midnight, UTC, before or at a time.
func midnight(n int64) int64 { return n - (n%day+day)%day }

func coerceTime(v protocol.Value, t Type) (protocol.Value, error) {
	n, ok := v.Int()
	if s, isText := v.Text(); isText && v.Kind() == protocol.KindString {
		at, isTime := ParseTime(s)
		if !isTime {
			return protocol.Nil(), typeError("%s is not %s such as %s", shown(v), withArticle(t.String()), timeExample(t))
		}
		if n, ok = nanoseconds(at); !ok {
			return protocol.Nil(), outOfRange(v, t)
		}
	}
	switch {
	case !ok:
		return protocol.Nil(), mismatch(v, t)
	case t.Family == Dates && midnight(n) != n:
		return protocol.Nil(), typeError("%s has a time of day, which a DATE does not hold; CAST(... AS DATE) drops it",
			shown(Text(protocol.Int(n), Type{Family: Timestamps})))
	}
	return protocol.Int(n), nil
}

func timeExample(t Type) string {
	if t.Family == Dates {
		return "'2026-01-02'"
	}
	return "'2026-01-02 03:04:05'"
}

func outOfRange(v protocol.Value, t Type) error {
	return typeError("%s is out of the range of %s: the years %d to %d", shown(v), t, firstYear, lastYear)
}

// nanoseconds returns a time as an integer, or false if 64 bits don't hold it.
func nanoseconds(at time.Time) (int64, bool) {
	return at.UnixNano(), at.Year() >= firstYear && at.Year() <= lastYear
}

// exactNumber returns a number, or a text of one, exactly. It returns nil for NaN, infinities,
// numbers that no DECIMAL can hold and other values.
func exactNumber(v protocol.Value) *big.Rat {
	switch v.Kind() {
	case protocol.KindInt:
		n, _ := v.Int()
		return new(big.Rat).SetInt64(n)
	case protocol.KindFloat:
		f, _ := v.Float()
		return parseDecimal(strconv.FormatFloat(f, 'g', -1, 64))
	case protocol.KindString:
		s, _ := v.Text()
		return parseDecimal(strings.TrimSpace(s))
	}
	return nil
}

func coerceDecimal(v protocol.Value, t Type) (protocol.Value, error) {
	if v.Kind() != protocol.KindString && !isNumber(v) {
		return protocol.Nil(), mismatch(v, t)
	}
	if n, ok := v.Int(); ok {
		if limit := smallPower(t.Precision - t.Scale); n < limit && n > -limit {
			return protocol.Int(n * smallPower(t.Scale)), nil
		}
	}
	r := exactNumber(v)
	if r == nil {
		if s, _ := v.Text(); v.Kind() == protocol.KindString && !isNumeral(s) {
			return protocol.Nil(), typeError("%s is not a number, which %s needs", shown(v), withArticle(t.String()))
		}
		return protocol.Nil(), typeError("%s has too many digits for %s", shown(v), t)
	}
	whole, rest := scaledFloor(r, t.Scale)
	if rest || whole.CmpAbs(powerOfTen(t.Precision)) >= 0 {
		return protocol.Nil(), typeError("%s has too many digits for %s", shown(v), t)
	}
	return protocol.Int(whole.Int64()), nil
}

func isNumeral(s string) bool {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return !math.IsNaN(f) && (err == nil || math.IsInf(f, 0))
}

// scaledFloor returns the largest integer that is at most r * 10^scale, and whether that is less
// than r * 10^scale.
func scaledFloor(r *big.Rat, scale int) (whole *big.Int, rest bool) {
	r = new(big.Rat).Mul(r, new(big.Rat).SetInt(powerOfTen(scale)))
	whole, remainder := new(big.Int).DivMod(r.Num(), r.Denom(), new(big.Int))
	return whole, remainder.Sign() != 0
}

// smallPower is powerOfTen for at most MaxPrecision.
func smallPower(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

func powerOfTen(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// coerceText reads JSON and GeoJSON from texts.
func coerceText(v protocol.Value, t Type) (protocol.Value, error) {
	s, ok := v.Text()
	switch {
	case v.Kind() == protocol.KindString && t.Family == Points:
		if !isJSON(s) {
			return protocol.Nil(), typeError("%s is not GeoJSON", shown(v))
		}
		return protocol.GeoJSON(s), nil
	case v.Kind() == protocol.KindString && ok:
		parsed, err := ParseJSON(s)
		if err != nil {
			return protocol.Nil(), ast.Errorf(ast.ErrType, "%s is not JSON: %v", shown(v), err)
		}
		v = parsed
	}
	if !t.Kinds().Has(1<<v.Kind()) && !v.IsNil() {
		return protocol.Nil(), mismatch(v, t)
	}
	return v, nil
}

// Comparand returns the value that compares with the stored values of a column as v compares with
// what the column means. It differs from Coerce if v is not a value of the column: 0.005 compared
// with a DECIMAL(10, 2) is between two of its values, and a timestamp compared with a DATE is
// between two days. Text that is not a timestamp or number is an error for such columns. For
// columns of other types v is returned unchanged.
func Comparand(v protocol.Value, t Type) (protocol.Value, error) {
	switch {
	case v.Kind() == protocol.KindInvalid:
		return v, v.Err()
	case v.IsNil():
		return v, nil
	}
	switch t.Family {
	case Timestamps, Dates:
		return coerceTime(v, Type{Family: Timestamps})
	case Decimals:
		return decimalComparand(v, t)
	case Booleans:
		if n, ok := v.Int(); ok && n>>1 == 0 {
			return protocol.Bool(n == 1), nil
		}
	}
	return v, nil
}

func decimalComparand(v protocol.Value, t Type) (protocol.Value, error) {
	switch f, isFloat := v.Float(); {
	case isFloat && (math.IsNaN(f) || math.Abs(f) >= 1e18):
		return protocol.Float(f * 1e18), nil // beyond all decimals
	case isInteger(v) && math.Abs(asFloat(v)) >= 1e18:
		return protocol.Float(asFloat(v) * 1e18), nil
	}
	r := exactNumber(v)
	if r == nil {
		return coerceDecimal(v, t) // an error
	}
	whole, rest := scaledFloor(r, t.Scale)
	switch {
	case !whole.IsInt64():
		return protocol.Float(math.Inf(whole.Sign())), nil
	case !rest:
		return protocol.Int(whole.Int64()), nil
	case whole.CmpAbs(big.NewInt(1<<51)) > 0: // no float is between two such integers
		return protocol.Nil(), typeError("%s has too many digits for %s", shown(v), t)
	}
	return protocol.Float(float64(whole.Int64()) + 0.5), nil
}
