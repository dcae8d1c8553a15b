package catalog

import (
	"cmp"
	"context"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// A Client has the methods of *cluster.Client that a Catalog needs.
type Client interface {
	Get(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key, bins ...string) (*protocol.Record, error)
	Put(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, bins protocol.Bins) error
	Delete(ctx context.Context, p *cluster.WritePolicy, key protocol.Key) (existed bool, err error)
	BatchRead(ctx context.Context, p *cluster.BatchPolicy, keys []protocol.Key, bins ...string) ([]cluster.BatchResult, error)
	Query(ctx context.Context, p *cluster.QueryPolicy, stmt cluster.Statement) iter.Seq2[*protocol.Record, error]
	Truncate(ctx context.Context, p *cluster.InfoPolicy, namespace, set string, before time.Time) error
	InfoAll(ctx context.Context, p *cluster.InfoPolicy, cmds ...string) (map[string]cluster.InfoAnswer, error)
}

// Indexes has the methods of *admin.Client that a Catalog needs.
type Indexes interface {
	Indexes(ctx context.Context, p *cluster.InfoPolicy, namespace string) ([]admin.IndexInfo, error)
	CreateIndex(ctx context.Context, p *cluster.InfoPolicy, index admin.Index) (*admin.IndexTask, error)
	CreateSetIndex(ctx context.Context, p *cluster.InfoPolicy, namespace, set, name string) (*admin.IndexTask, error)
	DropIndex(ctx context.Context, p *cluster.InfoPolicy, namespace, set, name string) (*admin.Task, error)
}

// A Sampler knows the bins of undeclared sets, as *exec.Samples does.
type Sampler interface {
	Sample(ctx context.Context, namespace, set string) (bins []string, version uint64, err error)
}

var (
	_ Client       = (*cluster.Client)(nil)
	_ Indexes      = (*admin.Client)(nil)
	_ bind.Catalog = (*Catalog)(nil)
)

// DefaultRefresh is the default of Options.Refresh.
const DefaultRefresh = 10 * time.Second

// Options are the options of a Catalog. The zero value is the default.
type Options struct {
	// Policies are the policies of all commands.
	Policies cluster.Policies
	// Refresh is the time after which changes by other clients are seen. Default DefaultRefresh.
	Refresh time.Duration
	// Indexes creates and drops indexes. Default: that of the client, if it is a *cluster.Client.
	// Without it, statements that need indexes fail.
	Indexes Indexes
	// IndexExpression, if it is not nil, returns the packed expression of CREATE INDEX on an
	// expression of a table's columns, which must be the one that conditions on the expression are
	// compared with. Without it, such indexes are not supported.
	IndexExpression func(ctx context.Context, namespace, set string, e ast.Expr, of admin.IndexType) ([]byte, error)
	// FillColumn, if it is not nil, stores the default value of a column in all records of a set
	// that do not have its bin, and returns when that is done. Without it, ALTER TABLE can't add a
	// column with a DEFAULT.
	FillColumn func(ctx context.Context, namespace, set string, column *bind.TableColumn) error
	// IndexesChanged, if it is not nil, is called after a statement has created or dropped an index
	// of a namespace.
	IndexesChanged func(namespace string)
}

// A Catalog knows the declarations of a cluster. It is safe for concurrent use. It has no work in
// the background.
type Catalog struct {
	client  Client
	samples Sampler
	options Options
	start   time.Time
	version atomic.Uint64

	mu         sync.Mutex // guards changes of namespaces
	namespaces atomic.Pointer[map[string]*names]
}

// New returns a Catalog.
func New(client Client, samples Sampler, options Options) *Catalog {
	options.Refresh = cmp.Or(options.Refresh, DefaultRefresh)
	if c, ok := client.(*cluster.Client); ok && options.Indexes == nil {
		options.Indexes = admin.New(c)
	}
	c := &Catalog{client: client, samples: samples, options: options, start: time.Now()}
	c.namespaces.Store(&map[string]*names{})
	return c
}

// Reserved reports whether a set belongs to the catalog. Statements must not name such a set.
func Reserved(set string) bool { return bind.IsReservedSet(set) }

// Sample returns the names of the bins of an undeclared set. See bind.Catalog.
func (c *Catalog) Sample(ctx context.Context, namespace, set string) (bins []string, version uint64, err error) {
	return c.samples.Sample(ctx, namespace, set)
}

// Version returns a number that changes with each change of a declaration that this Catalog makes
// or sees. It does not look for changes by other clients: Table and Refresh do.
func (c *Catalog) Version() uint64 { return c.version.Load() }

// Refresh reads the declarations again that are older than Options.Refresh, so that Version shows
// the changes of other clients. A caller that keeps plans calls it before it compares versions. If
// nothing is due, or another caller does it already, Refresh returns at once.
func (c *Catalog) Refresh(ctx context.Context) error {
	for _, n := range *c.namespaces.Load() {
		if err := c.refreshDue(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

// Table returns the declaration of a table or view, or nil if there is none. What is known is
// returned without I/O and allocations, unless it is older than Options.Refresh: then one caller
// reads it again, and the others use it meanwhile. If that fails the caller gets the error, and the
// next caller tries again.
func (c *Catalog) Table(ctx context.Context, namespace, set string) (*bind.Table, error) {
	if Reserved(set) {
		return nil, errReserved()
	}
	if set == "" {
		return nil, nil // the records without a set
	}
	n := c.known(namespace)
	if err := c.refreshDue(ctx, n); err != nil {
		return nil, err
	}
	e := (*n.entries.Load())[set]
	if e == nil || e.forgotten {
		if err := foreignTable(namespace, set); err != nil {
			return nil, err
		}
		var err error
		if e, err = c.load(ctx, n, set); err != nil {
			return nil, err
		}
	}
	return e.table, e.err
}

// Current is Table, but the declaration is read now, also if it is in memory.
func (c *Catalog) Current(ctx context.Context, namespace, set string) (*bind.Table, error) {
	if Reserved(set) {
		return nil, errReserved()
	}
	if err := foreignTable(namespace, set); err != nil || set == "" {
		return nil, err
	}
	e, err := c.load(ctx, c.known(namespace), set)
	if err != nil {
		return nil, err
	}
	return e.table, e.err
}

// foreignTable returns an error for the tables in which other databases describe themselves. Read
// as undeclared sets they would silently be empty.
func foreignTable(namespace, set string) error {
	of := ""
	switch {
	case foreignNamespaces[namespace] != "":
		of = foreignNamespaces[namespace]
	case strings.HasPrefix(set, "sqlite_"):
		of = "SQLite"
	case foreignSets[set]:
		of = "PostgreSQL"
	default:
		return nil
	}
	return ast.Errorf(ast.ErrUnsupported, "the table %s of %s is not supported; information_schema has tables, columns, statistics and others", set, of)
}

var (
	foreignNamespaces = map[string]string{"pg_catalog": "PostgreSQL", "performance_schema": "MySQL"}
	foreignSets       = map[string]bool{"pg_tables": true, "pg_class": true, "pg_namespace": true, "pg_attribute": true, "pg_type": true, "pg_indexes": true}
)

// refreshDue reads the names of a namespace again if they are due and no other caller does it.
func (c *Catalog) refreshDue(ctx context.Context, n *names) error {
	now := time.Since(c.start)
	if now < time.Duration(n.due.Load()) || !n.reading.CompareAndSwap(false, true) {
		return nil
	}
	defer n.reading.Store(false)
	return c.refresh(ctx, n, now)
}

// known returns the names of a namespace. Those of a namespace from which nothing has been read yet
// are not kept, because it may not exist.
func (c *Catalog) known(namespace string) *names {
	if n := (*c.namespaces.Load())[namespace]; n != nil {
		return n
	}
	return newNames(namespace, time.Since(c.start)+c.options.Refresh)
}
