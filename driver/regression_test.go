package driver_test

import (
	"database/sql"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// Regression tests for mistakes of other SQL layers for Aerospike.

// keys returns the integer keys that a query selects.
func keys(t *testing.T, db *sql.DB, where string, args ...any) (found []int) {
	rows, err := db.Query("SELECT PK FROM t WHERE "+where, args...)
	require.NoError(t, err, where)
	defer rows.Close()
	for rows.Next() {
		var key int
		require.NoError(t, rows.Scan(&key))
		found = append(found, key)
	}
	require.NoError(t, rows.Err())
	return found
}

func TestRegressionUpdateByKeyKeepsItsConditions(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "INSERT INTO t (PK, a, b) VALUES (1, 0, 4)")
	require.Zero(t, execute(t, db, "UPDATE t SET a = 1 WHERE PK = 1 AND b = 5"))
	require.Zero(t, execute(t, db, "DELETE FROM t WHERE PK = 1 AND b = 5"))
	require.Equal(t, []int{1}, keys(t, db, "a = 0"))
}

func TestRegressionInsertReportsDuplicates(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "INSERT INTO t (PK, a) VALUES (1, 1)")
	_, err := db.Exec("INSERT INTO t (PK, a) VALUES (1, 2), (2, 2)")
	require.ErrorIs(t, err, protocol.KeyExists)
	_, err = db.Exec("INSERT INTO t (PK, a) VALUES (1, 2)")
	require.ErrorIs(t, err, protocol.KeyExists)
	require.Equal(t, []int{1}, keys(t, db, "a = 1"))
}

func TestRegressionTwoKeysAreNotAUnion(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "INSERT INTO t (PK, a) VALUES (1, 1), (2, 1)")
	require.Empty(t, keys(t, db, "PK = 1 AND PK = 2"))
	require.Empty(t, keys(t, db, "PK IN (1) AND PK IN (2)"))
	require.Equal(t, []int{2}, keys(t, db, "PK IN (1, 2) AND PK IN (2, 3)"))
}

func TestRegressionRangesAreExact(t *testing.T) {
	db := open(t, nil)
	for i := range 5 {
		execute(t, db, "INSERT INTO t (PK, a) VALUES (?, ?)", i, i)
	}
	for where, want := range map[string][]int{
		"a > 3": {4}, "a < 1": {0}, "a >= 3 AND a <> 4": {3}, "a BETWEEN 1 AND 2": {1, 2}, "NOT a BETWEEN 1 AND 4": {0}, "3 < a": {4},
	} {
		require.ElementsMatch(t, want, keys(t, db, where), where)
	}
}

func TestRegressionLikeIsNotARegularExpression(t *testing.T) {
	db := open(t, nil)
	for i, s := range []string{"abc", "a.c", "xabc", "ABC", "a%c", "a(c"} {
		execute(t, db, "INSERT INTO t (PK, s) VALUES (?, ?)", i, s)
	}
	require.ElementsMatch(t, []int{1}, keys(t, db, "s LIKE 'a.c'"))
	require.ElementsMatch(t, []int{0, 1, 4, 5}, keys(t, db, "s LIKE 'a_c'"))
	require.ElementsMatch(t, []int{0}, keys(t, db, "s LIKE 'ab%'"))
	require.ElementsMatch(t, []int{5}, keys(t, db, "s LIKE ?", "a(c"))
	require.ElementsMatch(t, []int{4}, keys(t, db, "s LIKE 'a!%c' ESCAPE '!'"))
}

func TestRegressionColumnsCompareWithColumns(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "INSERT INTO t (PK, a, b) VALUES (1, 'x', 'x'), (2, 'b', 'x')")
	require.Equal(t, []int{1}, keys(t, db, "a = b"))
	execute(t, db, "INSERT INTO t (PK, c) VALUES (3, 1), (4, 'one'), (5, 2.5)")
	require.ElementsMatch(t, []int{3, 4, 5}, keys(t, db, "c IN ('one', 1, 2.5)"), "a list can have values of several types")
	require.ElementsMatch(t, []int{3, 4}, keys(t, db, "c IN (?)", []any{1.0, "one"}))
}

func TestRegressionScansOfWritesCanBeDenied(t *testing.T) {
	db := open(t, func(c *driver.Config) { c.DenyScan = true })
	for _, query := range []string{"UPDATE t SET a = 1 WHERE b = 1", "DELETE FROM t WHERE b = 1", "DELETE FROM t", "SELECT COUNT(*) FROM t WHERE b = 1", "SELECT COUNT(*) FROM t"} {
		_, err := db.Exec(query)
		require.ErrorIs(t, err, querylang.ErrScanDenied, query)
	}
}

func TestRegressionColumnsNeedNoSchema(t *testing.T) {
	db := open(t, nil)
	for i := range 100 {
		execute(t, db, "INSERT INTO t (PK, a) VALUES (?, 1)", i)
	}
	execute(t, db, "INSERT INTO t (PK, rare) VALUES (100, 5)")
	var rare, never sql.NullInt64
	require.NoError(t, db.QueryRow("SELECT rare, never FROM t WHERE PK = 100").Scan(&rare, &never))
	require.EqualValues(t, 5, rare.Int64)
	require.False(t, never.Valid)
	require.Equal(t, []int{100}, keys(t, db, "rare = 5"))
}

func TestRegressionTwoDatabasesAreIndependent(t *testing.T) {
	first, second := open(t, nil), open(t, nil)
	for i, db := range []*sql.DB{first, second} {
		execute(t, db, "INSERT INTO t (PK, a) VALUES (1, ?)", fmt.Sprint(i))
	}
	require.NoError(t, first.Close())
	require.NoError(t, second.Ping())
}
