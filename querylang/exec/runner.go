package exec

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// A Client is what plans need of a cluster; *cluster.Client is one.
type Client interface {
	Get(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key, bins ...string) (*protocol.Record, error)
	GetHeader(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key) (*protocol.Record, error)
	Put(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, bins protocol.Bins) error
	Operate(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, ops ...protocol.Operation) (*protocol.Record, error)
	Delete(ctx context.Context, p *cluster.WritePolicy, key protocol.Key) (existed bool, err error)
	BatchRead(ctx context.Context, p *cluster.BatchPolicy, keys []protocol.Key, bins ...string) ([]cluster.BatchResult, error)
	BatchExists(ctx context.Context, p *cluster.BatchPolicy, keys []protocol.Key) ([]cluster.BatchResult, error)
	BatchWrite(ctx context.Context, p *cluster.BatchPolicy, rows []cluster.BatchRow) ([]cluster.BatchResult, error)
	Query(ctx context.Context, p *cluster.QueryPolicy, stmt cluster.Statement) iter.Seq2[*protocol.Record, error]
	QueryFrom(ctx context.Context, p *cluster.QueryPolicy, stmt cluster.Statement, from *cluster.Cursor) iter.Seq2[*protocol.Record, error]
	Truncate(ctx context.Context, p *cluster.InfoPolicy, namespace, set string, before time.Time) error
}

var _ Client = (*cluster.Client)(nil)

// Options are how a Runner runs plans. The zero value is the default.
type Options struct {
	// DenyScan refuses plans that read a whole set, with querylang.ErrScanDenied.
	DenyScan bool
	// Policies are those of all commands; what a statement says for itself is set in a copy.
	Policies cluster.Policies
}

// A Runner runs plans on a cluster. It is safe for use by any number of goroutines. Under a context of
// cluster.WithTxn plans belong to a transaction; those that read a set or truncate one can't, and are refused with
// cluster.ErrTxnQuery before anything is sent.
type Runner struct {
	client    Client
	options   Options
	batchRead cluster.BatchPolicy
}

// New makes a Runner. A batch that reads is retried as often as a single read,
// where Policies.Read has a number, and not as often as a batch that writes.
func New(client Client, options Options) *Runner {
	r := &Runner{client: client, options: options, batchRead: options.Policies.Batch}
	r.batchRead.MaxRetries = cmp.Or(options.Policies.Read.MaxRetries, r.batchRead.MaxRetries)
	return r
}

// Exec runs a plan for its effect and returns the number of records that were
// changed. The args are those that the plan's parameters have bound. A plan that reads is run to
// its end and changes nothing. TRUNCATE changes 0 records: how many there were is not known.
func (r *Runner) Exec(ctx context.Context, plan querylang.Plan, args []protocol.Value) (rowsAffected int64, err error) {
	if err := r.check(ctx, plan); err != nil {
		return 0, err
	}
	switch p := plan.(type) {
	case *querylang.InsertPlan:
		return r.insert(ctx, p, args)
	case *querylang.UpdatePlan:
		return r.update(ctx, p, args)
	case *querylang.DeletePlan:
		return r.delete(ctx, p, args)
	case *querylang.TruncatePlan:
		return 0, r.client.Truncate(ctx, &r.options.Policies.Info, p.Namespace, p.Set, time.Time{})
	}
	rows, err := r.Query(ctx, plan, args)
	if err != nil {
		return 0, err
	}
	return 0, drain(rows)
}

func drain(rows *Rows) error {
	defer rows.Close()
	dest := make([]protocol.Value, len(rows.Columns()))
	for {
		if err := rows.Next(dest); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// Query runs a plan for its rows. The context must stay alive until the rows
// have been read or closed: ending it ends them. A plan that writes is run, and gives no rows.
func (r *Runner) Query(ctx context.Context, plan querylang.Plan, args []protocol.Value) (*Rows, error) {
	if err := r.check(ctx, plan); err != nil {
		return nil, err
	}
	switch p := plan.(type) {
	case *querylang.ReadPlan:
		return r.read(ctx, p, args)
	case *querylang.ValuesPlan:
		return valuesRows(p, args), nil
	case *querylang.ExplainPlan:
		return explainRows(p), nil
	}
	if _, err := r.Exec(ctx, plan, args); err != nil {
		return nil, err
	}
	return &Rows{}, nil
}

// check refuses plans that may not be run, or not here.
func (r *Runner) check(ctx context.Context, plan querylang.Plan) error {
	scans := querylang.Scans(plan)
	if cluster.TxnFrom(ctx) != nil && (scans || truncates(plan)) {
		return &querylang.Error{
			Kind: querylang.ErrUnsupported, Cause: cluster.ErrTxnQuery,
			Message: fmt.Sprintf("the plan is %q, and %v; select records by PK, or run the statement outside of the transaction",
				plan.Explain()[0], cluster.ErrTxnQuery),
		}
	}
	if !r.options.DenyScan || !scans {
		return nil
	}
	return &querylang.Error{
		Kind:    querylang.ErrScanDenied,
		Message: fmt.Sprintf("the plan is %q, and scan=deny is in force; select records by PK", plan.Explain()[0]),
	}
}

func truncates(plan querylang.Plan) bool {
	_, ok := plan.(*querylang.TruncatePlan)
	return ok
}
