package driver_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start starts a cluster and returns a Config for it.
func start(t testing.TB) driver.Config {
	server, err := devserver.Start(devserver.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return driver.Config{Seeds: server.Seeds(), Dial: server.Dial, Namespace: "test"}
}

// open opens a database on a new cluster. change may change the Config.
func open(t testing.TB, change func(*driver.Config)) *sql.DB {
	cfg := start(t)
	if change != nil {
		change(&cfg)
	}
	connector, err := driver.NewConnector(cfg)
	require.NoError(t, err)
	db := sql.OpenDB(connector)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// execute runs a statement that must succeed and returns the affected rows.
func execute(t testing.TB, db interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}, query string, args ...any) int64 {
	result, err := db.ExecContext(context.Background(), query, args...)
	require.NoError(t, err, query)
	n, err := result.RowsAffected()
	require.NoError(t, err)
	return n
}

// A queryer is an sql.DB, an sql.Conn or an sql.Tx.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// openConnector opens a database.
func openConnector(t testing.TB, connector *driver.Connector) *sql.DB {
	db := sql.OpenDB(connector)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
