package plan

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// numberedBinder knows the tables t1 to t64, whose columns are the key aN, bN and xN.
func numberedBinder() *testBinder {
	b := &testBinder{tables: make(map[string]*bind.Table)}
	for i := 1; i <= 64; i++ {
		set := fmt.Sprint("t", i)
		integer, text := function.Type{Family: function.Integers}, function.Type{Family: function.Strings}
		b.tables[set] = &bind.Table{Namespace: "test", Set: set, Columns: []bind.TableColumn{
			{Name: fmt.Sprint("a", i), Type: integer}, {Name: fmt.Sprint("b", i), Bin: fmt.Sprint("b", i), Type: integer},
			{Name: fmt.Sprint("x", i), Bin: fmt.Sprint("x", i), Type: text},
		}}
	}
	return b
}

// crossProducts returns the number of joins of a plan without a condition.
func crossProducts(n Node) int {
	count := 0
	walkNodes(n, func(n Node) {
		if j, ok := n.(*Join); ok && j.Method == NestedLoop && len(j.On) == 0 {
			count++
		}
	})
	return count
}

// TestManyTablesAreJoinedAlongEqualities joins 64 tables that equalities connect, in random orders.
func TestManyTablesAreJoinedAlongEqualities(t *testing.T) {
	b := numberedBinder()
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 1))
		tables, conditions := r.Perm(64), []string{"a7 = 3"}
		var from []string
		for _, i := range tables {
			from = append(from, fmt.Sprint("t", i+1))
		}
		chain := r.Perm(64)
		for i := 1; i < 64; i++ {
			x, y := fmt.Sprint("b", chain[i-1]+1), fmt.Sprint("a", chain[i]+1)
			if r.IntN(2) == 0 {
				x, y = y, x
			}
			conditions = append(conditions, x+" = "+y)
		}
		r.Shuffle(len(conditions), func(i, j int) { conditions[i], conditions[j] = conditions[j], conditions[i] })
		q, err := b.parse("SELECT x1 FROM " + strings.Join(from, ", ") + " WHERE " + strings.Join(conditions, " AND "))
		require.NoError(t, err)
		start := time.Now()
		p, err := Query(q)
		require.NoError(t, err)
		t.Log(time.Since(start))
		require.Zero(t, crossProducts(p.Root))
		joins := 0
		walkNodes(p.Root, func(n Node) {
			if _, ok := n.(*Join); ok {
				joins++
			}
		})
		require.Equal(t, 63, joins)
	}
}

