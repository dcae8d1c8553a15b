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

// A Client has the methods of *cluster.Client that plans need.
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

// Options are the options of a Runner. The zero value is the default.
type Options struct {
	// DenyScan rejects plans that read a whole set, with querylang.ErrScanDenied.
	DenyScan bool
	// Policies are the policies of all commands. A plan changes fields in a copy as it needs.
	Policies cluster.Policies
}

// A Runner runs plans on a cluster. It is safe for concurrent use.
//
// If the context carries a transaction (cluster.WithTxn) plans belong to it. Plans that read a
// whole set or truncate one can't belong to a transaction and are rejected with
// cluster.ErrTxnQuery. Nothing is sent then.
type Runner struct {
	client    Client
	options   Options
	batchRead cluster.BatchPolicy
}

// New returns a Runner. Batches that read use Policies.Read.MaxRetries if it is set, because
// Policies.Batch.MaxRetries also applies to batches that write.
func New(client Client, options Options) *Runner {
	r := &Runner{client: client, options: options, batchRead: options.Policies.Batch}
	r.batchRead.MaxRetries = cmp.Or(options.Policies.Read.MaxRetries, r.batchRead.MaxRetries)
	return r
}

// Exec runs a plan and returns the number of changed records. The args are the result of
// querylang.Params.Bind. Plans that read are run to the end and return 0. TRUNCATE returns 0
// because the server does not report the number of records.
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

// Query runs a plan and returns its rows. When the context ends the rows end with its error, so it
// must outlive them. Plans that write are run and return no rows.
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

// check returns an error if the plan must not run with these options or in this transaction.
func (r *Runner) check(ctx context.Context, plan querylang.Plan) error {
	scans := querylang.Scans(plan)
	if cluster.TxnFrom(ctx) != nil && (scans || truncates(plan)) {
		return &querylang.Error{
			Kind: querylang.ErrUnsupported, Cause: cluster.ErrTxnQuery,
			Message: fmt.Sprintf("the plan %q can't run in a transaction: %v; select records by PK, or run the statement outside the transaction",
				plan.Explain()[0], cluster.ErrTxnQuery),
		}
	}
	if !r.options.DenyScan || !scans {
		return nil
	}
	return &querylang.Error{
		Kind:    querylang.ErrScanDenied,
		Message: fmt.Sprintf("scan=deny rejects the plan %q; select records by PK", plan.Explain()[0]),
	}
}

func truncates(plan querylang.Plan) bool {
	_, ok := plan.(*querylang.TruncatePlan)
	return ok
}
