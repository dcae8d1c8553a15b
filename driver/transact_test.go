package driver_test

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

func nativeClient(t testing.TB, db *sql.DB) *cluster.Client {
	client, err := driver.Client(t.Context(), db)
	require.NoError(t, err)
	return client
}

func TestWithTx(t *testing.T) {
	db := openStrong(t, nil)
	client, key := nativeClient(t, db), protocol.MustKey("sc", "t", 9)
	tx, err := db.Begin()
	require.NoError(t, err)
	txCtx, err := driver.WithTx(t.Context(), tx)
	require.NoError(t, err)
	require.NoError(t, client.Put(txCtx, nil, key, protocol.Bins{protocol.NewBin("n", 90)}))
	require.Equal(t, map[int]int{9: 90}, numbers(t, tx, 9), "the statement reads what the native command has written")
	execute(t, db, "SELECT 1")
	require.Empty(t, numbers(t, db, 9))
	_, err = db.BeginTx(txCtx, nil)
	require.ErrorIs(t, err, cluster.ErrTxnNested)
	require.NoError(t, tx.Commit())
	require.Equal(t, map[int]int{9: 90}, numbers(t, db, 9))
	require.ErrorIs(t, client.Put(txCtx, nil, key, protocol.Bins{protocol.NewBin("n", 91)}), cluster.ErrTxnEnded)
	_, err = driver.WithTx(t.Context(), tx)
	require.ErrorIs(t, err, sql.ErrTxDone)

	auto := open(t, func(c *driver.Config) { c.Tx = driver.TxAutocommit })
	tx, err = auto.Begin()
	require.NoError(t, err)
	txCtx, err = driver.WithTx(t.Context(), tx)
	require.NoError(t, err)
	require.Nil(t, cluster.TxnFrom(txCtx))
	require.NoError(t, tx.Commit())
}

// A foreign driver accepts any statement and any argument.
type foreign struct{ sqldriver.Conn }

func (f foreign) Connect(context.Context) (sqldriver.Conn, error) { return f, nil }
func (f foreign) Driver() sqldriver.Driver                        { return nil }
func (f foreign) Begin() (sqldriver.Tx, error)                    { return f, nil }
func (f foreign) Commit() error                                   { return nil }
func (f foreign) Rollback() error                                 { return nil }
func (f foreign) Close() error                                    { return nil }
func (f foreign) CheckNamedValue(*sqldriver.NamedValue) error     { return nil }
func (f foreign) ExecContext(context.Context, string, []sqldriver.NamedValue) (sqldriver.Result, error) {
	return sqldriver.ResultNoRows, nil
}

func TestWithTxOfAnotherDriver(t *testing.T) {
	db := sql.OpenDB(foreign{})
	defer db.Close()
	tx, err := db.Begin()
	require.NoError(t, err)
	_, err = driver.WithTx(t.Context(), tx)
	require.ErrorIs(t, err, driver.ErrOtherDriver)
	require.EqualError(t, err, "the transaction's database was opened with another driver")
	require.NoError(t, tx.Rollback())
	err = driver.Transact(t.Context(), db, nil, func(context.Context) error { return nil })
	require.ErrorIs(t, err, driver.ErrOtherDriver)
}

// A careless driver wraps this one and does not call its CheckNamedValue.
type careless struct{ *driver.Connector }

type carelessConn struct{ *driver.Conn }

func (c careless) Connect(ctx context.Context) (sqldriver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return carelessConn{conn.(*driver.Conn)}, nil
}

func (carelessConn) CheckNamedValue(*sqldriver.NamedValue) error { return nil }

func TestWithTxThroughAWrapper(t *testing.T) {
	_, cfg := startStrong(t, nil)
	connector, err := driver.NewConnector(cfg)
	require.NoError(t, err)
	db := sql.OpenDB(careless{connector})
	defer db.Close()
	tx, err := db.Begin()
	require.NoError(t, err)
	txCtx, err := driver.WithTx(t.Context(), tx)
	require.NoError(t, err)
	require.NotNil(t, cluster.TxnFrom(txCtx))
	execute(t, tx, "INSERT INTO t (PK, n) VALUES (?, ?)", 1, []string{"a"})
	require.NoError(t, tx.Commit())
}

// Transact runs the function again after a conflict, and rolls back if the function returns an
// error.
func TestTransact(t *testing.T) {
	db := openStrong(t, nil)
	attempts := 0
	require.NoError(t, driver.Transact(t.Context(), db, nil, func(ctx context.Context) error {
		var n int
		if err := db.QueryRowContext(ctx, "SELECT n FROM t WHERE PK = 1").Scan(&n); err != nil {
			return err
		}
		if attempts++; attempts == 1 {
			execute(t, db, "UPDATE t SET n = 100 WHERE PK = 1")
		}
		_, err := db.ExecContext(ctx, "UPDATE t SET n = ? WHERE PK = 2", n)
		return err
	}))
	require.Equal(t, 2, attempts)
	require.Equal(t, map[int]int{1: 100, 2: 100}, numbers(t, db, 1, 2))

	errNo := errors.New("no")
	err := driver.Transact(t.Context(), db, nil, func(ctx context.Context) error {
		if _, err := db.ExecContext(ctx, "DELETE FROM t WHERE PK IN (1, 2)"); err != nil {
			return err
		}
		return errNo
	})
	require.ErrorIs(t, err, errNo)
	require.Len(t, numbers(t, db, 1, 2), 2)
}

// While many sessions move amounts between a few accounts, every transaction that reads all
// accounts gets the same sum.
func TestTransfersByStatements(t *testing.T) {
	db := openStrong(t, nil)
	total := func(ctx context.Context) (sum int, err error) {
		rows, err := db.QueryContext(ctx, "SELECT n FROM t WHERE PK IN (1, 2, 3)")
		if err != nil {
			return 0, err
		}
		defer rows.Close()
		for rows.Next() {
			var n int
			if err := rows.Scan(&n); err != nil {
				return 0, err
			}
			sum += n
		}
		return sum, rows.Err()
	}
	patient := &cluster.TransactOptions{Attempts: 1000}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			for range 10 {
				from, to := random.IntN(3)+1, random.IntN(3)+1
				err := driver.Transact(t.Context(), db, patient, func(ctx context.Context) error {
					if _, err := db.ExecContext(ctx, "UPDATE t SET n = n - 1 WHERE PK = ?", from); err != nil {
						return err
					}
					_, err := db.ExecContext(ctx, "UPDATE t SET n = n + 1 WHERE PK = ?", to)
					return err
				})
				if err != nil {
					t.Error(err)
				}
				sum := 0
				err = driver.Transact(t.Context(), db, patient, func(ctx context.Context) (err error) {
					sum, err = total(ctx)
					return err
				})
				if err != nil || sum != 60 {
					t.Errorf("the sum is %d: %v", sum, err)
				}
			}
		})
	}
	wg.Wait()
}
