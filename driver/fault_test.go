package driver_test

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

// faults dials connections and makes them fail on demand.
type faults struct {
	dial        func(ctx context.Context, network, address string) (net.Conn, error)
	beforeWrite atomic.Bool // writes fail and send nothing
	afterWrite  atomic.Bool // requests arrive, but responses are lost
}

var errCut = errors.New("connection cut")

func (f *faults) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := f.dial(ctx, network, address)
	return &faultyConn{conn, f}, err
}

type faultyConn struct {
	net.Conn
	faults *faults
}

func (c *faultyConn) Write(b []byte) (int, error) {
	if c.faults.beforeWrite.Load() {
		return 0, errCut
	}
	return c.Conn.Write(b)
}

func (c *faultyConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.faults.afterWrite.Load() {
		return 0, errCut
	}
	return n, err
}

// openFaulty opens a database whose connections can be cut.
func openFaulty(t *testing.T) (*sql.DB, *faults) {
	f := &faults{}
	db := open(t, func(c *driver.Config) {
		f.dial, c.Dial, c.TendInterval = c.Dial, f.Dial, time.Hour
	})
	execute(t, db, "INSERT INTO t (PK, n) VALUES (1, 0)")
	return db, f
}

// database/sql repeats a statement after ErrBadConn. A write that may have been applied must never
// fail with it.
func TestWriteWithoutResponseIsInDoubt(t *testing.T) {
	db, f := openFaulty(t)
	f.afterWrite.Store(true)
	_, err := db.Exec("UPDATE t SET n = n + 1 WHERE PK = 1")
	f.afterWrite.Store(false)
	require.NotErrorIs(t, err, sqldriver.ErrBadConn)
	var e *protocol.Error
	require.ErrorAs(t, err, &e)
	require.True(t, e.InDoubt)
	var n int
	require.NoError(t, db.QueryRow("SELECT n FROM t WHERE PK = 1").Scan(&n))
	require.Equal(t, 1, n, "applied once")
}

func TestWriteThatWasNotSentIsNotInDoubt(t *testing.T) {
	db, f := openFaulty(t)
	f.beforeWrite.Store(true)
	_, err := db.Exec("UPDATE t SET n = n + 1 WHERE PK = 1")
	f.beforeWrite.Store(false)
	var e *protocol.Error
	require.ErrorAs(t, err, &e)
	require.False(t, e.InDoubt)
	var n int
	require.NoError(t, db.QueryRow("SELECT n FROM t WHERE PK = 1").Scan(&n))
	require.Zero(t, n)
}

func TestInterruptedScanIsAnError(t *testing.T) {
	db, f := openFaulty(t)
	f.afterWrite.Store(true)
	defer f.afterWrite.Store(false)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	rows, err := db.QueryContext(ctx, "SELECT n FROM t")
	if err == nil {
		for rows.Next() {
		}
		err = rows.Err()
		require.NoError(t, rows.Close())
	}
	require.Error(t, err, "an incomplete response must not look complete")
	require.NotErrorIs(t, err, sqldriver.ErrBadConn)
}
