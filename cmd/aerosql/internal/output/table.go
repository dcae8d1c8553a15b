package output

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
)

// tableRows is the number of rows that a table keeps to find the widths of its columns. Wider
// values in later rows move the rest of their rows.
const tableRows = 1000

// A table writes rows as a table with lines.
type table struct {
	w       *bufio.Writer
	columns Columns
	options Options
	widths  []int
	numbers []bool // columns with numbers
	texts   []bool // columns with other values
	rows    [][]string
	started bool
	other   Writer // what writes the rows if the table is too wide
}

func newTable(w io.Writer, c Columns, o Options) *table {
	t := &table{w: bufio.NewWriter(w), columns: c, options: o, numbers: make([]bool, len(c.Names)), texts: make([]bool, len(c.Names))}
	for _, name := range c.Names {
		t.widths = append(t.widths, runewidth.StringWidth(Printable(name)))
	}
	return t
}

func (t *table) Row(values []any) error {
	if t.other != nil {
		return t.other.Row(values)
	}
	row := make([]string, len(values))
	for i, v := range values {
		row[i] = Printable(Text(v, t.columns.Types[i]))
		if !t.started {
			t.widths[i] = max(t.widths[i], runewidth.StringWidth(row[i]))
			switch v.(type) {
			case nil:
			case int64, float64:
				t.numbers[i] = true
			default:
				t.texts[i] = true
			}
		}
	}
	if t.started {
		t.line(row)
		return nil
	}
	if t.rows = append(t.rows, row); len(t.rows) == tableRows {
		return t.start()
	}
	return nil
}

// start writes the head and the rows so far, now that the widths are known.
func (t *table) start() error {
	total := 1
	for _, width := range t.widths {
		total += width + 3
	}
	t.started = true
	if t.options.AutoExpand && t.options.Width > 0 && total > t.options.Width {
		e := newExpanded(t.w, t.columns)
		for _, row := range t.rows {
			e.print(row)
		}
		t.other = e
		return nil
	}
	t.rule("┌", "┬", "┐")
	heads := make([]string, len(t.columns.Names))
	for i, name := range t.columns.Names {
		heads[i] = Printable(name)
	}
	t.line(heads)
	t.rule("├", "┼", "┤")
	for _, row := range t.rows {
		t.line(row)
	}
	t.rows = nil
	return nil
}

// rule writes a horizontal line.
func (t *table) rule(left, middle, right string) {
	for i, width := range t.widths {
		if i == 0 {
			t.w.WriteString(left)
		} else {
			t.w.WriteString(middle)
		}
		t.w.WriteString(strings.Repeat("─", width+2))
	}
	t.w.WriteString(right + "\n")
}

// line writes a row.
func (t *table) line(row []string) {
	for i, text := range row {
		pad := strings.Repeat(" ", max(0, t.widths[i]-runewidth.StringWidth(text)))
		if t.numbers[i] && !t.texts[i] {
			text = pad + text
		} else {
			text += pad
		}
		t.w.WriteString("│ " + text + " ")
	}
	t.w.WriteString("│\n")
}

func (t *table) Close() error {
	if !t.started {
		if err := t.start(); err != nil {
			return err
		}
	}
	if t.other != nil {
		return t.other.Close()
	}
	t.rule("└", "┴", "┘")
	return t.w.Flush()
}

// An expanded writes each column in a line.
type expanded struct {
	w       *bufio.Writer
	columns Columns
	names   []string // of equal width
	width   int
	count   int
}

func newExpanded(w io.Writer, c Columns) *expanded {
	e := &expanded{w: bufio.NewWriter(w), columns: c}
	for _, name := range c.Names {
		e.width = max(e.width, runewidth.StringWidth(Printable(name)))
	}
	for _, name := range c.Names {
		name = Printable(name)
		e.names = append(e.names, name+strings.Repeat(" ", e.width-runewidth.StringWidth(name)))
	}
	return e
}

func (e *expanded) Row(values []any) error {
	row := make([]string, len(values))
	for i, v := range values {
		row[i] = Printable(Text(v, e.columns.Types[i]))
	}
	e.print(row)
	return nil
}

func (e *expanded) print(row []string) {
	e.count++
	title := fmt.Sprintf("─[ %d ]", e.count)
	fmt.Fprintf(e.w, "%s%s\n", title, strings.Repeat("─", max(3, e.width+10-runewidth.StringWidth(title))))
	for i, text := range row {
		fmt.Fprintf(e.w, "%s │ %s\n", e.names[i], text)
	}
}

func (e *expanded) Close() error { return e.w.Flush() }
