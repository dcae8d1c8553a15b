package driver_test

import (
	"database/sql"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
)

// counters are the counters of an operator in EXPLAIN (FORMAT JSON).
type counters struct {
	Records, Commands, Retries int64
	Nodes                      map[string]struct{ Records, Bytes, Commands, Retries, Nanoseconds int64 }
}

// scanOf returns the counters of the first operator that has counters of nodes.
func scanOf(document map[string]json.RawMessage, t *testing.T) *counters {
	var c counters
	if raw, ok := document["counters"]; ok {
		require.NoError(t, json.Unmarshal(raw, &c))
		if len(c.Nodes) > 0 {
			return &c
		}
	}
	var inputs []map[string]json.RawMessage
	if raw, ok := document["inputs"]; ok {
		require.NoError(t, json.Unmarshal(raw, &inputs))
	}
	for _, input := range inputs {
		if found := scanOf(input, t); found != nil {
			return found
		}
	}
	return nil
}

func analyze(t *testing.T, db *sql.DB, query string) *counters {
	var text string
	require.NoError(t, db.QueryRow("EXPLAIN ANALYZE FORMAT JSON "+query).Scan(&text))
	var document map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(text), &document))
	c := scanOf(document, t)
	require.NotNil(t, c, text)
	return c
}

func TestExplainAnalyzeCountsForEachNode(t *testing.T) {
	server, err := devserver.Start(devserver.Options{Nodes: 3})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	db := openConfig(t, driver.Config{Seeds: server.Seeds(), Dial: server.Dial, Namespace: "test"})
	for i := range 100 {
		execute(t, db, "INSERT INTO t (PK, n) VALUES (?, ?)", i, i)
	}

	scan := analyze(t, db, "SELECT n FROM t")
	require.Len(t, scan.Nodes, 3)
	require.EqualValues(t, 1, scan.Commands)
	require.Zero(t, scan.Retries)
	records := int64(0)
	for _, n := range scan.Nodes {
		records += n.Records
		require.EqualValues(t, 1, n.Commands)
		require.Positive(t, n.Bytes)
		require.Positive(t, n.Nanoseconds)
	}
	require.EqualValues(t, 100, records)

	remove := server.Inject(devserver.Fault{On: devserver.Queries, Count: 1, Do: devserver.Action{Skip: true, Reset: true}})
	scan = analyze(t, db, "SELECT n FROM t")
	remove()
	require.Positive(t, scan.Retries, "the replicas of the node's partitions are asked")
	commands, retries := int64(0), int64(0)
	records = 0
	for _, n := range scan.Nodes {
		commands += n.Commands
		retries += n.Retries
		records += n.Records
	}
	require.Equal(t, scan.Retries, retries)
	require.Equal(t, 3+retries, commands)
	require.EqualValues(t, 100, records)

	keys := analyze(t, db, "SELECT n FROM t WHERE PK IN (1, 2, 3, 4, 5, 6, 7, 8, 9, 1000)")
	records = 0
	for _, n := range keys.Nodes {
		records += n.Records
	}
	require.EqualValues(t, 9, records)
	point := analyze(t, db, "SELECT n FROM t WHERE PK = 1")
	require.Len(t, point.Nodes, 1)

	write := analyze(t, db, "UPDATE t SET n = n + 1 WHERE n < 50")
	require.Len(t, write.Nodes, 3)
	commands = 0
	for _, n := range write.Nodes {
		commands += n.Commands
	}
	require.Equal(t, write.Commands, commands)
	require.Len(t, analyze(t, db, "DELETE FROM t WHERE PK = 1").Nodes, 1)

	conn, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	text := strings.Join(table(t, conn, "EXPLAIN ANALYZE SELECT a.n FROM t a JOIN t b ON b.PK = a.n"), "\n")
	require.Equal(t, 6, strings.Count(text, "node "), text)
	require.Contains(t, text, "1 command, 0 retries")
}
