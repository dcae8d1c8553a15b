//go:build !mapper_safe && !race

package mapper_test

import (
	"context"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/mapper"
)

// rowsAllocated is the number of records of TestAllocationsOfRows.
const rowsAllocated = 100_000

// TestAllocationsOfRows limits the allocations of a query for each of its records, those of the
// client and the SQL engine included: one for each string and one for the object, or with Reuse
// none. The client also allocates memory for the bins of many records at a time: that was 0.1
// allocations a record or less, those of the query itself included. The limit is 0.2.
func TestAllocationsOfRows(t *testing.T) {
	ctx := context.Background()
	client, err := cluster.Open(ctx, cluster.Config{
		Seeds: []string{startServer(t)}, Policies: cluster.Policies{Batch: cluster.BatchPolicy{TotalTimeout: cluster.NoTimeout}},
	})
	require.NoError(t, err)
	defer client.Close()
	r, err := mapper.New[tenBins](client, mapper.WithNamespace("test"))
	require.NoError(t, err)
	objects := make([]*tenBins, rowsAllocated)
	for i := range objects {
		objects[i] = &tenBins{int64(i), 42, 1000, 7, 99, "Ada Lovelace", "ada@example.org", "London", 12.5, true, [16]byte{1, 2, 3}}
	}
	require.NoError(t, r.SaveMany(ctx, objects...))
	type numbers struct {
		Age     int      `as:"age"`
		Visits  uint32   `as:"visits"`
		Balance float64  `as:"balance"`
		Active  bool     `as:"active"`
		Token   [16]byte `as:"token,blob"`
	}
	for _, c := range []struct {
		name string
		got  float64
		want float64
	}{
		{"three strings and the object", allocationsOfRow(t, r.All()), 4},
		{"Reuse: three short strings, which share memory", allocationsOfRow(t, r.All().Reuse()), 0},
		{"Reuse without strings", allocationsOfRow(t, mapper.Select[numbers](r.All()).Reuse()), 0},
	} {
		t.Logf("%s: %.3f", c.name, c.got)
		require.Less(t, c.got, c.want+0.2, c.name)
	}
}

// allocationsOfRow returns the allocations for each record of the second run of a query.
func allocationsOfRow[T any](t *testing.T, q mapper.Query[T]) float64 {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	run := func() {
		n := 0
		for _, err := range q.Rows(context.Background()) {
			require.NoError(t, err)
			n++
		}
		require.Equal(t, rowsAllocated, n)
	}
	run()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / rowsAllocated
}
