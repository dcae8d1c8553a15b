package shell

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
	"github.com/aerosql/aerosql/internal/recordfile"
	"github.com/aerosql/aerosql/protocol"
)

// A field is a field of a line. A field in quotes is never NULL.
type field struct {
	text   string
	quoted bool
}

func textsOf(fields []field) []string {
	texts := make([]string, len(fields))
	for i, f := range fields {
		texts[i] = f.text
	}
	return texts
}

// dataLines are the lines of data up to their end, or up to a line \. as in PostgreSQL.
type dataLines struct {
	lines *lines
	ended bool
}

func (d *dataLines) next() (line string, more bool) {
	if d.ended {
		return "", false
	}
	line, more = d.lines.next()
	d.ended = !more || strings.TrimRight(line, "\r") == `\.`
	return line, !d.ended
}

// skip reads the lines up to the end.
func (d *dataLines) skip() {
	for more := true; more; {
		_, more = d.next()
	}
}

// fields returns the fields of the next row, nil at the end.
func (r *copyReader) fields() (fields []field, err error) {
	for {
		line, more := r.in.next()
		switch {
		case !more:
			return nil, nil
		case r.format == copyText:
			return r.textFields(strings.TrimSuffix(line, "\r"))
		case strings.TrimSuffix(line, "\r") != "" || len(r.current) == 1:
			return r.csvFields(line)
		}
	}
}

// textFields splits a line of the format TEXT.
func (r *copyReader) textFields(line string) (fields []field, err error) {
	var b strings.Builder
	start := 0
	for i := 0; ; {
		if i == len(line) || strings.HasPrefix(line[i:], string(r.comma)) {
			// A field that is NULL is compared before its escapes are read.
			if raw := line[start:i]; raw == r.null {
				fields = append(fields, field{text: raw})
			} else {
				fields = append(fields, field{b.String(), true})
			}
			if i == len(line) {
				return fields, nil
			}
			b.Reset()
			i += utf8.RuneLen(r.comma)
			start = i
			continue
		}
		if line[i] != '\\' {
			b.WriteByte(line[i])
			i++
			continue
		}
		if i+1 == len(line) {
			return nil, errors.New("a backslash ends the line")
		}
		if at := strings.IndexByte("tnrbfv", line[i+1]); at >= 0 {
			b.WriteByte("\t\n\r\b\f\v"[at])
		} else {
			b.WriteByte(line[i+1])
		}
		i += 2
	}
}

// csvFields splits a line of CSV, and takes more lines if a field in quotes has line breaks.
func (r *copyReader) csvFields(line string) (fields []field, err error) {
	for {
		f := field{quoted: strings.HasPrefix(line, `"`)}
		if f.quoted {
			if f.text, line, err = r.quotedField(line[1:]); err != nil {
				return nil, err
			}
			line = strings.TrimPrefix(line, "\r") // at the end of the line
			if line != "" && !strings.HasPrefix(line, string(r.comma)) {
				return nil, fmt.Errorf("%q follows a field in quotes", line)
			}
		} else {
			at := strings.IndexRune(line, r.comma)
			if at < 0 {
				at = len(line)
			}
			f.text, line = line[:at], line[at:]
			if line == "" {
				f.text = strings.TrimSuffix(f.text, "\r")
			}
			if strings.Contains(f.text, `"`) {
				return nil, errors.New("a quote is inside a field without quotes")
			}
		}
		fields = append(fields, f)
		if line == "" {
			return fields, nil
		}
		line = line[utf8.RuneLen(r.comma):]
	}
}

// quotedField returns the text up to the closing quote, and the rest of the line.
func (r *copyReader) quotedField(line string) (text, rest string, err error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(line, `"`)
		b.WriteString(before)
		switch {
		case found && strings.HasPrefix(after, `"`):
			b.WriteByte('"')
			line = after[1:]
		case found:
			return b.String(), after, nil
		default:
			more := false
			if line, more = r.in.next(); !more {
				return "", "", errors.New("a quote is not closed")
			}
			b.WriteByte('\n')
		}
	}
}

// values returns the values of fields.
func (r *copyReader) values(fields []field) ([]any, error) {
	if len(fields) != len(r.current) {
		return nil, fmt.Errorf("the row has %d fields for %d columns", len(fields), len(r.current))
	}
	row := make([]any, len(fields))
	for i, f := range fields {
		if !f.quoted && f.text == r.null {
			continue
		}
		kind := ""
		if r.types != nil {
			kind = r.types[i]
		}
		v, err := valueOfText(f.text, kind)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", r.current[i], err)
		}
		row[i] = v
	}
	return row, nil
}

