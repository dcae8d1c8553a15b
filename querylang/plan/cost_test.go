package plan

import (
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// longConditions returns conditions of n parts.
func longConditions(r *bind.Relation, n int) map[string]bind.Expr {
	a, d, pk := columnOf(r, columnA), columnOf(r, columnD), columnOf(r, columnPK)
	in, keys := &bind.In{X: d}, &bind.In{X: pk, ByKey: true}
	or, and := &bind.Logic{Op: ast.OpOr}, &bind.Logic{Op: ast.OpAnd}
	keyOr, keyAnd := &bind.Logic{Op: ast.OpOr}, &bind.Logic{Op: ast.OpAnd}
	var joined bind.Expr = constOf(protocol.String("x"))
	for i := range n {
		v := intConst(int64(3 * i))
		in.List, keys.List = append(in.List, v), append(keys.List, v)
		or.Operands = append(or.Operands, &bind.Compare{Op: ast.OpEqual, X: d, Y: v})
		and.Operands = append(and.Operands, &bind.Compare{Op: ast.OpNotEqual, X: a, Y: v})
		keyOr.Operands = append(keyOr.Operands, &bind.Compare{Op: ast.OpEqual, X: pk, Y: v, ByKey: true})
		keyAnd.Operands = append(keyAnd.Operands, &bind.Compare{Op: ast.OpNotEqual, X: pk, Y: v, ByKey: true})
		joined = &bind.Arithmetic{Op: ast.OpConcat, X: joined, Y: constOf(protocol.String("y"))}
	}
	return map[string]bind.Expr{
		"in": in, "keys": keys, "or": or, "and": and, "key or": keyOr, "key and": keyAnd,
		"joined": &bind.Compare{Op: ast.OpEqual, X: columnOf(r, columnB), Y: joined},
	}
}

// TestPlanningIsLinear plans and lowers long conditions. The memory that it takes grows with the
// length, not with its square.
func TestPlanningIsLinear(t *testing.T) {
	r := testRelation()
	bytes := func(where bind.Expr) float64 {
		var start, end runtime.MemStats
		runtime.ReadMemStats(&start)
		items := []bind.Expr{columnOf(r, columnA)}
		p, err := Query(&bind.Query{Body: &bind.Block{From: []bind.From{&bind.Source{Relation: r}}, Where: where, Items: items}})
		require.NoError(t, err)
		scan := p.Root.(*Project).Input.(*Scan)
		_, err = Lower(scan, testEnv(), &fakeEnvironment{indexes: testIndexes(), records: 1_000_000})
		require.NoError(t, err)
		runtime.ReadMemStats(&end)
		return float64(end.TotalAlloc - start.TotalAlloc)
	}
	short, long := longConditions(r, 1000), longConditions(r, 8000)
	for name := range short {
		require.Less(t, bytes(long[name]), 16*bytes(short[name])+1<<20, name)
	}
}

// Ranges of one index don't have the entries in the gaps between them.
func TestEstimateAll(t *testing.T) {
	index := Index{Name: "i", Type: NumericIndex, Entries: 1000, PerValue: 1}
	c := &chooser{records: 1000}
	for _, test := range []struct {
		ranges [][2]int64
		want   float64
	}{
		{[][2]int64{{5, 5}}, 1},
		{[][2]int64{{1, 2}, {4, 4}}, 3},
		{[][2]int64{{math.MinInt64, 2}}, 500},
		{[][2]int64{{math.MinInt64, 2}, {900, math.MaxInt64}}, 750},
		{[][2]int64{{math.MinInt64, 2}, {4, math.MaxInt64}}, 999},
	} {
		var ranges []IndexRange
		for _, r := range test.ranges {
			ranges = append(ranges, IndexRange{Index: index, Begin: protocol.Int(r[0]), End: protocol.Int(r[1])})
		}
		require.InDelta(t, test.want, c.estimateAll(ranges), 0.001, "%v", test.ranges)
	}
}
