package sqlcompare

import (
	"database/sql"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/mem"
	"github.com/aerosql/aerosql/driver"
)

// TestUnionReads holds that ranges of an index joined by OR read only the records in them.
func TestUnionReads(t *testing.T) {
	server, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	remove, err := mem.Share("reads", server)
	require.NoError(t, err)
	t.Cleanup(remove)
	db := open(t, "aerospike", "aerospike+mem://reads/test?index_numbers=integers")
	for pk := range 1000 {
		_, err := db.Exec("INSERT INTO t (PK, a, b) VALUES (?, ?, ?)", pk, pk, pk%100)
		require.NoError(t, err)
	}
	before := recordsRead(t, db)
	rows, err := rowsOf(db, "SELECT PK FROM t WHERE b = 3", false, form{})
	require.NoError(t, err)
	require.Len(t, rows, 10)
	require.Equal(t, 1000, recordsRead(t, db)-before, "the counter must see a scan")
	for _, column := range []string{"a", "b"} {
		_, err := db.Exec("CREATE INDEX t" + column + " ON t (" + column + ") TYPE NUMERIC WAIT")
		require.NoError(t, err)
	}
	for _, test := range []struct {
		where      string
		rows, most int
	}{
		{"a = 5", 1, 1},
		{"a IN (1, 2, 3)", 3, 3},
		{"a BETWEEN 10 AND 19 OR a BETWEEN 500 AND 509", 20, 20},
		{"a BETWEEN 10 AND 19 OR a BETWEEN 15 AND 24", 15, 20},
		{"a = 7 OR b = 7", 10, 11},
		{"a < 3 OR a > 997", 5, 5},
		{"a = 1 OR a = 1", 1, 1},
	} {
		t.Run(test.where, func(t *testing.T) {
			before := recordsRead(t, db)
			rows, err := rowsOf(db, "SELECT PK FROM t WHERE "+test.where, false, form{})
			require.NoError(t, err)
			require.Len(t, rows, test.rows)
			require.LessOrEqual(t, recordsRead(t, db)-before, test.most)
		})
	}
}

var counters = regexp.MustCompile(`recs-(?:succeeded|filtered-bins)=(\d+)`)

// recordsRead returns the number of records that the queries of the server have read so far.
func recordsRead(t *testing.T, db *sql.DB) (n int) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, driver.FromConn(conn, func(c *cluster.Client) error {
		values, err := c.Info(t.Context(), nil, "query-show")
		for _, match := range counters.FindAllStringSubmatch(values["query-show"], -1) {
			count, _ := strconv.Atoi(match[1])
			n += count
		}
		return err
	}))
	return n
}
