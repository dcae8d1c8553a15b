package catalog

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// Names that are known, declared or not, are found without allocations.
func TestTableCostsNoAllocation(t *testing.T) {
	b := openBench(t, Options{Refresh: time.Hour})
	b.run("CREATE TABLE t (a INT)")
	b.table("t")
	b.table("absent")
	ctx := t.Context()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if table, err := b.catalog.Table(ctx, "test", "t"); table == nil || err != nil {
			panic("no table")
		}
		if table, err := b.catalog.Table(ctx, "test", "absent"); table != nil || err != nil {
			panic("a table")
		}
		if err := b.catalog.Refresh(ctx); err != nil {
			panic(err)
		}
	}))
}

// The changes of another client are seen after the refresh interval, and only those.
func TestRefresh(t *testing.T) {
	b := openBench(t, Options{Refresh: time.Hour})
	other := New(b.connect(), nil, Options{})
	b.run("CREATE TABLE stays (a INT)")
	stays := b.table("stays")
	require.Nil(t, b.table("t"))
	require.NoError(t, define(t.Context(), other, "CREATE TABLE t (a INT)"))
	require.Nil(t, b.table("t"), "known as absent")
	version := b.catalog.Version()
	b.expire(b.catalog)
	first := b.table("t")
	require.NotNil(t, first)
	require.NotEqual(t, version, b.catalog.Version())

	require.NoError(t, define(t.Context(), other, "ALTER TABLE t ADD b INT"))
	require.Same(t, first, b.table("t"))
	version = b.catalog.Version()
	b.expire(b.catalog)
	require.Len(t, b.table("t").Columns, 2)
	require.NotEqual(t, version, b.catalog.Version())
	version = b.catalog.Version()
	b.expire(b.catalog)
	require.Same(t, stays, b.table("stays"))
	require.Equal(t, version, b.catalog.Version(), "nothing has changed")

	require.NoError(t, define(t.Context(), other, "DROP TABLE t"))
	require.NoError(t, b.catalog.Refresh(t.Context()))
	require.Equal(t, version, b.catalog.Version(), "nothing is due")
	b.expire(b.catalog)
	require.NoError(t, b.catalog.Refresh(t.Context()))
	require.NotEqual(t, version, b.catalog.Version())
	require.Nil(t, b.table("t"))
}

// slowClient blocks BatchRead until it is released.
type slowClient struct {
	*cluster.Client
	entered, release chan struct{}
	err              error
}

func (c *slowClient) BatchRead(ctx context.Context, p *cluster.BatchPolicy, keys []protocol.Key, bins ...string) ([]cluster.BatchResult, error) {
	c.entered <- struct{}{}
	<-c.release
	if c.err != nil {
		return nil, c.err
	}
	return c.Client.BatchRead(ctx, p, keys, bins...)
}

// One caller reads the names again; the others continue with what is known. What this client
// changes meanwhile is not overwritten by an older answer.
func TestOneCallerRefreshes(t *testing.T) {
	b := openBench(t, Options{})
	client := &slowClient{Client: b.client, entered: make(chan struct{}), release: make(chan struct{})}
	c := New(client, nil, Options{Refresh: time.Hour, Indexes: b.catalog.options.Indexes})
	require.NoError(t, define(t.Context(), c, "CREATE TABLE t (a INT)"))
	_, err := c.Table(t.Context(), "test", "t")
	require.NoError(t, err)
	b.expire(c)
	client.err = errors.New("not now")
	var group sync.WaitGroup
	group.Go(func() {
		_, err := c.Table(t.Context(), "test", "t")
		if !errors.Is(err, client.err) {
			t.Errorf("the error of the refresh is %v", err)
		}
	})
	<-client.entered
	table, err := c.Table(t.Context(), "test", "t")
	require.NoError(t, err)
	require.Len(t, table.Columns, 1)
	client.release <- struct{}{}
	group.Wait()

	client.err = nil
	group.Go(func() {
		if _, err := c.Table(t.Context(), "test", "t"); err != nil {
			t.Error(err)
		}
	})
	<-client.entered
	require.NoError(t, define(t.Context(), c, "ALTER TABLE t ADD b INT"))
	table, err = c.Table(t.Context(), "test", "t")
	require.NoError(t, err)
	require.Len(t, table.Columns, 2)
	client.release <- struct{}{}
	group.Wait()
	table, err = c.Table(t.Context(), "test", "t")
	require.NoError(t, err)
	require.Len(t, table.Columns, 2)
}

