package integration

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/exec"
)

// The tests of this file are the features of writing with SQL, one test for each, as those of
// matrix_test.go are for reading.

// onServers reports that each EXPLAIN says that one command does all.
func (sh *shell) onServers(statements ...string) {
	sh.t.Helper()
	for _, s := range statements {
		plan := sh.plan(s)
		require.NotContains(sh.t, plan, "guard:", s)
		require.NotContains(sh.t, plan, "read and", s)
	}
}

func TestMatrixAtomicUpdates(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.exec(1, "INSERT INTO $t (PK, n, s, tags, m) VALUES (1, 5, 'a', ARRAY['x', 'y'], MAP{'k': MAP{'x': 1}})")
		sh.onServers("UPDATE $t SET n = n + 1, s = s || 'b' WHERE PK = 1 AND n < 10", "UPDATE $t SET m.k.x = 5, tags[0] = 'a' WHERE PK = 1")
		sh.exec(1, "UPDATE $t SET n = n + 1, s = s || 'b' WHERE PK = 1 AND n < 10")
		sh.exec(0, "UPDATE $t SET n = n + 1 WHERE PK = 1 AND n > 10")
		sh.exec(1, "UPDATE $t SET m.k.x = 5, tags[0] = 'a', m['new'] = ? WHERE PK = 1", []int{1})
		require.Equal(t, []string{"6 ab [a y] map[k:map[x:5] new:[1]]"}, sh.query("SELECT n, s, tags, m FROM $t"))
		sh.exec(1, "UPDATE $t SET n = n * 2, s = UPPER(s) || tags[1], tags = NULL WHERE PK = 1")
		require.Equal(t, []string{"12 ABy <nil>"}, sh.query("SELECT n, s, tags FROM $t"))
		sh.exec(1, "UPDATE $t SET n = CASE WHEN n > 10 THEN 0 ELSE n END, s = (SELECT MAX(s) FROM $t) WHERE PK = 1")
		require.Equal(t, []string{"0 ABy"}, sh.query("SELECT n, s FROM $t"))
	})
}

func TestMatrixReturning(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		require.Equal(t, []string{"1 5", "2 6"}, sh.query("INSERT INTO $t (PK, n) VALUES (1, 5), (2, 6) RETURNING PK, n"))
		sh.onServers("UPDATE $t SET n = n + 1 WHERE PK = 1 RETURNING n, __generation", "DELETE FROM $t WHERE PK = 1 RETURNING n")
		require.Equal(t, []string{"6 2"}, sh.query("UPDATE $t SET n = n + 1 WHERE PK = 1 RETURNING n, __generation"))
		require.Equal(t, []string{"12"}, sh.query("UPDATE $t SET n = n * 2 WHERE PK = 1 RETURNING n"))
		require.Empty(t, sh.query("UPDATE $t SET n = 1 WHERE PK = 3 RETURNING n"))
		require.Equal(t, []string{"1 7"}, sh.query("UPSERT INTO $t (PK, n) VALUES (1, 7) RETURNING PK, n"))
		require.Equal(t, []string{"1 7"}, sh.query("DELETE FROM $t WHERE PK = 1 RETURNING PK, n"))
		require.Equal(t, []string{"6"}, sh.query("DELETE FROM $t WHERE n = 6 RETURNING n"))
		require.Equal(t, []string{"0"}, sh.query("SELECT COUNT(*) FROM $t"))
	})
}

func TestMatrixUpserts(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.exec(1, "INSERT INTO $t (PK, a, b) VALUES (1, 1, 1)")
		sh.fails(protocol.KeyExists, "INSERT INTO $t (PK, a) VALUES (1, 2)")
		sh.exec(0, "INSERT OR IGNORE INTO $t (PK, a) VALUES (1, 2)")
		sh.exec(0, "INSERT INTO $t (PK, a) VALUES (1, 2) ON CONFLICT (PK) DO NOTHING")
		sh.exec(1, "UPSERT INTO $t (PK, a) VALUES (1, 3)")
		require.Equal(t, []string{"3 1"}, sh.query("SELECT a, b FROM $t"))
		sh.exec(1, "INSERT OR REPLACE INTO $t (PK, a) VALUES (1, 4)")
		require.Equal(t, []string{"4 <nil>"}, sh.query("SELECT a, b FROM $t"))
		sh.onServers("INSERT INTO $t (PK, a) VALUES (1, 5) ON CONFLICT (PK) DO UPDATE SET a = a + excluded.a")
		sh.exec(2, "INSERT INTO $t (PK, a) VALUES (1, 5), (2, 5) ON CONFLICT (PK) DO UPDATE SET a = a + excluded.a")
		sh.exec(1, "INSERT INTO $t (PK, a) VALUES (1, 5) AS new ON DUPLICATE KEY UPDATE a = $t.a + new.a, b = 1")
		require.Equal(t, []string{"14 1", "5 <nil>"}, sh.query("SELECT a, b FROM $t ORDER BY PK"))
		sh.exec(2, "INSERT INTO $t (PK, a) SELECT PK + 10, a FROM $t")
		require.Equal(t, []string{"38"}, sh.query("SELECT SUM(a) FROM $t"))
	})
}

