package exec

import (
	"context"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// A pointWrite is the state of a statement that writes one record by its key with one command. All
// of it is allocated together.
type pointWrite struct {
	result Result
	run    bind.Run
	env    bind.Env
	policy cluster.WritePolicy
	row    []protocol.Value // of RETURNING
}

// isPointWrite reports whether a change is one command on one record, whose condition is the key
// and perhaps the generation.
func isPointWrite(c *plan.Change) bool {
	return c.Scan.Point != nil && c.Direct && len(c.Conditions) == 0 && len(c.Subqueries) == 0 && len(c.Scan.Options) == 0
}

// runPointWrite runs such a change. It returns no result if the server can't compute it; nothing is
// written then. The cause is the server's error, or nil if it was not asked.
func (e *Engine) runPointWrite(ctx context.Context, stmt *Statement, c *plan.Change, args []protocol.Value) (result *Result, cause, err error) {
	w := &pointWrite{policy: e.options.Policies.Write}
	e.initRun(&w.run, stmt, args)
	w.env.Run = &w.run
	d, ok, err := directOperationsOf(c, &w.env)
	if !ok || err != nil {
		return nil, nil, err
	}
	if !c.Delete || c.ReadBack {
		w.policy.Exists = cluster.UpdateOnly
	}
	if ok, err := d.restrict(&w.policy); !ok || err != nil {
		return nil, nil, err
	}
	v := c.Scan.Point.Key.Eval(&w.env)
	if w.run.Err != nil {
		return nil, nil, w.run.Err
	}
	key, err := protocol.KeyFromValue(c.Scan.Relation.Namespace, c.Scan.Relation.Set, v)
	if err != nil {
		return w.returning(c), nil, nil // no record has such a key
	}
	if c.Generation != nil {
		generation, ok := generationOf(c.Generation.Eval(&w.env))
		if !ok {
			return w.returning(c), nil, w.run.Err
		}
		w.policy.Generation, w.policy.GenerationPolicy = generation, cluster.ExpectEqual
	}
	var record *protocol.Record
	written := false
	if ops := withReadBack(c, d.ops); len(ops) == 0 {
		written, err = e.client.Delete(ctx, &w.policy, key)
	} else {
		record, err = e.client.Operate(ctx, &w.policy, key, ops...)
		written = err == nil
	}
	switch {
	case refused(err, protocol.KeyNotFound), c.Generation != nil && refused(err, protocol.GenerationError):
		return w.returning(c), nil, nil
	case otherType(c, err), refused(err, protocol.FilteredOut):
		return nil, err, nil
	}
	w.result.Affected = count(written)
	if err == nil && written && c.ReadBack {
		w.env.Row = make([]protocol.Value, c.Width)
		w.row, err = readBack(c, &w.env, record)
	}
	if err != nil {
		return nil, nil, err
	}
	return w.returning(c), nil, nil
}

// returning returns the result with the row of RETURNING, if there is one.
func (w *pointWrite) returning(c *plan.Change) *Result {
	if c.Returning != nil {
		w.result.Rows = &Rows{columns: c.Returning.Columns}
		if w.row != nil {
			w.result.Rows.fixed = [][]protocol.Value{w.row}
		}
	}
	return &w.result
}

// generationOf returns a value as a generation. ok is false if no record can have it.
func generationOf(v protocol.Value) (generation uint32, ok bool) {
	n, ok := v.Int()
	if f, isFloat := v.Float(); isFloat {
		n, ok = int64(f), f == float64(int64(f))
	}
	return uint32(n), ok && n >= 1 && n <= maxGeneration
}

// A pointInsert is the state of an INSERT of one row without further clauses. All of it is
// allocated together.
type pointInsert struct {
	result   Result
	x        execution
	run      bind.Run
	env      bind.Env
	inserter inserter
	rows     [1]newRow
	source   [inlineWidth]protocol.Value
}

// isPointInsert reports whether an INSERT is one command for one row.
func isPointInsert(p *plan.Insert) bool {
	return p.Insert.Source == nil && len(p.Rows) == 1 && p.Change == nil && p.Returning == nil && len(p.Checks) == 0 &&
		len(p.Subqueries) == 0 && len(p.Options) == 0
}

// runPointInsert runs such an INSERT.
func (e *Engine) runPointInsert(ctx context.Context, stmt *Statement, p *plan.Insert, args []protocol.Value) (*Result, error) {
	o := &pointInsert{}
	e.initRun(&o.run, stmt, args)
	o.env.Run = &o.run
	o.x = execution{engine: e, ctx: ctx, run: &o.run}
	i := &o.inserter
	*i = inserter{x: &o.x, plan: p, env: &o.env, policy: e.options.Policies.Write, rows: o.rows[:0]}
	if err := checkInsertGeneration(p, &i.policy); err != nil {
		return nil, err
	}
	i.policy.Exists = existsActions[p.Verb]
	row := p.Rows[0]
	source := o.source[:]
	if len(row) > len(source) {
		source = make([]protocol.Value, len(row))
	}
	source = source[:len(row)]
	if err := evaluate(source, row, &o.env); err != nil {
		return nil, err
	}
	if _, err := i.add(source, false); err != nil {
		return nil, i.rowError(0, err)
	}
	written, err := i.writeOne(ctx, &i.rows[0])
	if err != nil {
		return nil, err
	}
	o.result = Result{Affected: count(written), Key: i.last, HasKey: i.any}
	return &o.result, nil
}
