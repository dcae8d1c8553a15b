package integration

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

const (
	provenRecords = 100_000
	usualRecords  = 20_000 // for a quick run
	movedGroups   = 10     // number of values of the indexed bin g
)

// A movingCluster is a cluster whose partitions move while its records are queried.
type movingCluster struct {
	records        int
	server         *devserver.Server
	client         *cluster.Client
	queries, moves int
}

// retries returns the number of repeated requests to nodes.
func (m *movingCluster) retries() (n int64) {
	for _, node := range m.client.Metrics().Nodes {
		n += node.Namespaces["test"].Retries
	}
	return n
}

// TestQueriesDuringMoves queries the records of a cluster of three nodes while partitions move at
// random. Each query must return each matching record exactly once, over the primary index and over
// secondary indexes, in one call and in pages with cursors that are saved and loaded. AEROSQL_MOVES
// is the number of seeds to try with 100,000 records, and AEROSQL_MOVES_FROM the first seed.
// Without it the test runs one seed with fewer records.
func TestQueriesDuringMoves(t *testing.T) {
	if os.Getenv("AEROSQL_ADDR") != "" {
		t.Skip("the test cannot move partitions of a real server")
	}
	seeds, from := environmentNumber(t, "AEROSQL_MOVES", 1), environmentNumber(t, "AEROSQL_MOVES_FROM", 1)
	records := usualRecords
	if os.Getenv("AEROSQL_MOVES") != "" {
		records = provenRecords
	}
	m := startMoving(t, records)
	for seed := from; seed < from+seeds; seed++ {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { m.query(t, seed) })
	}
	retries := m.retries()
	t.Logf("%d queries of %d records during %d partition moves; %d repeated requests", m.queries, m.records, m.moves, retries)
	require.Positive(t, retries, "the moves have disturbed no query")
}

func environmentNumber(t *testing.T, name string, otherwise uint64) uint64 {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 32)
	require.NoError(t, err, name)
	return n
}

func startMoving(t *testing.T, records int) *movingCluster {
	server, err := devserver.Start(devserver.Options{Nodes: 3, MigrateEvery: devserver.MigrateManually})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, TendInterval: 100 * time.Millisecond, Metrics: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	m := &movingCluster{records: records, server: server, client: client}
	for _, index := range []admin.Index{
		{Namespace: "test", Set: "moved", Name: "n", Bin: "n", Type: admin.IndexNumeric},
		{Namespace: "test", Set: "moved", Name: "g", Bin: "g", Type: admin.IndexNumeric},
		{Namespace: "test", Set: "moved", Name: "l", Bin: "l", Type: admin.IndexNumeric, Collection: cluster.IndexList},
	} {
		task, err := admin.New(client).CreateIndex(t.Context(), nil, index)
		require.NoError(t, err)
		require.NoError(t, task.Wait(t.Context()))
	}
	const rows = 5000
	for i := 0; i < records; i += rows {
		batch := make([]cluster.BatchRow, rows)
		for j := range batch {
			batch[j] = cluster.PutRow(nil, protocol.MustKey("test", "moved", i+j), movedBins(i+j))
		}
		_, err := client.BatchWrite(t.Context(), &cluster.BatchPolicy{TotalTimeout: time.Minute}, batch)
		require.NoError(t, err)
	}
	return m
}

// movedBins returns the bins of record n: its number, its group, and a list of two groups.
func movedBins(n int) protocol.Bins {
	group := n % movedGroups
	return protocol.Bins{
		protocol.NewBin("n", n), protocol.NewBin("g", group), protocol.NewBin("l", []any{group, (group + 1) % movedGroups}),
	}
}

// query runs every kind of query while partitions move as the seed determines.
func (m *movingCluster) query(t *testing.T, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	all := int64(m.records)
	half := rng.Int64N(all)
	first := rng.Int64N(movedGroups)
	inGroup := func(n int64) bool { return n%movedGroups >= first }
	inList := func(n int64) bool { return inGroup(n) || inGroup(n+1) }
	for _, q := range []struct {
		name   string
		filter cluster.Filter
		wanted func(n int64) bool
		page   int64
	}{
		{"scan", cluster.Filter{}, func(int64) bool { return true }, 0},
		{"scan in pages", cluster.Filter{}, func(int64) bool { return true }, all/100 + rng.Int64N(all/11)},
		{"index", cluster.FilterRange("n", half, all), func(n int64) bool { return n >= half }, 0},
		{"index in pages", cluster.FilterRange("g", first, movedGroups), inGroup, all/100 + rng.Int64N(all/11)},
		{"list", cluster.FilterContainsRange("l", cluster.IndexList, first, movedGroups), inList, 0},
		{"list in pages", cluster.FilterContainsRange("l", cluster.IndexList, first, movedGroups), inList, all/20 + rng.Int64N(all/7)},
	} {
		t.Run(q.name, func(t *testing.T) {
			m.queries++
			stop := m.move(t, rng.Uint64())
			defer stop()
			seen := make([]bool, m.records)
			count := 0
			for n := range m.find(t, cluster.Statement{Namespace: "test", Set: "moved", Bins: []string{"n"}, Filter: q.filter}, q.page) {
				require.True(t, q.wanted(n), "%d was not asked for", n)
				require.False(t, seen[n], "%d came twice", n)
				seen[n] = true
				count++
			}
			wanted := 0
			for n := range all {
				if q.wanted(n) {
					wanted++
				}
			}
			require.Equal(t, wanted, count)
		})
	}
}

// find returns an iterator over the numbers of the records that a query finds, in one call or in
// pages. Between pages the cursor is saved and loaded.
func (m *movingCluster) find(t *testing.T, stmt cluster.Statement, page int64) func(func(int64) bool) {
	return func(yield func(int64) bool) {
		cursor, err := cluster.NewCursor(cluster.AllPartitions())
		require.NoError(t, err)
		for !cursor.Done() {
			for rec, err := range m.client.QueryFrom(t.Context(), &cluster.QueryPolicy{MaxRecords: page}, stmt, cursor) {
				require.NoError(t, err)
				n, ok := rec.Bins[0].Value.Int()
				require.True(t, ok)
				if !yield(n) {
					return
				}
			}
			saved, err := cursor.MarshalBinary()
			require.NoError(t, err)
			cursor = new(cluster.Cursor)
			require.NoError(t, cursor.UnmarshalBinary(saved))
		}
	}
}

// moveEvery is the pause between two bursts of moves.
const moveEvery = 2 * time.Millisecond

// move moves and migrates partitions at random until stop is called.
func (m *movingCluster) move(t *testing.T, seed uint64) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var mover sync.WaitGroup
	mover.Go(func() {
		rng := rand.New(rand.NewPCG(seed, 0))
		ticker := time.NewTicker(moveEvery)
		defer ticker.Stop()
		for ctx.Err() == nil {
			n := rng.IntN(8)
			m.moves += n
			if err := m.server.MovePartitions("test", n, rng); err != nil {
				t.Error(err)
			}
			m.server.Migrate(1 + rng.IntN(8))
			select {
			case <-ticker.C:
			case <-ctx.Done():
			}
		}
	})
	return func() {
		cancel()
		mover.Wait()
	}
}
