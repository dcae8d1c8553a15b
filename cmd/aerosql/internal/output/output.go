// Package output writes the rows of queries: as a table, as a list of columns, JSON, CSV or
// Markdown.
package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// A Format is a form of rows.
type Format string

// The formats.
const (
	Table    Format = "table"
	Expanded Format = "expanded" // a line for each column
	JSON     Format = "json"     // an array with an object for each row
	Lines    Format = "jsonl"    // an object in a line for each row
	CSV      Format = "csv"
	Markdown Format = "markdown"
)

// Names are the names of all formats, for flags and completion.
const Names = "table expanded json jsonl csv markdown"

// Parse returns the format with a name.
func Parse(name string) (Format, error) {
	for known := range strings.FieldsSeq(Names) {
		if strings.EqualFold(known, name) {
			return Format(known), nil
		}
	}
	return "", command.Usage("unknown format %q; use one of %s", name, Names)
}

// Columns are the columns of a result.
type Columns struct {
	Names []string
	// Types are the names of the types, as database/sql reports them, or "".
	Types []string
}

// A Writer writes the rows of one result.
type Writer interface {
	// Row writes a row, whose values are those of package driver. It may keep the slice.
	Row(values []any) error
	// Close writes what remains.
	Close() error
}

// Options change the form of rows.
type Options struct {
	// Width is the number of columns of the terminal, 0 if there is none. A table that is wider is
	// written as Expanded if AutoExpand is set.
	Width      int
	AutoExpand bool
}

// New returns a writer for a result.
func New(w io.Writer, f Format, c Columns, o Options) (Writer, error) {
	switch f {
	case Table:
		return newTable(w, c, o), nil
	case Expanded:
		return newExpanded(w, c), nil
	case JSON:
		return newJSON(w, c, true)
	case Lines:
		return newJSON(w, c, false)
	case CSV:
		return newCSV(w, c)
	case Markdown:
		return newMarkdown(w, c)
	}
	return nil, fmt.Errorf("unknown format %q", f)
}
