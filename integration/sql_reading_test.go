package integration

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// The tests of this file hold that reading has none of the faults that drivers for this server have
// had. TestSQLSafety has more of them.

// Reads of a transaction belong to it: they see what it has written, and a record that it has read
// and others change makes it fail.
func TestReadsBelongToTheTransaction(t *testing.T) {
	address, _ := strongServer(t)
	db, err := sql.Open("aerospike", "aerospike://"+address+"/test")
	require.NoError(t, err)
	defer db.Close()
	ctx := t.Context()
	_, err = db.ExecContext(ctx, "INSERT INTO t (PK, a) VALUES (1, 1), (2, 2)")
	require.NoError(t, err)

	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(ctx, "UPDATE t SET a = 10 WHERE PK = 1")
	require.NoError(t, err)
	var a int
	require.NoError(t, tx.QueryRowContext(ctx, "SELECT a FROM t WHERE PK = 1").Scan(&a))
	require.Equal(t, 10, a, "the transaction's own write")
	require.NoError(t, tx.QueryRowContext(ctx, "SELECT SUM(a) FROM t WHERE PK IN (1, 2)").Scan(&a))
	require.Equal(t, 12, a, "a batch reads within the transaction too")
	_, err = db.ExecContext(ctx, "UPDATE t SET a = 20 WHERE PK = 2")
	require.NoError(t, err)
	require.ErrorIs(t, tx.Commit(), protocol.TransactionVersionMismatch)
	require.NoError(t, db.QueryRowContext(ctx, "SELECT a FROM t WHERE PK = 1").Scan(&a))
	require.Equal(t, 1, a)
}

// A range condition uses the index that EXPLAIN names: it reads no more records than the range has,
// and scan=deny allows it. Without an index it is a scan, in EXPLAIN and for scan=deny.
func TestRangesUseTheIndexThatExplainNames(t *testing.T) {
	onEachSQL(t, "?scan=deny", func(t *testing.T, sh *shell) {
		sh.declare("id INT PRIMARY KEY, n INT, f INT")
		var rows []string
		for i := range 100 {
			rows = append(rows, fmt.Sprintf("(%d, %d, %d)", i, i, i))
		}
		sh.exec(100, "INSERT INTO $t VALUES "+strings.Join(rows, ", "))
		sh.run("CREATE INDEX ON $t (n) WAIT")
		for condition, want := range map[string]int{"n > 97": 2, "n >= 97": 3, "n < 2": 2, "n <= 2": 3, "n BETWEEN 5 AND 6": 2, "n = 5": 1, "n <> 5": 99} {
			require.Contains(t, sh.plan("SELECT id FROM $t WHERE "+condition), "index query of")
			require.Len(t, sh.query("SELECT id FROM $t WHERE "+condition), want, condition)
			analyzed := strings.Join(sh.query("EXPLAIN ANALYZE SELECT id FROM $t WHERE "+condition), "\n")
			require.Contains(t, analyzed, fmt.Sprintf(" %d record", want), condition)
		}
		for _, condition := range []string{"f <> 5", "f > 97", "f = 5"} {
			require.Contains(t, sh.plan("SELECT id FROM $t WHERE "+condition), "scan test.")
			sh.fails(querylang.ErrScanDenied, "SELECT id FROM $t WHERE "+condition)
			sh.fails(querylang.ErrScanDenied, "SELECT COUNT(*) FROM $t WHERE "+condition)
		}
	})
}

