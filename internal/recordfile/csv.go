package recordfile

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
	role  role
	parse func(string) (protocol.Value, error)
}

// A role is what a column has.
type role uint8

const (
	roleBin role = iota
	roleKey
	roleDigest
	roleTTL
)

// columnTypes are the types that a column name can end in.
var columnTypes = map[string]func(string) (protocol.Value, error){
	"":       Guess,
	"string": func(s string) (protocol.Value, error) { return protocol.String(s), nil },
	"int": func(s string) (protocol.Value, error) {
		n, err := strconv.ParseInt(s, 10, 64)
		return protocol.Int(n), notA("an integer", s, err)
	},
	"float": func(s string) (protocol.Value, error) {
		f, err := strconv.ParseFloat(s, 64)
		return protocol.Float(f), notA("a number", s, err)
	},
	"bool": func(s string) (protocol.Value, error) {
		b, err := strconv.ParseBool(s)
		return protocol.Bool(b), notA("true or false", s, err)
	},
	"json": func(s string) (protocol.Value, error) { return ParseValue([]byte(s)) },
}

// notA returns the error for a field that package strconv can't parse.
func notA(kind, text string, err error) error {
	if errors.Is(err, strconv.ErrRange) {
		return fmt.Errorf("%q is out of range", text)
	}
	if err != nil {
		return fmt.Errorf("%q is not %s", text, kind)
	}
	return nil
}

// Guess returns a field as an integer, a float or a boolean if it looks like one, otherwise as a
// string. Numbers with leading zeros, such as postal codes, are strings.
func Guess(s string) (protocol.Value, error) {
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

// The columns that are not bins, besides the key.
const (
	columnDigest = "__digest"
	columnTTL    = "__ttl"
)

// keyNames are the names of the column with the keys, in lower case.
var keyNames = []string{"pk", "key", "__key"}

// A csvReader reads a CSV file.
type csvReader struct {
	in             *csv.Reader
	namespace, set string
	columns        []column // nil before the header is read
}

func newCSVReader(in io.Reader, o Options) *csvReader {
	return &csvReader{in: csv.NewReader(in), namespace: o.Namespace, set: o.Set}
}

func (r *csvReader) next() (Item, error) {
	if r.columns == nil {
		if err := r.header(); err != nil {
			return Item{}, &Error{Line: 1, Err: err, Ends: true}
		}
	}
	fields, err := r.in.Read()
	if errors.Is(err, io.EOF) {
		return Item{}, io.EOF
	}
	if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
		if err = wrong.Err; errors.Is(err, csv.ErrFieldCount) {
			err = fmt.Errorf("wrong number of fields: %d, the header has %d", len(fields), len(r.columns))
		}
		return Item{}, &Error{Line: wrong.StartLine, Err: err}
	} else if err != nil {
		line, _ := r.in.FieldPos(0)
		return Item{}, &Error{Line: line, Err: err, Ends: true}
	}
	line, _ := r.in.FieldPos(0)
	record, err := r.record(fields)
	if err != nil {
		return Item{}, &Error{Line: line, Err: err}
	}
	return Item{Record: &record, Line: line}, nil
}

func (r *csvReader) header() error {
	header, err := r.in.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty; it must have a header")
	}
	if err != nil {
		return fmt.Errorf("the header: %w", err)
	}
	r.columns, err = parseHeader(header)
	return err
}

// parseHeader returns the columns.
func parseHeader(header []string) (columns []column, err error) {
	keyed := false
	for i, text := range header {
		if i == 0 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		c, err := parseColumn(text)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(columns, func(other column) bool { return other.name == c.name && other.role == c.role }) {
			return nil, fmt.Errorf("column %q is given twice", c.name)
		}
		keyed = keyed || c.role == roleKey || c.role == roleDigest
		columns = append(columns, c)
	}
	if !keyed {
		return nil, errors.New("the header has no column PK or key")
	}
	return columns, nil
}

// parseColumn parses the name of a column with its type.
func parseColumn(text string) (column, error) {
	name, kind := strings.TrimSpace(text), ""
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		name, kind = name[:i], name[i+1:]
	}
	parse := columnTypes[kind]
	if parse == nil {
		return column{}, fmt.Errorf("column %q: unknown type %q", name, kind)
	}
	c := column{name: name, parse: parse}
	switch {
	case slices.Contains(keyNames, strings.ToLower(name)):
		c.role, c.name = roleKey, "PK"
	case name == columnDigest:
		c.role = roleDigest
	case name == columnTTL:
		c.role = roleTTL
	default:
		return c, protocol.CheckBinName(name)
	}
	return c, nil
}

// record returns the record of a row.
func (r *csvReader) record(fields []string) (record Record, err error) {
	var key protocol.Value
	var digest string
	for i, text := range fields {
		c := &r.columns[i]
		if text == "" {
			continue
		}
		if c.role == roleDigest {
			digest = text
			continue
		}
		v, err := c.parse(text)
		if err != nil {
			return record, fmt.Errorf("column %q: %w", c.name, err)
		}
		switch c.role {
		case roleKey:
			key = v
		case roleTTL:
			seconds, isInt := v.Int()
			if record.TTL, err = ttlOf(seconds); err != nil || !isInt {
				return record, fmt.Errorf("column %q: %q is not a number of seconds, 0 or -1", c.name, text)
			}
		default:
			record.Bins = append(record.Bins, protocol.Bin{Name: c.name, Value: v})
		}
	}
	if len(record.Bins) == 0 {
		return record, errors.New("the record has no bins")
	}
	if key.IsNil() && digest != "" {
		record.Key, err = keyOfHex(r.namespace, r.set, digest)
		return record, err
	}
	if key.IsNil() {
		return record, errors.New("the row has no key")
	}
	record.Key, err = protocol.KeyFromValue(r.namespace, r.set, key)
	return record, err
}
