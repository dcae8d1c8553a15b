//go:build !race

package exec

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// Parts of collections that the servers return equal those that the client takes from the whole
// collections: for one key, for several, and in queries.
func TestRandomExtracts(t *testing.T) {
	server, err := devserver.Start(devserver.Options{Nodes: 1})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	checkExtracts(t, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
}

func TestRandomExtractsOnARealServer(t *testing.T) {
	addr := os.Getenv("AEROSQL_ADDR")
	if addr == "" {
		t.Skip("AEROSQL_ADDR names no server")
	}
	checkExtracts(t, cluster.Config{Seeds: strings.Split(addr, ",")})
}

func checkExtracts(t *testing.T, config cluster.Config) {
	client, err := cluster.Open(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	table := newFilterTable(t, client, rand.New(rand.NewPCG(*filterSeed, 5)))
	var digests []protocol.Value
	for digest := range table.rows {
		digests = append(digests, protocol.Blob(digest[:]))
	}
	engine := New(client, Options{})
	t.Cleanup(engine.Close)
	computed, found := 0, 0
	for i := range *filterCount / 20 {
		g := &filterGenerator{Rand: rand.New(rand.NewPCG(*filterSeed, uint64(i))), relation: filterRelation()}
		items := make([]bind.Expr, 0, 8)
		items = append(items, g.column(len(filterColumns)+int(bind.Digest)-1))
		for range 1 + g.IntN(5) {
			items = append(items, g.extract())
		}
		var where bind.Expr
		if n := []int{0, 1, 20}[g.IntN(3)]; n > 0 {
			in := &bind.In{ID: -1, X: items[0]}
			for range n {
				in.List = append(in.List, &bind.Const{Value: digests[g.IntN(len(digests))]})
			}
			where = in
		}
		for _, row := range rowsOfItems(t, engine, g.relation, items, where, &computed) {
			digest, _ := row[0].Bytes()
			env := &bind.Env{Row: table.rows[protocol.Digest(digest)], Run: &bind.Run{}}
			for j, item := range items[1:] {
				want := item.Eval(env)
				require.Equal(t, want.Kind(), row[j+1].Kind(), "filter.seed %d, %d: %s", *filterSeed, i, item)
				require.Equal(t, want.String(), row[j+1].String(), "filter.seed %d, %d: %s", *filterSeed, i, item)
				if !want.IsNil() {
					found++
				}
			}
		}
	}
	t.Logf("%d operations, %d values", computed, found)
	require.Positive(t, computed)
	require.Positive(t, found)
}

// extract draws a part of a collection.
func (g *filterGenerator) extract() bind.Expr {
	part := func() bind.Expr {
		if g.IntN(2) == 0 {
			return g.column([]int{0, 1, 8, 9}[g.IntN(4)])
		}
		return g.path()
	}
	name := []string{"", "", "", "LIST_SIZE", "MAP_SIZE", "CARDINALITY"}[g.IntN(6)]
	if name == "" {
		return g.path()
	}
	return callOf(function.Lookup(name), part())
}

// rowsOfItems runs SELECT items FROM the relation.
func rowsOfItems(t *testing.T, engine *Engine, r *bind.Relation, items []bind.Expr, where bind.Expr, computed *int) (rows [][]protocol.Value) {
	columns := make([]bind.OutputColumn, len(items))
	for i, item := range items {
		columns[i].Name = fmt.Sprint(i)
		require.NotNil(t, item)
	}
	block := &bind.Block{
		From: []bind.From{&bind.Source{Relation: r}}, Relations: []*bind.Relation{r}, Width: len(r.Columns), Where: where, Items: items,
	}
	p, err := plan.Query(&bind.Query{Body: block, Columns: columns})
	require.NoError(t, err)
	scan := p.Root.(*plan.Project).Input.(*plan.Scan)
	env := &bind.Env{Run: &bind.Run{}}
	access, err := plan.Lower(scan, env, engine.environment)
	require.NoError(t, err)
	*computed += len(access.Reads)
	result, err := engine.NewSession().Run(t.Context(), &Statement{Plan: p}, nil)
	require.NoError(t, err)
	defer result.Rows.Close()
	for {
		row := make([]protocol.Value, len(items))
		if err := result.Rows.Next(row); err == io.EOF {
			return rows
		} else {
			require.NoError(t, err)
		}
		for i := range row {
			row[i] = function.Clone(row[i])
		}
		rows = append(rows, row)
	}
}