// Two clients create the same table: one succeeds. They add columns: none is lost.
func TestClientsRace(t *testing.T) {
	b := openBench(t, Options{})
	catalogs := []*Catalog{b.catalog, New(b.connect(), nil, Options{})}
	errs := make([]error, len(catalogs))
	var group sync.WaitGroup
	for i, c := range catalogs {
		group.Go(func() { errs[i] = define(t.Context(), c, fmt.Sprintf("CREATE TABLE t (a%d INT)", i)) })
	}
	group.Wait()
	require.Len(t, b.table("t").Columns, 1)
	for i, err := range errs {
		if b.table("t").Columns[0].Name == fmt.Sprintf("a%d", i) {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, ast.ErrExists)
		}
	}
	for i, c := range catalogs {
		group.Go(func() {
			for n := range 10 {
				for {
					err := define(t.Context(), c, fmt.Sprintf("ALTER TABLE t ADD c%d_%d INT", i, n))
					if err == nil {
						break
					}
					if c, err := c.Table(t.Context(), "test", "t"); c == nil || err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	group.Wait()
	b.expire(b.catalog)
	require.Len(t, b.table("t").Columns, 21)
}

// A declaration in a newer form is an error that says so; other tables work.
func TestNewerFormat(t *testing.T) {
	b := openBench(t, Options{})
	b.run("CREATE TABLE t (a INT)")
	b.put(bind.ReservedSet, "newer", map[string]any{binFormat: format + 1, "anything": "else"})
	b.put(bind.ReservedSet, "broken", map[string]any{binFormat: 1, binKind: "table", binColumns: 5})
	b.put(bind.ReservedSet, "badtype", map[string]any{binFormat: 1, binKind: "table",
		binColumns: []any{map[string]any{"name": "a", "bin": "a", "type": "WRONG"}}})
	for set, message := range map[string]string{"newer": "format 3", "broken": "columns", "badtype": "the type of the column a"} {
		_, err := b.catalog.Table(t.Context(), "test", set)
		require.ErrorIs(t, err, ast.ErrUnsupported)
		require.ErrorContains(t, err, message)
		err = define(t.Context(), b.catalog, "CREATE TABLE "+set+" (a INT)")
		if set != "badtype" {
			require.ErrorContains(t, err, message)
		} else {
			require.ErrorIs(t, err, ast.ErrExists)
		}
	}
	require.NotNil(t, b.table("t"))
	_, err := b.catalog.Tables(t.Context(), "test")
	require.Error(t, err)
}

// Names that are not declared don't fill the memory.
func TestManyAbsentNames(t *testing.T) {
	b := openBench(t, Options{Refresh: time.Hour})
	b.run("CREATE TABLE t (a INT)")
	b.table("t")
	n := (*b.catalog.namespaces.Load())["test"]
	found := make(map[string]*entry)
	for i := range maxNames {
		found[fmt.Sprint("absent", i)] = &entry{}
	}
	b.catalog.merge(n, n.now(), found)
	require.Nil(t, b.table("one more"))
	require.Less(t, len(*n.entries.Load()), 10)
	require.NotNil(t, b.table("t"))
}

func TestUnknownNamespace(t *testing.T) {
	b := openBench(t, Options{})
	_, err := b.catalog.Table(t.Context(), "nosuch", "t")
	require.ErrorIs(t, err, protocol.InvalidNamespace)
	require.Empty(t, *b.catalog.namespaces.Load())
	_, err = b.catalog.Table(t.Context(), "test", bind.ReservedSet)
	require.ErrorIs(t, err, ast.ErrInvalidName)
	table, err := b.catalog.Table(t.Context(), "test", "")
	require.NoError(t, err)
	require.Nil(t, table)
}
