package driver_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// openSecured opens a database as the administrator of a cluster with users. The second function
// opens one as another user.
func openSecured(t *testing.T, change func(*driver.Config)) (*sql.Conn, func(user, password string) *sql.DB) {
	server, err := devserver.Start(devserver.Options{
		Edition: devserver.Enterprise, Security: &devserver.SecurityOptions{Quotas: true, Users: []devserver.UserOptions{
			{Name: "admin", Password: "admin", Roles: []string{"user-admin", "sys-admin", "data-admin", "read-write-udf"}},
		}},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	as := func(user, password string) *sql.DB {
		cfg := driver.Config{Seeds: server.Seeds(), Namespace: "test", Dial: server.Dial, User: user, Password: cluster.Password(password)}
		if change != nil {
			change(&cfg)
		}
		connector, err := driver.NewConnector(cfg)
		require.NoError(t, err)
		db := sql.OpenDB(connector)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return db
	}
	conn, err := as("admin", "admin").Conn(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn, as
}

// outcome returns the rows of a statement as text, or the first line of its error.
func outcome(t *testing.T, conn queryer, statement string, args ...any) string {
	t.Helper()
	rows, err := conn.QueryContext(t.Context(), statement, args...)
	if err == nil {
		defer rows.Close()
		columns, _ := rows.Columns()
		var lines []string
		for rows.Next() {
			values, targets := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				targets[i] = &values[i]
			}
			require.NoError(t, rows.Scan(targets...))
			lines = append(lines, strings.TrimSuffix(fmt.Sprintln(values...), "\n"))
		}
		if err = rows.Err(); err == nil {
			return strings.Join(lines, "; ")
		}
	}
	line, _, _ := strings.Cut(err.Error(), "\n")
	return "error: " + line
}

// A case of a table of statements is the statement and its outcome: the rows, "" for none, what
// they begin with and "*", or an error that contains the text after "error:".
type statementCase struct{ statement, want string }

func runCases(t *testing.T, conn queryer, cases []statementCase) {
	t.Helper()
	for _, c := range cases {
		got := outcome(t, conn, c.statement)
		if text, isError := strings.CutPrefix(c.want, "error:"); isError {
			require.Contains(t, got, text, c.statement)
			require.True(t, strings.HasPrefix(got, "error:"), "%s: %s", c.statement, got)
			continue
		}
		if text, isPrefix := strings.CutSuffix(c.want, "*"); isPrefix {
			require.True(t, strings.HasPrefix(got, text), "%s: %s", c.statement, got)
			continue
		}
		require.Equal(t, c.want, got, c.statement)
	}
}

// TestUsersAndRoles: each statement on users and roles is one call of package cluster/admin.
func TestUsersAndRoles(t *testing.T) {
	conn, as := openSecured(t, nil)
	runCases(t, conn, []statementCase{
		{"CREATE ROLE reader PRIVILEGES read ON test.demo WITH (read_quota = 100)", ""},
		{"CREATE ROLE reader", "error:name exists at line 1, column 13: there is already a role reader"},
		{"CREATE ROLE IF NOT EXISTS reader", ""},
		{"SHOW ROLE reader", "reader read.test.demo 100 0 <nil>"},
		{"ALTER ROLE reader WITH (write_quota = 50, allowlist = '127.0.0.1, 10.0.0.0/8')", ""},
		{"SHOW ROLE reader", "reader read.test.demo 100 50 127.0.0.1, 10.0.0.0/8"},
		{"ALTER ROLE reader WITH (allowlist = NULL, read_quota = 0, write_quota = 0)", ""},
		{"SHOW ROLE reader", "reader read.test.demo 0 0 <nil>"},
		{"ALTER ROLE nosuch WITH (read_quota = 1)", "error:there is no role nosuch"},
		{"ALTER ROLE IF EXISTS nosuch WITH (read_quota = 1)", ""},
		{"ALTER ROLE reader WITH (speed = 1)", "error:a role has no option speed; the options are allowlist, read_quota and write_quota"},
		{"ALTER ROLE reader WITH (read_quota = -1)", "error:must be a number of records per second"},
		{"GRANT write ON t TO reader", ""},
		{"GRANT truncate ON test.* TO reader", ""},
		{"GRANT PRIVILEGES read-write.test.x, udf_admin TO reader", ""},
		{"SHOW ROLE reader", "reader read.test.demo, write.test.t, truncate.test, read-write.test.x, udf-admin 0 0 <nil>"},
		{"REVOKE truncate ON NAMESPACE test FROM ROLE reader", ""},
		{"REVOKE udf-admin, read-write.test.x ON * FROM reader", ""},
		{"SHOW ROLE reader", "reader read.test.demo, write.test.t 0 0 <nil>"},
		{"GRANT sys-admin ON test.* TO reader", "error:applies to the whole cluster"},
		{"GRANT read ON x TO nosuch", "error:there is no role nosuch; privileges belong to roles"},
		{"CREATE USER ada PASSWORD 'lovelace' ROLES reader", ""},
		{"CREATE USER ada PASSWORD 'x'", "error:name exists at line 1, column 13: there is already a user ada"},
		{"CREATE USER IF NOT EXISTS ada PASSWORD 'x'", ""},
		{"CREATE USER 'app-1' IDENTIFIED BY 'x' ROLES read-write", ""},
		{"CREATE USER bob PASSWORD 'x' ROLES nosuch", "error:there is no such role: nosuch"},
		{"SHOW USERS LIKE 'a%'", "ada reader; admin data-admin, read-write-udf, sys-admin, user-admin; app-1 read-write"},
		{"SHOW USER app-1", "app-1 read-write"},
		{"SHOW USER nosuch", "error:there is no user nosuch"},
		{"SHOW GRANTS FOR ada", "ada reader read.test.demo, write.test.t"},
		{"GRANT read-write-udf TO ada, app-1", ""},
		{"REVOKE ROLES reader FROM USER ada", ""},
		{"SHOW USER ada", "ada read-write-udf"},
		{"GRANT nosuch TO ada", "error:there is no such role: nosuch"},
		{"GRANT reader TO nosuch", "error:there is no user nosuch"},
		{"ALTER USER nosuch PASSWORD 'x'", "error:there is no user nosuch"},
		{"ALTER USER IF EXISTS nosuch PASSWORD 'x'", ""},
		{"DROP USER app-1", ""},
		{"DROP USER IF EXISTS app-1", ""},
		{"DROP ROLE reader", ""},
		{"DROP ROLE reader", "error:there is no role reader"},
		{"DROP ROLE IF EXISTS reader", ""},
	})
	ada := as("ada", "lovelace")
	require.NoError(t, ada.PingContext(t.Context()))
	require.Equal(t, "ada read-write-udf read-write-udf", outcome(t, ada, "SHOW GRANTS"))
	execute(t, ada, "SET PASSWORD = ?", "byron")
	require.NoError(t, as("ada", "byron").PingContext(t.Context()))
	require.Error(t, as("ada", "lovelace").PingContext(t.Context()))
	_, err := ada.Exec("CREATE USER eve PASSWORD 'x'")
	require.ErrorIs(t, err, protocol.RoleViolation)
	execute(t, conn, "ALTER USER ada PASSWORD 'king'")
	require.NoError(t, as("ada", "king").PingContext(t.Context()))
}

// TestStatementsShowNoPassword: no error, log, plan or result shows the password of a statement,
// whatever the mistake in it.
func TestStatementsShowNoPassword(t *testing.T) {
	var log bytes.Buffer
	conn, _ := openSecured(t, func(c *driver.Config) {
		c.LogStatements, c.Logger = true, slog.New(slog.NewTextHandler(&log, nil))
		c.LogArguments = true
	})
	for _, statement := range []string{
		"CREATE USER a PASSWORD '%s'", "CREATE USER a PASSWORD '%s'", "CREATE USER b PASSWORD '%s' ROLES nosuch", "CREATE USER c PASSWORD '%s' ROLEZ x",
		"CREATE USER c PASSWORD %s", "CREATE USER c PASSWORD \"%s\"", "CREATE USER c PASSWORD `%s`", "CREATE USER c PASSWORD 12%s", "CREATE USER c PASSWORD '%s",
		"CREATE USER c PASSWORD X'%s'", "CREATE USER c IDENTIFIED BY '%s' AND", "CREATE USER c IDENTIFIED '%s'", "CREATE USR c PASSWORD '%s'", "CRATE USER c PASSWORD '%s'",
		"ALTER USER nosuch PASSWORD '%s'", "ALTER USER a PASSWORD '%s', b", "SET PASSWORD '%s'", "SET PASSWORD FOR nosuch = '%s'", "SET PASSWORD = %s",
		"EXPLAIN CREATE USER a PASSWORD '%s'", "EXPLAIN ANALYZE SET PASSWORD = '%s'", "SELECT 1; CREATE USER d PASSWORD '%s' x",
		"CREATE USER d PASSWORD '%s' || 'x'", "CREATE USER e PASSWORD ('%s')", "SET PASSWORD = '%s' FOR",
	} {
		text := outcome(t, conn, fmt.Sprintf(statement, marker))
		requireNoMarker(t, text)
	}
	for _, argument := range []any{marker, []byte(marker), []string{marker}, map[string]string{"x": marker}} {
		requireNoMarker(t, outcome(t, conn, "CREATE USER a PASSWORD ?", argument))
		requireNoMarker(t, outcome(t, conn, "SET PASSWORD FOR nosuch = ?", argument))
	}
	requireNoMarker(t, outcome(t, conn, "CREATE USER a PASSWORD ?", strings.Repeat(marker, 10)))
	requireNoMarker(t, outcome(t, conn, "SHOW USERS"))
	require.Contains(t, log.String(), "CREATE USER")
	requireNoMarker(t, log.String())
	_, err := conn.ExecContext(t.Context(), "CREATE USER f PASSWORD 5")
	require.ErrorIs(t, err, querylang.ErrSyntax)
}

// udf is a module for tests.
const udf = `
function get(r) if not aerospike:exists(r) then return "none" end return r.n end
function add(r, x) r.n = r.n + x; aerospike:update(r); return r.n end
local function one(r) return r.n end
local function plus(a, b) return a + b end
function total(s) return s : map(one) : reduce(plus) end
`

// TestModules: CREATE FUNCTION registers a module, whose functions CALL, EXECUTE and AGGREGATE run.
func TestModules(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "CREATE FUNCTION m AS ?", udf)
	execute(t, db, "CREATE TABLE t (id INT PRIMARY KEY, n INT, s TEXT)")
	execute(t, db, "INSERT INTO t VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c')")
	execute(t, db, "CREATE INDEX t_n ON t (n)")
	runCases(t, db, []statementCase{
		{"SELECT routine_name, external_language FROM information_schema.routines", "m LUA"},
		{"CREATE FUNCTION m AS 'x = 1'", "error:there is already a module m; CREATE OR REPLACE FUNCTION replaces it"},
		{"CREATE FUNCTION IF NOT EXISTS m AS 'x = 1'", ""},
		{"CREATE FUNCTION bad AS 'function ('", "error:UDF_ERROR (100)"},
		{"CALL m.get() ON t WHERE id = 2", "20"},
		{"CALL m.get() ON t WHERE id IN (3, 1, 9)", "30; 10; none"},
		{"CALL m.add(5) ON t WHERE id = 1 AND n = 10", "15"},
		{"CALL m.add(5) ON t WHERE id = 1 AND n = 10", ""},
		{"CALL m.get() ON t WHERE n > 1", "error:CALL needs the keys of the records"},
		{"CALL m.nosuch() ON t WHERE id = 1", "error:UDF_ERROR (100)"},
		{"EXECUTE m.get() ON t WHERE id = 2", "20"},
		{"AGGREGATE m.total() ON t REDUCE SUM", "65"},
		{"AGGREGATE m.total() ON t WHERE n > 15 REDUCE SUM", "50"},
		{"AGGREGATE m.total() ON t REDUCE MAX", "30"},
		{"AGGREGATE m.total() ON t WHERE n > 15 AND s = 'b'", "error:there is no index for the whole condition"},
		{"AGGREGATE m.total() ON t WHERE id = 1", "error:not single keys"},
		{"EXECUTE m.add(1) ON t WHERE LENGTH(s) > n", "error:the servers can't check"},
		{"EXECUTE m.add(1) ON t WHERE n > (SELECT 1)", "error:without subqueries"},
		{"CALL m.get() ON NULL WHERE PK = 1", "none"},
		{"EXECUTE m.get() ON NULL", "error:only the records without a set"},
	})
	var job, status string
	var records, failed int64
	row := db.QueryRowContext(t.Context(), "EXECUTE m.add(?) ON t WHERE n > ? AND s <> 'c' WAIT", 100, 15)
	require.NoError(t, row.Scan(&job, &status, &records, &failed))
	require.Equal(t, []any{"done", int64(1), int64(0)}, []any{status, records, failed})
	require.Equal(t, []string{"1 15", "2 120", "3 30"}, table(t, db, "SELECT id, n FROM t ORDER BY id"))
	require.Contains(t, strings.Join(table(t, db, "SHOW JOBS"), "\n"), job)
	require.Equal(t, int64(2), execute(t, db, "EXECUTE m.add(1) ON t WHERE n >= 30 WAIT"))
	require.NoError(t, db.QueryRowContext(t.Context(), "EXECUTE m.add(1) ON t").Scan(&job, &status, new(any), new(any)))
	require.Equal(t, "started", status)
	runCases(t, db, []statementCase{
		{"KILL 12345", "error:no node runs a job 12345"},
		{"DROP FUNCTION m", ""}, {"DROP FUNCTION m", "error:there is no module m"}, {"DROP FUNCTION IF EXISTS m", ""},
	})
}

// TestLocalFiles: REGISTER MODULE reads a file only if the DSN allows it.
func TestLocalFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file.lua")
	require.NoError(t, os.WriteFile(path, []byte(udf), 0o600))
	require.Contains(t, outcome(t, open(t, nil), "REGISTER MODULE '"+path+"'"), "local_files=true")
	db := open(t, func(c *driver.Config) { c.LocalFiles = true })
	require.Empty(t, outcome(t, db, "REGISTER MODULE '"+path+"'"))
	require.Equal(t, "none", outcome(t, db, "CALL file.get() ON t WHERE PK = 1"))
	require.Contains(t, outcome(t, db, "SHOW CREATE FUNCTION file"), "function total")
}