// textTypes are the types whose values are given as texts.
var textTypes = []string{"CHAR", "TEXT", "STRING", "DATE", "TIME", "DECIMAL", "NUMERIC", "JSON", "UUID", "GEO", "INTERVAL", "ENUM"}

// valueOfText returns the value of a field. A text of an undeclared column is an integer, a float,
// true, false, or a list, map or other value in the JSON of the file formats, if it looks like one.
func valueOfText(text, kind string) (any, error) {
	kind = strings.ToUpper(kind)
	if slices.ContainsFunc(textTypes, func(t string) bool { return strings.Contains(kind, t) }) {
		return text, nil
	}
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "{") {
		if v, err := recordfile.ParseValue([]byte(text)); err == nil || kind != "" {
			return v, err
		}
	}
	switch {
	case kind != "" && strings.EqualFold(text, "true"), kind == "BOOLEAN" && text == "t":
		return true, nil
	case kind != "" && strings.EqualFold(text, "false"), kind == "BOOLEAN" && text == "f":
		return false, nil
	}
	return recordfile.Guess(text)
}

// object returns the values of the next line of JSON, with the columns of it if none are given. It
// returns nil at the end.
func (r *copyReader) object(columns []string) (row []any, of []string, err error) {
	line, more := r.in.next()
	for more && strings.TrimSpace(line) == "" {
		line, more = r.in.next()
	}
	if !more {
		return nil, nil, nil
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(line), &object); err != nil {
		return nil, nil, err
	}
	if len(columns) == 0 {
		for name := range object {
			columns = append(columns, name)
		}
		slices.Sort(columns)
	}
	row = make([]any, len(columns))
	for i, name := range columns {
		raw, has := object[name]
		if !has {
			continue
		}
		v, err := recordfile.ParseValue(raw)
		if err != nil {
			return nil, nil, fmt.Errorf("column %s: %w", name, err)
		}
		row[i] = v
		delete(object, name)
	}
	for name := range object {
		if !slices.Contains(columns, name) {
			return nil, nil, fmt.Errorf("the key %q is not one of the columns", name)
		}
	}
	return row, columns, nil
}

// A copyWriter writes the rows of COPY.
type copyWriter struct {
	*copyStatement
	out   *bufio.Writer
	names []string
	types []string
}

// newCopyWriter returns a writer that has written the header.
func newCopyWriter(out io.Writer, c *copyStatement, columns output.Columns) *copyWriter {
	w := &copyWriter{c, bufio.NewWriterSize(out, 1<<16), columns.Names, columns.Types}
	if c.header {
		w.line(func(i int) (string, bool) { return columns.Names[i], false })
	}
	return w
}

func (w *copyWriter) row(values []any) (err error) {
	if w.format == copyLines {
		return w.object(values)
	}
	w.line(func(i int) (text string, null bool) {
		if values[i] == nil {
			return "", true
		}
		text, e := fieldText(values[i], w.types[i])
		err = errors.Join(err, e)
		return text, false
	})
	return err
}

// line writes the fields of a row.
func (w *copyWriter) line(of func(i int) (text string, null bool)) {
	for i := range w.names {
		if i > 0 {
			w.out.WriteRune(w.comma)
		}
		text, null := of(i)
		switch {
		case null:
			text = w.null
		case w.format == copyText:
			text = w.escaped(text)
		case text == w.null || text == `\.` || strings.ContainsAny(text, "\"\r\n") || strings.ContainsRune(text, w.comma):
			text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		}
		w.out.WriteString(text)
	}
	w.out.WriteByte('\n')
}

// escaped returns a text without characters that mean something in the format TEXT.
func (w *copyWriter) escaped(text string) string {
	text = strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`, string(w.comma), `\`+string(w.comma)).Replace(text)
	if text == w.null && text != "" {
		return `\` + text
	}
	return text
}

// fieldText returns a value as text.
func fieldText(v any, kind string) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case time.Time:
		return output.Text(v, kind), nil
	}
	text, err := recordfile.AppendValue(nil, protocol.ValueOf(v))
	return string(text), err
}

// object writes a row as a line of JSON.
func (w *copyWriter) object(values []any) error {
	line := []byte{'{'}
	for i, v := range values {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(output.AppendString(line, w.names[i]), ':')
		if t, isTime := v.(time.Time); isTime {
			v = output.Text(t, w.types[i])
		}
		var err error
		if line, err = recordfile.AppendValue(line, protocol.ValueOf(v)); err != nil {
			return fmt.Errorf("column %s: %w", w.names[i], err)
		}
	}
	_, err := w.out.Write(append(line, '}', '\n'))
	return err
}
