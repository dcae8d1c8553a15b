package driver_test

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
)

// A tracer wraps the driver as tracing packages do: its Driver method returns its own driver.
type tracer struct{ wrapper }

func (tracer) Driver() sqldriver.Driver { return tracerDriver{} }

type tracerDriver struct{}

func (tracerDriver) Open(string) (sqldriver.Conn, error) { return nil, sqldriver.ErrBadConn }

// openWith opens a database on a cluster of its own with a wrapped Connector.
func openWith(t *testing.T, wrap func(*driver.Connector) sqldriver.Connector) *sql.DB {
	connector, err := driver.NewConnector(start(t))
	require.NoError(t, err)
	db := sql.OpenDB(wrap(connector))
	t.Cleanup(func() {
		require.NoError(t, db.Close())
		require.NoError(t, connector.Close())
	})
	return db
}

var connectors = map[string]func(*driver.Connector) sqldriver.Connector{
	"plain":                      func(c *driver.Connector) sqldriver.Connector { return c },
	"wrapped, same Driver":       func(c *driver.Connector) sqldriver.Connector { return wrapper{c} },
	"wrapped, Driver of its own": func(c *driver.Connector) sqldriver.Connector { return tracer{wrapper{c}} },
}

func TestClient(t *testing.T) {
	for name, wrap := range connectors {
		t.Run(name, func(t *testing.T) {
			db := openWith(t, wrap)
			client, err := driver.Client(t.Context(), db)
			require.NoError(t, err, "before the first session")
			require.NoError(t, client.Ping(t.Context()))
			native(t, db, func(c *cluster.Client) error {
				require.Same(t, client, c)
				return nil
			})
			again, err := driver.Client(t.Context(), db)
			require.NoError(t, err)
			require.Same(t, client, again)
			require.Zero(t, db.Stats().InUse)
		})
	}
}

// Client needs no connection of the pool, unless the database's Driver method returns another
// driver.
func TestClientWithExhaustedPool(t *testing.T) {
	for name, wrap := range connectors {
		t.Run(name, func(t *testing.T) {
			db := openWith(t, wrap)
			db.SetMaxOpenConns(1)
			execute(t, db, "INSERT INTO t (PK, n) VALUES (1, 1), (2, 2)")
			rows, err := db.Query("SELECT n FROM t")
			require.NoError(t, err)
			defer rows.Close()
			require.True(t, rows.Next())

			ctx, cancel := context.WithCancel(t.Context())
			if _, own := db.Driver().(tracerDriver); own {
				cancel()
				_, err = driver.Client(ctx, db)
				require.ErrorIs(t, err, context.Canceled)
				return
			}
			defer cancel()
			client, err := driver.Client(ctx, db)
			require.NoError(t, err)
			require.NoError(t, client.Ping(ctx))
			require.Zero(t, db.Stats().WaitCount)
			require.True(t, rows.Next(), "the rows are still open")
		})
	}
}

func TestClientErrors(t *testing.T) {
	foreignDB := sql.OpenDB(foreign{})
	defer foreignDB.Close()
	_, err := driver.Client(t.Context(), foreignDB)
	require.ErrorIs(t, err, driver.ErrOtherDriver)
	require.Zero(t, foreignDB.Stats().InUse)

	closed := open(t, nil)
	require.NoError(t, closed.Close())
	_, err = driver.Client(t.Context(), closed)
	require.ErrorIs(t, err, driver.ErrClosed)

	unnamed, err := sql.Open(driver.Name, "")
	require.NoError(t, err)
	defer unnamed.Close()
	_, err = driver.Client(t.Context(), unnamed)
	require.ErrorIs(t, err, driver.ErrConfig)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = driver.Client(ctx, open(t, nil))
	require.ErrorIs(t, err, context.Canceled)
}

// The client of NewClientConnector is returned as it is, and it stays open.
func TestClientOfSharedClient(t *testing.T) {
	cfg := start(t)
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: cfg.Seeds, Dial: cfg.Dial})
	require.NoError(t, err)
	defer client.Close()
	db := sql.OpenDB(driver.NewClientConnector(client, driver.Config{Namespace: "test"}))
	same, err := driver.Client(t.Context(), db)
	require.NoError(t, err)
	require.Same(t, client, same)
	require.NoError(t, db.Close())
	require.NoError(t, client.Ping(t.Context()))
}

// The driver of an sql.DB is a full driver: it opens data sources other than that of the sql.DB.
func TestDriverOfDatabase(t *testing.T) {
	db := open(t, nil)
	require.Same(t, db.Driver(), db.Driver())
	connector, err := db.Driver().(sqldriver.DriverContext).OpenConnector("aerospike+mem://another/test")
	require.NoError(t, err)
	other := sql.OpenDB(connector)
	defer other.Close()
	require.NotSame(t, nativeClient(t, db), nativeClient(t, other))
}
