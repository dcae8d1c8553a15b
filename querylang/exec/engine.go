package exec

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/exec/catalog"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
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
	BatchWriteInto(ctx context.Context, p *cluster.BatchPolicy, rows []cluster.BatchRow, results []cluster.BatchResult) ([]cluster.BatchResult, error)
	Query(ctx context.Context, p *cluster.QueryPolicy, stmt cluster.Statement) iter.Seq2[*protocol.Record, error]
	QueryFrom(ctx context.Context, p *cluster.QueryPolicy, stmt cluster.Statement, from *cluster.Cursor) iter.Seq2[*protocol.Record, error]
	Truncate(ctx context.Context, p *cluster.InfoPolicy, namespace, set string, before time.Time) error
	InfoAll(ctx context.Context, p *cluster.InfoPolicy, cmds ...string) (map[string]cluster.InfoAnswer, error)
}

var _ Client = (*cluster.Client)(nil)

// Options are the options of an Engine. The zero value is the default.
type Options struct {
	// Policies are the policies of all commands. A plan changes fields in a copy as needed.
	Policies cluster.Policies
	// DenyScan rejects statements that read a whole set, with ast.ErrScanDenied.
	DenyScan bool
	// MemoryLimit is the memory that one statement may keep, in bytes. Default DefaultMemoryLimit.
	MemoryLimit int64
	// NotAtomic writes several records by their keys one by one also where they could be written in
	// a transaction; see WITH (atomic = off).
	NotAtomic bool
	// MaxRecords and FetchRows are the defaults of WITH (max_records = ..., fetch_rows = ...) in
	// queries; 0 for none.
	MaxRecords, FetchRows int64
	// LateBins ignores bins that * does not name. Otherwise they are errors.
	LateBins bool
	// DisabledRules are rules of planning that are not used.
	DisabledRules plan.Rules
	// IntegersOnly promises that bins without a declaration that have a numeric index hold no
	// floats, so that the index is used for them.
	IntegersOnly bool
	// Refresh is the time after which declarations by other clients are seen. Default
	// catalog.DefaultRefresh.
	Refresh time.Duration
	// Namespace and User are what DATABASE() and CURRENT_USER return.
	Namespace, User string
	// LocalFiles allows REGISTER MODULE to read files of this machine.
	LocalFiles bool
	// Finish runs the client's part of the functions of AGGREGATE, nil for none.
	Finish Finisher
	// Environment replaces what the engine knows about indexes and servers, for tests.
	Environment plan.Environment

	// background and wait are options of one statement, see WITH (background, wait).
	background, wait bool
}

// An Engine runs statements on a cluster. It is safe for concurrent use.
//
// If the context carries a transaction (cluster.WithTxn) statements belong to it. Queries can't
// belong to a transaction and are rejected with cluster.ErrTxnQuery.
type Engine struct {
	client      Client
	options     Options
	batchRead   cluster.BatchPolicy
	environment plan.Environment
	samples     *Samples
	catalog     *catalog.Catalog
	version     *atomic.Pointer[versionText]
	keys        *keyGenerator
	// lower and lowerLookup are those of package plan; tests replace them.
	lower, lowerLookup func(*plan.Scan, *bind.Env, plan.Environment) (*plan.Access, error)
}

// New returns an Engine. Batches that read use Policies.Read.MaxRetries if it is set, because
// Policies.Batch.MaxRetries also applies to batches that write.
func New(client Client, options Options) *Engine {
	options.Policies.Batch.SendKey = false // the policies of its rows say it
	options.MemoryLimit = cmp.Or(options.MemoryLimit, DefaultMemoryLimit)
	e := &Engine{
		client: client, options: options, batchRead: options.Policies.Batch, lower: plan.Lower, lowerLookup: plan.LowerLookup,
		version: new(atomic.Pointer[versionText]), keys: new(keyGenerator),
	}
	e.batchRead.MaxRetries = cmp.Or(options.Policies.Read.MaxRetries, e.batchRead.MaxRetries)
	e.samples = newSamples(client, options.Policies.Query)
	definitions := catalog.Options{Policies: options.Policies, Refresh: options.Refresh, IndexExpression: e.indexExpression, FillColumn: e.fillColumn}
	if e.environment = options.Environment; e.environment == nil {
		own := newEnvironment(client, &options.Policies.Info)
		own.disabled, own.integersOnly = options.DisabledRules, options.IntegersOnly
		e.environment, definitions.IndexesChanged = own, own.forget
	}
	e.catalog = catalog.New(client, e.samples, definitions)
	return e
}

// Close waits for the work in the background.
func (e *Engine) Close() {
	if own, ok := e.environment.(*environment); ok {
		own.close()
	}
}

// Samples returns what is known of the bins of undeclared sets.
func (e *Engine) Samples() *Samples { return e.samples }

// Catalog returns what is declared. Call its Refresh before a statement that was prepared earlier
// is checked for changes.
func (e *Engine) Catalog() *catalog.Catalog { return e.catalog }

// A Statement is a prepared statement. It is immutable and can run in several sessions at once.
type Statement struct {
	Plan plan.Statement
	// Args is the number of arguments. EXPLAIN can run without them.
	Args int
}

// A Result is what a statement returned.
type Result struct {
	// Rows are the rows of a query, nil for other statements. They must be closed.
	Rows *Rows
	// Affected is the number of changed records.
	Affected int64
	// Key is the key of an inserted row, if HasKey is true.
	Key    protocol.Value
	HasKey bool
}

// execution returns the state of a run.
func (e *Engine) execution(ctx context.Context, stmt *Statement, args []protocol.Value) *execution {
	x := &execution{
		engine: e, ctx: ctx, budget: &budget{limit: e.options.MemoryLimit},
		blocks: make(map[int]*plan.Block), subqueries: make(map[int]*subquery),
	}
	x.run = &bind.Run{}
	e.initRun(x.run, stmt, args)
	x.run.Subqueries = x
	return x
}

// initRun sets the state that expressions need.
func (e *Engine) initRun(r *bind.Run, stmt *Statement, args []protocol.Value) {
	r.Args = args
	now := time.Now()
	r.Context = function.Context{Now: now, Namespace: e.options.Namespace, User: e.options.User, Version: e.serverVersion(now)}
}

// A versionText is the version of the servers as text.
type versionText struct {
	text  string
	taken time.Time
}

// serverVersion returns the version of the oldest node, which may be some seconds old.
func (e *Engine) serverVersion(now time.Time) string {
	known := e.version.Load()
	if known == nil || now.Sub(known.taken) > indexAge {
		v := e.environment.ServerVersion()
		known = &versionText{text: fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]), taken: now}
		e.version.Store(known)
	}
	return known.text
}

// query starts a query.
func (e *Engine) query(x *execution, p *plan.Block) (*Result, error) {
	b, err := x.newBlock(p, nil, false)
	if err != nil {
		return nil, err
	}
	if err := x.precheck(b); err != nil {
		return nil, err
	}
	rows := &Rows{x: x, columns: p.Columns, root: b.root}
	if err := b.root.open(x.ctx); err != nil {
		b.root.close()
		return nil, err
	}
	return &Result{Rows: rows}, nil
}

// precheck lowers the scans of a block before anything is sent, if some of them may be rejected.
func (x *execution) precheck(b *block) error {
	if !x.engine.options.DenyScan && cluster.TxnFrom(x.ctx) == nil {
		return nil
	}
	for _, s := range b.scans {
		if err := s.lower(s.node); err != nil {
			return err
		}
	}
	return nil
}
