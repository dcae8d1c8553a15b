package exec

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// maxCursors is the maximum number of cursors of a session.
const maxCursors = 100

// A sessionCursor is a query whose rows FETCH reads. A cursor that has a position, which a token
// can hold, needs no connection between two FETCHes: each FETCH continues the query where the last
// one ended. Other cursors keep their rows open.
type sessionCursor struct {
	name    string
	text    string // of the query
	txn     *cluster.Txn
	x       *execution
	columns []bind.OutputColumn
	root    operator
	cancel  context.CancelFunc
	// queries has the position of a cursor that has one. If it is nil, why is the reason.
	queries *queryCursor
	why     string
	// identity identifies the query in tokens, and index is the index that the query uses, or "".
	identity [identitySize]byte
	index    string

	fetch   *fetched         // whose rows are being read, or nil
	pending []protocol.Value // a row that a FETCH has read ahead, or nil
	rows    int64            // rows that FETCH has returned
	ended   bool
	err     error // that ended the cursor
}

// declare runs DECLARE.
func (s *Session) declare(ctx context.Context, stmt *Statement, p *plan.Command, d *ast.Declare, token protocol.Value, args []protocol.Value) error {
	key := strings.ToLower(d.Name.Text)
	if s.cursors[key] != nil {
		return ast.ErrorAt(p.Text, d.Name.Pos, ast.ErrExists, "the cursor %s exists already; close it first", d.Name)
	}
	if len(s.cursors) >= maxCursors {
		return ast.ErrorAt(p.Text, d.Name.Pos, ast.ErrUnsupported, "the session has %d open cursors; close some", len(s.cursors))
	}
	c := &sessionCursor{
		name: d.Name.Text, text: d.Query.String(), txn: cluster.TxnFrom(ctx), columns: p.Query.Columns,
		identity: identityOf(p, args),
	}
	engine := s.engine
	var from *cluster.Cursor
	if d.From != nil {
		t, err := parseToken(token)
		if err == nil && t.identity != c.identity {
			err = ast.Errorf(ast.ErrArguments, "the token belongs to another query, or to other arguments")
		}
		if err != nil {
			return at(p, d.From.Position(), err)
		}
		from = t.from
		engine = engine.using(t.index)
	}
	if err := c.open(ctx, engine, stmt, p.Query, args); err != nil {
		c.close()
		return err
	}
	if from != nil {
		if c.queries == nil {
			c.close()
			return ast.ErrorAt(p.Text, d.From.Position(), ast.ErrUnsupported, "the query can't continue from a token: %s", c.why)
		}
		c.queries.from = from
	}
	if s.cursors == nil {
		s.cursors = make(map[string]*sessionCursor)
	}
	s.cursors[key] = c
	return nil
}

// open opens the operators of the query.
func (c *sessionCursor) open(ctx context.Context, engine *Engine, stmt *Statement, p *plan.Block, args []protocol.Value) error {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c.cancel = cancel
	stop := context.AfterFunc(ctx, cancel)
	defer stop()
	// The arguments are in memory that the caller reuses.
	c.x = engine.execution(own, stmt, function.CloneAll(args))
	b, err := c.x.newBlock(p, nil, false)
	if err != nil {
		return err
	}
	if err := c.x.precheck(b); err != nil {
		return err
	}
	c.root = b.root
	if err := c.root.open(own); err != nil {
		return err
	}
	c.findPosition(p, b)
	return nil
}

// findPosition finds the query whose position is that of the cursor, or why there is none.
func (c *sessionCursor) findPosition(p *plan.Block, b *block) {
	if c.why = noPosition(p.Root); c.why != "" || len(b.scans) != 1 {
		return
	}
	if len(p.Subqueries) > 0 {
		c.why = "it has a subquery"
		return
	}
	s := b.scans[0]
	queries, ok := s.cursor.(*queryCursor)
	switch {
	case !ok:
		c.why = "it reads records by their keys"
	case queries.unique:
		c.why = "it reads several ranges of indexes"
	case len(queries.statements) != 1:
		c.why = "it reads several ranges of partitions"
	case queries.left > 0:
		c.why = "it has a limit"
	case slices.ContainsFunc(s.node.Conditions, changes):
		c.why = "a condition depends on the time or the session"
	default:
		from, err := cluster.NewCursor(queries.statements[0].Partitions)
		if err != nil {
			return // the query will fail
		}
		queries.from, c.queries = from, queries
		if access := s.reader.access; len(access.Ranges) > 0 {
			c.index = access.Ranges[0].Index.Name
		}
	}
}

