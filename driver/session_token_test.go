package driver_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
)

// A cursor that continues from tokens in other clients returns each record once, whatever the
// numbers of rows, on a cluster of several nodes.
func TestCursorTokensOnSeveralNodes(t *testing.T) {
	server, err := devserver.Start(devserver.Options{Nodes: 3})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	cfg := driver.Config{Seeds: server.Seeds(), Dial: server.Dial, Namespace: "test"}
	db := openConfig(t, cfg)
	execute(t, db, "CREATE TABLE numbers (id INTEGER PRIMARY KEY, n INTEGER, g INTEGER)")
	values := make([]string, 1000)
	for i := range values {
		values[i] = fmt.Sprintf("(%d, %d, %d)", i, i, i%7)
	}
	execute(t, db, "INSERT INTO numbers VALUES "+strings.Join(values, ", "))
	queries := []string{"SELECT n FROM numbers WHERE g <> 3", "SELECT n * 2 FROM numbers WHERE n >= 100 AND n < 900 AND LENGTH(CAST(n AS VARCHAR)) = 3"}
	for seed, query := range queries {
		if seed == 1 {
			execute(t, db, "CREATE INDEX numbers_n ON numbers (n)")
		}
		want := make(map[string]bool)
		conn, err := db.Conn(t.Context())
		require.NoError(t, err)
		for _, row := range table(t, conn, query) {
			want[row] = true
		}
		require.NoError(t, conn.Close())
		random := rand.New(rand.NewPCG(uint64(seed), 1))
		seen := make(map[string]bool)
		token, done := "", false
		for !done {
			conn, err := openConfig(t, cfg).Conn(t.Context())
			require.NoError(t, err)
			from := ""
			if token != "" {
				from = "FROM '" + token + "' "
			}
			execute(t, conn, "DECLARE c CURSOR "+from+"FOR "+query)
			for range 2 {
				for _, row := range table(t, conn, "FETCH ? FROM c", random.IntN(120)) {
					require.False(t, seen[row], row)
					seen[row] = true
				}
			}
			require.NoError(t, conn.QueryRowContext(t.Context(), "SHOW CURSOR c").Scan(new(string), new(int), &done, &token))
			require.NoError(t, conn.Close())
		}
		require.Equal(t, want, seen)
	}
}
