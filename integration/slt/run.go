package slt

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Score counts the results of a file.
type Score struct {
	// Queries is the number of queries that were run: Right + Wrong of queries + Refused.
	Queries int
	// Right is the number of queries with the published answer.
	Right int
	// Wrong is the number of queries with another answer and of statements that succeeded although
	// they must fail.
	Wrong int
	// Refused is the number of queries that returned an error.
	Refused int
	// Statements is the number of statements that failed although they must succeed.
	Statements int
	// Clauses counts the errors by kind and message without names and numbers.
	Clauses map[string]int
}

// Add adds the results of another file.
func (s *Score) Add(other Score) {
	s.Queries += other.Queries
	s.Right += other.Right
	s.Wrong += other.Wrong
	s.Refused += other.Refused
	s.Statements += other.Statements
	for clause, n := range other.Clauses {
		s.refuse(clause, n)
	}
}

func (s *Score) refuse(clause string, n int) {
	if s.Clauses == nil {
		s.Clauses = map[string]int{}
	}
	s.Clauses[clause] += n
}

// Options say how to run a file.
type Options struct {
	// Max is the number of queries to run; 0 means all.
	Max int
	// Timeout is the time for one statement. The default is 20 s. A statement that takes longer
	// counts as refused.
	Timeout time.Duration
	// Log receives the failing statements with the expected and the actual answer. It may be nil.
	Log io.Writer
}

// Run runs the records in order. A statement that fails does not end the run.
func Run(ctx context.Context, db *sql.DB, records []Record, options Options) Score {
	if options.Timeout == 0 {
		options.Timeout = 20 * time.Second
	}
	r := runner{db: db, options: options, labels: map[string][]string{}}
	for i := range records {
		if ctx.Err() != nil || options.Max > 0 && r.score.Queries >= options.Max {
			break
		}
		r.run(ctx, &records[i])
	}
	return r.score
}

// A runner is the state of a run.
type runner struct {
	db      *sql.DB
	options Options
	score   Score
	labels  map[string][]string // the answers of the labels seen
}

func (r *runner) run(ctx context.Context, record *Record) {
	ctx, cancel := context.WithTimeout(ctx, r.options.Timeout)
	defer cancel()
	if !record.Query {
		r.statement(ctx, record)
		return
	}
	r.score.Queries++
	got, err := r.answer(ctx, record)
	switch {
	case err != nil:
		r.score.Refused++
		r.score.refuse(clause(err), 1)
		r.log(record, "refused", record.Want, []string{err.Error()})
	case !equal(got, record.Want):
		r.score.Wrong++
		r.log(record, "wrong", record.Want, got)
	case !r.sameLabel(record, got):
		r.score.Wrong++
		r.log(record, "wrong: not the answer of label "+record.Label, r.labels[record.Label], got)
	default:
		r.score.Right++
	}
}

// answer runs a query. A panic is returned as an error, so that one fault does not hide the rest.
func (r *runner) answer(ctx context.Context, record *Record) (got []string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return answer(ctx, r.db, record)
}

func (r *runner) statement(ctx context.Context, record *Record) {
	_, err := r.db.ExecContext(ctx, record.SQL)
	switch {
	case err != nil && !record.Fails:
		r.score.Statements++
		r.score.refuse("statement: "+clause(err), 1)
		r.log(record, "refused", nil, []string{err.Error()})
	case err == nil && record.Fails:
		r.score.Wrong++
		r.log(record, "wrong", []string{"an error"}, []string{"success"})
	}
}

// sameLabel reports whether the values are those of the label's first query.
func (r *runner) sameLabel(record *Record, values []string) bool {
	if record.Label == "" {
		return true
	}
	first, ok := r.labels[record.Label]
	if !ok {
		r.labels[record.Label] = values
		return true
	}
	return slices.Equal(first, values)
}

func (r *runner) log(record *Record, verdict string, want, got []string) {
	if r.options.Log == nil {
		return
	}
	fmt.Fprintf(r.options.Log, "%s, line %d: %s\n  want %s\n  got  %s\n", verdict, record.Line,
		record.SQL, clip(want), clip(got))
}

// clip returns the values as a line of limited length, with their hash.
func clip(values []string) string {
	text := strings.Join(values, " | ")
	if len(text) > 500 {
		text = text[:500] + "... " + Hash(values)
	}
	return text
}

var (
	position = regexp.MustCompile(` at line \d+, column \d+`)
	quoted   = regexp.MustCompile("\"[^\"]*\"|'[^']*'|`[^`]*`")
	named    = regexp.MustCompile(`\b(tab|t|col|c|x|view_)\w*\d\w*\b|\b\d[\w.]*\b`)
)

// clause returns the first line of an error without positions, names and numbers.
func clause(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	text = position.ReplaceAllString(text, "")
	text = quoted.ReplaceAllString(text, "_")
	return named.ReplaceAllString(text, "_")
}
