package plan

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

var update = flag.Bool("update", false, "write the golden files")

func goldenBinder() *testBinder {
	integer, text := function.Type{Family: function.Integers, Name: "INTEGER"}, function.Type{Family: function.Strings, Name: "VARCHAR"}
	table := func(set string, key int, columns ...bind.TableColumn) *bind.Table {
		return &bind.Table{Namespace: "test", Set: set, Columns: columns, Key: key}
	}
	column := func(name string, t function.Type) bind.TableColumn {
		return bind.TableColumn{Name: name, Bin: name, Type: t}
	}
	return &testBinder{
		tables: map[string]*bind.Table{
			"users":  table("users", 0, column("id", integer), column("name", text), column("age", integer), column("city", text)),
			"orders": table("orders", 0, column("oid", integer), column("uid", integer), column("total", integer), column("state", text)),
			"stock":  {Namespace: "test", Set: "stock", Key: -1, KeyColumns: []int{0, 1}, Columns: []bind.TableColumn{column("sku", text), column("place", integer), column("n", integer)}},
			"items":  table("items", 0, column("iid", integer), column("ord", integer), column("sku", text)),
		},
		bins: map[string][]string{"log": {"at", "level", "tags"}},
	}
}

// goldenEnvironment has the indexes of the sets of the golden files.
type goldenEnvironment struct{ fakeEnvironment }

func (e *goldenEnvironment) Indexes(_, set string) ([]Index, int64) {
	switch set {
	case "users":
		return []Index{
			{Name: "users_age", Bin: "age", Type: NumericIndex, Entries: 100_000, PerValue: 1250},
			{Name: "users_city", Bin: "city", Type: StringIndex, Entries: 100_000, PerValue: 500},
		}, 100_000
	case "orders":
		return []Index{{Name: "orders_uid", Bin: "uid", Type: NumericIndex, Entries: 1_000_000, PerValue: 10}}, 1_000_000
	case "log":
		return []Index{
			{Name: "log_level", Bin: "level", Type: NumericIndex},
			{Name: "log_tags", Bin: "tags", Type: StringIndex, Collection: protocol.IndexList, Entries: 5000, PerValue: 50},
			{Name: "log_where", Bin: "loc", Type: GeoIndex, Entries: 2000},
			{Name: "log_host", Bin: "m", Type: StringIndex, Context: cdt.In(cdt.MapKey("host")), Entries: 9000, PerValue: 3},
			{Name: "log_attrs", Bin: "attrs", Type: StringIndex, Collection: protocol.IndexMapKeys, Entries: 9000, PerValue: 30},
		}, 20_000
	}
	return nil, -1
}

// goldenSubqueries returns the same values for each subquery.
type goldenSubqueries struct{}

func (goldenSubqueries) Scalar(*bind.Subquery, *bind.Env) protocol.Value { return protocol.Int(7) }
func (goldenSubqueries) Exists(*bind.Subquery, *bind.Env) bool           { return true }
func (goldenSubqueries) Contains(*bind.Subquery, *bind.Env, protocol.Value) protocol.Value {
	return protocol.Bool(true)
}
func (goldenSubqueries) KeyIn(*bind.Subquery, *bind.Env, *bind.Relation, protocol.Value) protocol.Value {
	return protocol.Nil()
}

func (goldenSubqueries) ContainsKey(*bind.Subquery, *bind.Env, *bind.Relation, protocol.Value) protocol.Value {
	return protocol.Bool(true)
}
func (goldenSubqueries) Values(*bind.Subquery, *bind.Env) ([]protocol.Value, bool) {
	return []protocol.Value{protocol.Int(3), protocol.Int(5)}, true
}

// TestGolden holds the plans of testdata/plans.txt: a line with a query after "> ", and the lines
// of EXPLAIN.
func TestGolden(t *testing.T) {
	path := "testdata/plans.txt"
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	var out strings.Builder
	statements := 0
	for block := range strings.SplitSeq(string(content), "\n\n") {
		block = strings.TrimSpace(block)
		first, _, _ := strings.Cut(block, "\n")
		query, ok := strings.CutPrefix(first, "> ")
		if !ok {
			if block != "" {
				fmt.Fprintf(&out, "%s\n\n", block)
			}
			continue
		}
		statements++
		lines, err := explainText(query)
		if err != nil {
			lines = []string{"error: " + err.Error()}
		}
		got := first + "\n" + strings.Join(lines, "\n")
		fmt.Fprintf(&out, "%s\n\n", got)
		if !*update {
			require.Equal(t, block, got)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(strings.TrimRight(out.String(), "\n")+"\n"), 0o644))
	}
	require.GreaterOrEqual(t, statements, 60)
}

func explainText(query string) ([]string, error) {
	b, err := planText(query)
	if err != nil {
		return nil, err
	}
	a, err := accessesOf(b)
	if err != nil {
		return nil, err
	}
	return ExplainText(b, a), nil
}

func planText(query string) (*Block, error) {
	q, err := goldenBinder().parse(query)
	if err != nil {
		return nil, err
	}
	return Query(q)
}

// accessesOf lowers the scans of a plan, except for points, and those of correlated subqueries.
func accessesOf(b *Block) (*Analysis, error) {
	a := &Analysis{Accesses: make(map[*Scan]*Access)}
	env := testEnv(protocol.Int(1), protocol.List(protocol.Int(4), protocol.Int(6)))
	env.Run.Subqueries = goldenSubqueries{}
	e := &goldenEnvironment{}
	var err error
	var lower func(b *Block)
	lower = func(b *Block) {
		walkNodes(b.Root, func(n Node) {
			var access *Access
			var failed error
			switch n := n.(type) {
			case *Derived:
				lower(n.Query)
			case *Join:
				if s, ok := n.Right.(*Scan); ok && n.Method == LookupJoin {
					access, failed = LowerLookup(s, env, e)
					a.Accesses[s] = access
				}
			case *Scan:
				if n.Point == nil && a.Accesses[n] == nil && !readsOuterBlock(n) {
					access, failed = Lower(n, env, e)
					a.Accesses[n] = access
				}
			}
			if failed != nil {
				err = failed
			}
		})
		for _, s := range b.Subqueries {
			lower(s)
		}
	}
	lower(b)
	return a, err
}

func readsOuterBlock(s *Scan) bool {
	for _, e := range s.Conditions {
		if natureOf(e).outer {
			return true
		}
	}
	return false
}
