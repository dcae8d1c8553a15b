package driver_test

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

// The tests named TestCaseNN are the failure cases of docs/guarantees.md, with their numbers.

// openWatched opens a database on a server that records its history. The table t has a record with
// the key 1.
func openWatched(t *testing.T, change func(*driver.Config)) (*sql.DB, *devserver.Server) {
	server, err := devserver.Start(devserver.Options{History: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	cfg := driver.Config{Seeds: server.Seeds(), Dial: server.Dial, Namespace: "test", TendInterval: time.Hour}
	if change != nil {
		change(&cfg)
	}
	connector, err := driver.NewConnector(cfg)
	require.NoError(t, err)
	db := sql.OpenDB(connector)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	execute(t, db, "INSERT INTO t (PK, n) VALUES (1, 0)")
	return db, server
}

// fill stores n more records in the table.
func fill(t *testing.T, db *sql.DB, n int) {
	for i := range n {
		execute(t, db, "INSERT INTO t (PK, n, s) VALUES (?, ?, ?)", i+100, i, fmt.Sprintf("%0200d", i))
	}
}

// Rows that are closed early, or abandoned when their context ends, leave no goroutine running and
// no connection in use. TestMain checks the goroutines.
func TestCase56RowsClosedEarly(t *testing.T) {
	db, _ := openWatched(t, nil)
	fill(t, db, 500)
	db.SetMaxOpenConns(1)
	before := runtime.NumGoroutine()
	for range 20 {
		rows, err := db.Query("SELECT n, s FROM t")
		require.NoError(t, err)
		require.True(t, rows.Next())
		require.NoError(t, rows.Close())
		require.False(t, rows.Next())
		require.NoError(t, rows.Err())
	}
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		rows, err := db.QueryContext(ctx, "SELECT n, s FROM t")
		require.NoError(t, err)
		require.True(t, rows.Next())
		cancel() // abandons the rows
	}
	// Only one connection is allowed, so this waits until all rows are closed.
	var n int
	require.NoError(t, db.QueryRow("SELECT n FROM t WHERE PK = 1").Scan(&n))
	for runtime.NumGoroutine() > before+10 {
		runtime.Gosched() // wait for goroutines that are ending
	}
	require.Zero(t, db.Stats().InUse)
}

// panicky is an argument whose Value method panics.
type panicky struct{}

func (panicky) Value() (sqldriver.Value, error) { panic("in Value") }

// A panic in the Value method of an argument reaches the caller, nothing is sent, and the only
// session stays usable. In Go 1.26 this holds for Exec only: database/sql does not release a
// session after a panic in the arguments of a Query, and Rows.Close blocks after a panic in a
// Scanner.
func TestCase59PanicInValuer(t *testing.T) {
	db, server := openWatched(t, nil)
	db.SetMaxOpenConns(1)
	before := server.LastEvent()
	for range 3 {
		require.PanicsWithValue(t, "in Value", func() { db.Exec("UPDATE t SET n = ? WHERE PK = 1", panicky{}) })
	}
	require.Equal(t, before, server.LastEvent(), "nothing was sent")
	require.EqualValues(t, 1, execute(t, db, "UPDATE t SET n = 5 WHERE PK = 1"))
	require.Zero(t, db.Stats().InUse)
}

// database/sql repeats a statement after ErrBadConn. Whatever the fault, no statement is executed
// twice, and an error without InDoubt means that nothing was written.
func TestCase60DatabaseSQLRetries(t *testing.T) {
	for name, fault := range map[string]devserver.Action{
		"answer dropped":        devserver.DropAnswer(),
		"answer cut":            devserver.CutAnswer(5),
		"no answer":             devserver.Ignore(),
		"connection broken":     devserver.Break(),
		"answer twice":          devserver.RepeatAnswer(),
		"timeout of the server": devserver.Refuse(protocol.ServerTimeout),
		"overload":              devserver.Refuse(protocol.DeviceOverload),
		"partition unavailable": devserver.Refuse(protocol.PartitionUnavailable),
		"HTTP":                  devserver.Answer([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")),
		"half of the request":   {CutNext: 20},
	} {
		for _, statement := range []string{
			"UPDATE t SET n = n + 1 WHERE PK = 1", "INSERT INTO t (PK, n) VALUES (2, 1)", "DELETE FROM t WHERE PK = 1",
		} {
			t.Run(name+"/"+statement[:6], func(t *testing.T) {
				db, server := openWatched(t, func(c *driver.Config) { c.Timeout = 100 * time.Millisecond })
				before := server.LastEvent()
				remove := server.Inject(devserver.Fault{On: devserver.Writes, Do: fault})
				_, err := db.Exec(statement)
				if fault.CutNext > 0 {
					_, err = db.Exec(statement) // the first one succeeds, and its connection is cut during this one
				}
				remove()
				done := 0
				for e := range server.History(before) {
					if e.Kind == devserver.WasStored || e.Kind == devserver.WasRemoved {
						done++
					}
				}
				if fault.CutNext > 0 {
					done--
				}
				require.NotErrorIs(t, err, sqldriver.ErrBadConn)
				var e *protocol.Error
				switch {
				case err == nil:
					require.Equal(t, 1, done)
				case errors.As(err, &e) && e.InDoubt:
					require.LessOrEqual(t, done, 1)
				default:
					require.Zero(t, done, "reported as not done: %v", err)
				}
			})
		}
	}
}

// A closed session is the only cause of ErrBadConn. database/sql runs the statement once, on a new
// session.
func TestCase60ClosedSession(t *testing.T) {
	db, server := openWatched(t, nil)
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	require.NoError(t, conn.Raw(func(c any) error { return c.(sqldriver.Conn).Close() }))
	before := server.LastEvent()
	_, err = conn.ExecContext(t.Context(), "UPDATE t SET n = n + 1 WHERE PK = 1")
	require.ErrorIs(t, err, sqldriver.ErrBadConn, "a statement on an sql.Conn is not repeated")
	require.Equal(t, before, server.LastEvent(), "nothing was sent")
	conn.Close()
	require.EqualValues(t, 1, execute(t, db, "UPDATE t SET n = n + 1 WHERE PK = 1"))
	var n int
	require.NoError(t, db.QueryRow("SELECT n FROM t WHERE PK = 1").Scan(&n))
	require.Equal(t, 1, n)
}
