package catalog

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// errCrash is the error of a step at which a definition stops.
var errCrash = errors.New("crash")

// A fault lets a number of steps succeed. The next one fails, before or after it took effect, and
// so do all others.
type fault struct {
	steps  int
	effect bool
	failed bool
}

// step runs a step.
func step[T any](f *fault, do func() (T, error)) (T, error) {
	var none T
	if f.failed {
		return none, errCrash
	}
	if f.steps--; f.steps >= 0 {
		return do()
	}
	f.failed = true
	if f.effect {
		if _, err := do(); err != nil {
			return none, err
		}
	}
	return none, errCrash
}

// faultClient is a client and its indexes with a fault.
type faultClient struct {
	*cluster.Client
	admin *admin.Client
	*fault
}

func (c *faultClient) Get(ctx context.Context, p *cluster.ReadPolicy, key protocol.Key, bins ...string) (*protocol.Record, error) {
	return step(c.fault, func() (*protocol.Record, error) { return c.Client.Get(ctx, p, key, bins...) })
}

func (c *faultClient) Put(ctx context.Context, p *cluster.WritePolicy, key protocol.Key, bins protocol.Bins) error {
	_, err := step(c.fault, func() (int, error) { return 0, c.Client.Put(ctx, p, key, bins) })
	return err
}

func (c *faultClient) Delete(ctx context.Context, p *cluster.WritePolicy, key protocol.Key) (bool, error) {
	return step(c.fault, func() (bool, error) { return c.Client.Delete(ctx, p, key) })
}

func (c *faultClient) Truncate(ctx context.Context, p *cluster.InfoPolicy, namespace, set string, before time.Time) error {
	_, err := step(c.fault, func() (int, error) { return 0, c.Client.Truncate(ctx, p, namespace, set, before) })
	return err
}

func (c *faultClient) InfoAll(ctx context.Context, p *cluster.InfoPolicy, cmds ...string) (map[string]cluster.InfoAnswer, error) {
	return step(c.fault, func() (map[string]cluster.InfoAnswer, error) { return c.Client.InfoAll(ctx, p, cmds...) })
}

func (c *faultClient) Query(ctx context.Context, p *cluster.QueryPolicy, stmt cluster.Statement) iter.Seq2[*protocol.Record, error] {
	return c.Client.Query(ctx, p, stmt)
}

func (c *faultClient) Indexes(ctx context.Context, p *cluster.InfoPolicy, namespace string) ([]admin.IndexInfo, error) {
	return step(c.fault, func() ([]admin.IndexInfo, error) { return c.admin.Indexes(ctx, p, namespace) })
}

func (c *faultClient) CreateIndex(ctx context.Context, p *cluster.InfoPolicy, index admin.Index) (*admin.IndexTask, error) {
	return step(c.fault, func() (*admin.IndexTask, error) { return c.admin.CreateIndex(ctx, p, index) })
}

func (c *faultClient) CreateSetIndex(ctx context.Context, p *cluster.InfoPolicy, namespace, set, name string) (*admin.IndexTask, error) {
	return step(c.fault, func() (*admin.IndexTask, error) { return c.admin.CreateSetIndex(ctx, p, namespace, set, name) })
}

func (c *faultClient) DropIndex(ctx context.Context, p *cluster.InfoPolicy, namespace, set, name string) (*admin.Task, error) {
	return step(c.fault, func() (*admin.Task, error) { return c.admin.DropIndex(ctx, p, namespace, set, name) })
}

// crashes runs a definition again and again, with a fault at each step in turn, until it has run to
// its end. After each crash it calls crashed.
func (b *bench) crashes(sql string, effect bool, crashed func(err error)) {
	b.t.Helper()
	for steps := 0; ; steps++ {
		require.Less(b.t, steps, 20)
		client := &faultClient{b.client, admin.New(b.client), &fault{steps: steps, effect: effect}}
		c := New(client, nil, Options{Indexes: client})
		err := define(b.t.Context(), c, sql)
		if err == nil {
			return
		}
		require.ErrorIs(b.t, err, errCrash, "%s after %d steps", sql, steps)
		crashed(err)
	}
}

