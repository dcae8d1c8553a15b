package exec

import (
	"context"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// A writer changes records for an UPDATE, a DELETE or a conflict clause.
type writer struct {
	x        *execution
	change   *plan.Change
	env      *bind.Env // with the frame
	reader   reader    // of what the condition and the values need
	filler   filler
	residual []bind.Expr
	named    keyNamer
	policy   cluster.WritePolicy
	// direct means that records are written without reading them: the server checks the condition
	// and the operations are those of ops, or computed for each record if ops is nil.
	direct bool
	ops    []protocol.Operation
	// mayBeNoList means that the filter also checks that bins are lists. A record that it leaves
	// out is read.
	mayBeNoList bool
	// conflictDirect means that a conflict clause changes the record without reading it.
	conflictDirect bool
	// prepare sets what the frame holds besides the record with a key; nil if there is nothing.
	prepare func(key protocol.Key)
	rows    returnedRows
	job     *cluster.QueryTask // of a background statement
}

// returnedRows are the rows of RETURNING.
type returnedRows struct {
	account account
	rows    [][]protocol.Value
}

func (r *returnedRows) add(row []protocol.Value) error {
	if row == nil {
		return nil
	}
	if err := r.account.take(function.MemoryOf(row) + function.ValueSize); err != nil {
		return err
	}
	r.rows = append(r.rows, row)
	return nil
}

// clear forgets the rows.
func (r *returnedRows) clear() {
	r.account.release()
	r.rows = nil
}

// change runs an UPDATE or a DELETE.
func (x *execution) change(c *plan.Change) (*Result, error) {
	w := x.newWriter(c)
	affected, err := w.run(x.ctx)
	x.close()
	if err != nil {
		return nil, err
	}
	if w.job != nil {
		return w.jobResult(affected), nil
	}
	return w.rows.result(affected, c.Returning), nil
}

// result returns the result of a statement with its RETURNING.
func (r *returnedRows) result(affected int64, returning *bind.Returning) *Result {
	result := &Result{Affected: affected}
	if returning != nil {
		result.Rows = &Rows{columns: returning.Columns, fixed: r.rows}
	}
	return result
}

// newWriter returns a writer for the records that the change's Scan finds, or only those whose keys
// are given.
func (x *execution) newWriter(c *plan.Change) *writer {
	for id, sub := range c.Subqueries {
		x.blocks[id] = sub
	}
	w := &writer{
		x: x, change: c, env: &bind.Env{Row: make([]protocol.Value, c.Width), Run: x.run},
		reader: reader{engine: x.engine, account: account{budget: x.budget, operator: "write"}},
		rows:   returnedRows{account: account{budget: x.budget, operator: "returning"}},
	}
	w.policy = x.engine.options.Policies.Write
	if !c.Delete { // Delete reports whether the record existed
		w.policy.Exists = cluster.UpdateOnly
	}
	return w
}

// use sets how records are read.
func (w *writer) use(access *plan.Access) {
	w.reader.access, w.residual = access, access.Residual
	w.filler = newFiller(w.change.Scan, access, w.change.Scan.Star, w.x.run.Context.Now)
	w.named = newKeyNamer(w.change.Scan.Relation, w.change.Scan.Conditions)
}

// run changes all records and returns their number.
func (w *writer) run(ctx context.Context) (int64, error) {
	access, err := w.lower()
	if err != nil {
		return 0, err
	}
	w.use(access)
	if err := w.makeDirect(access); err != nil {
		return 0, err
	}
	r := w.change.Scan.Relation
	if w.runsInBackground() && access.Method != plan.Nothing {
		return w.background(ctx, access)
	}
	if err := w.checkGeneration(access); err != nil {
		return 0, err
	}
	switch {
	case access.Method == plan.Nothing:
		return 0, nil
	case w.change.Keys != nil:
		keys, err := w.selectKeys(ctx)
		if err != nil {
			return 0, err
		}
		return w.writeKeys(ctx, keys)
	case access.Method == plan.OneKey || access.Method == plan.Keys:
		return w.writeTogether(ctx, access.Keys)
	case access.Method == plan.IndexScan && len(access.Both) > 0:
		c, err := w.reader.intersect(ctx, r.Namespace, r.Set)
		if err != nil {
			return 0, err
		}
		return w.writeKeys(ctx, c.(*batchCursor).keys)
	}
	return w.writeScan(ctx)
}

// lower decides how the records are found.
func (w *writer) lower() (*plan.Access, error) {
	scan := w.change.Scan
	if w.change.Direct && scan.Point != nil {
		general := *scan // let the server check the other conditions
		general.Point = nil
		scan = &general
	}
	access, err := w.x.lower(scan, w.env)
	if err == nil && w.x.accesses != nil {
		w.x.accesses[w.change.Scan] = access
		if w.change.Direct && len(access.Residual) == 0 {
			w.x.accesses[w.change.Scan] = onlyKeys(access)
		}
	}
	return access, err
}

// onlyKeys returns an access that reads no bins.
func onlyKeys(access *plan.Access) *plan.Access {
	keys := *access
	keys.Bins, keys.Reads, keys.AllBins, keys.UserKey, keys.Operations = nil, nil, false, false, false
	return &keys
}

// makeDirect decides whether records are written without reading them.
func (w *writer) makeDirect(access *plan.Access) error {
	c := w.change
	if !c.Direct || len(access.Residual) > 0 || w.x.cause != nil {
		return nil
	}
	w.direct = true
	if access.Filter != nil {
		w.policy.Filter = access.Filter.Packed
	}
	if c.Volatile {
		return nil
	}
	// The operations are the same for all records. Errors are reported even if there is no record.
	d, ok, err := directOperationsOf(c, w.env)
	if err != nil {
		return err
	}
	if ok && len(d.lists) > 0 {
		w.mayBeNoList = true
		if ok, err = d.restrict(&w.policy); err != nil {
			return err
		}
	}
	if w.direct = ok; !ok {
		w.policy.Filter = nil
		return nil
	}
	w.ops = withReadBack(c, d.ops)
	return nil
}

// selectKeys runs the query that selects the records of a statement with ORDER BY or LIMIT.
func (w *writer) selectKeys(ctx context.Context) ([]protocol.Key, error) {
	b, err := w.x.newBlock(w.change.Keys, nil, false)
	if err != nil {
		return nil, err
	}
	r := w.change.Scan.Relation
	var keys []protocol.Key
	err = each(ctx, b.root, func(row []protocol.Value) error {
		if err := w.reader.account.take(4 * function.ValueSize); err != nil {
			return err
		}
		key, err := protocol.KeyFromValue(r.Namespace, r.Set, function.Clone(row[1]))
		if err != nil {
			digest, _ := row[0].Bytes()
			key, err = protocol.KeyFromDigest(r.Namespace, r.Set, protocol.Digest(digest))
		}
		keys = append(keys, key)
		return err
	})
	if err == nil {
		err = w.x.run.Err
	}
	return keys, err
}

// operations returns the operations on a record, which is in the frame unless the writer is direct,
// and the row of RETURNING.
func (w *writer) operations() (ops []protocol.Operation, row []protocol.Value, err error) {
	switch {
	case w.direct && w.ops != nil:
		return w.ops, nil, nil
	case w.direct:
		d, _, err := directOperationsOf(w.change, w.env)
		return withReadBack(w.change, d.ops), nil, err
	case !w.change.Delete:
		ops, err = recordOperations(w.change, w.env)
	}
	if err == nil {
		err = w.x.run.Err
	}
	if err != nil || w.change.Returning == nil {
		return ops, nil, err
	}
	if !w.change.Delete {
		ops = withAnswers(ops, w.change.Answers)
	}
	row, err = returned(w.change.Returning, w.env)
	return ops, row, err
}

// returned computes a row of RETURNING.
func returned(r *bind.Returning, env *bind.Env) ([]protocol.Value, error) {
	row := make([]protocol.Value, len(r.Items))
	if err := evaluate(row, r.Items, env); err != nil {
		return nil, err
	}
	return function.CloneAll(row), undecodableIn(row)
}

// send writes one record and reports whether it existed and met the condition. The record is what
// the operations returned.
func (w *writer) send(ctx context.Context, policy *cluster.WritePolicy, key protocol.Key, ops []protocol.Operation) (*protocol.Record, bool, error) {
	if len(ops) == 0 { // a DELETE
		existed, err := w.x.engine.client.Delete(ctx, policy, key)
		if refused(err, protocol.FilteredOut) {
			return nil, false, nil
		}
		return nil, existed, err
	}
	record, err := w.x.engine.client.Operate(ctx, existing(policy, w.change), key, ops...)
	if refused(err, protocol.KeyNotFound) || refused(err, protocol.FilteredOut) && !(w.direct && w.mayBeNoList) {
		return nil, false, nil
	}
	return record, err == nil, err
}

// existing returns a policy for operations on a record that must exist.
func existing(policy *cluster.WritePolicy, c *plan.Change) *cluster.WritePolicy {
	if !c.Delete {
		return policy
	}
	changed := *policy
	changed.Exists = cluster.UpdateOnly
	return &changed
}

// row is send as a row of a batch.
func (w *writer) row(policy *cluster.WritePolicy, key protocol.Key, ops []protocol.Operation) cluster.BatchRow {
	if len(ops) == 0 {
		return cluster.DeleteRow(policy, key)
	}
	return cluster.OperateRow(existing(policy, w.change), key, ops...)
}

// otherType reports whether the client must compute a direct change of a record.
func (w *writer) otherType(err error) bool {
	return otherType(w.change, err) || w.mayBeNoList && refused(err, protocol.FilteredOut)
}

func count(written bool) int64 {
	if written {
		return 1
	}
	return 0
}

// fill puts a record into the frame.
func (w *writer) fill(record *protocol.Record) error {
	if w.prepare != nil {
		w.prepare(record.Key)
	}
	return w.filler.fill(w.env.Row, record)
}

// accepts puts a record into the frame and reports whether it meets the condition.
func (w *writer) accepts(record *protocol.Record) (bool, error) {
	late := w.fill(record)
	w.named.name(w.env)
	holds, err := meets(w.residual, w.env)
	if err != nil || !holds {
		return false, err
	}
	return true, late
}
