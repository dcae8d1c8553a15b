package driver_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/querylang"
)

// openLogged opens a database whose statements are logged to the returned buffer, without times.
func openLogged(t *testing.T, change func(*driver.Config)) (*sql.DB, *bytes.Buffer) {
	var log bytes.Buffer
	handler := slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey || a.Key == "duration" {
			return slog.Attr{}
		}
		return a
	}})
	db := open(t, func(c *driver.Config) {
		c.LogStatements, c.Logger = true, slog.New(handler)
		change(c)
	})
	execute(t, db, "DELETE FROM t WHERE PK = 0")
	log.Reset()
	return db, &log
}

// statements returns the logged lines about statements.
func statements(log *bytes.Buffer) string {
	var lines []string
	for line := range strings.Lines(log.String()) {
		if strings.Contains(line, "text=") {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
	}
	log.Reset()
	return strings.Join(lines, "\n")
}

func TestStatementsAreLoggedWithoutValues(t *testing.T) {
	db, log := openLogged(t, func(*driver.Config) {})
	execute(t, db, "INSERT INTO t (PK, n) VALUES (?, ?), ('secret 2', 2)", "secret", 1)
	_, err := db.Exec("INSERT INTO t (PK, n) VALUES (?, 1)", "secret")
	require.Error(t, err)
	_, err = db.Exec("SELECT 'secret' FROM t WHERE 'secret'")
	require.Error(t, err)
	table(t, db, "SELECT n FROM t WHERE PK IN ('secret')")
	_, err = db.Exec("CREATE USER ada PASSWORD 'secret' ROLE")
	require.Error(t, err)
	got := statements(log)
	require.NotContains(t, got, "secret")
	require.Equal(t, strings.TrimSpace(`
level=INFO msg=statement text="INSERT INTO t (PK, n) VALUES (?, ?), (?, ?)" returned=0 affected=2
level=WARN msg=statement text="INSERT INTO t (PK, n) VALUES (?, ?)" returned=0 affected=0 error=KEY_EXISTS
level=WARN msg=statement text="SELECT ? FROM t WHERE ?" returned=0 affected=0 error="type error at line 1, column 30"
level=INFO msg=statement text="SELECT n FROM t WHERE PK IN (?)" returned=1 affected=0
level=WARN msg=statement text="CREATE USER ada PASSWORD ? ROLE"`), got[:strings.LastIndex(got, " returned=")])
}

func TestStatementsAreLoggedWithArguments(t *testing.T) {
	db, log := openLogged(t, func(c *driver.Config) { c.LogArguments = true })
	execute(t, db, "INSERT INTO t (PK, n) VALUES (?, ?)", "k", time.Unix(0, 5))
	require.Equal(t, `level=INFO msg=statement text="INSERT INTO t (PK, n) VALUES (?, ?)" returned=0 affected=1 arguments="[k 5]"`, statements(log))
	_, err := db.Exec("CREATE USER ada PASSWORD ?", "secret")
	require.Error(t, err)
	require.NotContains(t, statements(log), "secret")
}

func TestSlowStatements(t *testing.T) {
	db, log := openLogged(t, func(c *driver.Config) { c.LogStatements, c.SlowStatement = false, time.Hour })
	execute(t, db, "INSERT INTO t (PK, n) VALUES (1, 1)")
	require.Empty(t, statements(log))
	db, log = openLogged(t, func(c *driver.Config) { c.LogStatements, c.SlowStatement = false, 1 })
	execute(t, db, "INSERT INTO t (PK, n) VALUES (1, 1)")
	require.Equal(t, `level=WARN msg="slow statement" text="INSERT INTO t (PK, n) VALUES (?, ?)" returned=0 affected=1`, statements(log))
}

type requestID struct{}

func TestOnStatement(t *testing.T) {
	var got []string
	db := open(t, func(c *driver.Config) {
		c.OnStatement = func(ctx context.Context, s driver.StatementInfo) (context.Context, func(driver.StatementResult)) {
			start := fmt.Sprint(ctx.Value(requestID{}), " ", s, " ", s.FullText(), s.Args(), s.Namespace())
			return ctx, func(r driver.StatementResult) {
				got = append(got, fmt.Sprint(start, " returned ", r.Returned, " affected ", r.Affected, " ", r.Err, r.Duration > 0))
			}
		}
	})
	ctx := context.WithValue(t.Context(), requestID{}, "r1")
	_, err := db.ExecContext(ctx, "INSERT INTO t (PK, n) VALUES (?, 5), (?, 6)", 1, 2)
	require.NoError(t, err)
	prepared, err := db.PrepareContext(ctx, "SELECT n FROM t WHERE PK IN (1, 2)")
	require.NoError(t, err)
	defer prepared.Close()
	rows, err := prepared.QueryContext(ctx)
	require.NoError(t, err)
	require.True(t, rows.Next())
	require.Len(t, got, 1, "a query ends when its rows are closed")
	require.NoError(t, rows.Close())
	rows, err = db.QueryContext(ctx, "UPDATE t SET n = n + 1 WHERE n > 1; UPDATE t SET n = n + 1 WHERE PK = 1 RETURNING n")
	require.NoError(t, err)
	require.True(t, rows.Next())
	require.NoError(t, rows.Close())
	_, err = db.ExecContext(ctx, "SELEC")
	require.ErrorIs(t, err, querylang.ErrSyntax)
	require.Equal(t, []string{
		"r1 INSERT INTO t (PK, n) VALUES (?, ?), (?, ?) INSERT INTO t (PK, n) VALUES (?, 5), (?, 6)[1 2]test returned 0 affected 2 <nil> true",
		"r1 SELECT n FROM t WHERE PK IN (?, ?) SELECT n FROM t WHERE PK IN (1, 2)[]test returned 1 affected 0 <nil> true",
	}, got[:2])
	require.Len(t, got, 4)
	require.Contains(t, got[2], "returned 1 affected 3 <nil>")
	require.Contains(t, got[3], "syntax error")
}

func TestAfterConnect(t *testing.T) {
	calls := 0
	db := open(t, func(c *driver.Config) {
		c.AfterConnect = func(ctx context.Context, conn *driver.Conn) error {
			calls++
			_, err := conn.ExecContext(ctx, "SET ttl = '2h'", nil)
			return err
		}
	})
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	execute(t, conn, "SET ttl = '1h'")
	require.NoError(t, conn.Close())
	require.Equal(t, []string{"ttl 7200 7200"}, table(t, db, "SHOW VARIABLES LIKE 'ttl'"), "the settings of AfterConnect outlive a reset")
	require.Equal(t, 1, calls)

	refuse := fmt.Errorf("not today")
	db = open(t, func(c *driver.Config) { c.AfterConnect = func(context.Context, *driver.Conn) error { return refuse } })
	require.ErrorIs(t, db.Ping(), refuse)
}
