package driver_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// native calls run with the client of a database.
func native(t testing.TB, db *sql.DB, run func(*cluster.Client) error) {
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, driver.FromConn(conn, run))
}

// The order of the conditions does not matter. PK is the stored user key, also for records selected
// by digest.
func TestDigestAndKeyConditions(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "INSERT INTO t (PK, a, s) VALUES (3, 1, 'x'), ('text', 2, 'y'), (X'00ff', 3, 'z'), (4, 4, 'u')")
	digests := map[int][]byte{}
	rows, err := db.Query("SELECT a, __digest FROM t")
	require.NoError(t, err)
	for rows.Next() {
		var a int
		var digest []byte
		require.NoError(t, rows.Scan(&a, &digest))
		digests[a] = digest
	}
	require.NoError(t, rows.Err())
	require.Len(t, digests, 4)

	for where, want := range map[string]int{
		"PK = 3 AND __digest = ?": 1, "__digest = ? AND PK = 3": 1, "__digest = ? AND PK IN (3, 4)": 1, "PK IN (4, 3) AND __digest = ?": 1,
		"__digest IN (?) AND PK = 3": 1, "__digest = ? AND PK = 4": 0, "PK = 4 AND __digest = ?": 0, "__digest = ? AND PK <> 4": 1,
		"__digest = ? AND PK > 2 AND s = 'x'": 1, "__digest = ? AND PK > 3": 0, "NOT PK = 4 AND __digest = ?": 1, "__digest = ? AND NOT a = 1": 0,
	} {
		var n int
		require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM t WHERE "+where, digests[1]).Scan(&n), where)
		require.Equal(t, want, n, where)
	}
	for _, where := range []string{"PK = 3 AND __digest = ?", "__digest = ? AND PK = 3", "__digest = ? AND PK IN (3, 4)"} {
		require.EqualValues(t, 1, execute(t, db, "UPDATE t SET b = 1 WHERE "+where, digests[1]), where)
	}
	for a, want := range map[int]any{1: int64(3), 2: "text", 3: []byte{0, 0xff}} {
		for _, query := range []string{
			"SELECT PK, s FROM t WHERE __digest = ?", "SELECT PK, * FROM t WHERE __digest IN (?) AND a < 4", "SELECT PK FROM t WHERE __digest = ?",
		} {
			rows, err := db.Query(query, digests[a])
			require.NoError(t, err)
			columns, err := rows.Columns()
			require.NoError(t, err)
			require.NotContains(t, columns, "\x01key int")
			require.True(t, rows.Next(), query)
			dest := make([]any, len(columns))
			for i := range dest {
				dest[i] = new(any)
			}
			require.NoError(t, rows.Scan(dest...))
			require.Equal(t, want, *dest[0].(*any), query)
			require.False(t, rows.Next())
		}
	}
	require.ErrorIs(t, db.QueryRow("SELECT PK FROM t WHERE __digest = ?", make([]byte, 20)).Scan(new(any)), sql.ErrNoRows)
}

// A record without a stored user key is found by both conditions together. PK is NULL if it is
// selected by digest only.
func TestDigestOfRecordWithoutUserKey(t *testing.T) {
	db := open(t, func(c *driver.Config) { c.NoSendKey = true })
	execute(t, db, "INSERT INTO t (PK, a) VALUES (3, 1)")
	digest := protocol.MustKey("test", "t", 3).Digest()
	for _, where := range []string{"PK = 3 AND __digest = ?", "__digest = ? AND PK = 3", "__digest = ? AND PK IN (3)"} {
		var pk any
		require.NoError(t, db.QueryRow("SELECT PK FROM t WHERE "+where, digest[:]).Scan(&pk), where)
		require.Equal(t, int64(3), pk)
	}
	var pk any
	require.NoError(t, db.QueryRow("SELECT PK FROM t WHERE __digest = ?", digest[:]).Scan(&pk))
	require.Nil(t, pk)
}

// The table NULL has the records without a set, and no others.
func TestRecordsWithoutASet(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "INSERT INTO t (PK, a) VALUES (1, 1)")
	execute(t, db, "INSERT INTO NULL (PK, a) VALUES (1, 10), (2, 20)")
	native(t, db, func(client *cluster.Client) error {
		rec, err := client.Get(t.Context(), nil, protocol.MustKey("test", "", 2))
		require.NoError(t, err)
		require.Equal(t, map[string]any{"a": int64(20)}, rec.Bins.Map())
		return client.Put(t.Context(), &cluster.WritePolicy{SendKey: true}, protocol.MustKey("test", "", 3), protocol.BinsOf(map[string]any{"a": 30}))
	})
	count := func(from string) (n int) {
		require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM "+from).Scan(&n), from)
		return n
	}
	require.Equal(t, 3, count("NULL"))
	require.Equal(t, 3, count("test.NULL"))
	require.Equal(t, 1, count("test.NULL WHERE a > 20"))
	require.Equal(t, 1, count("NULL WHERE `NULL`.a > 20"))
	require.Equal(t, 1, count("NULL AS d WHERE d.PK = 2"))
	require.Equal(t, 1, count("t"))
	var set string
	require.NoError(t, db.QueryRow("SELECT __set FROM NULL LIMIT 1").Scan(&set))
	require.Empty(t, set)
	require.EqualValues(t, 3, execute(t, db, "UPDATE NULL SET b = 1"))
	require.EqualValues(t, 1, execute(t, db, "DELETE FROM NULL WHERE PK = 1"))
	_, err := db.Exec("TRUNCATE TABLE NULL")
	require.ErrorIs(t, err, querylang.ErrUnsupported)
	require.EqualValues(t, 2, execute(t, db, "DELETE FROM NULL"))
	require.Equal(t, 1, count("t"))
	rows, err := db.Query("EXPLAIN SELECT a FROM NULL")
	require.NoError(t, err)
	defer rows.Close()
	var plan []string
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		plan = append(plan, line)
	}
	require.NoError(t, rows.Err())
	require.Contains(t, strings.Join(plan, "\n"), "scan the records of test without a set")
}