// noPosition returns why a query has no position that a token can hold, or "". Only operators that
// keep nothing from row to row have one.
func noPosition(n plan.Node) string {
	switch n := n.(type) {
	case *plan.Project:
		return noPosition(n.Input)
	case *plan.Filter:
		return noPosition(n.Input)
	case *plan.Scan:
		if n.Limit != nil || n.Offset != nil {
			return "it has a LIMIT"
		}
		return ""
	case *plan.Sort:
		return "it has an ORDER BY"
	case *plan.Limit:
		return "it has a LIMIT"
	case *plan.Aggregate:
		return "it has a GROUP BY or an aggregate"
	case *plan.Distinct:
		return "it has a DISTINCT"
	case *plan.Join:
		return "it has a join"
	case *plan.SetOperation:
		return "it combines several queries"
	}
	return "it does more than read one table"
}

// changes reports whether an expression can have another value in another session or at another
// time.
func changes(e bind.Expr) bool {
	if call, ok := e.(*bind.Call); ok && (call.Function.Stable || call.Function.Volatile) {
		return true
	}
	found := false
	bind.Operands(e, func(x bind.Expr) { found = found || changes(x) })
	return found
}

// find returns a cursor of the session.
func (s *Session) find(p *plan.Command, name ast.Name) (*sessionCursor, error) {
	if c := s.cursors[strings.ToLower(name.Text)]; c != nil {
		return c, nil
	}
	var known []string
	for key := range s.cursors {
		known = append(known, strings.ToUpper(key))
	}
	slices.Sort(known)
	near := ""
	if nearest := ast.Nearest(name.Text, known); nearest != "" {
		near = "; did you mean " + ast.QuoteName(s.cursors[strings.ToLower(nearest)].name) + "?"
	}
	return nil, ast.ErrorAt(p.Text, name.Pos, ast.ErrUnknownName, "there is no cursor %s%s", name, near)
}

// fetch runs FETCH.
func (s *Session) fetch(ctx context.Context, p *plan.Command, f *ast.Fetch, count protocol.Value) (*Result, error) {
	c, err := s.find(p, f.Cursor)
	if err != nil {
		return nil, err
	}
	left := int64(-1)
	if f.Count != nil {
		n, ok := count.Int()
		if !ok || n < 0 {
			return nil, ast.ErrorAt(p.Text, f.Count.Position(), ast.ErrArguments, "FETCH needs a non-negative number of rows, not %v", count)
		}
		left = n
	}
	switch {
	case c.fetch != nil:
		return nil, ast.ErrorAt(p.Text, f.Pos, ast.ErrUnsupported, "the rows of the last FETCH from %s are still being read; close them first", f.Cursor)
	case c.err != nil:
		return nil, c.err
	}
	return &Result{Rows: c.fetchRows(ctx, left)}, nil
}

// closeCursor runs CLOSE.
func (s *Session) closeCursor(p *plan.Command, statement *ast.Close) error {
	c, err := s.find(p, statement.Cursor)
	if err != nil {
		return err
	}
	c.close()
	delete(s.cursors, strings.ToLower(statement.Cursor.Text))
	return nil
}

// close stops the work on the cluster.
func (c *sessionCursor) close() {
	c.err = ast.Errorf(ast.ErrUnknownName, "the cursor %s was closed", ast.QuoteName(c.name))
	if c.root != nil {
		c.root.close()
	}
	if c.x != nil {
		c.x.close()
	}
	c.cancel()
}

// showCursors returns the open cursors of the session.
func (s *Session) showCursors(matches func(string) bool) *Result {
	var rows [][]protocol.Value
	for _, name := range slices.Sorted(maps.Keys(s.cursors)) {
		if c := s.cursors[name]; matches(c.name) {
			rows = append(rows, []protocol.Value{protocol.String(c.name), protocol.Int(c.rows), protocol.String(c.text)})
		}
	}
	columns := textColumns("name", "fetched", "query")
	columns[1].Kinds = 1 << protocol.KindInt
	return result(columns, rows)
}

// at adds a position to an error that has none.
func at(p *plan.Command, pos ast.Pos, err error) error {
	e, ok := err.(*ast.Error) //nolint:errorlint // an error without a position gets one
	if !ok || e.Line > 0 {
		return err
	}
	placed := ast.ErrorAt(p.Text, pos, e.Kind, "%s", e.Message)
	placed.Cause = e.Cause
	return placed
}
