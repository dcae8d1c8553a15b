package console

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"time"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

// A sqlData is what the page for SQL shows.
type sqlData struct {
	Text    string
	Results []*result
	Error   string
	Rows    int // limit of the rows that are shown
	Time    time.Duration
}

// A result is that of one statement.
type result struct {
	Columns []column
	Rows    [][]tree
	// More is true if the statement has more rows than are shown.
	More bool
	Plan *plan
	// Count is how the number of rows is shown.
	Count string
}

// A column is a column of a result.
type column struct{ Name, Type string }

// sqlPage shows the form.
func (c *Console) sqlPage(r *http.Request) (*view, error) {
	return &view{page: "sql", Title: "SQL", Data: &sqlData{Text: r.FormValue("text"), Rows: c.options.Rows}}, nil
}

// runSQL runs the text of the form, or explains it. A mistake in the text is shown on the page.
func (c *Console) runSQL(r *http.Request) (*view, error) {
	d := &sqlData{Text: r.PostFormValue("text"), Rows: c.options.Rows}
	ctx, cancel := context.WithTimeout(r.Context(), c.options.Timeout)
	defer cancel()
	start := time.Now()
	var err error
	switch r.PostFormValue("do") {
	case "explain":
		err = c.explain(ctx, d, "EXPLAIN FORMAT JSON ")
	case "analyze":
		err = c.explain(ctx, d, "EXPLAIN ANALYZE FORMAT JSON ")
	default:
		err = c.run(ctx, d)
	}
	d.Time = time.Since(start)
	if err != nil {
		d.Error = err.Error()
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			d.Error = "The statement took longer than " + formatDuration(c.options.Timeout) + ". Start the console with a longer -timeout, or make it read less: EXPLAIN shows how it reads."
		}
	}
	return &view{page: "sql", Title: "SQL", Data: d}, nil
}

// permitted parses a text and checks that the console may run it.
func (c *Console) permitted(text string) ([]*parse.Parsed, error) {
	all, err := parse.All(text, parse.Standard)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("there is no statement")
	}
	for _, p := range all {
		if !c.options.Write && !reads(p.Statement) {
			return nil, errors.New("the console is read-only; start it with -write for statements other than SELECT, EXPLAIN, SHOW and AGGREGATE")
		}
	}
	return all, nil
}

// reads reports whether a statement changes nothing.
func reads(s ast.Statement) bool {
	switch s := s.(type) {
	case *ast.Query, *ast.Show, *ast.Declare, *ast.Fetch, *ast.Close, *ast.Set:
		return true
	case *ast.Explain:
		return !s.Analyze || reads(s.Statement)
	case *ast.Execute:
		return s.Verb == ast.AggregateVerb
	}
	return false
}

// run runs the statements of the text on one session.
func (c *Console) run(ctx context.Context, d *sqlData) (err error) {
	if _, err := c.permitted(d.Text); err != nil {
		return err
	}
	conn, err := c.options.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	rows, err := conn.QueryContext(ctx, d.Text)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for {
		set, err := c.read(rows)
		d.Results = append(d.Results, set)
		if err != nil || !rows.NextResultSet() {
			return errors.Join(err, rows.Err())
		}
	}
}

// read reads a set of results up to the limit.
func (c *Console) read(rows *sql.Rows) (*result, error) {
	set := new(result)
	types, err := rows.ColumnTypes()
	if err != nil {
		return set, err
	}
	for _, t := range types {
		set.Columns = append(set.Columns, column{t.Name(), t.DatabaseTypeName()})
	}
	values, targets := make([]any, len(types)), make([]any, len(types))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if len(set.Rows) == c.options.Rows {
			set.More = true
			break
		}
		if err := rows.Scan(targets...); err != nil {
			return set, err
		}
		row := make([]tree, len(values))
		for i, v := range values {
			row[i] = cellOf(v)
		}
		set.Rows = append(set.Rows, row)
	}
	set.Count = plural(len(set.Rows), "row")
	if set.More {
		set.Count = "the first " + set.Count
	}
	return set, rows.Err()
}

// explain shows the plan of the one statement of the text.
func (c *Console) explain(ctx context.Context, d *sqlData, explain string) error {
	all, err := c.permitted(d.Text)
	if err != nil {
		return err
	}
	if len(all) > 1 {
		return errors.New("only one statement can be explained at a time")
	}
	text := explain + d.Text
	if _, ok := all[0].Statement.(*ast.Explain); ok {
		return c.run(ctx, d)
	}
	var document string
	if err := c.options.DB.QueryRowContext(ctx, text).Scan(&document); err != nil {
		// Positions in the error are those of the text with EXPLAIN before it.
		if e, ok := errors.AsType[*ast.Error](err); ok && e.Line > 0 {
			if _, own := c.options.DB.PrepareContext(ctx, d.Text); own != nil {
				return own
			}
		}
		return err
	}
	p, err := parsePlan([]byte(document))
	if err != nil {
		return err
	}
	d.Results = append(d.Results, &result{Plan: p})
	return nil
}