// A definition that was interrupted at any step can be repeated, and is then complete.
func TestRepeatAfterCrash(t *testing.T) {
	for _, effect := range []bool{false, true} {
		t.Run(fmt.Sprintf("effect=%v", effect), func(t *testing.T) {
			b := openBench(t, Options{})
			repeat := func(sql string) func(error) {
				return func(error) { b.run(sql) }
			}
			create := "CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY, n INT, s TEXT)"
			b.crashes(create, effect, repeat(create))
			index := "CREATE INDEX IF NOT EXISTS t_n ON t (n)"
			b.crashes(index, effect, repeat(index))
			view := "CREATE VIEW IF NOT EXISTS v AS SELECT n FROM t"
			b.crashes(view, effect, repeat(view))
			b.crashes("DROP VIEW IF EXISTS v", effect, repeat("DROP VIEW IF EXISTS v"))
			require.NotNil(t, b.table("t"))
			require.Equal(t, []string{"t_n"}, b.indexNames())

			drop := "ALTER TABLE t DROP COLUMN IF EXISTS n"
			b.crashes(drop, effect, func(error) {
				b.run(drop)
				require.Empty(t, b.indexNames())
				require.Len(t, b.table("t").Columns, 2)
				b.run("DROP TABLE t", create, index)
			})
			b.run(create)
			for _, sql := range []string{"DROP TABLE IF EXISTS t"} {
				b.crashes(sql, effect, func(error) {
					b.run(sql)
					require.Zero(t, b.count("t"))
					require.Empty(t, b.indexNames())
					b.expire(b.catalog)
					require.Nil(t, b.table("t"))
					b.run(create, index)
					b.put("t", 1, map[string]any{"n": 1})
				})
			}
			require.Zero(t, b.count("t"))
			require.Empty(t, b.indexNames())
		})
	}
}

// DROP TABLE leaves the declaration until everything else is gone.
func TestDropOrder(t *testing.T) {
	b := openBench(t, Options{})
	create := []string{"CREATE TABLE t (n INT)", "CREATE INDEX t_n ON t (n)"}
	b.run(create...)
	b.put("t", 1, map[string]any{"n": 1})
	b.crashes("DROP TABLE t", false, func(error) {
		b.expire(b.catalog)
		require.NotNil(t, b.table("t"))
	})
	b.expire(b.catalog)
	require.Nil(t, b.table("t"))
	require.Zero(t, b.count("t"))
}

// A declaration that can't be written says what the namespace must allow.
func TestWriteHints(t *testing.T) {
	for code, hint := range map[protocol.ResultCode]string{
		protocol.OutOfSpace: "full", protocol.Forbidden: "never expire", protocol.RoleViolation: "__catalog", protocol.RecordTooBig: "one record",
	} {
		err := writeError("test", &protocol.Error{Code: code})
		require.ErrorIs(t, err, code)
		require.ErrorContains(t, err, hint)
	}
	require.NoError(t, writeError("test", nil))
	require.True(t, isAbsent(&protocol.Error{Code: protocol.RoleViolation}))
}

// What another client drops meanwhile is an error, not an overwritten declaration.
func TestChangedMeanwhile(t *testing.T) {
	b := openBench(t, Options{})
	b.run("CREATE TABLE t (a INT)")
	d := &definition{Catalog: b.catalog, ctx: t.Context(), namespace: "test"}
	n := setName{namespace: "test", set: "t"}
	old, err := d.find(n, false, false)
	require.NoError(t, err)
	b.run("ALTER TABLE t ADD b INT")
	require.ErrorIs(t, b.catalog.replace(t.Context(), old), protocol.GenerationError)
	require.ErrorContains(t, d.removeDeclaration(n, old), "try again")
	b.run("DROP TABLE t")
	require.ErrorIs(t, b.catalog.replace(t.Context(), old), protocol.KeyNotFound)
	require.NoError(t, d.removeDeclaration(n, old))
	require.ErrorIs(t, define(t.Context(), b.catalog, "ALTER TABLE t ADD c INT"), ast.ErrUnknownName)
}

// Namespaces with strong consistency allow only durable deletes.
func TestStrongConsistency(t *testing.T) {
	server, err := devserver.Start(devserver.Options{
		Nodes: 2, Edition: devserver.Enterprise, Namespaces: []devserver.NamespaceOptions{{Name: "test", StrongConsistency: true}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	b := &bench{t: t, server: server}
	b.client = b.connect()
	b.catalog = New(b.client, nil, Options{})
	b.run("CREATE TABLE t (a INT)", "CREATE INDEX t_a ON t (a)", "CREATE VIEW v AS SELECT 1")
	require.NotNil(t, b.table("t"))
	b.put("t", 1, map[string]any{"a": 1})
	b.run("DROP TABLE t", "DROP VIEW v", "CREATE TABLE t (a INT, b INT)", "ALTER TABLE t ADD c INT")
	require.Zero(t, b.count("t"))
	require.Len(t, b.table("t").Columns, 3)
}
