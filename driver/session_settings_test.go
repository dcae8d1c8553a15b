package driver_test

import (
	"context"
	sqldriver "database/sql/driver"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/exec"
)

func TestSettings(t *testing.T) {
	_, conn := openConn(t, nil)
	execute(t, conn, "SET max_records = 7")
	require.Len(t, table(t, conn, "SELECT n FROM t"), 7)
	require.Len(t, table(t, conn, "SELECT n FROM t WITH (max_records = 9)"), 9, "WITH has precedence")
	require.EqualValues(t, 100, execute(t, conn, "UPDATE t SET g = g"), "a write is not limited")
	require.EqualValues(t, 100, execute(t, conn, "INSERT INTO t2 (PK, n) SELECT n, n FROM t"))
	execute(t, conn, "SET max_records = DEFAULT")
	require.Len(t, table(t, conn, "SELECT n FROM t"), 100)
	execute(t, conn, "SET fetch_rows = ?", 3)
	require.Len(t, table(t, conn, "SELECT n FROM t"), 100)
	execute(t, conn, "SET memory_limit = 1000")
	_, err := conn.QueryContext(t.Context(), "SELECT n FROM t ORDER BY n")
	require.ErrorIs(t, err, exec.ErrMemory)
	execute(t, conn, "SET TTL = '1h'")
	execute(t, conn, "INSERT INTO t (PK, n) VALUES ('h', 1)")
	require.Equal(t, []string{"true"}, table(t, conn, "SELECT __ttl > 3500 FROM t WHERE PK = 'h'"))
	execute(t, conn, "SET replica = any")
	execute(t, conn, "SET read_mode = 'all'")
	require.Equal(t, []string{"replica any sequence"}, table(t, conn, "SHOW VARIABLES LIKE 'rep%'"))
	require.Equal(t, []string{"1"}, table(t, conn, "SELECT n FROM t WHERE PK = 1"))
	require.Equal(t, []string{"ttl 3600 default"}, table(t, conn, "SHOW VARIABLES LIKE 'TTL'"))

	require.NoError(t, conn.Raw(func(c any) error {
		return c.(sqldriver.SessionResetter).ResetSession(context.Background())
	}))
	for _, line := range table(t, conn, "SHOW VARIABLES") {
		_, values, _ := strings.Cut(line, " ")
		half := len(values) / 2
		require.Equal(t, values[:half], values[half+1:], "%s: ResetSession removes the settings", line)
	}
	require.Len(t, table(t, conn, "SHOW VARIABLES"), 13)
	execute(t, conn, "SET max_records = 7")
	execute(t, conn, "RESET ALL")
	require.Len(t, table(t, conn, "SELECT n FROM t"), 101)
}

func TestSettingErrors(t *testing.T) {
	_, conn := openConn(t, nil)
	for query, want := range map[string]struct {
		kind error
		text string
	}{
		"SET search_path = public":                {querylang.ErrUnknownName, "the settings are atomic, commit, durable"},
		"SET NAMES utf8":                          {querylang.ErrUnsupported, "SET NAMES"},
		"SET max_records = -1":                    {querylang.ErrArguments, "non-negative"},
		"SET max_records = 'x'":                   {querylang.ErrArguments, "non-negative"},
		"SET replica = 'nowhere'":                 {querylang.ErrArguments, "replica must be"},
		"SET read_mode = 2":                       {querylang.ErrArguments, "read_mode must be"},
		"SET memory_limit = 0":                    {querylang.ErrArguments, "positive"},
		"SET send_key = 'maybe'":                  {querylang.ErrArguments, "ON or OFF"},
		"SET ttl = 'soon'":                        {querylang.ErrArguments, "number of seconds"},
		"SET max_records = (SELECT 1)":            {querylang.ErrUnsupported, "constant or a parameter"},
		"SHOW COLUMNS FROM nothing":               {querylang.ErrUnknownName, "there is no table nothing"},
		"SHOW CREATE TABLE t":                     {querylang.ErrUnknownName, "there is no declaration TABLE of t"},
		"SHOW TABLES LIKE 5":                      {querylang.ErrType, "must be a string"},
		"SHOW TABLES FROM test.t":                 {querylang.ErrUnknownName, "needs a namespace"},
		"SELECT * FROM information_schema.tabels": {querylang.ErrUnknownName, "did you mean"},
	} {
		err := failure(t, conn, query)
		require.ErrorIs(t, err, want.kind, query)
		require.ErrorContains(t, err, want.text, query)
	}
}

