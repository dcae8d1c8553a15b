package sqlcompare

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A form says how values become text.
type form struct {
	loose bool // 1, 1.0 and -0.0 and 0 are the same
	lite  bool // booleans are 0 and 1
}

// rowsOf returns the rows as text, sorted unless they have an order.
func rowsOf(db *sql.DB, q string, ordered bool, f form, args ...any) ([]string, error) {
	rows, err := db.Query(q, args...)
	if err != nil {
		return nil, err
	}
	return textsOf(rows, ordered, f)
}

// textsOf reads rows as text and closes them.
func textsOf(rows *sql.Rows, ordered bool, f form) ([]string, error) {
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	row, pointers := make([]any, len(columns)), make([]any, len(columns))
	for i := range row {
		pointers[i] = &row[i]
	}
	all := []string{}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return nil, err
		}
		all = append(all, f.row(row))
	}
	if !ordered {
		slices.Sort(all)
	}
	return all, rows.Err()
}

func (f form) row(row []any) string {
	var b []byte
	for i, v := range row {
		if i > 0 {
			b = append(b, " | "...)
		}
		b = f.append(b, v)
	}
	return string(b)
}

// append appends the text of a value.
func (f form) append(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "NULL"...)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return f.float(b, v)
	case bool:
		if f.lite {
			return append(b, map[bool]byte{false: '0', true: '1'}[v])
		}
		return strconv.AppendBool(b, v)
	case string:
		return strconv.AppendQuote(b, v)
	case []byte:
		return append(append(append(b, "x'"...), hex.EncodeToString(v)...), '\'')
	case time.Time:
		return v.AppendFormat(b, time.RFC3339Nano)
	case []any:
		return append(append(append(b, '['), f.row(v)...), ']')
	case map[string]any:
		return f.pairs(b, len(v), func(yield func(key, value any)) {
			for key, value := range v {
				yield(key, value)
			}
		})
	case map[any]any:
		return f.pairs(b, len(v), func(yield func(key, value any)) {
			for key, value := range v {
				yield(key, value)
			}
		})
	case []protocol.Pair:
		return f.pairs(b, len(v), func(yield func(key, value any)) {
			for _, p := range v {
				yield(p.Key.Any(), p.Value.Any())
			}
		})
	}
	return fmt.Appendf(b, "%T(%v)", v, v)
}

func (f form) pairs(b []byte, n int, each func(yield func(key, value any))) []byte {
	texts := make([]string, 0, n)
	each(func(key, value any) { texts = append(texts, string(f.append(append(f.append(nil, key), ':'), value))) })
	slices.Sort(texts)
	return append(append(append(b, '{'), strings.Join(texts, ", ")...), '}')
}

// float appends a float. If equal numbers are the same, a float without a fraction is written as an
// integer.
func (f form) float(b []byte, v float64) []byte {
	if v == 0 {
		v = 0 // not -0
	}
	if v == math.Trunc(v) && math.Abs(v) < 1<<62 {
		b = strconv.AppendInt(b, int64(v), 10)
		if !f.loose {
			b = append(b, ".0"...)
		}
		return b
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}
