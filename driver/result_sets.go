package driver

import (
	"context"
	"io"

	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/parse"
)

// nextResults are the statements of a text that have not run yet. Each is bound when those before
// it have run, because it may use what they define.
type nextResults struct {
	conn       *Conn
	ctx        context.Context
	statements []*parse.Parsed
	at, count  int
}

// queryAll runs the first statement of a text with several. The others run when their rows are
// asked for, so that a statement that changes something must not follow one that returns rows: it
// might never run.
func (c *Conn) queryAll(ctx context.Context, all []*parse.Parsed) (*Rows, error) {
	r := &Rows{collections: c.cfg.Collections}
	r.next = &nextResults{conn: c, ctx: ctx, statements: all, count: len(all)}
	if err := r.NextResultSet(); err != nil && err != io.EOF {
		return nil, err
	}
	return r, nil
}

// HasNextResultSet reports whether the text has another statement.
func (r *Rows) HasNextResultSet() bool { return r.next != nil && len(r.next.statements) > 0 }

// NextResultSet runs the text's statements up to the next one that returns rows.
func (r *Rows) NextResultSet() error {
	n := r.next
	if n == nil || len(n.statements) == 0 {
		return io.EOF
	}
	returned := r.rows != nil
	if err := r.closeRows(); err != nil {
		return err
	}
	for len(n.statements) > 0 {
		parsed := n.statements[0]
		n.statements = n.statements[1:]
		n.at++
		p, err := querylang.PrepareParsed(n.ctx, parsed, n.conn.engine.Catalog(), n.conn.options)
		if err != nil {
			return numbered(err, n.at-1, n.count)
		}
		if returned && p.Writes() {
			return numbered(&querylang.Error{Kind: querylang.ErrUnsupported,
				Message: "a statement that changes records must not follow one that returns rows; run it with Exec"}, n.at-1, n.count)
		}
		s := newStatement(p)
		done, err := n.conn.run(n.ctx, s, nil, false)
		if err != nil {
			return numbered(err, n.at-1, n.count)
		}
		r.affected += done.Affected
		if r.reset(done.Rows, s.names(done.Rows)); done.Rows != nil {
			return nil
		}
	}
	return nil
}