func TestTransactionsAsText(t *testing.T) {
	conn, err := openStrong(t, nil).Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	execute(t, conn, "BEGIN")
	execute(t, conn, "UPDATE t SET n = 1000 WHERE PK = 1")
	execute(t, conn, "DECLARE c CURSOR FOR SELECT n FROM t WHERE PK IN (1, 2)")
	require.ErrorIs(t, failure(t, conn, "BEGIN"), cluster.ErrTxnNested)
	_, err = conn.BeginTx(t.Context(), nil)
	require.ErrorIs(t, err, cluster.ErrTxnNested)
	require.ErrorContains(t, err, "COMMIT or ROLLBACK ends it")
	execute(t, conn, "ROLLBACK")
	require.ErrorIs(t, failure(t, conn, "FETCH 1 FROM c"), querylang.ErrUnknownName, "cursors end with the transaction")
	require.Equal(t, []string{"10"}, table(t, conn, "SELECT n FROM t WHERE PK = 1"))

	_, err = conn.ExecContext(t.Context(), "START TRANSACTION; UPDATE t SET n = 1000 WHERE PK = 1; COMMIT")
	require.NoError(t, err)
	require.Equal(t, []string{"1000"}, table(t, conn, "SELECT n FROM t WHERE PK = 1"))
	require.ErrorIs(t, failure(t, conn, "COMMIT"), driver.ErrNoTransaction)
	require.ErrorIs(t, failure(t, conn, "ROLLBACK"), driver.ErrNoTransaction)

	execute(t, conn, "BEGIN READ ONLY")
	require.ErrorIs(t, failure(t, conn, "DELETE FROM t WHERE PK = 1"), driver.ErrReadOnly)
	execute(t, conn, "ROLLBACK")

	tx, err := conn.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), "BEGIN")
	require.ErrorIs(t, err, cluster.ErrTxnNested)
	_, err = tx.ExecContext(t.Context(), "COMMIT")
	require.ErrorIs(t, err, driver.ErrBeginTx)
	require.NoError(t, tx.Rollback())

	execute(t, conn, "BEGIN")
	execute(t, conn, "UPDATE t SET n = 5 WHERE PK = 1")
	require.NoError(t, conn.Raw(func(c any) error {
		return c.(sqldriver.SessionResetter).ResetSession(context.Background())
	}))
	require.Equal(t, []string{"1000"}, table(t, conn, "SELECT n FROM t WHERE PK = 1"), "ResetSession rolls back")
}

func TestShow(t *testing.T) {
	_, conn := openConn(t, nil)
	execute(t, conn, "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL, score DECIMAL(8, 2) DEFAULT 0)")
	execute(t, conn, "INSERT INTO users (id, name) VALUES (1, 'ada')")
	execute(t, conn, "CREATE INDEX users_name ON users (name)")
	execute(t, conn, "CREATE VIEW names AS SELECT name FROM users")
	for _, c := range []struct {
		query string
		rows  []string
	}{
		{"SHOW TABLES", []string{"test names VIEW 0", "test t SET 100", "test users TABLE 1"}},
		{"SHOW TABLES FROM test LIKE 'u%'", []string{"test users TABLE 1"}},
		{"SHOW VIEWS", []string{"test names SELECT name FROM users"}},
		{"SHOW COLUMNS FROM t", []string{"PK <nil> true PRIMARY <nil> <nil>", "g <nil> true <nil> <nil> g", "n <nil> true <nil> <nil> n"}},
		{"DESCRIBE users", []string{
			"id INTEGER false PRIMARY <nil> <nil>", "name VARCHAR(20) false <nil> <nil> name", "score DECIMAL(8, 2) true <nil> 0 score",
		}},
		{"DESCRIBE names", []string{"name VARCHAR(20) true <nil> <nil> <nil>"}},
		{"SHOW BINS FROM users", []string{"name", "score"}},
		{"SHOW INDEXES FROM users", []string{"test users users_name name STRING <nil> true"}},
		{"SHOW INDEXES FROM t", nil},
		{"SHOW INDEXES", []string{"test users users_name name STRING <nil> true"}},
		{"SHOW VARIABLES LIKE 'max%'", []string{"max_records 0 0"}},
		{"SHOW FUNCTIONS LIKE 'nullif'", nil},
		{"SHOW MODULES", nil},
		{"SELECT table_name, table_type, table_rows FROM information_schema.tables WHERE table_schema = 'test' ORDER BY 1",
			[]string{"names VIEW <nil>", "t BASE TABLE 100", "users BASE TABLE 1"}},
		{"SELECT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name = 'nothing')", []string{"false"}},
		{"SELECT EXISTS (SELECT 1 FROM INFORMATION_SCHEMA.TABLES x WHERE x.table_name = 'users')", []string{"true"}},
		{"SELECT column_name, data_type, is_nullable, column_key, character_maximum_length, numeric_scale FROM information_schema.columns " +
			"WHERE table_name = 'users' ORDER BY ordinal_position",
			[]string{"id integer NO PRI <nil> <nil>", "name varchar NO  20 <nil>", "score decimal YES  <nil> 2"}},
		{"SELECT index_name, column_name FROM information_schema.statistics ORDER BY 1", []string{"PRIMARY id", "users_name name"}},
		{"SELECT COUNT(*) FROM information_schema.views JOIN information_schema.tables USING (table_name)", []string{"1"}},
	} {
		if c.rows == nil && strings.HasPrefix(c.query, "SHOW FUNCTIONS") {
			require.Len(t, table(t, conn, c.query), 1)
			continue
		}
		require.Equal(t, c.rows, table(t, conn, c.query), c.query)
	}
	create := table(t, conn, "SHOW CREATE TABLE users")
	require.Len(t, create, 1)
	require.Contains(t, create[0], "CREATE TABLE users (id INTEGER PRIMARY KEY")
	require.Contains(t, table(t, conn, "SHOW CREATE VIEW names")[0], "CREATE VIEW names AS SELECT")
	require.Len(t, table(t, conn, "SHOW NODES"), 1)
	require.Contains(t, strings.Join(table(t, conn, "SHOW NAMESPACES"), "\n"), "test 10")
	require.Contains(t, strings.Join(table(t, conn, "SHOW SETS"), "\n"), "test t 100 ")
	table(t, conn, "SHOW JOBS")
	// The rows of information_schema are those of the moment, also in a prepared statement.
	statement, err := conn.PrepareContext(t.Context(), "SELECT COUNT(*) FROM information_schema.tables")
	require.NoError(t, err)
	defer statement.Close()
	var before, after int
	require.NoError(t, statement.QueryRow().Scan(&before))
	execute(t, conn, "CREATE TABLE another (id INTEGER PRIMARY KEY)")
	require.NoError(t, statement.QueryRow().Scan(&after))
	require.Equal(t, before+1, after)
}
