package exec

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// A background statement is an UPDATE or DELETE with WITH (background), which the servers run as a
// job. The servers must be able to check the whole condition and to compute all values. Its result
// is a row with the id of the job, which SHOW JOBS and KILL know. With WITH (background, wait) it
// ends when the job has ended, and counts the changed records.

// A backgrounder starts background queries, as *cluster.Client does.
type backgrounder interface {
	QueryOperate(ctx context.Context, p *cluster.BackgroundPolicy, stmt cluster.Statement, ops ...protocol.Operation) (*cluster.QueryTask, error)
}

var _ backgrounder = (*cluster.Client)(nil)

// runsInBackground reports whether the statement has the option background.
func (w *writer) runsInBackground() bool { return w.x.engine.options.background }

// checkBackground returns an error if the options are given for a statement that can't run in the
// background.
func checkBackground(o *Options) error {
	if o.background {
		return ast.Errorf(ast.ErrUnsupported, "the option %s needs an UPDATE or a DELETE", optionBackground)
	}
	return checkWait(o)
}

// checkWait returns an error if the option wait is given alone.
func checkWait(o *Options) error {
	if o.wait && !o.background {
		return ast.Errorf(ast.ErrUnsupported, "the option %s needs the option %s", optionWait, optionBackground)
	}
	return nil
}

// backgroundRefusal returns why the servers can't run a change as a job, or "".
func (w *writer) backgroundRefusal(access *plan.Access, statements int) string {
	c := w.change
	_, limited := access.Options[optionMaxRecords]
	switch {
	case access.Method == plan.OneKey || access.Method == plan.Keys:
		return "a statement that names its keys runs at once"
	case c.Returning != nil:
		return "RETURNING needs the changed records"
	case len(c.Checks) > 0:
		return "the servers can't check CHECK (" + c.Checks[0].Text + ")"
	case c.Keys != nil:
		return "ORDER BY and LIMIT need the records"
	case limited:
		return "a job has no " + optionMaxRecords
	case len(access.Residual) > 0:
		return "the servers can't check the condition " + access.Residual[0].String()
	case !c.Direct || c.Volatile || !w.direct || w.mayBeNoList:
		return "the servers can't compute the new values"
	case expects(&w.policy):
		return "a job has no " + optionGeneration
	case statements != 1 || len(access.Both) > 0:
		return "the condition needs several queries"
	}
	return ""
}

// background starts a job that changes the records, and waits for it if the statement has the
// option wait.
func (w *writer) background(ctx context.Context, access *plan.Access) (affected int64, err error) {
	r := w.change.Scan.Relation
	var statements []cluster.Statement
	if access.Method != plan.OneKey && access.Method != plan.Keys {
		queries, err := w.reader.queries(r.Namespace, r.Set, access.Ranges, false)
		if err != nil {
			return 0, err
		}
		statements = queries.statements
	}
	if why := w.backgroundRefusal(access, len(statements)); why != "" {
		return 0, ast.Errorf(ast.ErrUnsupported, "the option %s: %s; leave the option out, and the client changes the records", optionBackground, why)
	}
	client, ok := w.x.engine.client.(backgrounder)
	if !ok {
		return 0, ast.Errorf(ast.ErrUnsupported, "the option %s: the client has no background queries", optionBackground)
	}
	ops, _, err := w.operations()
	if err != nil {
		return 0, err
	}
	if w.change.Delete {
		ops = []protocol.Operation{protocol.DeleteRecord()}
	}
	policy := w.x.engine.options.Policies.Background
	policy.Filter, policy.TTL, policy.DurableDelete = w.policy.Filter, w.policy.TTL, w.policy.DurableDelete
	if rate := w.x.engine.options.Policies.Query.RecordsPerSecond; rate > 0 {
		policy.RecordsPerSecond = rate
	}
	statement := cluster.Statement{Namespace: r.Namespace, Set: r.Set, Filter: statements[0].Filter}
	task, err := client.QueryOperate(ctx, &policy, statement, ops...)
	if err != nil {
		return 0, err
	}
	w.job = task
	if !w.x.engine.options.wait {
		return 0, nil
	}
	return w.await(ctx, task)
}

// await waits for a job and returns the number of records that it changed.
func (w *writer) await(ctx context.Context, task *cluster.QueryTask) (int64, error) {
	if err := task.Wait(ctx); err != nil {
		return 0, fmt.Errorf("waiting for job %d, which continues: %w", task.ID(), err)
	}
	progress, err := task.Progress(ctx)
	switch {
	case err != nil:
		return 0, fmt.Errorf("job %d has ended, but its result is not known: %w", task.ID(), err)
	case progress.Aborted:
		return 0, partial(progress.Succeeded, fmt.Errorf("job %d was aborted", task.ID()))
	case progress.Failed > 0:
		return 0, partial(progress.Succeeded, fmt.Errorf("job %d could not change %d records", task.ID(), progress.Failed))
	}
	return progress.Succeeded, nil
}

// jobColumns are the columns of the result of a background statement.
var jobColumns = []bind.OutputColumn{{Name: "job", Kinds: function.String}}

// jobResult returns the result of a statement that started a job.
func (w *writer) jobResult(affected int64) *Result {
	id := strconv.FormatUint(w.job.ID(), 10)
	return &Result{Affected: affected, Rows: &Rows{columns: jobColumns, fixed: [][]protocol.Value{{protocol.String(id)}}}}
}
