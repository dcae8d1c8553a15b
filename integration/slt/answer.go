package slt

import (
	"context"
	"crypto/md5"
	"database/sql"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer runs a query and returns its values as text, in the order of the record.
func answer(ctx context.Context, db *sql.DB, record *Record) ([]string, error) {
	rows, err := db.QueryContext(ctx, record.SQL)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	dest, pointers := make([]any, len(columns)), make([]any, len(columns))
	for i := range dest {
		pointers[i] = &dest[i]
	}
	var table [][]string
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return nil, err
		}
		row := make([]string, len(dest))
		for i, value := range dest {
			letter := byte('T')
			if i < len(record.Types) {
				letter = record.Types[i]
			}
			row[i] = format(value, letter)
		}
		table = append(table, row)
	}
	return order(table, record.Sort), rows.Err()
}

// Answer runs a query and returns its values as a file has them.
func Answer(db *sql.DB, record *Record) ([]string, error) {
	return answer(context.Background(), db, record)
}

// order returns the values of a table in the order that the sort mode asks for.
func order(table [][]string, mode string) []string {
	if mode == "rowsort" {
		slices.SortFunc(table, slices.Compare)
	}
	values := slices.Concat(table...)
	if mode == "valuesort" {
		slices.Sort(values)
	}
	return values
}

// format returns the text of a value in a column of the type I, R or T.
func format(value any, letter byte) string {
	if b, ok := value.(bool); ok {
		value = int64(0)
		if b {
			value = int64(1)
		}
	}
	if value == nil {
		return "NULL"
	}
	switch letter {
	case 'I':
		return formatInteger(value)
	case 'R':
		return formatReal(value)
	}
	return formatText(value)
}

// formatInteger returns a value as an integer, with SQLite's conversion of other types.
func formatInteger(value any) string {
	switch v := value.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatInt(int64(v), 10)
	case string:
		return strconv.FormatInt(int64(leadingNumber(v)), 10)
	}
	return fmt.Sprint(value)
}

// formatReal returns a value with three decimals.
func formatReal(value any) string {
	switch v := value.(type) {
	case int64:
		return fmt.Sprintf("%.3f", float64(v))
	case float64:
		return fmt.Sprintf("%.3f", v)
	case string:
		return fmt.Sprintf("%.3f", leadingNumber(v))
	}
	return fmt.Sprint(value)
}

// leadingNumber returns the number that the text begins with, or 0.
func leadingNumber(text string) float64 {
	text = strings.TrimSpace(text)
	for end := len(text); end > 0; end-- {
		if f, err := strconv.ParseFloat(text[:end], 64); err == nil {
			return f
		}
	}
	return 0
}

// formatText returns a value as text. Bytes that don't print are replaced by @.
func formatText(value any) string {
	var text string
	switch v := value.(type) {
	case string:
		text = v
	case []byte:
		text = string(v)
	case float64:
		text = strconv.FormatFloat(v, 'g', 15, 64)
		if !strings.ContainsAny(text, ".eIN") {
			text += ".0"
		}
	case time.Time:
		text = v.UTC().Format(time.RFC3339Nano)
	default:
		text = fmt.Sprint(v)
	}
	if text == "" {
		return "(empty)"
	}
	b := []byte(text)
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '@'
		}
	}
	return string(b)
}

// Hash returns the line that stands for many values.
func Hash(values []string) string {
	h := md5.New()
	for _, v := range values {
		h.Write([]byte(v))
		h.Write([]byte{'\n'})
	}
	return fmt.Sprintf("%d values hashing to %s", len(values), hex.EncodeToString(h.Sum(nil)))
}

// equal reports whether values are the answer, which may be a hash.
func equal(values, want []string) bool {
	if len(want) == 1 && strings.Contains(want[0], " values hashing to ") {
		return Hash(values) == strings.TrimSpace(want[0])
	}
	return slices.Equal(values, want)
}
