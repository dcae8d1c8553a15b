package mapper

import (
	"context"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/exec"
	sqlplan "github.com/aerosql/aerosql/querylang/plan"
)

// Patch changes all records that the query finds, in the background: the nodes do it, and Patch
// returns when they have started. The records aren't read.
//
//	task, err := users.Where(U.Age.Lt(18)).Patch(ctx, U.Tags.AppendUnique("minor"))
//	if err != nil {
//		return err
//	}
//	return task.Wait(ctx)
//
// The nodes must be able to check the whole condition, with one range of an index or with
// AllowScan. A condition that needs the client is an error of kind [ErrUnsupported]; range over
// Rows and patch each record then. The same is true for an order, a limit, [IfGen] and [OrInsert].
// A record on which a change fails stays as it is and counts as failed; see [Task.Progress].
func (q Query[T]) Patch(ctx context.Context, changes ...Change[T]) (*Task, error) {
	return q.q.patch(ctx, changesOf(changes))
}

// Delete deletes all records that the query finds, in the background, as [Query.Patch] changes
// them. If a field of T is tagged deleted the records are marked instead, unless With(Purge()) of
// the Repo says otherwise.
func (q Query[T]) Delete(ctx context.Context) (*Task, error) {
	return q.q.delete(ctx)
}

// delete starts a background delete.
func (q *query) delete(ctx context.Context) (*Task, error) {
	if err := q.ready("Query.Delete"); err != nil {
		return nil, err
	}
	c := &changing{store: q.source, ops: []protocol.Operation{protocol.DeleteRecord()}}
	if q.source.softDelete() {
		var err error
		if c.ops, err = q.source.markOps(); err != nil {
			return nil, err
		}
	}
	return q.background(ctx, c)
}

// patch starts a background patch.
func (q *query) patch(ctx context.Context, changes []*change) (*Task, error) {
	if err := q.ready("Query.Patch"); err != nil {
		return nil, err
	}
	s := q.source
	if s.ttlErr != nil {
		return nil, s.ttlErr
	}
	c, err := s.newChanging(cluster.WritePolicy{}, changes)
	if err != nil {
		return nil, err
	}
	switch {
	case c.insert != nil:
		return nil, fmt.Errorf("mapper: %w: a background patch can't insert; use Patch of the Repo with OrInsert", ErrUnsupported)
	case c.policy.GenerationPolicy != cluster.IgnoreGeneration:
		return nil, fmt.Errorf("mapper: %w: a background patch can't check the generation; use a condition", ErrUnsupported)
	case c.ttl == nil:
		c.ttl = s.ttl
	}
	if len(c.ops) == 0 {
		if c.ttl == nil {
			return nil, fmt.Errorf("mapper: %w: the patch has no change", ErrNothingToWrite)
		}
		c.add(protocol.TouchRecord())
	}
	if err := c.stampUpdated(); err != nil {
		return nil, err
	}
	return q.background(ctx, c)
}

// background starts the changes on the nodes.
func (q *query) background(ctx context.Context, c *changing) (*Task, error) {
	if len(q.orders) > 0 || q.limit > 0 {
		return nil, fmt.Errorf("mapper: %w: a background query has no order and no limit", ErrUnsupported)
	}
	whole := *q
	whole.conditions = append(whole.conditions[:len(whole.conditions):len(whole.conditions)], c.conditions...)
	r, err := whole.begin(ctx)
	if err != nil {
		return nil, err
	}
	if within := r.binding.within; within != nil {
		ctx = within(ctx)
	}
	if cluster.TxnFrom(ctx) != nil {
		return nil, fmt.Errorf("mapper: background query of %s: %w", q.source.set, cluster.ErrTxnQuery)
	}
	access, err := r.access(ctx)
	if err != nil {
		return nil, err
	}
	policy := r.binding.records.Policies().Background
	policy.TTL, policy.DurableDelete = cluster.TTLDontUpdate, policy.DurableDelete || q.source.durable
	if c.ttl != nil {
		policy.TTL = *c.ttl
	}
	if access.Filter != nil {
		policy.Filter = bothFilters(policy.Filter, access.Filter.Packed)
	}
	if access.Method == sqlplan.OneKey || access.Method == sqlplan.Keys {
		return r.byKeys(ctx, &policy, access.Keys, c.ops)
	}
	if access.Method == sqlplan.Nothing {
		return &Task{done: allDone}, nil
	}
	stmt := cluster.Statement{Namespace: r.binding.namespace, Set: q.source.set}
	if access.Method == sqlplan.IndexScan {
		stmt.Filter = exec.IndexFilter(&access.Ranges[0])
	}
	task, err := r.binding.records.QueryOperate(ctx, &policy, stmt, c.ops...)
	if err != nil {
		return nil, fmt.Errorf("mapper: %w", err)
	}
	return &Task{query: task}, nil
}

