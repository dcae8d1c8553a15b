package function

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// familyKinds are the kinds of the values of a family.
var familyKinds = [...]Kinds{
	Undeclared: AnyValue, Integers: Integer, Floats: Kinds(1 << protocol.KindFloat), Strings: String, Blobs: Blob,
	Booleans: Bool, Timestamps: Integer, Dates: Integer, Decimals: Integer, Lists: List, Maps: Map, Documents: AnyValue,
	Points: Geo, Sketches: HLL,
}

// Kinds returns the kinds of the values of the type, without NULL.
func (t Type) Kinds() Kinds { return familyKinds[t.Family] }

// Cast returns the value as CAST(v AS t) does, or NULL if it has no form of that type. A text is
// read with spaces around it ignored; a float loses its fraction as an integer.
func Cast(v protocol.Value, t Type) protocol.Value {
	if v.IsNil() || t.Family == Undeclared {
		return v
	}
	switch t.Family {
	case Integers:
		return castInteger(v)
	case Floats:
		return castFloat(v)
	case Strings:
		return castString(v, t)
	case Booleans:
		return castBool(v)
	case Blobs:
		if s, ok := v.Text(); ok && v.Kind() == protocol.KindString {
			return protocol.Blob([]byte(s))
		}
	case Timestamps, Dates:
		return castTime(v, t.Family == Dates)
	case Decimals:
		return castDecimal(v, t)
	case Points, Documents, Lists, Maps:
		v, _ = coerceText(v, t) // NULL if there is an error
		return v
	}
	if t.Kinds().Has(1 << v.Kind()) {
		return v
	}
	return protocol.Nil()
}

func castInteger(v protocol.Value) protocol.Value {
	if _, ok := v.Int(); ok {
		return v
	}
	if b, ok := v.Bool(); ok {
		if b {
			return protocol.Int(1)
		}
		return protocol.Int(0)
	}
	if f, ok := v.Float(); ok {
		return integerOf(f)
	}
	if s, ok := v.Text(); ok && v.Kind() == protocol.KindString {
		s = strings.TrimSpace(s)
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return protocol.Int(n)
		}
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return integerOf(f)
		}
	}
	return protocol.Nil()
}

// integerOf returns a float without its fraction, or NULL if it does not fit.
func integerOf(f float64) protocol.Value {
	if f = math.Trunc(f); f >= -1<<63 && f < 1<<63 {
		return protocol.Int(int64(f))
	}
	return protocol.Nil()
}

func castFloat(v protocol.Value) protocol.Value {
	if isNumber(v) {
		return protocol.Float(asFloat(v))
	}
	if b, ok := v.Bool(); ok {
		return castFloat(castInteger(protocol.Bool(b)))
	}
	if s, ok := v.Text(); ok && v.Kind() == protocol.KindString {
		if f, err := strconv.ParseFloat(strings.TrimSpace(s), 64); err == nil {
			return protocol.Float(f)
		}
	}
	return protocol.Nil()
}

// castString returns the text of a value, cut to the type's length in characters.
func castString(v protocol.Value, t Type) protocol.Value {
	var s string
	switch v.Kind() {
	case protocol.KindString, protocol.KindGeoJSON:
		s, _ = v.Text()
	case protocol.KindInt, protocol.KindUint:
		s = v.String()
	case protocol.KindFloat:
		f, _ := v.Float()
		s = strconv.FormatFloat(f, 'g', -1, 64)
	case protocol.KindBool:
		b, _ := v.Bool()
		s = strconv.FormatBool(b)
	case protocol.KindBlob:
		b, _ := v.Bytes()
		s = string(b)
	default:
		return protocol.Nil()
	}
	if t.Length > 0 && len(s) > t.Length {
		if runes := []rune(s); len(runes) > t.Length {
			s = string(runes[:t.Length])
		}
	}
	return protocol.String(s)
}

func castBool(v protocol.Value) protocol.Value {
	if v.Kind() == protocol.KindBool {
		return v
	}
	if isNumber(v) {
		return protocol.Bool(asFloat(v) != 0)
	}
	if s, ok := v.Text(); ok && v.Kind() == protocol.KindString {
		switch strings.ToLower(strings.TrimSpace(s)) {
		case "true", "t", "1", "yes", "on":
			return protocol.Bool(true)
		case "false", "f", "0", "no", "off":
			return protocol.Bool(false)
		}
	}
	return protocol.Nil()
}

// timeLayouts are the forms of a timestamp as text. Without a zone it is UTC.
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly,
}

// ParseTime reads a timestamp, such as 2026-01-02 03:04:05.678 or 2026-01-02T03:04:05Z, or a date.
// Without a zone it is UTC.
func ParseTime(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range timeLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// Years that an integer of nanoseconds can hold.
const (
	firstYear = 1678
	lastYear  = 2261
)

// castTime returns an integer of nanoseconds since 1970.
func castTime(v protocol.Value, date bool) protocol.Value {
	n, ok := v.Int()
	if s, isText := v.Text(); isText && v.Kind() == protocol.KindString {
		var at time.Time
		if at, ok = ParseTime(s); ok {
			n, ok = nanoseconds(at)
		}
	}
	if !ok {
		return protocol.Nil()
	}
	if date {
		n = midnight(n)
	}
	return protocol.Int(n)
}