func TestMatrixRowTruth(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.exec(1, "INSERT INTO $t (PK, n) VALUES (2, 2)")
		err := sh.fails(protocol.KeyExists, "INSERT INTO $t (PK, n) VALUES (1, 1), (2, 2), (3, 3)")
		partial, ok := errors.AsType[*exec.PartialError](err)
		require.True(t, ok)
		require.EqualValues(t, 2, partial.RowsAffected)
		batch, ok := errors.AsType[*cluster.BatchError](err)
		require.True(t, ok)
		require.Equal(t, 1, batch.Failed)
		require.ErrorIs(t, batch.Results[1].Err, protocol.KeyExists)
		require.ErrorContains(t, err, "key 2")
		sh.exec(3, "UPDATE $t SET n = n + 1 WHERE PK IN (1, 2, 3, 4)")
		sh.exec(3, "DELETE FROM $t WHERE PK IN (1, 2, 3, 4)")
	})
}

func TestMatrixWriteOptions(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.exec(1, "INSERT INTO $t (PK, n) VALUES (1, 1) WITH (ttl = '1h', send_key = off)")
		require.Equal(t, []string{"true 1 <nil>"}, sh.query("SELECT __ttl BETWEEN 3000 AND 3600, __generation, PK FROM $t"))
		sh.exec(1, "UPDATE $t SET n = 2 WHERE PK = 1 WITH (ttl = keep, generation = 1, commit = master)")
		sh.fails(protocol.GenerationError, "UPDATE $t SET n = 3 WHERE PK = 1 WITH (generation = 1)")
		sh.fails(protocol.GenerationError, "UPDATE $t SET n = n * 2 WHERE PK = 1 WITH (generation = 1)")
		sh.exec(0, "UPDATE $t SET n = 3 WHERE PK = 1 AND __generation = 1")
		sh.exec(1, "UPDATE $t SET n = 3 WHERE PK = 1", driver.Options{"ttl": "never", "generation": 2})
		require.Equal(t, []string{"3 -1"}, sh.query("SELECT n, __ttl FROM $t"))
		sh.fails(querylang.ErrUnknownName, "DELETE FROM $t WITH (tombstone = on)")

		conn, err := sh.db.Conn(t.Context())
		require.NoError(t, err)
		defer conn.Close()
		for _, s := range []string{"SET ttl = '2h'", "SET durable_delete = off", "UPDATE $t SET n = 4 WHERE PK = 1", "RESET ttl"} {
			_, err := conn.ExecContext(t.Context(), sh.text(s))
			require.NoError(t, err, s)
		}
		require.Equal(t, []string{"true"}, sh.query("SELECT __ttl > 7000 FROM $t"))
	})
}

func TestMatrixWritesByPredicate(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(300)
		sh.exec(30, "UPDATE $t SET m = m + 100 WHERE m = 3")
		sh.exec(0, "UPDATE $t SET m = m + 100 WHERE m = 3")
		sh.exec(30, "UPDATE $t SET m = m * 2 WHERE m = 103")
		sh.exec(7, "DELETE FROM $t WHERE m = 206 LIMIT 7")
		sh.exec(2, "DELETE FROM $t ORDER BY n DESC LIMIT 2")
		require.Equal(t, []string{"291 297"}, sh.query("SELECT COUNT(*), MAX(n) FROM $t"))
		require.Contains(t, sh.plan("DELETE FROM $t WHERE m = 1 WITH (background)"), "background")
		sh.exec(30, "DELETE FROM $t WHERE m = 1 WITH (background, wait)")
		require.Len(t, sh.query("UPDATE $t SET m = 0 WITH (background)"), 1)
	})
}

