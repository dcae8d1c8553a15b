package catalog

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/parse"
	"github.com/aerosql/aerosql/querylang/plan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A bench has a devserver, a client and a catalog.
type bench struct {
	t       *testing.T
	server  *devserver.Server
	client  *cluster.Client
	catalog *Catalog
}

func openBench(t *testing.T, options Options) *bench {
	server, err := devserver.Start(devserver.Options{Nodes: 2})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	b := &bench{t: t, server: server}
	b.client = b.connect()
	b.catalog = New(b.client, nil, options)
	return b
}

// connect returns another client.
func (b *bench) connect() *cluster.Client {
	client, err := cluster.Open(b.t.Context(), cluster.Config{Seeds: b.server.Seeds(), Dial: b.server.Dial})
	require.NoError(b.t, err)
	b.t.Cleanup(func() { require.NoError(b.t, client.Close()) })
	return client
}

// define runs a definition.
func define(ctx context.Context, c *Catalog, sql string) error {
	parsed, err := parse.One(sql, parse.Standard)
	if err != nil {
		return err
	}
	return c.Define(ctx, &plan.Definition{Statement: parsed.Statement, Namespace: "test", Text: parsed.Text})
}

// run runs definitions that succeed.
func (b *bench) run(sql ...string) {
	b.t.Helper()
	for _, text := range sql {
		require.NoError(b.t, define(b.t.Context(), b.catalog, text), text)
	}
}

// table returns what is declared.
func (b *bench) table(set string) *bind.Table {
	b.t.Helper()
	table, err := b.catalog.Table(b.t.Context(), "test", set)
	require.NoError(b.t, err)
	return table
}

// put stores a record.
func (b *bench) put(set string, key any, bins map[string]any) {
	b.t.Helper()
	require.NoError(b.t, b.client.Put(b.t.Context(), &cluster.WritePolicy{SendKey: true}, protocol.MustKey("test", set, key), protocol.BinsOf(bins)))
}

// count returns the number of records of a set.
func (b *bench) count(set string) (n int) {
	b.t.Helper()
	for _, err := range b.client.Scan(b.t.Context(), nil, "test", set) {
		require.NoError(b.t, err)
		n++
	}
	return n
}

// indexNames returns the names of the indexes of the namespace.
func (b *bench) indexNames() (names []string) {
	b.t.Helper()
	list, err := b.catalog.ListIndexes(b.t.Context(), "test")
	require.NoError(b.t, err)
	for _, index := range list {
		names = append(names, index.Name)
	}
	return names
}

// expire makes the catalog read everything again.
func (b *bench) expire(c *Catalog) {
	for _, n := range *c.namespaces.Load() {
		n.due.Store(int64(-time.Hour))
	}
}