// TestSystem: configuration, XDR filters, truncation and what is known of tables.
func TestSystem(t *testing.T) {
	conn, _ := openSecured(t, nil)
	for i := range 5 {
		execute(t, conn, "INSERT INTO demo (PK, n) VALUES (?, ?)", i, i)
	}
	runCases(t, conn, []statementCase{
		{"ALTER SYSTEM SET query-max-done = 50", ""},
		{"ALTER SYSTEM SET service.query-max-done TO '60'", ""},
		{"ALTER SYSTEM SET test.default-ttl = '1d'", ""},
		{"ALTER NAMESPACE test SET default-ttl = 0", ""},
		{"ALTER SYSTEM SET namespace.test.demo.disable-eviction = TRUE", ""},
		{"ALTER SYSTEM SET test.nosuch = 1", "error:nosuch=1"},
		{"ALTER SYSTEM SET a.b.c.d.e = 1", "error:expected setting, section.setting"},
		{"ALTER SYSTEM SET test.x = NULL", "error:a setting is a string, a number or a boolean"},
		{"ANALYZE demo", "test demo 5 1 0"},
		{"ANALYZE nosuch", "test nosuch 0 0 0"},
		{"ANALYZE NULL", "error:only sets can be analyzed"},
		{"TRUNCATE NAMESPACE test BEFORE '2020-01-01'", ""},
		{"SELECT COUNT(*) FROM demo", "5"},
		{"TRUNCATE NAMESPACE test", ""},
		{"SELECT COUNT(*) FROM demo", "0"},
		{"TRUNCATE NAMESPACE test BEFORE 'yesterday'", "error:"},
		{"ALTER XDR dc NAMESPACE test SET FILTER (n > 1 AND s = 'x' AND __set = 'demo')", ""},
		{"ALTER XDR dc NAMESPACE test SET FILTER (FALSE)", ""},
		{"ALTER XDR dc NAMESPACE test DROP FILTER", ""},
		{"ALTER XDR dc NAMESPACE test SET FILTER (LENGTH(s) > n)", "error:the servers can't check this condition"},
		{"ALTER XDR dc NAMESPACE test SET FILTER (PK = 1)", "error:the servers can't check this condition"},
	})
}
