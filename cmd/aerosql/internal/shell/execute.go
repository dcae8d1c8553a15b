package shell

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/output"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

type driverError = querylang.Error

// print writes to the output of rows.
func (s *shell) print(text string) { io.WriteString(s.out, text) }

// note writes what is not a row: to the terminal, and nowhere if the output is for programs.
func (s *shell) note(format string, args ...any) {
	if s.interactive || s.format == output.Table || s.format == output.Expanded {
		fmt.Fprintf(s.out, format, args...)
	}
}

// execute runs a statement and prints its result.
func (s *shell) execute(ctx context.Context, text string) error {
	s.interrupted = false
	if isCopy(text) {
		return s.copyRows(ctx, text)
	}
	ctx, end := s.untilInterrupt(ctx)
	defer end()
	start := time.Now()
	var read atomic.Int64
	hide := s.showProgress(start, &read)
	defer hide()
	parsed, err := parse.One(text, s.cfg.Dialect)
	if err == nil && !returnsRows(parsed.Statement) {
		result, err := s.conn.ExecContext(ctx, text)
		hide()
		if err != nil {
			return err
		}
		s.changed(parsed.Statement, result, time.Since(start))
		return nil
	}
	rows, err := s.conn.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	count, err := s.rows(rows, &read, hide, isTree(parsed))
	if err != nil {
		return err
	}
	if count >= 0 && s.interactive {
		s.note("%s%s\n", plural(count, "row"), s.timeText(time.Since(start)))
	} else if count >= 0 && s.timing {
		fmt.Fprintf(s.env.Err, "%s%s\n", plural(count, "row"), s.timeText(time.Since(start)))
	}
	return nil
}

// returnsRows reports whether a statement returns rows.
func returnsRows(s ast.Statement) bool {
	switch s := s.(type) {
	case *ast.Insert:
		return s.Returning != nil
	case *ast.Update:
		return s.Returning != nil
	case *ast.Delete:
		return s.Returning != nil
	case *ast.Query, *ast.Explain, *ast.Show, *ast.Fetch, *ast.Execute, *ast.Analyze:
		return true
	}
	return false
}

// isTree reports whether the rows of a statement are the lines of a plan.
func isTree(p *parse.Parsed) bool {
	if p == nil {
		return false
	}
	e, isExplain := p.Statement.(*ast.Explain)
	return isExplain && !e.JSON
}

// changed prints the result of a statement without rows.
func (s *shell) changed(statement ast.Statement, result sql.Result, took time.Duration) {
	text := "OK"
	switch statement.(type) {
	case *ast.Insert, *ast.Update, *ast.Delete:
		if n, err := result.RowsAffected(); err == nil {
			text = plural(n, "row") + " changed"
		}
	}
	s.note("%s%s\n", text, s.timeText(took))
}

// timeText returns the time of a statement, if it is to be shown.
func (s *shell) timeText(took time.Duration) string {
	if !s.timing {
		return ""
	}
	return " (" + shortTime(took) + ")"
}

// shortTime returns a duration with three digits.
func shortTime(d time.Duration) string {
	for _, unit := range []time.Duration{time.Second, time.Millisecond, time.Microsecond} {
		if d >= unit {
			return d.Round(unit / 100).String()
		}
	}
	return d.String()
}

func plural(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// rows prints all result sets and returns the number of rows, or -1 if there are no columns.
func (s *shell) rows(rows *sql.Rows, read *atomic.Int64, hide func(), tree bool) (int64, error) {
	for {
		columns, err := columnsOf(rows)
		if err != nil {
			return 0, err
		}
		count := int64(-1)
		if len(columns.Names) > 0 {
			if count, err = s.resultSet(rows, columns, read, hide, tree); err != nil {
				return count, err
			}
		} else if rows.Next() {
			continue // a row without columns
		}
		if err := rows.Err(); err != nil || !rows.NextResultSet() {
			return count, err
		}
	}
}

// columnsOf returns the columns of the current result set.
func columnsOf(rows *sql.Rows) (c output.Columns, err error) {
	types, err := rows.ColumnTypes()
	for _, t := range types {
		c.Names, c.Types = append(c.Names, t.Name()), append(c.Types, t.DatabaseTypeName())
	}
	return c, err
}

// resultSet prints the rows of a result set.
func (s *shell) resultSet(rows *sql.Rows, columns output.Columns, read *atomic.Int64, hide func(), tree bool) (count int64, err error) {
	if tree && (s.format == output.Table || s.format == output.Expanded) {
		return -1, s.plan(rows, hide)
	}
	out := &hiding{s.out, hide}
	var w output.Writer
	if !s.mute {
		if w, err = output.New(out, s.format, columns, output.Options{Width: width(s.out), AutoExpand: s.autoExpand}); err != nil {
			return 0, err
		}
	}
	for rows.Next() {
		values := make([]any, len(columns.Names))
		targets := make([]any, len(values))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return count, err
		}
		if w != nil {
			if err := w.Row(values); err != nil {
				return count, err
			}
		}
		count++
		read.Store(count)
	}
	if w == nil {
		return count, rows.Err()
	}
	failed := rows.Err()
	if err := w.Close(); err != nil && failed == nil {
		failed = err
	}
	return count, failed
}

// A hiding hides the progress before something is written.
type hiding struct {
	io.Writer
	hide func()
}

func (h *hiding) Write(p []byte) (int, error) {
	h.hide()
	return h.Writer.Write(p)
}

// plan draws the lines of EXPLAIN as a tree.
func (s *shell) plan(rows *sql.Rows, hide func()) error {
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		lines = append(lines, strings.Split(strings.TrimRight(line, "\n"), "\n")...)
	}
	hide()
	s.print(output.Tree(lines))
	return rows.Err()
}

// The times after which the progress of a statement is shown, and between two updates.
const (
	progressAfter = time.Second
	progressEvery = 200 * time.Millisecond
)

// showProgress shows the time and the rows of a statement that takes long, if there is a terminal.
// The returned function removes it.
func (s *shell) showProgress(start time.Time, read *atomic.Int64) (hide func()) {
	if !isTerminal(s.env.Err) {
		return func() {}
	}
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		wait := time.NewTimer(progressAfter)
		defer wait.Stop()
		shown := false
		for {
			select {
			case <-wait.C:
				text := fmt.Sprintf("running for %.1f s", time.Since(start).Seconds())
				if n := read.Load(); n > 0 {
					text += ", " + plural(n, "row")
				}
				fmt.Fprintf(s.env.Err, "\r\x1b[K%s; Ctrl-C ends it", text)
				shown = true
				wait.Reset(progressEvery)
			case <-stop:
				if shown {
					fmt.Fprint(s.env.Err, "\r\x1b[K")
				}
				return
			}
		}
	}()
	hidden := false
	return func() {
		if !hidden {
			hidden = true
			close(stop)
			<-ended
		}
	}
}
