package driver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang"
)

// Texts that differ in literals share a plan, but their results and errors are those of each text.
func TestLiteralsOfSharedPlans(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "CREATE TABLE m (id BIGINT PRIMARY KEY, d DECIMAL(10, 2), ts TIMESTAMP)")
	execute(t, db, "INSERT INTO m (id, d, ts) VALUES (1, '1.25', '2026-01-02')")
	count := func(where string) (n int) {
		require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM m WHERE "+where).Scan(&n), where)
		return n
	}
	require.Equal(t, 1, count("ts > '2026-01-01'"))
	require.Equal(t, 0, count("ts > '2026-01-03'"))
	_, err := db.Query("SELECT COUNT(*) FROM m WHERE ts > 'yesterday'")
	require.ErrorIs(t, err, querylang.ErrType)
	require.ErrorContains(t, err, "line 1, column 35")
	require.Equal(t, 1, count("ts > '2026-01-01'"))
	require.Equal(t, 1, count("d + 0.1 = 1.35 AND d = 1.250 AND d > 1.249"))
	require.Equal(t, 1, count("d + 0.2 = 1.45 AND d = '1.25' AND d > 1.2499"))
	require.Equal(t, 1, count("d * 0.1 = 0.125 AND d <> 1.251 AND d > 1.24"))
}
