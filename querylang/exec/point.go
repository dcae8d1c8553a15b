package exec

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// inlineWidth is the number of columns up to which a point read needs no further memory. The user
// key and the digest are two of them.
const inlineWidth = 9

// A pointRead is the state of a query that reads one record by its key. All of it is allocated
// together.
type pointRead struct {
	session *Session // that uses the memory again; nil for none
	result  Result
	rows    Rows
	run     bind.Run
	env     bind.Env
	out     [1][]protocol.Value
	values  [2 * inlineWidth]protocol.Value
}

// newPoint returns the state of a read, in the memory of an earlier one if that is free.
func (s *Session) newPoint() *pointRead {
	if !s.reuses {
		return &pointRead{}
	}
	r := s.point
	if s.point = nil; r == nil {
		r = &pointRead{}
	}
	r.session, r.rows.point = s, r
	return r
}

// release gives the memory back to the session. The record is dropped.
func (r *pointRead) release() {
	s := r.session
	*r = pointRead{}
	s.point = r
}

// ReadsByKey reports whether the statement reads one record by its key, and nothing else. Run keeps
// no reference to the arguments of such a statement.
func (s *Statement) ReadsByKey() bool {
	p, ok := s.Plan.(*plan.Block)
	if !ok {
		return false
	}
	scan, _ := pointOf(p)
	return scan != nil
}

// pointOf returns the nodes of a query that only reads a record by its key, or nil.
func pointOf(p *plan.Block) (*plan.Scan, *plan.Project) {
	project, ok := p.Root.(*plan.Project)
	if !ok || len(p.Subqueries) > 0 {
		return nil, nil
	}
	scan, ok := project.Input.(*plan.Scan)
	if !ok || scan.Point == nil || len(scan.Options) > 0 || scan.Star {
		return nil, nil
	}
	return scan, project
}

// runPoint runs a query that reads a record by its key. Its state is r, which is empty.
func (e *Engine) runPoint(ctx context.Context, r *pointRead, stmt *Statement, s *plan.Scan, project *plan.Project, args []protocol.Value) (*Result, error) {
	r.result.Rows = &r.rows
	r.run.Args = args
	if s.Point.Context {
		e.initRun(&r.run, stmt, args)
	}
	r.env.Run = &r.run
	v := s.Point.Key.Eval(&r.env)
	if r.run.Err != nil {
		return nil, r.run.Err
	}
	key, err := protocol.KeyFromValue(s.Relation.Namespace, s.Relation.Set, v)
	if err != nil {
		return &r.result, nil // no record has such a key
	}
	record, err := e.getPoint(ctx, s.Point, key)
	if err != nil || record == nil {
		return &r.result, err
	}
	width := s.Relation.Base + len(s.Relation.Columns)
	if width <= inlineWidth {
		r.env.Row = r.values[:width:inlineWidth]
	} else {
		r.env.Row = make([]protocol.Value, width)
	}
	return r.project(record, s, project)
}

// getPoint reads a record. It returns nil if there is none.
func (e *Engine) getPoint(ctx context.Context, p *plan.Point, key protocol.Key) (record *protocol.Record, err error) {
	if !p.AllBins && len(p.Bins) == 0 {
		record, err = e.client.GetHeader(ctx, &e.options.Policies.Read, key)
	} else {
		record, err = e.client.Get(ctx, &e.options.Policies.Read, key, p.Bins...)
	}
	if refused(err, protocol.KeyNotFound) {
		return nil, nil
	}
	return record, err
}

// project computes the row of a record that meets the conditions.
func (r *pointRead) project(record *protocol.Record, s *plan.Scan, project *plan.Project) (*Result, error) {
	var hints [inlineWidth]int
	f := filler{relation: s.Relation, now: r.run.Context.Now, hints: hints[:], digest: s.Point.Digest}
	if len(s.Relation.Columns) > inlineWidth {
		f.hints = make([]int, len(s.Relation.Columns))
	}
	if err := f.fill(r.env.Row, record); err != nil {
		return nil, err
	}
	holds, err := meets(s.Point.Conditions, &r.env)
	if err != nil || !holds {
		return &r.result, err
	}
	if n := len(project.Items); n <= inlineWidth {
		r.out[0] = r.values[inlineWidth : inlineWidth+n]
	} else {
		r.out[0] = make([]protocol.Value, n)
	}
	if err := evaluate(r.out[0], project.Items, &r.env); err != nil {
		return nil, err
	}
	r.rows.fixed = r.out[:]
	return &r.result, undecodableIn(r.out[0][:len(r.rows.columns)])
}
