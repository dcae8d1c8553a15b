package output

import (
	"bufio"
	"encoding/csv"
	"io"
	"strings"
)

// A jsonWriter writes rows as objects.
type jsonWriter struct {
	w     *bufio.Writer
	names []string
	array bool
	count int
	line  []byte
}

func newJSON(w io.Writer, c Columns, array bool) (*jsonWriter, error) {
	j := &jsonWriter{w: bufio.NewWriter(w), names: c.Names, array: array}
	if array {
		j.w.WriteByte('[')
	}
	return j, nil
}

func (j *jsonWriter) Row(values []any) error {
	list := make([]member, len(values))
	for i, v := range values {
		list[i] = member{j.names[i], v}
	}
	j.line = appendObject(j.line[:0], list)
	switch {
	case !j.array:
		j.line = append(j.line, '\n')
	case j.count > 0:
		j.w.WriteString(",\n ")
	}
	j.count++
	_, err := j.w.Write(j.line)
	return err
}

func (j *jsonWriter) Close() error {
	if j.array {
		j.w.WriteString("]\n")
	}
	return j.w.Flush()
}

// A csvWriter writes a header and rows. NULL is an empty field.
type csvWriter struct {
	w     *csv.Writer
	types []string
}

func newCSV(w io.Writer, c Columns) (*csvWriter, error) {
	out := &csvWriter{csv.NewWriter(w), c.Types}
	return out, out.w.Write(c.Names)
}

func (c *csvWriter) Row(values []any) error {
	row := make([]string, len(values))
	for i, v := range values {
		if v != nil {
			row[i] = Text(v, c.types[i])
		}
	}
	return c.w.Write(row)
}

func (c *csvWriter) Close() error {
	c.w.Flush()
	return c.w.Error()
}

// A markdownWriter writes rows as a table in Markdown.
type markdownWriter struct {
	w     *bufio.Writer
	types []string
}

func newMarkdown(w io.Writer, c Columns) (*markdownWriter, error) {
	m := &markdownWriter{bufio.NewWriter(w), c.Types}
	m.line(c.Names)
	m.w.WriteString("|" + strings.Repeat("---|", len(c.Names)) + "\n")
	return m, nil
}

func (m *markdownWriter) Row(values []any) error {
	row := make([]string, len(values))
	for i, v := range values {
		row[i] = Text(v, m.types[i])
	}
	m.line(row)
	return nil
}

var markdownCells = strings.NewReplacer("|", `\|`, "<", "&lt;", "&", "&amp;")

func (m *markdownWriter) line(row []string) {
	for _, text := range row {
		m.w.WriteString("| " + markdownCells.Replace(Printable(text)) + " ")
	}
	m.w.WriteString("|\n")
}

func (m *markdownWriter) Close() error { return m.w.Flush() }
