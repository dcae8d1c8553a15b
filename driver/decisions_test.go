package driver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang"
)

// A number that is added to a time has no unit. A parameter can be a time.Duration.
func TestNumberBesideTimestampIsRefused(t *testing.T) {
	db := open(t, nil)
	for _, text := range []string{
		"SELECT NOW() + 1", "SELECT 1 + NOW()", "SELECT DATE '2026-01-02' - 1", "SELECT PK FROM t WHERE __last_update > NOW() - 3600",
	} {
		_, err := db.Query(text)
		require.ErrorIs(t, err, querylang.ErrType, text)
		require.ErrorContains(t, err, "INTERVAL '1' SECOND", text)
	}
	for _, text := range []string{
		"SELECT NOW() + INTERVAL '1' DAY > NOW() - ?", "SELECT NOW() - TIMESTAMP '2026-01-02 03:04:05' > ?", "SELECT DATE_ADD(NOW(), 0, ?) IS NOT NULL",
	} {
		require.Equal(t, []string{"true"}, table(t, db, text, 5), text)
	}
}

// WITH can stand before a statement that writes, as in PostgreSQL and SQLite.
func TestWithBeforeWrite(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "INSERT INTO src (PK, a) VALUES (1, 10), (2, 20), (3, 30)")
	execute(t, db, "WITH x AS (SELECT a FROM src WHERE a > 10), y AS (SELECT a FROM x) INSERT INTO dst (PK, b) SELECT a, a + 1 FROM y")
	require.Equal(t, []string{"20 21", "30 31"}, table(t, db, "SELECT PK, b FROM dst ORDER BY PK"))
	execute(t, db, "WITH x AS (SELECT MAX(a) AS most FROM src) UPSERT INTO dst (PK, b) VALUES (40, (SELECT most FROM x))")
	execute(t, db, "WITH x AS (SELECT MAX(a) AS most FROM src) UPDATE dst SET b = (SELECT most FROM x) + 1 WHERE b < (SELECT most FROM x)")
	require.Equal(t, []string{"20 31", "30 31", "40 30"}, table(t, db, "SELECT PK, b FROM dst ORDER BY PK"))
	execute(t, db, "WITH x AS (SELECT a FROM src WHERE a < 30) DELETE FROM dst WHERE PK IN (SELECT a FROM x)")
	require.Equal(t, []string{"30", "40"}, table(t, db, "SELECT PK FROM dst ORDER BY PK"))
	_, err := db.Exec("WITH x AS (SELECT a FROM src) DELETE FROM dst")
	require.ErrorContains(t, err, "read its tables in INSERT ... SELECT or in a subquery")
}

func TestMistypedShow(t *testing.T) {
	db := open(t, nil)
	for text, want := range map[string]string{"SHOW TABELS": "SHOW TABLES", "SHOW INDEXS FROM t": "SHOW INDEXES", "SHOW user": "SHOW USERS"} {
		_, err := db.Query(text)
		require.ErrorContains(t, err, "did you mean "+want+"?", text)
	}
}

// Names of sets are case-sensitive. A record is not written beside the table that is meant.
func TestInsertBesideTableOfOtherCase(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "CREATE TABLE Mixed (id INT PRIMARY KEY, a INT)")
	_, err := db.Exec("INSERT INTO mixed (PK, a) VALUES (1, 2)")
	require.ErrorIs(t, err, querylang.ErrUnknownName)
	require.ErrorContains(t, err, "there is no table mixed, but one is called Mixed")
	execute(t, db, "INSERT INTO Mixed (id, a) VALUES (1, 2)")
	execute(t, db, "INSERT INTO `mixed` (PK, a) VALUES (1, 3)")
	require.Equal(t, []string{"2"}, table(t, db, "SELECT a FROM Mixed"))
}
