//go:build !race

package exec

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

var (
	filterSeed  = flag.Uint64("filter.seed", 1, "seed of the random filters")
	filterCount = flag.Int("filter.count", 3000, "number of random filters")
)

// filterSet is the set of the tests of filters.
const filterSet = "sqlfilter"

// A filterTable is records with random values, and their rows in a frame.
type filterTable struct {
	client   *cluster.Client
	relation *bind.Relation
	rows     map[protocol.Digest][]protocol.Value
}

// The random conditions select the same records on the servers as on the client: with an exact
// filter at once, and otherwise after the residual conditions are evaluated on what the filter lets
// pass.
func TestRandomFilters(t *testing.T) {
	server, err := devserver.Start(devserver.Options{Nodes: 1})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	checkFilters(t, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial}, *filterCount)
}

// The same on a real server, because the devserver and the client could share a mistake.
func TestRandomFiltersOnARealServer(t *testing.T) {
	addr := os.Getenv("AEROSQL_ADDR")
	if addr == "" {
		t.Skip("AEROSQL_ADDR names no server")
	}
	checkFilters(t, cluster.Config{Seeds: strings.Split(addr, ",")}, *filterCount)
}

func checkFilters(t *testing.T, config cluster.Config, count int) {
	client, err := cluster.Open(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	table := newFilterTable(t, client, rand.New(rand.NewPCG(*filterSeed, 0)))
	counts := map[string]int{}
	versions := []function.Version{{8, 1, 2}, {8, 1, 2}, {7, 0, 0}, {5, 6, 0}, {5, 2, 0}}
	for i := range count {
		g := &filterGenerator{Rand: rand.New(rand.NewPCG(*filterSeed, uint64(i)+1)), relation: table.relation}
		conditions := g.conditions()
		how, problem := table.check(t.Context(), conditions, g, versions[g.IntN(len(versions))])
		counts[how]++
		require.Empty(t, problem, "filter.seed %d, filter %d: %v", *filterSeed, i, textsOf(conditions))
	}
	t.Logf("%d filters: %v", count, counts)
	require.Greater(t, counts["exact"], count/4)
	require.Greater(t, counts["superset"], count/20)
}

func textsOf(conditions []bind.Expr) string {
	var texts []string
	for _, c := range conditions {
		texts = append(texts, c.String())
	}
	return strings.Join(texts, "  AND  ")
}

// check compares the records that the filter and the residual conditions select with those that the
// conditions do. It returns how the conditions were translated and what is wrong, or "".
func (f *filterTable) check(ctx context.Context, conditions []bind.Expr, g *filterGenerator, version function.Version) (how, problem string) {
	run := &bind.Run{Args: g.args}
	env := &bind.Env{Run: run, Outer: &bind.Env{Row: g.outer, Run: run}}
	filter, exact, residual := plan.LowerFilter(conditions, f.relation, env, version)
	switch {
	case exact != (len(residual) == 0):
		return "", fmt.Sprintf("exact is %t with %d residual conditions", exact, len(residual))
	case filter == nil && exact:
		how = "always"
	case filter == nil:
		return "not pushed", ""
	case exact:
		how = "exact"
	default:
		how = "superset"
	}
	passed := map[protocol.Digest]bool{}
	text := "(none)"
	if filter != nil {
		text = filter.Text()
		policy := &cluster.QueryPolicy{Filter: filter.Packed}
		for record, err := range f.client.Query(ctx, policy, cluster.Statement{Namespace: "test", Set: filterSet, NoBins: true}) {
			if err != nil {
				return how, fmt.Sprintf("%v for %s", err, text)
			}
			passed[record.Key.Digest()] = true
		}
	}
	for digest, row := range f.rows {
		env.Row = row
		want := matchesAll(conditions, env)
		got := filter == nil || passed[digest]
		if got && !exact {
			got = matchesAll(residual, env)
		}
		if env.Run.Err != nil {
			return how, env.Run.Err.Error()
		}
		if got != want {
			return how, fmt.Sprintf("%s\n%s filter selects %t, evaluation %t, for %v", text, how, got, want, row)
		}
	}
	return how, ""
}

func matchesAll(conditions []bind.Expr, env *bind.Env) bool {
	for _, c := range conditions {
		if !bind.Matches(c, env) {
			return false
		}
	}
	return true
}

// filterColumns are the bins of the records; a to d have any kind.
var filterColumns = []string{"a", "b", "c", "d", "n", "f", "s", "t", "l", "m"}

func filterRelation() *bind.Relation {
	r := &bind.Relation{IsSet: true, Namespace: "test", Set: filterSet, Name: "t"}
	for _, name := range filterColumns {
		r.Columns = append(r.Columns, bind.RelationColumn{Name: name, Bin: name, Kinds: function.Any})
	}
	for p := bind.PrimaryKey; p <= bind.SetName; p++ {
		r.Columns = append(r.Columns, bind.RelationColumn{Name: fmt.Sprint("pseudo", p), Pseudo: p, Kinds: function.Any})
	}
	return r
}

func newFilterTable(t *testing.T, client *cluster.Client, random *rand.Rand) *filterTable {
	f := &filterTable{client: client, relation: filterRelation(), rows: map[protocol.Digest][]protocol.Value{}}
	require.NoError(t, client.Truncate(t.Context(), nil, "test", filterSet, time.Time{}))
	for i := range 150 {
		key := protocol.MustKey("test", filterSet, i)
		if i%3 == 0 {
			key = protocol.MustKey("test", filterSet, fmt.Sprint("k", i))
		}
		v := filterValues{random}
		bins := protocol.Bins{protocol.NewBin("id", i)}
		for _, name := range filterColumns {
			if value := v.ofColumn(name); random.IntN(6) > 0 && !value.IsNil() {
				bins = append(bins, protocol.Bin{Name: name, Value: value})
			}
		}
		policy := &cluster.WritePolicy{SendKey: i%5 > 0, TTL: cluster.TTLNever}
		require.NoError(t, client.Put(t.Context(), policy, key, bins), "%v", bins)
		f.addRow(t, key)
	}
	return f
}

// addRow reads a record back, with what only expressions read.
func (f *filterTable) addRow(t *testing.T, key protocol.Key) {
	record, err := f.client.Get(t.Context(), nil, key)
	require.NoError(t, err)
	computed, err := f.client.Operate(t.Context(), nil, key,
		exp.Read("update", exp.LastUpdate(), 0), exp.Read("size", exp.RecordSize(), 0), exp.Read("key", exp.KeyExists(), 0))
	require.NoError(t, err)
	filler := newFiller(&plan.Scan{Relation: f.relation}, &plan.Access{}, false, time.Now())
	row := make([]protocol.Value, len(f.relation.Columns))
	require.NoError(t, filler.fill(row, record))
	for i, c := range f.relation.Columns {
		switch c.Pseudo {
		case bind.LastUpdate:
			row[i] = computed.Bins[0].Value
		case bind.RecordSize:
			row[i] = computed.Bins[1].Value
		case bind.PrimaryKey:
			if stored, _ := computed.Bins[2].Value.Bool(); !stored {
				row[i] = protocol.Nil()
			}
		}
	}
	f.rows[key.Digest()] = row
}

// Bins that are read by operations don't leave out the records without any of them.
func TestScanWithOperations(t *testing.T) {
	b := openBench(t, Options{})
	require.NoError(t, b.client.Put(t.Context(), nil, protocol.MustKey("test", "t", "empty"), protocol.Bins{protocol.NewBin("c", 1)}))
	scan := &plan.Scan{Relation: relation(0, "a")}
	rows, err := b.rows(scan, 1)
	require.NoError(t, err)
	require.Len(t, rows, 100)
	b.access.Operations = true
	rows, err = b.rows(scan, 1)
	require.NoError(t, err)
	require.Len(t, rows, 101)
}
