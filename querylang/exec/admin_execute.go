package exec

import (
	"context"
	"iter"
	"math"
	"strconv"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// execute runs CALL, EXECUTE and AGGREGATE.
func (a *administration) execute(x *execution, s *ast.Execute) (*Result, error) {
	for i, v := range a.values {
		if err := v.Err(); err != nil {
			return nil, a.fail(s.Args[i].Position(), ast.ErrArguments, "%v", err)
		}
	}
	access, err := a.accessOf(x, s)
	switch {
	case err != nil:
		return nil, err
	case s.Verb == ast.AggregateVerb:
		return a.aggregate(access, s)
	case access.Method <= plan.Keys:
		return a.call(access, s)
	case s.Verb == ast.CallVerb:
		return nil, a.fail(s.Pos, ast.ErrUnsupported, "CALL needs the keys of the records, as in WHERE PK = 1; EXECUTE runs on all records that meet a condition")
	}
	return a.background(access, s)
}

// scanOf returns the only table of the plan of a command.
func (a *administration) scanOf(pos ast.Pos) (*plan.Scan, error) {
	block := a.plan.Query
	if project, ok := block.Root.(*plan.Project); ok && len(block.Subqueries) == 0 {
		if scan, ok := project.Inputs()[0].(*plan.Scan); ok {
			whole := *scan
			whole.Point, whole.OnlyQueried = nil, false // the servers check its other conditions, and for writes all of them
			return &whole, nil
		}
	}
	return nil, a.fail(pos, ast.ErrUnsupported, "only conditions on the columns of one set are supported here, without subqueries")
}

// accessOf returns how the servers find the records. The servers must be able to check the whole
// condition, because the client does not receive the records.
func (a *administration) accessOf(x *execution, s *ast.Execute) (*plan.Access, error) {
	scan, err := a.scanOf(s.Table.Position())
	if err != nil {
		return nil, err
	}
	env, environment := &bind.Env{Run: x.run}, a.engine.environment
	if s.Verb == ast.AggregateVerb {
		environment = preferIndexes{environment, a.plan.AQL}
	}
	access, err := a.engine.lower(scan, env, environment)
	if err == nil && (len(access.Ranges) > 1 || len(access.Both) > 0) {
		access, err = a.engine.lower(scan, env, noIndexes{environment})
	}
	if err == nil {
		err = x.run.Err
	}
	if err != nil {
		return nil, err
	}
	if err := x.allow(scan, access); err != nil {
		return nil, err
	}
	where := s.Pos
	if s.Where != nil {
		where = s.Where.Position()
	}
	switch {
	case len(access.Residual) > 0:
		return nil, a.fail(where, ast.ErrUnsupported, "the servers can't check %s: it needs a translation to an expression of the servers", access.Residual[0])
	case s.Verb == ast.AggregateVerb && access.Method > plan.Keys && !onlyRange(scan, access):
		return nil, a.fail(where, ast.ErrUnsupported,
			"the servers aggregate all records of a set, or those of one range of an index; there is no index for the whole condition")
	case access.Sets == plan.OnlyUnnamed:
		return nil, a.fail(s.Table.Position(), ast.ErrUnsupported, "the servers can't run a function on only the records without a set")
	}
	return access, nil
}

// onlyRange reports whether an access needs no more than one range of an index, or the whole set:
// aggregations have no filter.
func onlyRange(scan *plan.Scan, access *plan.Access) bool {
	if access.Method == plan.IndexScan {
		return len(scan.Conditions) == 1 && access.Ranges[0].Condition == scan.Conditions[0]
	}
	return access.Filter == nil
}

// preferIndexes is an environment in which reading a whole set costs more than an index: an
// aggregation with a condition can only use an index. In AQL bins with a numeric index have no
// floats, as in the aql tool.
type preferIndexes struct {
	plan.Environment
	integers bool
}

func (e preferIndexes) Indexes(namespace, set string) ([]plan.Index, int64) {
	list, _ := e.Environment.Indexes(namespace, set)
	return list, math.MaxInt32
}

func (e preferIndexes) IntegersOnly() bool { return e.integers || e.Environment.IntegersOnly() }

// call calls a function on single records. Its results are in the order of the keys. Records that
// do not meet the condition have none.
func (a *administration) call(access *plan.Access, s *ast.Execute) (*Result, error) {
	policy := a.policy.Write
	if access.Filter != nil {
		policy.Filter = access.Filter.Packed
	}
	var rows [][]protocol.Value
	for i, key := range access.Keys {
		v, err := a.client.Execute(a.ctx, &policy, key, s.Module.Text, s.Function.Text, a.values...)
		if refused(err, protocol.FilteredOut) {
			continue
		}
		if err != nil && i > 0 {
			return nil, partial(int64(len(rows)), err)
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, []protocol.Value{v})
	}
	r := result(resultColumn(), rows)
	r.Affected = int64(len(rows))
	return r, nil
}

// resultColumn returns the column of the results of functions.
func resultColumn() []bind.OutputColumn {
	return []bind.OutputColumn{{Name: "result", Kinds: function.Any}}
}

// statement returns the query of the records.
func (a *administration) statement(access *plan.Access) cluster.Statement {
	scan := a.plan.Query.Root.Inputs()[0].(*plan.Scan)
	stmt := cluster.Statement{Namespace: scan.Relation.Namespace, Set: scan.Relation.Set}
	if len(access.Ranges) == 1 {
		stmt.Filter = IndexFilter(&access.Ranges[0])
	}
	return stmt
}

// background starts a job of the servers. Its row has the job's id, which SHOW JOBS and KILL know.
// With WAIT the row has the number of records too.
func (a *administration) background(access *plan.Access, s *ast.Execute) (*Result, error) {
	policy := a.policy.Background
	if access.Filter != nil {
		policy.Filter = access.Filter.Packed
	}
	task, err := a.client.QueryExecute(a.ctx, &policy, a.statement(access), s.Module.Text, s.Function.Text, a.values...)
	if err != nil {
		return nil, err
	}
	columns := textColumns("job", "status", "records", "failed")
	row := []protocol.Value{protocol.String(strconv.FormatUint(task.ID(), 10)), protocol.String("started"), {}, {}}
	for i := 2; i < len(columns); i++ {
		columns[i].Kinds = function.Integer | function.Null
	}
	if !s.Wait {
		return result(columns, [][]protocol.Value{row}), nil
	}
	if err := task.Wait(a.ctx); err != nil {
		return nil, err
	}
	progress, err := task.Progress(a.ctx)
	if err != nil {
		return nil, err
	}
	row[1], row[2], row[3] = protocol.String("done"), protocol.Int(progress.Succeeded), protocol.Int(progress.Failed)
	r := result(columns, [][]protocol.Value{row})
	r.Affected = progress.Succeeded
	return r, nil
}

// reducers combine the results of an aggregation.
var reducers = map[string]cluster.Reducer{
	"SUM": cluster.ReduceSum, "MIN": cluster.ReduceMin, "MAX": cluster.ReduceMax, "MERGE": cluster.ReduceMaps(cluster.ReduceSum),
}

// A Finisher runs the client's part of a stream function, from its first reduce on, on the results
// of the partitions. See luareduce.Modules.
type Finisher func(ctx context.Context, client *cluster.Client, results iter.Seq2[protocol.Value, error], module, function string, args []protocol.Value) iter.Seq2[protocol.Value, error]

// ofSet returns the results of a stream function. A set that has never had a record is not an
// error.
func ofSet(results iter.Seq2[protocol.Value, error]) iter.Seq2[protocol.Value, error] {
	return func(yield func(protocol.Value, error) bool) {
		for v, err := range results {
			if refused(err, protocol.KeyNotFound) || !yield(v, err) {
				return
			}
		}
	}
}

// aggregate runs a stream function. Without REDUCE it returns what the Finisher returns, or the
// results of the partitions if there is none.
func (a *administration) aggregate(access *plan.Access, s *ast.Execute) (*Result, error) {
	if access.Method == plan.Nothing {
		return result(resultColumn(), nil), nil
	}
	if access.Method <= plan.Keys {
		return nil, a.fail(s.Where.Position(), ast.ErrUnsupported, "AGGREGATE reads a set or an index, not single keys")
	}
	policy := a.policy.Query
	policy.MaxRecords, policy.RecordsPerSecond, policy.Filter = 0, 0, nil
	results := ofSet(a.client.Aggregate(a.ctx, &policy, a.statement(access), s.Module.Text, s.Function.Text, a.values...))
	var rows [][]protocol.Value
	if s.Reduce != "" {
		v, err := cluster.Reduce(results, reducers[s.Reduce])
		if err != nil {
			return nil, err
		}
		return result(resultColumn(), [][]protocol.Value{{v}}), nil
	}
	if finish := a.engine.options.Finish; finish != nil {
		results = finish(a.ctx, a.client, results, s.Module.Text, s.Function.Text, a.values)
	}
	space := account{budget: &budget{limit: a.engine.options.MemoryLimit}, operator: "aggregate"}
	for v, err := range results {
		if err == nil {
			err = space.take(v.Size() + function.ValueSize)
		}
		if err != nil {
			return nil, err
		}
		rows = append(rows, []protocol.Value{v})
	}
	return result(resultColumn(), rows), nil
}
