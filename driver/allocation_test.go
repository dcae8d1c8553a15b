//go:build !race

package driver_test

import (
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