// Conditions on the key are intersected, in any order and in any form.
func TestConditionsOnTheKeyAreIntersected(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.fill(5)
		digest := protocol.MustKey("test", strings.Trim(sh.set, "`"), 2).Digest()
		for condition, want := range map[string][]string{
			"PK = 1 AND PK = 2":                         nil,
			"PK = 1 AND PK IN (1, 2)":                   {"1"},
			"PK IN (1, 2) AND PK IN (2, 3)":             {"2"},
			"PK IN (1, 2) AND PK <> 1":                  {"2"},
			"PK IN (1, 2) AND NOT PK = 2":               {"1"},
			"n > 0 AND PK IN (0, 1)":                    {"1"},
			"(PK = 1 OR PK = 2) AND (PK = 2 OR PK = 3)": {"2"},
			"__digest = $1 AND PK IN (1, 2)":            {"2"},
			"PK IN (1, 2) AND __digest = $1":            {"2"},
			"PK = 1 AND __digest = $1":                  nil,
		} {
			var args []any
			if strings.Contains(condition, "$1") {
				args = append(args, digest[:])
			}
			require.ElementsMatch(t, want, sh.query("SELECT n FROM $t WHERE "+condition, args...), condition)
		}
	})
}

// The columns of a comparison are columns, and each element of a list has its own kind.
func TestComparisonsKeepTheirKinds(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		sh.exec(3, "INSERT INTO $t (PK, a, b) VALUES (1, 'b', 'x'), (2, 5, 5), (3, 2.5, 'y')")
		require.Equal(t, []string{"2"}, sh.query("SELECT PK FROM $t WHERE a = b"))
		require.Equal(t, []string{"1"}, sh.query("SELECT PK FROM $t WHERE a = 'b'"))
		require.ElementsMatch(t, []string{"1", "2", "3"}, sh.query("SELECT PK FROM $t WHERE a IN ('b', 5, 2.5)"))
		require.ElementsMatch(t, []string{"1", "2", "3"}, sh.query("SELECT PK FROM $t WHERE a IN (?)", []any{"b", 5, 2.5}))
		for _, five := range []any{5, int8(5), int16(5), int32(5), int64(5), uint32(5), 5.0} {
			require.Equal(t, []string{"2"}, sh.query("SELECT PK FROM $t WHERE a = ?", five), "%T", five)
		}
		require.Empty(t, sh.query("SELECT PK FROM $t WHERE a = ?", "5"))
	})
}

// In LIKE only % and _ have a meaning; the pattern is the whole string and the case counts.
func TestLikeIsAnchoredAndLiteral(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		texts := []string{"a.c", "abc", "xabcx", "ABC", "a\nc", "a%c", "[abc]", "a_c", `a\c`, ""}
		for i, text := range texts {
			sh.exec(1, "INSERT INTO $t (PK, s, n) VALUES (?, ?, 1)", i, text)
		}
		for pattern, want := range map[string][]string{
			"'a.c'": {"0"}, "'abc'": {"1"}, "'a_c'": {"0", "1", "4", "5", "7", "8"}, "'%b%'": {"1", "2", "6"}, "'[abc]'": {"6"},
			"'a!%c' ESCAPE '!'": {"5"}, "''": {"9"}, "'A%'": {"3"}, `'a\c'`: {"8"}, "'%'": {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
		} {
			require.ElementsMatch(t, want, sh.query("SELECT PK FROM $t WHERE s LIKE "+pattern), pattern)
			require.Len(t, sh.query("SELECT PK FROM $t WHERE s NOT LIKE "+pattern), len(texts)-len(want), pattern)
		}
		require.ElementsMatch(t, []string{"1", "3"}, sh.query("SELECT PK FROM $t WHERE s ILIKE 'aBc'"))
	})
}

// A program that reads slowly gets all rows: the servers wait for it.
func TestSlowReadersGetAllRows(t *testing.T) {
	onEachSQL(t, "?socket_timeout=1s&timeout=1s", func(t *testing.T, sh *shell) {
		filler := strings.Repeat("x", 500)
		for i := range 10 {
			var rows []string
			for j := range 500 {
				rows = append(rows, fmt.Sprintf("(%d, '%s')", 500*i+j, filler))
			}
			sh.exec(500, "INSERT INTO $t (PK, s) VALUES "+strings.Join(rows, ", "))
		}
		rows, err := sh.db.Query(sh.text("SELECT PK, s FROM $t"))
		require.NoError(t, err)
		defer rows.Close()
		n := 0
		for rows.Next() {
			if n++; n == 10 {
				time.Sleep(2 * time.Second) // longer than all timeouts
			}
		}
		require.NoError(t, rows.Err())
		require.Equal(t, 5000, n)
	})
}

