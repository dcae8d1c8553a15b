package exec

import (
	"context"
	"math"
	"slices"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// scan reads a set. In a correlated subquery that does not read by key, it queries an index for
// each row of the enclosing block, as long as that is cheaper than reading the set once with the
// conditions that do not depend on enclosing blocks. Otherwise it reads the set once and keeps the
// rows for the next runs.
type scan struct {
	x          *execution
	node       *plan.Scan
	env        *bind.Env
	spans      []span // of its part of the frame
	correlated bool   // the block runs for each row of the enclosing block
	reader     reader
	cursor     cursor
	filler     filler
	residual   []bind.Expr
	named      keyNamer
	replay     *keptRows // the kept rows of a correlated block
	replaying  bool
	whole      int64   // the estimate of reading the set once, 0 before it is needed
	spent      float64 // by index queries for rows of the enclosing block, in records
	at         int
	interrupter
}

// lower decides how the set is read.
func (o *scan) lower(node *plan.Scan) error {
	access, err := o.x.lower(node, o.env)
	if err != nil {
		return err
	}
	o.reader.access = access
	o.filler = newFiller(node, access, node.Star && !o.x.engine.options.LateBins, o.x.run.Context.Now)
	o.residual = access.Residual
	o.named = newKeyNamer(node.Relation, node.Conditions)
	return nil
}

// lower lowers a scan and checks that it may run.
func (x *execution) lower(node *plan.Scan, env *bind.Env) (*plan.Access, error) {
	if node.Point != nil {
		return pointAccess(node, env)
	}
	access, err := x.engine.lowerAllowed(node, env)
	if err == nil {
		err = x.run.Err
	}
	if err != nil {
		return nil, err
	}
	if node.Sample != nil && node.Sample.Method == "BERNOULLI" {
		return nil, ast.Errorf(ast.ErrUnsupported, "TABLESAMPLE BERNOULLI; use TABLESAMPLE PARTITIONS")
	}
	if x.accesses != nil {
		x.accesses[node] = access
	}
	if x.explaining {
		return access, nil
	}
	return access, x.allow(node, access)
}

// lowerAllowed lowers a scan. If scans are denied, an index that serves the condition is used also
// where a scan would be cheaper.
func (e *Engine) lowerAllowed(node *plan.Scan, env *bind.Env) (*plan.Access, error) {
	access, err := e.lower(node, env, e.environment)
	if err != nil || !e.options.DenyScan || access.Method != plan.SetScan {
		return access, err
	}
	cheaper := func(a plan.Alternative) bool { return a.Why == plan.ScanCheaper }
	if !slices.ContainsFunc(access.Rejected, cheaper) {
		return access, nil
	}
	return e.lower(node, env, unknownSize{e.environment})
}

// unknownSize is an environment in which the sizes of sets are unknown, so that no scan is cheaper
// than an index.
type unknownSize struct{ plan.Environment }

// Indexes returns the indexes.
func (u unknownSize) Indexes(namespace, set string) ([]plan.Index, int64) {
	all, _ := u.Environment.Indexes(namespace, set)
	return all, -1
}

// pointAccess returns the access of a scan of one key.
func pointAccess(node *plan.Scan, env *bind.Env) (*plan.Access, error) {
	p := node.Point
	access := &plan.Access{Bins: p.Bins, AllBins: p.AllBins, Digest: p.Digest, Residual: p.Conditions, Estimate: 1}
	v := p.Key.Eval(env)
	if env.Run.Err != nil {
		return nil, env.Run.Err
	}
	key, err := protocol.KeyFromValue(node.Relation.Namespace, node.Relation.Set, v)
	if err != nil {
		return access, nil // no record has such a key
	}
	access.Method, access.Keys = plan.OneKey, []protocol.Key{key}
	return access, nil
}

// allow returns an error if an access must not run with these options or in this transaction.
func (x *execution) allow(node *plan.Scan, access *plan.Access) error {
	if access.Method < plan.IndexScan {
		return nil
	}
	name := node.Relation.Namespace + "." + node.Relation.Set
	if cluster.TxnFrom(x.ctx) != nil {
		err := ast.Errorf(ast.ErrUnsupported,
			"the statement queries %s, which can't be done in a transaction; select records by PK, or run the statement outside the transaction", name)
		err.Cause = cluster.ErrTxnQuery
		return err
	}
	if x.engine.options.DenyScan && access.Method == plan.SetScan {
		return ast.Errorf(ast.ErrScanDenied, "scan=deny rejects reading all of %s; select records by PK or by an index", name)
	}
	return nil
}

func (o *scan) open(ctx context.Context) error {
	o.cursor, o.at = nil, 0
	if o.replaying {
		return nil
	}
	node := o.node
	if err := o.lower(node); err != nil {
		return err
	}
	o.reader.account.operator = "index union"
	if o.correlated && o.reader.access.Method >= plan.IndexScan {
		indexed, err := o.takesIndex()
		if err != nil {
			return err
		}
		if !indexed {
			return o.keep(ctx)
		}
	}
	var err error
	o.cursor, err = o.reader.open(ctx, node.Relation.Namespace, node.Relation.Set)
	return err
}

// correlatedQuery is the cost of one index query of a correlated subquery, in records of a scan.
const correlatedQuery = 100

// takesIndex reports whether an index is queried for this row of the enclosing block: all such
// queries together must cost less than reading the set once. It returns false without statistics,
// and if reading the set once would use an index too.
func (o *scan) takesIndex() (bool, error) {
	access := o.reader.access
	if access.Method != plan.IndexScan || access.Estimate < 0 {
		return false, nil
	}
	if o.whole == 0 {
		shared, _ := o.shared()
		once, err := o.x.engine.lower(shared, o.env, o.x.engine.environment)
		switch {
		case err != nil:
			return false, err
		case once.Method != plan.SetScan:
			o.whole = -1
		case o.x.engine.options.DenyScan:
			o.whole = math.MaxInt64
		default:
			o.whole = max(once.Estimate, 1)
		}
	}
	o.spent += float64(access.Estimate) + correlatedQuery
	return o.spent < float64(o.whole), nil
}

// shared returns what is read once for all rows of the enclosing block, and the conditions that are
// checked for each of them.
func (o *scan) shared() (*plan.Scan, []bind.Expr) {
	shared := *o.node
	shared.Limit, shared.Point = nil, nil
	shared.Needed = slices.Clone(o.node.Needed)
	var perRow []bind.Expr
	shared.Conditions, perRow = o.splitConditions()
	for _, c := range perRow {
		shared.Needed = o.appendColumns(shared.Needed, c)
	}
	return &shared, perRow
}

// keep reads the rows of the set once.
func (o *scan) keep(ctx context.Context) error {
	shared, perRow := o.shared()
	if err := o.lower(shared); err != nil {
		return err
	}
	if o.x.accesses != nil {
		o.x.accesses[o.node] = o.reader.access
	}
	var err error
	if o.cursor, err = o.reader.open(ctx, shared.Relation.Namespace, shared.Relation.Set); err != nil {
		return err
	}
	kept := &keptRows{account: account{budget: o.x.budget, operator: "correlated subquery"}}
	o.replay = kept
	var buffer []protocol.Value
	for {
		more, err := o.read(ctx)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		buffer = takeSpans(buffer[:0], o.env.Row, o.spans)
		if err := kept.add(buffer); err != nil {
			return err
		}
	}
	o.cursor.close()
	o.cursor, o.replaying, o.residual = nil, true, perRow
	o.named = newKeyNamer(o.node.Relation, o.node.Conditions)
	return nil
}

// splitConditions returns the conditions that are checked once, and those that are checked for each
// row of the enclosing block because they depend on it, or read a user key that such a condition
// names.
func (o *scan) splitConditions() (once, perRow []bind.Expr) {
	named := slices.ContainsFunc(o.node.Conditions, func(c bind.Expr) bool {
		return readsOuter(c) && bind.NamesKey(c, o.node.Relation)
	})
	for _, c := range o.node.Conditions {
		if readsOuter(c) || named && bind.ReadsKey(c, o.node.Relation) {
			perRow = append(perRow, c)
		} else {
			once = append(once, c)
		}
	}
	return once, perRow
}

// appendColumns appends the columns of the set that a condition on kept rows reads, also in its
// subqueries.
func (o *scan) appendColumns(needed []int, condition bind.Expr) []int {
	plan.EachColumn(condition, func(c *bind.Column) {
		if c.Relation == o.node.Relation && !slices.Contains(needed, c.Index) {
			needed = append(needed, c.Index)
		}
	})
	return needed
}

func (o *scan) next(ctx context.Context) (bool, error) {
	if !o.replaying {
		return o.read(ctx)
	}
	for o.at < len(o.replay.rows) {
		putSpans(o.env.Row, o.spans, o.replay.rows[o.at])
		o.at++
		if err := o.check(ctx); err != nil {
			return false, err
		}
		o.named.name(o.env)
		if holds, err := meets(o.residual, o.env); holds || err != nil {
			return holds, err
		}
	}
	return false, nil
}

// read reads the next record that meets the conditions.
func (o *scan) read(ctx context.Context) (bool, error) {
	for o.cursor != nil {
		record, err := o.cursor.next(ctx)
		if err != nil || record == nil {
			return false, err
		}
		if o.reader.counters != nil {
			countRecord(o.reader.counters, record)
		}
		holds, err := o.accept(record)
		if holds || err != nil {
			return holds, err
		}
	}
	return false, nil
}

// accept puts a record into the frame and reports whether it meets the conditions.
func (o *scan) accept(record *protocol.Record) (bool, error) {
	late := o.filler.fill(o.env.Row, record)
	o.named.name(o.env)
	holds, err := meets(o.residual, o.env)
	if err != nil || !holds {
		return false, err
	}
	if len(o.reader.access.Local) > 0 {
		if err := o.compute(); err != nil {
			return false, err
		}
	}
	if late != nil {
		if e, ok := late.(*lateBinError); ok {
			o.x.engine.samples.show(o.node.Relation.Namespace, o.node.Relation.SampleSet(), e.bin)
		}
		return false, late
	}
	return true, nil
}

// compute computes the extracts that the servers have not.
func (o *scan) compute() error {
	base := o.node.Extracts.Relation.Base
	for _, i := range o.reader.access.Local {
		o.env.Row[base+i] = o.node.Extracts.Exprs[i].Eval(o.env)
	}
	return o.env.Run.Err
}

// countRecord counts a record that was received.
func countRecord(c *plan.Counters, record *protocol.Record) {
	c.Records++
	for _, bin := range record.Bins {
		c.Bytes += int64(bin.Value.Size())
	}
}

func (o *scan) close() {
	if o.cursor != nil {
		o.cursor.close()
		o.cursor = nil
	}
	o.reader.account.release()
}

func (o *scan) row() []protocol.Value { return o.env.Row }
