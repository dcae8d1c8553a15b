package integration

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	aerospike "github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

// The tests of this file are the features of sessions, of the catalog and of the driver itself, one
// test for each, as those of matrix_test.go are for reading.

// TestMatrixInterfaces: the driver has every optional interface of database/sql/driver that
// applies.
func TestMatrixInterfaces(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		_, ok := sh.db.Driver().(driver.DriverContext)
		require.True(t, ok, "DriverContext")
		conn, err := sh.db.Conn(t.Context())
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.Raw(func(c any) error {
			for name, has := range map[string]bool{
				"ConnBeginTx": is[driver.ConnBeginTx](c), "ConnPrepareContext": is[driver.ConnPrepareContext](c),
				"ExecerContext": is[driver.ExecerContext](c), "QueryerContext": is[driver.QueryerContext](c),
				"Pinger": is[driver.Pinger](c), "SessionResetter": is[driver.SessionResetter](c), "Validator": is[driver.Validator](c),
				"NamedValueChecker": is[driver.NamedValueChecker](c),
			} {
				require.True(t, has, name)
			}
			rows, err := c.(driver.QueryerContext).QueryContext(t.Context(), "SELECT CAST(1.5 AS DECIMAL(4, 2)), 'x'; SELECT 2", nil)
			require.NoError(t, err)
			defer rows.Close()
			precision, scale, ok := rows.(driver.RowsColumnTypePrecisionScale).ColumnTypePrecisionScale(0)
			require.Equal(t, []any{int64(4), int64(2), true}, []any{precision, scale, ok})
			require.Equal(t, "DECIMAL", rows.(driver.RowsColumnTypeDatabaseTypeName).ColumnTypeDatabaseTypeName(0))
			require.True(t, is[driver.RowsColumnTypeNullable](rows) && is[driver.RowsColumnTypeLength](rows) && is[driver.RowsColumnTypeScanType](rows))
			require.True(t, rows.(driver.RowsNextResultSet).HasNextResultSet())
			return nil
		}))
		cfg, err := aerospike.ParseDSN("aerospike://127.0.0.1/test")
		require.NoError(t, err)
		connector, err := aerospike.NewConnector(cfg)
		require.NoError(t, err)
		require.True(t, is[io.Closer](connector), "a connector can be closed")
	})
}

func is[T any](v any) bool {
	_, ok := v.(T)
	return ok
}

// TestMatrixDSN: a data source name is a Config, and the Config a data source name.
func TestMatrixDSN(t *testing.T) {
	cfg, err := aerospike.ParseDSN("aerospike://ada:secret@10.0.0.1:3000,10.0.0.2:3000/test?tls=true&racks=2,1&replica=prefer_rack&scan=deny&ttl=1h")
	require.NoError(t, err)
	require.Len(t, cfg.Seeds, 2)
	again, err := aerospike.ParseDSN(cfg.FormatDSN())
	require.NoError(t, err)
	require.Equal(t, cfg.FormatDSN(), again.FormatDSN())
	_, err = aerospike.ParseDSN("aerospike://10.0.0.1/test?scam=deny")
	require.ErrorContains(t, err, "scan")
}

// TestMatrixContext: a context that ends interrupts a query, whose connection then is not used
// again.
func TestMatrixContext(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(2000)
		ctx, cancel := context.WithCancel(t.Context())
		rows, err := sh.db.QueryContext(ctx, sh.text("SELECT n FROM $t WITH (fetch_rows = 10)"))
		require.NoError(t, err)
		defer rows.Close()
		require.True(t, rows.Next())
		cancel()
		n := 1
		for rows.Next() {
			n++
		}
		require.ErrorIs(t, rows.Err(), context.Canceled)
		require.Less(t, n, 2000)
		ctx, cancel = context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
		defer cancel()
		_, err = sh.db.ExecContext(ctx, sh.text("DELETE FROM $t"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, []string{"2000"}, sh.query("SELECT COUNT(*) FROM $t"))
	})
}

// TestMatrixErrors: an error of a record has the result code, the record and whether it is in
// doubt.
func TestMatrixErrors(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.exec(1, "INSERT INTO $t (PK, n) VALUES (1, 1)")
		err := sh.fails(protocol.KeyExists, "INSERT INTO $t (PK, n) VALUES (1, 2)")
		e, ok := errors.AsType[*protocol.Error](err)
		require.True(t, ok)
		require.Equal(t, strings.Trim(sh.set, "`"), e.Key.Set)
		require.False(t, e.InDoubt)
		require.False(t, errors.Is(err, driver.ErrBadConn))
	})
}

// TestMatrixSession: settings hold for the statements of one session.
func TestMatrixSession(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		conn, err := sh.db.Conn(t.Context())
		require.NoError(t, err)
		defer conn.Close()
		run := func(statement string) []string { return lines(t, conn, sh.text(statement)) }
		run("SET ttl = '1h'")
		require.NotEqual(t, sh.query("SHOW ttl"), run("SHOW ttl"))
		run("INSERT INTO $t (PK, n) VALUES (1, 1)")
		run("RESET ttl")
		run("INSERT INTO $t (PK, n) VALUES (2, 1) WITH (ttl = never)")
		require.Equal(t, sh.query("SHOW ttl"), run("SHOW ttl"))
		require.Equal(t, []string{"true"}, sh.query("SELECT __ttl BETWEEN 3500 AND 3600 FROM $t WHERE PK = 1"))
		require.Equal(t, []string{"-1"}, sh.query("SELECT __ttl FROM $t WHERE PK = 2"))
	})
}