// access decides how the nodes find the records, and checks that they can do it on their own.
func (r *running) access(ctx context.Context) (*sqlplan.Access, error) {
	text, err := r.text([]ast.SelectItem{{Expr: word("PK")}})
	if err != nil {
		return nil, err
	}
	p, args, err := r.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	access, err := r.engine.Access(ctx, &p.run, args)
	denied := err == nil && access.Method == sqlplan.SetScan && r.engine.Options().DenyScan
	switch {
	case err != nil:
		return nil, r.query.fail(err)
	case denied:
		return nil, r.query.needsScan()
	case !access.Exact || len(access.Residual) > 0:
		return nil, fmt.Errorf("mapper: %w: the servers can't check the whole condition of %s; range over Rows and patch each record", ErrUnsupported, text)
	case access.Method == sqlplan.IndexScan && (len(access.Ranges) > 1 || len(access.Both) > 0):
		return nil, fmt.Errorf("mapper: %w: a background query reads one range of an index, and %s needs several; range over Rows and patch each record", ErrUnsupported, text)
	case r.query.source.set == "" && access.Method >= sqlplan.IndexScan:
		return nil, fmt.Errorf("mapper: %w: a background query of the null set would change records of all sets", ErrUnsupported)
	}
	return access, nil
}

// byKeys changes records whose keys the condition names. It is done when it returns.
func (r *running) byKeys(ctx context.Context, policy *cluster.BackgroundPolicy, keys []protocol.Key, ops []protocol.Operation) (*Task, error) {
	write := r.binding.write
	write.Exists, write.TTL, write.DurableDelete = cluster.UpdateOnly, policy.TTL, policy.DurableDelete
	write.Filter = bothFilters(write.Filter, policy.Filter)
	if len(ops) == 1 && ops[0].Code == protocol.OpDelete {
		write.Exists = cluster.Upsert
	}
	rows := make([]cluster.BatchRow, len(keys))
	for i, key := range keys {
		rows[i] = cluster.OperateRow(&write, key, ops...)
	}
	results, err := r.binding.records.BatchWrite(ctx, r.query.source.batch, rows)
	if _, partly := errors.AsType[*cluster.BatchError](err); err != nil && !partly {
		return nil, fmt.Errorf("mapper: %w", err)
	}
	task := &Task{done: allDone}
	for i := range results {
		switch err := results[i].Err; {
		case err == nil:
			task.done.Changed++
		case !isMissing(err):
			task.done.Failed++
			task.err = errors.Join(task.err, r.query.source.wrapError(results[i].Key, nil, err))
		}
	}
	return task, nil
}

// A Task is a background query; see [Query.Patch]. It is safe for use by multiple goroutines, and
// goes on if the program doesn't wait for it.
type Task struct {
	query *cluster.QueryTask // nil if the work is done
	done  TaskProgress
	err   error
}

// A TaskProgress is how far a Task is.
type TaskProgress struct {
	Percent         float64 // from 0 to 100
	Changed, Failed int64   // records
	Done            bool
}

// allDone is the progress of a task that had nothing to do.
var allDone = TaskProgress{Percent: 100, Done: true}

// ready returns an error if no Query has started the task.
func (t *Task) ready(method string) error {
	if t == nil || t.query == nil && !t.done.Done {
		return &emptyError{method, "the task is empty; start it with Patch or Delete of a Query"}
	}
	return nil
}

// Wait returns when the work is done. The error is not nil if the nodes have stopped it, or if
// records of a condition on keys could not be changed. Records that could not be changed otherwise
// are in [Task.Progress].
func (t *Task) Wait(ctx context.Context) error {
	if err := t.ready("Task.Wait"); err != nil {
		return err
	}
	if t.query == nil {
		return t.err
	}
	if err := t.query.Wait(ctx); err != nil {
		return fmt.Errorf("mapper: %w", err)
	}
	return nil
}

// Progress returns how far the work is.
func (t *Task) Progress(ctx context.Context) (TaskProgress, error) {
	if err := t.ready("Task.Progress"); err != nil {
		return TaskProgress{}, err
	}
	if t.query == nil {
		return t.done, nil
	}
	p, err := t.query.Progress(ctx)
	if err != nil {
		return TaskProgress{}, fmt.Errorf("mapper: %w", err)
	}
	return TaskProgress{p.Percent, p.Succeeded, p.Failed, p.Done}, nil
}

// Abort stops the work. Records that were changed stay changed.
func (t *Task) Abort(ctx context.Context) error {
	if err := t.ready("Task.Abort"); err != nil {
		return err
	}
	if t.query == nil {
		return nil
	}
	if err := t.query.Abort(ctx); err != nil {
		return fmt.Errorf("mapper: %w", err)
	}
	return nil
}
