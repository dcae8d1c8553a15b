package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/exec"
)

// copyRows runs COPY.
func (s *shell) copyRows(ctx context.Context, text string) (err error) {
	c, err := parseCopyStatement(text)
	if err != nil {
		return err
	}
	ctx, end := s.untilInterrupt(ctx)
	defer end()
	if c.from {
		return s.copyIn(ctx, c)
	}
	out := s.out
	if c.file != "" {
		f, err := os.Create(c.file)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		out = f
	}
	n, err := s.copyOut(ctx, c, out)
	if err == nil && c.file != "" {
		s.note("%s copied\n", plural(n, "row"))
	}
	return err
}

// copyOut writes rows.
func (s *shell) copyOut(ctx context.Context, c *copyStatement, out io.Writer) (n int64, err error) {
	query := c.query
	if query == "" {
		if query, err = s.selectOf(ctx, c); err != nil {
			return 0, err
		}
	}
	rows, err := s.conn.QueryContext(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := columnsOf(rows)
	if err != nil {
		return 0, err
	}
	if len(columns.Names) == 0 {
		return 0, fmt.Errorf("COPY: there are no columns to write")
	}
	w := newCopyWriter(out, c, columns)
	values, targets := make([]any, len(columns.Names)), make([]any, len(columns.Names))
	for i := range values {
		targets[i] = &values[i]
	}
	for ; rows.Next(); n++ {
		if err := errors.Join(rows.Scan(targets...), w.row(values)); err != nil {
			return n, err
		}
	}
	return n, errors.Join(rows.Err(), w.out.Flush())
}

// selectOf returns the query that reads a table. That of an undeclared set begins with the key.
func (s *shell) selectOf(ctx context.Context, c *copyStatement) (string, error) {
	list := "*"
	switch declared, err := s.isDeclared(ctx, c.table); {
	case err != nil:
		return "", err
	case len(c.columns) > 0:
		list = nameList(c.columns)
	case !declared:
		list = "PK, *"
	}
	return "SELECT " + list + " FROM " + quotedTable(c.table), nil
}

// isDeclared reports whether there is a declaration of a table or view.
func (s *shell) isDeclared(ctx context.Context, table string) (bool, error) {
	namespace, set := s.split(table)
	rows, err := s.conn.QueryContext(ctx, "SHOW TABLES FROM "+ast.QuoteName(namespace))
	if err != nil {
		return false, err
	}
	defer rows.Close()
	for rows.Next() {
		var in, name, kind string
		var records any
		if err := rows.Scan(&in, &name, &kind, &records); err != nil {
			return false, err
		}
		if name == set {
			return kind != "SET", nil
		}
	}
	return false, rows.Err()
}

// quotedTable returns the name of a table with quotes.
func quotedTable(table string) string {
	parts := strings.Split(table, ".")
	for i, part := range parts {
		parts[i] = ast.QuoteName(part)
	}
	return strings.Join(parts, ".")
}

// nameList returns the names of columns with quotes. The key of an undeclared set has none.
func nameList(columns []string) string {
	names := make([]string, len(columns))
	for i, name := range columns {
		if names[i] = ast.QuoteName(name); strings.EqualFold(name, "PK") {
			names[i] = "PK"
		}
	}
	return strings.Join(names, ", ")
}

// copyIn inserts rows. After a mistake the rest of the data is skipped, so that it is not run as a
// statement.
func (s *shell) copyIn(ctx context.Context, c *copyStatement) error {
	in := &dataLines{lines: s.following}
	if c.file != "" {
		f, err := os.Open(c.file)
		if err != nil {
			return err
		}
		defer f.Close()
		in.lines = newLines(f)
	} else if in.lines == nil {
		if s.input == nil {
			s.input = newLines(s.env.In)
		}
		in.lines = s.input
	}
	if in.lines == s.following {
		defer in.skip()
	}
	r := &copyReader{copyStatement: c, in: in}
	n, err := s.insertAll(ctx, r)
	if err == nil {
		err = in.lines.Err()
	}
	if partial, is := errors.AsType[*exec.PartialError](err); is {
		err = partial.Err
	}
	if err != nil {
		return fmt.Errorf("COPY: %w (%s copied)", err, plural(n, "row"))
	}
	s.note("%s copied\n", plural(n, "row"))
	return nil
}

// insertAll inserts all rows of a reader. Lines of JSON with other keys than those before begin
// another insertion.
func (s *shell) insertAll(ctx context.Context, r *copyReader) (n int64, err error) {
	declared, err := s.isDeclared(ctx, r.table)
	if err != nil {
		return 0, err
	}
	all := r.columns
	if declared && len(all) == 0 && r.format != copyLines {
		if all, err = s.declaredColumns(ctx, r.table); err != nil {
			return 0, err
		}
	}
	for {
		columns, more, err := r.begin(all)
		if err != nil || !more {
			return n, err
		}
		if declared {
			if r.types, err = s.typesOf(ctx, r.table, columns); err != nil {
				return n, err
			}
		}
		copied, err := driver.CopyFrom(ctx, s.conn, r.table, columns, r.rows())
		n += copied
		if err != nil {
			return n, err
		}
	}
}

// declaredColumns returns the columns of a declared table.
func (s *shell) declaredColumns(ctx context.Context, table string) ([]string, error) {
	rows, err := s.conn.QueryContext(ctx, "SELECT * FROM "+quotedTable(table)+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return rows.Columns()
}

// typesOf returns the types of columns of a declared table.
func (s *shell) typesOf(ctx context.Context, table string, columns []string) ([]string, error) {
	rows, err := s.conn.QueryContext(ctx, "SELECT "+nameList(columns)+" FROM "+quotedTable(table)+" LIMIT 0")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	c, err := columnsOf(rows)
	return c.Types, err
}

// A copyReader reads the rows of COPY.
type copyReader struct {
	*copyStatement
	in      *dataLines
	types   []string // of the columns, nil for an undeclared set
	current []string // the columns
	pending []any    // a row that has been read, or nil
}

// begin returns the columns of the next rows, and whether there are more rows.
func (r *copyReader) begin(columns []string) (_ []string, more bool, err error) {
	if r.format == copyLines {
		if r.pending == nil {
			if r.pending, r.current, err = r.object(columns); err != nil {
				return nil, false, err
			}
		}
		return r.current, r.pending != nil, nil
	}
	if r.current != nil {
		return nil, false, nil
	}
	if r.header {
		fields, err := r.fields()
		if err != nil {
			return nil, false, fmt.Errorf("the header: %w", err)
		}
		header := textsOf(fields)
		switch {
		case fields == nil:
			return nil, false, nil
		case len(r.columns) == 0:
			header[0] = strings.TrimPrefix(header[0], "\ufeff")
			columns = header
		case !slices.EqualFunc(r.columns, header, strings.EqualFold):
			return nil, false, fmt.Errorf("the header has the columns %s and not %s", output.Printable(strings.Join(header, ", ")), strings.Join(r.columns, ", "))
		}
	}
	if len(columns) == 0 {
		return nil, false, errors.New("the set is not declared: name the columns, as in COPY t (PK, a) FROM STDIN, or use HEADER or FORMAT JSONL")
	}
	r.current = columns
	return columns, true, nil
}

// rows returns the rows with the current columns.
func (r *copyReader) rows() iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for {
			row, err := r.row()
			if err != nil {
				yield(nil, fmt.Errorf("line %d: %w", r.in.lines.read, err))
				return
			}
			if row == nil || !yield(row, nil) {
				return
			}
		}
	}
}

// row returns the next row with the current columns, or nil.
func (r *copyReader) row() (row []any, err error) {
	if r.format != copyLines {
		fields, err := r.fields()
		if err != nil || fields == nil {
			return nil, err
		}
		return r.values(fields)
	}
	if row = r.pending; row == nil {
		var columns []string
		if row, columns, err = r.object(r.columns); err != nil || row == nil {
			return nil, err
		}
		if !slices.Equal(columns, r.current) {
			r.pending, r.current = row, columns
			return nil, nil
		}
	}
	r.pending = nil
	return row, nil
}