// TestMatrixCatalog: SHOW, DESCRIBE and information_schema describe tables and indexes.
func TestMatrixCatalog(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.declare("id INT PRIMARY KEY, name VARCHAR(20) NOT NULL, price DECIMAL(10, 2) DEFAULT 0")
		sh.exec(1, "INSERT INTO $t (id, name) VALUES (1, 'pen')")
		set := strings.Trim(sh.set, "`")
		require.Contains(t, sh.query("SHOW TABLES"), "test "+set+" TABLE 1")
		require.Equal(t, []string{
			"id INT false PRIMARY <nil> <nil>", "name VARCHAR(20) false <nil> <nil> name", "price DECIMAL(10, 2) true <nil> 0 price",
		}, sh.query("DESCRIBE $t"))
		require.Equal(t, sh.query("DESCRIBE $t"), sh.query("SHOW COLUMNS FROM $t"))
		require.Contains(t, sh.query("SHOW CREATE TABLE $t")[0], "price DECIMAL(10, 2) DEFAULT 0")
		require.Equal(t, []string{"id 1 NO", "name 2 NO", "price 3 YES"}, sh.query(
			"SELECT column_name, ordinal_position, is_nullable FROM information_schema.columns WHERE table_name = ? ORDER BY 2", set))
		require.Equal(t, []string{"BASE TABLE id"}, sh.query("SELECT t.table_type, k.column_name FROM information_schema.tables t "+
			"JOIN information_schema.key_column_usage k ON k.table_name = t.table_name WHERE t.table_name = ?", set))
		require.NotEmpty(t, sh.query("SHOW NAMESPACES LIKE 'test'"))
		require.NotEmpty(t, sh.query("SHOW NODES"))
		require.NotEmpty(t, sh.query("SHOW FUNCTIONS LIKE 'upper'"))
	})
}

// TestMatrixModules: modules in Lua are registered, called, executed in the background and used for
// aggregates.
func TestMatrixModules(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.run(`CREATE OR REPLACE FUNCTION matrix_sql AS 'function plus(r, by) return r.n + by end
function grow(r, by) r.n = r.n + by; aerospike:update(r) end
local function n(r) return r.n end
local function add(a, b) return a + b end
function total(s) return s : map(n) : reduce(add) end'`)
		t.Cleanup(func() {
			_, err := sh.db.ExecContext(context.Background(), "DROP FUNCTION IF EXISTS matrix_sql")
			require.NoError(t, err)
		})
		sh.exec(2, "INSERT INTO $t (PK, n) VALUES (1, 5), (2, 6)")
		require.Equal(t, []string{"15"}, sh.query("CALL matrix_sql.plus(10) ON $t WHERE PK = 1"))
		require.Equal(t, []string{"11"}, sh.query("AGGREGATE matrix_sql.total() ON $t REDUCE SUM"))
		sh.run("EXECUTE matrix_sql.grow(1) ON $t WHERE n > 5 WAIT")
		require.Equal(t, []string{"5", "7"}, sh.query("SELECT n FROM $t ORDER BY n"))
		require.NotEmpty(t, sh.query("SHOW MODULES LIKE 'matrix_sql%'"))
	})
}

// TestMatrixResumableQueries: a token continues a query in another session.
func TestMatrixResumableQueries(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(100)
		session := func(do func(query func(string) []string)) {
			conn, err := sh.db.Conn(t.Context())
			require.NoError(t, err)
			defer conn.Close()
			do(func(statement string) []string { return lines(t, conn, sh.text(statement)) })
		}
		var first, rest []string
		var token string
		session(func(query func(string) []string) {
			query("DECLARE c CURSOR FOR SELECT n FROM $t")
			first = query("FETCH 40 FROM c")
			row := strings.Fields(query("SHOW CURSOR c")[0])
			token = row[len(row)-1]
		})
		session(func(query func(string) []string) {
			query(fmt.Sprintf("DECLARE c CURSOR FROM '%s' FOR SELECT n FROM $t", token))
			rest = query("FETCH ALL FROM c")
		})
		require.Len(t, first, 40)
		require.ElementsMatch(t, sh.query("SELECT n FROM $t"), append(first, rest...))
	})
}

// lines runs a statement in a session and returns the rows, one line each.
func lines(t *testing.T, conn *sql.Conn, statement string) []string {
	rows, err := conn.QueryContext(t.Context(), statement)
	require.NoError(t, err, statement)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var all []string
	for rows.Next() {
		targets := make([]any, len(columns))
		for i := range targets {
			targets[i] = new(any)
		}
		require.NoError(t, rows.Scan(targets...))
		values := make([]any, len(columns))
		for i := range targets {
			values[i] = *targets[i].(*any)
		}
		all = append(all, strings.TrimSpace(fmt.Sprintln(values...)))
	}
	require.NoError(t, rows.Err())
	return all
}
