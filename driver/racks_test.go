package driver_test

import (
	"database/sql"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
)

// Reads go to the nearest rack, and to the next one if it has no node any more.
func TestReadsFromNearestRack(t *testing.T) {
	server, err := devserver.Start(devserver.Options{
		Nodes: 2, Edition: devserver.Enterprise, Namespaces: []devserver.NamespaceOptions{{Name: "test", ReplicationFactor: 2, Racks: []int{1, 2}}},
	})
	require.NoError(t, err)
	defer server.Close()
	cfg, err := driver.ParseDSN("aerospike://" + strings.Join(server.Seeds(), ",") + "/test?replica=prefer_rack&racks=2,1&tend_interval=20ms")
	require.NoError(t, err)
	cfg.Dial = server.Dial
	connector, err := driver.NewConnector(cfg)
	require.NoError(t, err)
	db := sql.OpenDB(connector)
	defer db.Close()
	var mu sync.Mutex
	reads := make(map[string]int)                  // by node
	_, err = db.Exec("DELETE FROM t WHERE PK = 0") // reads what is declared
	require.NoError(t, err)
	server.Inject(devserver.Fault{On: devserver.Reads, Match: func(r *devserver.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		reads[r.Node]++
		return false
	}})
	read := func() {
		for i := range 20 {
			var n int
			require.NoError(t, db.QueryRow("SELECT n FROM t WHERE PK = ?", i).Scan(&n))
			require.Equal(t, i, n)
		}
	}
	for i := range 20 {
		_, err := db.Exec("INSERT INTO t (PK, n) VALUES (?, ?)", i, i)
		require.NoError(t, err)
	}
	read()
	require.Equal(t, map[string]int{server.NodeNames()[1]: 20}, reads)
	require.NoError(t, server.KillNode(server.NodeNames()[1]))
	read()
	require.Equal(t, 20, reads[server.NodeNames()[0]])
}
