package output

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/aerosql/aerosql/protocol"
)

// The forms of times.
const (
	dateForm      = "2006-01-02"
	timestampForm = "2006-01-02 15:04:05.999999999"
)

// Text returns a value of a row as text: NULL for nil, blobs as X'...', lists and maps as JSON.
func Text(v any, typeName string) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return v
	case []byte:
		return "X'" + strings.ToUpper(hex.EncodeToString(v)) + "'"
	case bool:
		return strings.ToUpper(strconv.FormatBool(v))
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Time:
		if typeName == "DATE" {
			return v.Format(dateForm)
		}
		return v.Format(timestampForm)
	case []any, map[string]any, map[any]any, []protocol.Pair:
		return string(appendJSON(nil, v))
	}
	return fmt.Sprint(v)
}

// appendJSON appends a value as JSON. Blobs are base64, keys of maps text; floats that JSON lacks
// and bytes that are not UTF-8 are strings.
func appendJSON(dst []byte, v any) []byte {
	switch v := v.(type) {
	case []byte:
		return AppendString(dst, base64.StdEncoding.EncodeToString(v))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return AppendString(dst, strconv.FormatFloat(v, 'g', -1, 64))
		}
		return strconv.AppendFloat(dst, v, 'g', -1, 64)
	case string:
		return AppendString(dst, v)
	case time.Time:
		return AppendString(dst, v.Format(time.RFC3339Nano))
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, e)
		}
		return append(dst, ']')
	case map[string]any:
		return appendObject(dst, members(v))
	case map[any]any:
		return appendObject(dst, members(v))
	case []protocol.Pair:
		list := make([]member, len(v))
		for i, p := range v {
			list[i] = member{p.Key.String(), p.Value.Any()}
		}
		return appendObject(dst, list)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return AppendString(dst, fmt.Sprint(v))
	}
	return append(dst, text...)
}

// A member is an entry of a map.
type member struct {
	key   string
	value any
}

// members returns the entries of a map, sorted by their keys as text.
func members[K comparable](m map[K]any) []member {
	list := make([]member, 0, len(m))
	for k, v := range m {
		list = append(list, member{fmt.Sprint(k), v})
	}
	slices.SortFunc(list, func(a, b member) int { return strings.Compare(a.key, b.key) })
	return list
}

func appendObject(dst []byte, list []member) []byte {
	dst = append(dst, '{')
	for i, m := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(AppendString(dst, m.key), ':')
		dst = appendJSON(dst, m.value)
	}
	return append(dst, '}')
}

// AppendString appends a string in quotes. encoding/json would also escape <, > and &.
func AppendString(dst []byte, s string) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(strings.ToValidUTF8(s, "\uFFFD")) // a Builder returns no errors
	return append(dst, strings.TrimSuffix(b.String(), "\n")...)
}

// Printable returns a text in one line without control characters, which could do anything to a
// terminal.
func Printable(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, isControl) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case isControl(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// isControl reports whether a terminal may not print a rune as a character. The runes that change
// the direction of text are among them.
func isControl(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control)
}
