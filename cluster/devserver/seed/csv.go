package seed

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A column is a column of a CSV file.
type column struct {
	name  string
	parse func(string) (protocol.Value, error)
}

// columnTypes are the types that a column name can end in.
var columnTypes = map[string]func(string) (protocol.Value, error){
	"":       guess,
	"string": func(s string) (protocol.Value, error) { return protocol.String(s), nil },
	"int": func(s string) (protocol.Value, error) {
		n, err := strconv.ParseInt(s, 10, 64)
		return protocol.Int(n), err
	},
	"float": func(s string) (protocol.Value, error) {
		f, err := strconv.ParseFloat(s, 64)
		return protocol.Float(f), err
	},
	"bool": func(s string) (protocol.Value, error) {
		b, err := strconv.ParseBool(s)
		return protocol.Bool(b), err
	},
	"json": func(s string) (protocol.Value, error) { return parseValue([]byte(s)) },
}

// guess returns a field as an integer, a float or a boolean if it looks like one, otherwise as a
// string. Numbers with leading zeros, such as postal codes, are strings.
func guess(s string) (protocol.Value, error) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && strconv.FormatInt(n, 10) == s {
		return protocol.Int(n), nil
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && strings.Contains(s, ".") && !strings.HasPrefix(s, "00") {
		return protocol.Float(f), nil
	}
	switch s {
	case "true", "false":
		return protocol.Bool(s == "true"), nil
	}
	return protocol.String(s), nil
}

func (c *contents) parseCSV(namespace, set string, in *lines) error {
	r := csv.NewReader(&lineReader{lines: in})
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("the header: %w", err)
	}
	columns, key, err := parseHeader(header)
	if err != nil {
		return err
	}
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		line, _ := r.FieldPos(0)
		in.number = line
		record, err := parseFields(fields, columns, key, namespace, set)
		if err != nil {
			return err
		}
		c.add(record, line)
	}
}

// parseHeader returns the columns and the place of the key among them.
func parseHeader(header []string) (columns []column, key int, err error) {
	key = -1
	for i, text := range header {
		name, kind, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")), ":")
		parse := columnTypes[kind]
		switch {
		case parse == nil:
			return nil, 0, fmt.Errorf("column %q: unknown type %q", name, kind)
		case slices.Contains([]string{"pk", "key", "__key"}, strings.ToLower(name)) && key < 0:
			key = i
		default:
			if err := protocol.CheckBinName(name); err != nil {
				return nil, 0, err
			}
		}
		columns = append(columns, column{name, parse})
	}
	if key < 0 {
		return nil, 0, errors.New("the header has no column PK or key")
	}
	return columns, key, nil
}

func parseFields(fields []string, columns []column, key int, namespace, set string) (r Record, err error) {
	for i, text := range fields {
		if text == "" && i != key {
			continue
		}
		v, err := columns[i].parse(text)
		if err != nil {
			return r, fmt.Errorf("column %q: %w", columns[i].name, err)
		}
		if i == key {
			if r.Key, err = protocol.KeyFromValue(namespace, set, v); err != nil {
				return r, err
			}
			continue
		}
		r.Bins = append(r.Bins, protocol.Bin{Name: columns[i].name, Value: v})
	}
	if len(r.Bins) == 0 {
		return r, errors.New("the record has no bins")
	}
	return r, nil
}

// A lineReader is an io.Reader over lines.
type lineReader struct {
	lines *lines
	rest  []byte
}

func (r *lineReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if !r.lines.next() {
			if err := r.lines.err(); err != nil {
				return 0, err
			}
			return 0, io.EOF
		}
		r.rest = append(append(r.rest[:0:0], r.lines.text...), '\n')
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}