// TestPublishedJoins plans the joins of the published answers. They have no cross product.
func TestPublishedJoins(t *testing.T) {
	file, err := os.Open("../../../../shared/sqllogictest/select5.test.gz")
	if err != nil {
		t.Skip("the published answers are not here")
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	require.NoError(t, err)
	b := numberedBinder()
	var lines []string
	planned := 0
	for s := bufio.NewScanner(z); s.Scan(); {
		if line := s.Text(); strings.TrimSpace(line) != "" {
			lines = append(lines, line)
			continue
		}
		if end := slices.Index(lines, "----"); end > 0 && strings.HasPrefix(lines[0], "query") {
			query := strings.Join(lines[1:end], "\n")
			q, err := b.parse(query)
			require.NoError(t, err)
			p, err := Query(q)
			require.NoError(t, err)
			require.Zero(t, crossProducts(p.Root), query)
			planned++
		}
		lines = nil
	}
	require.Greater(t, planned, 700)
}

// A joinGenerator makes random FROM clauses over small tables r0, r1, ... with the columns a and b.
type joinGenerator struct {
	*rand.Rand
	relations []*bind.Relation
	rows      map[*bind.Relation][][]protocol.Value
	ids       int
}

func (g *joinGenerator) value() protocol.Value {
	if n := g.IntN(4); n > 0 {
		return protocol.Int(int64(n))
	}
	return protocol.Value{}
}

func (g *joinGenerator) source() bind.From {
	r := &bind.Relation{Name: fmt.Sprint("r", len(g.relations)), IsSet: true, Namespace: "test", Set: "t", Base: 3 * len(g.relations)}
	r.Columns = []bind.RelationColumn{
		{Name: "a", Bin: "a", Kinds: function.Any}, {Name: "b", Bin: "b", Kinds: function.Any},
		{Name: "PK", Pseudo: bind.PrimaryKey, Kinds: function.Any},
	}
	for i := range g.IntN(4) {
		g.rows[r] = append(g.rows[r], []protocol.Value{g.value(), g.value(), protocol.Int(int64(i + 1))})
	}
	g.relations = append(g.relations, r)
	return &bind.Source{Relation: r}
}

func (g *joinGenerator) column(from int) bind.Expr {
	r := g.relations[from+g.IntN(len(g.relations)-from)]
	i := [...]int{0, 0, 1, 1, 2}[g.IntN(5)]
	return &bind.Column{Relation: r, Index: i, Slot: r.Base + i, Name: r.Name + "." + r.Columns[i].Name, Can: function.Any}
}

// condition returns a condition on the relations from an index on.
func (g *joinGenerator) condition(from, depth int) bind.Expr {
	if depth > 0 {
		switch g.IntN(6) {
		case 0:
			return &bind.Logic{Op: ast.OpOr, Operands: []bind.Expr{g.condition(from, depth-1), g.condition(from, depth-1)}}
		case 1, 2, 3:
			return &bind.Logic{Op: ast.OpAnd, Operands: []bind.Expr{g.condition(from, depth-1), g.condition(from, depth-1)}}
		case 4:
			return &bind.Not{X: g.condition(from, depth-1)}
		}
	}
	switch g.IntN(12) {
	case 0:
		return &bind.Const{Value: protocol.Bool(g.IntN(4) > 0)}
	case 1:
		return &bind.Is{X: g.column(from), Test: ast.IsNull, Not: g.IntN(2) == 0}
	case 2, 3:
		return &bind.Compare{Op: ast.OpEqual, X: g.column(from), Y: &bind.Const{Value: g.value()}}
	case 4:
		return &bind.Compare{Op: ast.OpNotDistinctFrom, X: g.column(from), Y: g.column(from)}
	case 5:
		g.ids++
		return &bind.In{ID: g.ids, X: g.column(from), List: []bind.Expr{&bind.Const{Value: protocol.Int(1)}}, Not: g.IntN(2) == 0}
	case 6:
		return &bind.Compare{Op: ast.OpLess, X: g.column(from), Y: g.column(from)}
	}
	return &bind.Compare{Op: ast.OpEqual, X: g.column(from), Y: g.column(from)}
}

func (g *joinGenerator) from(depth int) bind.From {
	if depth == 0 || g.IntN(3) == 0 {
		return g.source()
	}
	first := len(g.relations)
	j := &bind.Join{Kind: []ast.JoinKind{ast.InnerJoin, ast.CrossJoin, ast.LeftJoin, ast.LeftJoin}[g.IntN(4)]}
	j.Left, j.Right = g.from(depth-1), g.from(depth-1)
	if j.Kind != ast.CrossJoin {
		j.On = g.condition(first, 2)
	}
	return j
}

// naive returns the frames of an item of FROM by its definition.
func (g *joinGenerator) naive(x bind.From, width int) [][]protocol.Value {
	j, ok := x.(*bind.Join)
	if !ok {
		return g.frames(x.(*bind.Source).Relation, width)
	}
	var result [][]protocol.Value
	right := g.naive(j.Right, width)
	for _, l := range g.naive(j.Left, width) {
		matched := false
		for _, r := range right {
			if frame := merge(l, r); j.On == nil || holdsOn(j.On, frame) {
				result, matched = append(result, frame), true
			}
		}
		if !matched && j.Kind == ast.LeftJoin {
			result = append(result, l)
		}
	}
	return result
}

func (g *joinGenerator) frames(r *bind.Relation, width int) [][]protocol.Value {
	var result [][]protocol.Value
	for _, row := range g.rows[r] {
		frame := make([]protocol.Value, width)
		copy(frame[r.Base:], row)
		result = append(result, frame)
	}
	return result
}

func merge(l, r []protocol.Value) []protocol.Value {
	frame := slices.Clone(l)
	for i, v := range r {
		if !v.IsNil() {
			frame[i] = v
		}
	}
	return frame
}

func holdsOn(e bind.Expr, frame []protocol.Value) bool {
	run := &bind.Run{Sets: make([]*function.Set, 200)}
	b, _ := e.Eval(&bind.Env{Row: frame, Run: run}).Bool()
	return b
}

func holdAll(list []bind.Expr, frame []protocol.Value) bool {
	return !slices.ContainsFunc(list, func(e bind.Expr) bool { return !holdsOn(e, frame) })
}

// run returns the frames of a node.
func (g *joinGenerator) run(n Node, width int) [][]protocol.Value {
	var result [][]protocol.Value
	switch n := n.(type) {
	case *Scan:
		for _, frame := range g.frames(n.Relation, width) {
			if holdAll(n.Conditions, frame) {
				result = append(result, frame)
			}
		}
	case *Filter:
		for _, frame := range g.run(n.Input, width) {
			if holdAll(n.Conditions, frame) {
				result = append(result, frame)
			}
		}
	case *Join:
		on := slices.Clone(n.On)
		for i := range n.LeftKeys {
			on = append(on, &bind.Compare{Op: ast.OpEqual, X: n.LeftKeys[i], Y: n.RightKeys[i]})
		}
		right := g.run(n.Right, width)
		for _, l := range g.run(n.Left, width) {
			matched := false
			for _, r := range right {
				if frame := merge(l, r); holdAll(on, frame) {
					result, matched = append(result, frame), true
				}
			}
			if !matched && n.Outer {
				result = append(result, l)
			}
		}
	}
	return result
}

func sortedFrames(frames [][]protocol.Value) []string {
	var texts []string
	for _, f := range frames {
		texts = append(texts, fmt.Sprint(f))
	}
	slices.Sort(texts)
	return texts
}

// TestJoinsKeepTheirRows plans random joins and compares the rows of the plan with those of the
// definition: conditions are checked where they may be, outer joins keep their rows.
func TestJoinsKeepTheirRows(t *testing.T) {
	some := 0
	for seed := range uint64(4000) {
		g := &joinGenerator{Rand: rand.New(rand.NewPCG(seed, 3)), rows: make(map[*bind.Relation][][]protocol.Value)}
		var from []bind.From
		for range 1 + g.IntN(3) {
			from = append(from, g.from(2))
		}
		if len(g.relations) > 5 {
			continue
		}
		width := 3 * len(g.relations)
		var where bind.Expr
		if g.IntN(4) > 0 {
			where = g.condition(0, 3)
		}
		want := [][]protocol.Value{make([]protocol.Value, width)}
		for _, x := range from {
			var next [][]protocol.Value
			for _, l := range want {
				for _, r := range g.naive(x, width) {
					next = append(next, merge(l, r))
				}
			}
			want = next
		}
		if where != nil {
			want = slices.DeleteFunc(want, func(f []protocol.Value) bool { return !holdsOn(where, f) })
		}
		f := &fromPlanner{planner: &planner{block: &Block{Subqueries: map[int]*Block{}}}}
		n, err := f.plan(from, where)
		require.NoError(t, err)
		got := g.run(n, width)
		if len(got) > 0 {
			some++
		}
		require.Equal(t, sortedFrames(want), sortedFrames(got), "seed %d where %v\n%s", seed, where,
			strings.Join((&explainer{&Analysis{}}).node(n).lines(nil, ""), "\n"))
	}
	require.Greater(t, some, 500)
}