// All connections of a database share one client, and closing a connection does not close it.
func TestConnectionsShareOneClient(t *testing.T) {
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		var clients []*cluster.Client
		for range 3 {
			conn, err := sh.db.Conn(t.Context())
			require.NoError(t, err)
			require.NoError(t, driver.FromConn(conn, func(c *cluster.Client) error {
				clients = append(clients, c)
				return nil
			}))
			require.NoError(t, conn.Close())
		}
		shared, err := driver.Client(t.Context(), sh.db)
		require.NoError(t, err)
		for _, c := range clients {
			require.Same(t, shared, c)
		}
		sh.fill(1)
		require.Equal(t, []string{"1"}, sh.query("SELECT COUNT(*) FROM $t"))
	})
}

// A column can be selected whether a sample has shown it or not, and SELECT * loses nothing in
// silence: a row with a bin that it did not know is an error that names the bin.
func TestColumnsOutsideTheSample(t *testing.T) {
	test := func(t *testing.T, sh *shell) {
		sh.fill(3)
		require.Len(t, sh.query("SELECT * FROM $t"), 3)
		client, err := driver.Client(t.Context(), sh.db)
		require.NoError(t, err)
		key := protocol.MustKey("test", strings.Trim(sh.set, "`"), "late")
		require.NoError(t, client.Put(t.Context(), nil, key, protocol.Bins{{Name: "late", Value: protocol.Int(7)}}))
		require.Equal(t, []string{"7"}, sh.query("SELECT late FROM $t WHERE late > 0"))
	}
	onEachSQL(t, "", func(t *testing.T, sh *shell) {
		test(t, sh)
		rows, err := sh.db.Query(sh.text("SELECT * FROM $t"))
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
		}
		require.ErrorContains(t, rows.Err(), "late")
		require.Contains(t, sh.query("SELECT * FROM $t WHERE late = 7")[0], "7", "the next run has the column")
	})
	onEachSQL(t, "?late_bins=ignore", func(t *testing.T, sh *shell) {
		test(t, sh)
		require.Len(t, sh.query("SELECT * FROM $t"), 4)
	})
}

// A condition of a SELECT has the same answer when nothing is left to the servers.
func TestAnswersDoNotDependOnPushDown(t *testing.T) {
	conditions := []string{
		"a = 5", "a <> 5", "NOT a > 1", "a IN (5, '5')", "a NOT IN (5, NULL)", "a IS NULL", "a LIKE '5%'", "a BETWEEN 1 AND 9",
		"(a = 5) IS NOT TRUE", "a = b", "a + b > 5", "a % 2 = 1", "a / 0 = 1", "a CONTAINS 5", "a[0] = 5", "a", "NOT a",
	}
	on := startOn(t, devserver.Options{})
	var want []string
	for _, rules := range []string{"", "?disable_rules=filter", "?disable_rules=filter,index,union,intersection,projection,key,limit"} {
		db, err := sql.Open("aerospike", on.dsn()+rules)
		require.NoError(t, err)
		defer db.Close()
		sh := &shell{t, db, "pushed"}
		if rules == "" {
			for i, v := range []any{5, 5.0, "5", true, []byte("5"), []int{5}, map[string]int{"5": 5}, nil, 4, -5.5, "55", false} {
				sh.exec(1, "INSERT INTO $t (PK, a, b) VALUES (?, ?, 5)", i, v)
			}
		}
		for i, condition := range conditions {
			got := fmt.Sprint(sh.query("SELECT PK FROM $t WHERE " + condition + " ORDER BY PK"))
			if rules == "" {
				want = append(want, got)
			}
			require.Equal(t, want[i], got, "%s %s", condition, rules)
		}
	}
}
