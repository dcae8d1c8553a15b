package recordfile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A Columns collects the columns that a CSV file needs for some records.
type Columns struct {
	bins    map[string]string // types by name
	key     string
	keyless bool
	names   []string
}

// Add adds what a record needs.
func (c *Columns) Add(r *protocol.Record) {
	if c.bins == nil {
		c.bins = make(map[string]string)
	}
	if r.Key.Sendable() {
		c.key = widen(c.key, r.Key.UserKey())
	} else {
		c.keyless = true
	}
	for _, b := range r.Bins {
		c.bins[b.Name] = widen(c.bins[b.Name], b.Value)
	}
}

// typeJSON is the type of columns whose values are written as JSON.
const typeJSON = "json"

// widen returns the type of a column that has had a type and gets a value.
func widen(had string, v protocol.Value) string {
	now := typeJSON
	switch v.Kind() {
	case protocol.KindInt:
		now = "int"
	case protocol.KindFloat:
		now = "float"
	case protocol.KindBool:
		now = "bool"
	case protocol.KindString:
		// An empty field is a missing bin, and readers of CSV drop carriage returns.
		if s, _ := v.Text(); s != "" && !strings.Contains(s, "\r") {
			now = "string"
		}
	}
	if had != "" && had != now {
		return typeJSON
	}
	return now
}

// Header returns the header. It fixes the columns: PK and __digest if they are needed, __ttl, then
// the bins sorted by name.
func (c *Columns) Header() []string {
	c.names = slices.Sorted(maps.Keys(c.bins))
	var header []string
	if c.key != "" {
		header = append(header, "PK:"+c.key)
	}
	if c.keyless {
		header = append(header, columnDigest)
	}
	header = append(header, columnTTL)
	for _, name := range c.names {
		header = append(header, name+":"+c.bins[name])
	}
	return header
}

// Row returns the fields of a record. A record that needs other columns than those of the Header is
// ErrNoForm. ttl is the time to live in seconds, -1 for never.
func (c *Columns) Row(r *protocol.Record, ttl int64) (row []string, err error) {
	if needs := c.lacks(r); needs != "" {
		return nil, fmt.Errorf("%w: %s", ErrNoForm, needs)
	}
	if c.key != "" {
		field := ""
		if r.Key.Sendable() {
			if field, err = fieldOf(c.key, r.Key.UserKey()); err != nil {
				return nil, err
			}
		}
		row = append(row, field)
	}
	if c.keyless {
		field := ""
		if d := r.Key.Digest(); !r.Key.Sendable() {
			field = d.String()
		}
		row = append(row, field)
	}
	row = append(row, strconv.FormatInt(ttl, 10))
	for _, name := range c.names {
		v, _ := r.Bin(name)
		field, err := fieldOf(c.bins[name], v)
		if err != nil {
			return nil, fmt.Errorf("bin %q: %w", name, err)
		}
		row = append(row, field)
	}
	return row, nil
}

// lacks says what the columns lack for a record, "" for nothing.
func (c *Columns) lacks(r *protocol.Record) string {
	switch {
	case r.Key.Sendable() && (c.key == "" || widen(c.key, r.Key.UserKey()) != c.key):
		return fmt.Sprintf("its key %v does not fit the column PK:%s", r.Key.UserKey(), c.key)
	case !r.Key.Sendable() && !c.keyless:
		return "it has no stored key, and the header has no column " + columnDigest
	}
	for _, b := range r.Bins {
		t, known := c.bins[b.Name]
		if !known {
			return fmt.Sprintf("the header has no column %q", b.Name)
		}
		if widen(t, b.Value) != t {
			return fmt.Sprintf("the bin %q of kind %v does not fit its column of type %s", b.Name, b.Value.Kind(), t)
		}
	}
	return ""
}

// fieldOf returns the field of a value in a column of a type. A bin that is missing is empty.
func fieldOf(kind string, v protocol.Value) (string, error) {
	switch {
	case v.IsNil():
		return "", nil
	case kind == "string":
		s, _ := v.Text()
		return s, nil
	case kind == "float":
		f, _ := v.Float()
		return strconv.FormatFloat(f, 'g', -1, 64), nil
	}
	text, err := AppendValue(nil, v)
	return string(text), err
}

// Parse sets the columns to those of a Header, to continue a file.
func (c *Columns) Parse(header []string) error {
	*c = Columns{bins: make(map[string]string)}
	for _, text := range header {
		i := strings.LastIndexByte(text, ':')
		switch {
		case text == columnDigest:
			c.keyless = true
		case text == columnTTL:
		case i < 0:
			return fmt.Errorf("the column %q has no type", text)
		case text[:i] == "PK":
			c.key = text[i+1:]
		default:
			c.bins[text[:i]] = text[i+1:]
			c.names = append(c.names, text[:i])
		}
	}
	return nil
}
