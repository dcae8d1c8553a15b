package exam

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

func printRow(row []any) string {
	texts := make([]string, len(row))
	for i, v := range row {
		texts[i] = printValue(v)
	}
	return "(" + strings.Join(texts, ", ") + ")"
}

// printValue returns a text that differs for values of different types.
func printValue(value any) string {
	switch v := value.(type) {
	case nil:
		return "NULL"
	case printed:
		return string(v)
	case int64, int, bool:
		return fmt.Sprint(v)
	case uint64:
		return strconv.FormatUint(v, 10) + "u"
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64) + "f"
	case string:
		return strconv.Quote(v)
	case []byte:
		return "x'" + hex.EncodeToString(v) + "'"
	case time.Time:
		return "time(" + v.UTC().Format(time.RFC3339Nano) + ")"
	case []any:
		texts := make([]string, len(v))
		for i, e := range v {
			texts[i] = printValue(e)
		}
		return "[" + strings.Join(texts, ", ") + "]"
	case map[string]any:
		m := map[any]any{}
		for k, e := range v {
			m[k] = e
		}
		return printValue(m)
	case map[any]any:
		var texts []string
		for k, e := range v {
			texts = append(texts, printValue(k)+": "+printValue(e))
		}
		slices.Sort(texts)
		return "{" + strings.Join(texts, ", ") + "}"
	}
	return fmt.Sprintf("%T(%v)", value, value)
}