func TestMatrixTransactions(t *testing.T) {
	address, _ := strongServer(t)
	db, err := sql.Open("aerospike", "aerospike://"+address+"/test")
	require.NoError(t, err)
	defer db.Close()
	sh := &shell{t, db, "accounts"}
	sh.exec(2, "INSERT INTO $t (PK, n) VALUES ('a', 100), ('b', 0)")
	tries := 0
	err = driver.Transact(t.Context(), db, nil, func(ctx context.Context) error {
		tries++
		var n int
		if err := db.QueryRowContext(ctx, "SELECT n FROM accounts WHERE PK = 'a'").Scan(&n); err != nil {
			return err
		}
		if tries == 1 { // another client changes what was read
			sh.exec(1, "UPDATE accounts SET n = 90 WHERE PK = 'a'")
		}
		for _, s := range []string{"UPDATE accounts SET n = n - 10 WHERE PK = 'a'", "UPDATE accounts SET n = n + 10 WHERE PK = 'b'"} {
			if _, err := db.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 2, tries, "a transaction that conflicts runs again")
	require.Equal(t, []string{"80", "10"}, sh.query("SELECT n FROM accounts WHERE PK IN ('a', 'b')"))
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.Exec("DELETE FROM accounts WHERE PK IN ('a', 'b')")
	require.NoError(t, err)
	_, err = tx.Exec("SAVEPOINT x")
	require.ErrorIs(t, err, querylang.ErrUnsupported)
	require.ErrorContains(t, err, "SAVEPOINT")
	require.NoError(t, tx.Rollback())
	require.Len(t, sh.query("SELECT n FROM accounts WHERE PK IN ('a', 'b')"), 2)
}

func TestMatrixBulkLoad(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		conn, err := sh.db.Conn(t.Context())
		require.NoError(t, err)
		defer conn.Close()
		n, err := driver.CopyFrom(t.Context(), conn, strings.Trim(sh.set, "`"), []string{"PK", "n"}, func(yield func([]any, error) bool) {
			for i := 0; i < 5000 && yield([]any{i, i}, nil); i++ {
			}
		})
		require.NoError(t, err)
		require.EqualValues(t, 5000, n)
		require.Equal(t, []string{fmt.Sprint(5000, 4999*2500)}, sh.query("SELECT COUNT(*), SUM(n) FROM $t"))
		sh.fails(querylang.ErrUnsupported, "COPY $t FROM 'file.csv'")
	})
}

func TestMatrixGeneratedKeys(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.declare("id INT AUTO_INCREMENT PRIMARY KEY, s TEXT")
		result, err := sh.db.ExecContext(t.Context(), sh.text("INSERT INTO $t (s) VALUES ('a')"))
		require.NoError(t, err)
		id, err := result.LastInsertId()
		require.NoError(t, err)
		require.Equal(t, []string{fmt.Sprint(id, " a")}, sh.query("SELECT id, s FROM $t"))
		ids := sh.query("INSERT INTO $t (s) VALUES ('b'), ('c') RETURNING id")
		require.Len(t, ids, 2)
		require.NotEqual(t, ids[0], ids[1])
	})
}

func TestMatrixLogsAndHooks(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		cfg, err := driver.ParseDSN(on.dsn() + "?log_statements=true&slow_statement=1h")
		require.NoError(t, err)
		var log strings.Builder
		cfg.Logger = slog.New(slog.NewTextHandler(&log, nil))
		var ended []driver.StatementResult
		cfg.OnStatement = func(ctx context.Context, _ driver.StatementInfo) (context.Context, func(driver.StatementResult)) {
			return ctx, func(r driver.StatementResult) { ended = append(ended, r) }
		}
		connector, err := driver.NewConnector(cfg)
		require.NoError(t, err)
		db := sql.OpenDB(connector)
		defer db.Close()
		_, err = db.ExecContext(t.Context(), "DELETE FROM `matrix logs` WHERE PK = 'secret'")
		require.NoError(t, err)
		require.Contains(t, log.String(), "DELETE FROM `matrix logs` WHERE PK = ?")
		require.NotContains(t, log.String(), "secret")
		require.Len(t, ended, 1)
	})
}
