//go:build !race

package driver_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/stretchr/testify/require"
)

// A prepared INSERT of three columns allocates little more than the native command, database/sql
// included. The server is in this process and is counted in both.
func TestInsertAllocations(t *testing.T) {
	db := open(t, nil)
	client, err := driver.Client(t.Context(), db)
	require.NoError(t, err)
	stmt, err := db.Prepare("REPLACE INTO t (PK, n, s) VALUES (?, ?, ?)")
	require.NoError(t, err)
	defer stmt.Close()
	insert := func() {
		if _, err := stmt.Exec(1, 2, "x"); err != nil {
			t.Error(err)
		}
	}
	policy := &cluster.WritePolicy{SendKey: true, Exists: cluster.Replace}
	bins := protocol.Bins{{Name: "n", Value: protocol.Int(2)}, {Name: "s", Value: protocol.String("x")}}
	put := func() {
		key, err := protocol.NewKey("test", "t", 1)
		if err == nil {
			err = client.Put(t.Context(), policy, key, bins)
		}
		if err != nil {
			t.Error(err)
		}
	}
	for range 20 { // connections are opened
		insert()
		put()
	}
	const above = 7
	native := testing.AllocsPerRun(200, put)
	require.LessOrEqual(t, testing.AllocsPerRun(200, insert), native+above)
}

// An INSERT of 1,000 rows, and CopyFrom, allocate nothing for a row beyond what a native batch
// does, but a few slices for all rows.
func TestInsertRowsAllocations(t *testing.T) {
	const rows = 1000
	db := open(t, nil)
	client, err := driver.Client(t.Context(), db)
	require.NoError(t, err)
	stmt, err := db.Prepare("REPLACE INTO t (PK, n, s) VALUES (?, ?, ?)" + strings.Repeat(", (?, ?, ?)", rows-1))
	require.NoError(t, err)
	defer stmt.Close()
	args := make([]any, 3*rows)
	for i := range rows {
		args[3*i], args[3*i+1], args[3*i+2] = int64(i), int64(i), "text"
	}
	insert := func() {
		if _, err := stmt.Exec(args...); err != nil {
			t.Error(err)
		}
	}
	policy := &cluster.WritePolicy{SendKey: true, Exists: cluster.Replace}
	batch := func() {
		list := make([]cluster.BatchRow, rows)
		for i := range list {
			key := protocol.MustKey("test", "t", i)
			list[i] = cluster.PutRow(policy, key, protocol.Bins{{Name: "n", Value: protocol.Int(int64(i))}, {Name: "s", Value: protocol.String("text")}})
		}
		if _, err := client.BatchWrite(t.Context(), nil, list); err != nil {
			t.Error(err)
		}
	}
	for range 5 {
		insert()
		batch()
	}
	native := testing.AllocsPerRun(20, batch)
	require.LessOrEqual(t, testing.AllocsPerRun(20, insert), native-rows+100, "a batch allocates the bins of each row, an INSERT those of 64 rows together")

	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	copied := 0
	load := func() {
		_, err := driver.CopyFrom(t.Context(), conn, "c", []string{"PK", "n", "s"}, func(yield func([]any, error) bool) {
			row := make([]any, 3)
			for range 10 * rows {
				copied++
				row[0], row[1], row[2] = int64(copied), int64(7), "text"
				if !yield(row, nil) {
					return
				}
			}
		})
		if err != nil {
			t.Error(err)
		}
	}
	load()
	perRow := testing.AllocsPerRun(5, load) / (10 * rows)
	require.Less(t, perRow, native/rows+1, "the key of a row as an argument is one, and a new record of the server one")
}

// A row of a scan allocates what database/sql needs for its values: before Go 1.27 one for each
// number above 255 and string, the server of this process included.
func TestScanAllocations(t *testing.T) {
	const records = 10_000
	db := open(t, nil)
	client, err := driver.Client(t.Context(), db)
	require.NoError(t, err)
	bins := protocol.Bins{
		protocol.NewBin("a", "some text"), protocol.NewBin("b", "more text"), protocol.NewBin("n", 1000), protocol.NewBin("f", 1.5), protocol.NewBin("ok", true),
	}
	rows := make([]cluster.BatchRow, records)
	for i := range rows {
		rows[i] = cluster.PutRow(nil, protocol.MustKey("test", "t", i), bins)
	}
	_, err = client.BatchWrite(t.Context(), nil, rows)
	require.NoError(t, err)
	var a, b string
	var n int64
	var f float64
	var ok bool
	scan := func() {
		rows, err := db.Query("SELECT a, b, n, f, ok FROM t")
		if err != nil {
			t.Error(err)
			return
		}
		found := 0
		for rows.Next() {
			if err := rows.Scan(&a, &b, &n, &f, &ok); err != nil {
				t.Error(err)
			}
			found++
		}
		if err := rows.Err(); err != nil || found != records {
			t.Errorf("%d rows, %v", found, err)
		}
	}
	scan()
	got := testing.AllocsPerRun(3, scan) / records
	t.Logf("%.3f allocations a row", got)
	require.LessOrEqual(t, got, 4.2)
}

// A prepared SELECT of one record allocates the record and its rows besides what database/sql does,
// and for each row of strings one piece of memory besides their headers.
func TestPointSelectAllocations(t *testing.T) {
	db := open(t, nil)
	execute(t, db, "INSERT INTO t (PK, a, b, c, d, s, u) VALUES (1, 1, 2, 3, 4, 'a text', 'another text')")
	constants := sql.OpenDB(constantConnector{})
	defer constants.Close()
	constant, err := constants.Prepare("")
	require.NoError(t, err)
	defer constant.Close()
	var w, x, y, z int
	var s, u string
	ofSQL := testing.AllocsPerRun(200, func() {
		if err := constant.QueryRow(1).Scan(&w, &x, &y, &z); err != nil {
			t.Error(err)
		}
	})
	selects := func(columns string, dest ...any) float64 {
		stmt, err := db.Prepare("SELECT " + columns + " FROM t WHERE PK = ?")
		require.NoError(t, err)
		defer stmt.Close()
		return testing.AllocsPerRun(200, func() {
			if err := stmt.QueryRow(1).Scan(dest...); err != nil {
				t.Error(err)
			}
		})
	}
	require.LessOrEqual(t, selects("a, b, c, d", &w, &x, &y, &z), min(ofSQL+2, 12))
	require.LessOrEqual(t, selects("s, u", &s, &u), min(ofSQL+5, 15))
}
