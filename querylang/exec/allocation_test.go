//go:build !race

package exec

import (
	"context"
	"testing"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
	"github.com/stretchr/testify/require"
)

// A point read needs few allocations besides those of the client.
func TestPointReadAllocations(t *testing.T) {
	key := protocol.MustKey("test", "t", 1)
	client := &stubClient{record: &protocol.Record{Key: key, Bins: protocol.Bins{
		{Name: "a", Value: protocol.Int(1)}, {Name: "b", Value: protocol.Int(2)}, {Name: "c", Value: protocol.Int(3)}, {Name: "d", Value: protocol.Int(4)},
	}}}
	relation := &bind.Relation{IsSet: true, Namespace: "test", Set: "t"}
	point := &plan.Point{Key: computed(func(env *bind.Env) protocol.Value { return env.Run.Args[0] })}
	var items []bind.Expr
	for i, name := range []string{"a", "b", "c", "d"} {
		relation.Columns = append(relation.Columns, bind.RelationColumn{Name: name, Bin: name})
		point.Bins = append(point.Bins, name)
		items = append(items, slot(i))
	}
	stmt := &Statement{Plan: &plan.Block{
		Root:    &plan.Project{Input: &plan.Scan{Relation: relation, Point: point}, Items: items},
		Columns: make([]bind.OutputColumn, 4),
	}}
	session := New(client, Options{}).NewSession()
	args, dest := ints(1), make([]protocol.Value, 4)
	read := func() {
		result, err := session.Run(context.Background(), stmt, args)
		if err != nil || result.Rows.Next(dest) != nil {
			t.Fatal(err)
		}
		result.Rows.Close()
	}
	read()
	require.Equal(t, ints(1, 2, 3, 4), dest)
	require.LessOrEqual(t, testing.AllocsPerRun(100, read), 3.0)
}

// The condition of a point read needs no digest, which would take memory.
func TestPointReadAllocatesNoDigest(t *testing.T) {
	key := protocol.MustKey("test", "t", 1)
	client := &stubClient{record: &protocol.Record{Key: key, Bins: protocol.Bins{{Name: "a", Value: protocol.Int(1)}}}}
	session, dest := New(client, Options{}).NewSession(), make([]protocol.Value, 1)
	allocations := func(sql string) float64 {
		stmt := statement(t, nil, sql)
		return testing.AllocsPerRun(100, func() {
			result, err := session.Run(context.Background(), stmt, ints(1))
			if err != nil || result.Rows.Next(dest) != nil {
				t.Fatal(err)
			}
			result.Rows.Close()
		})
	}
	require.LessOrEqual(t, allocations("SELECT a FROM t WHERE PK = ?"), 2.0)
	require.LessOrEqual(t, allocations("SELECT a FROM t WHERE PK = 1 AND a = 1"), 2.0)
	require.Greater(t, allocations("SELECT __digest FROM t WHERE PK = ?"), allocations("SELECT a FROM t WHERE PK = ?"))
}

// A row of a scan needs no allocation.
func TestScanAllocations(t *testing.T) {
	key := protocol.MustKey("test", "t", 1)
	client := &repeating{n: 10_000, stubClient: stubClient{record: &protocol.Record{Key: key, Bins: protocol.BinsOf(map[string]any{"a": 1, "b": "x"})}}}
	engine := New(client, Options{})
	engine.lower = func(*plan.Scan, *bind.Env, plan.Environment) (*plan.Access, error) {
		return &plan.Access{Method: plan.SetScan, Bins: []string{"a", "b"}}, nil
	}
	stmt := &Statement{Plan: &plan.Block{
		Root:    &plan.Project{Input: &plan.Scan{Relation: relation(0, "b", "a")}, Items: []bind.Expr{slot(0), slot(1)}},
		Columns: make([]bind.OutputColumn, 2),
	}}
	dest := make([]protocol.Value, 2)
	allocations := testing.AllocsPerRun(5, func() {
		result, err := engine.NewSession().Run(context.Background(), stmt, nil)
		for err == nil {
			err = result.Rows.Next(dest)
		}
	})
	require.Equal(t, "x", dest[0].String())
	require.Less(t, allocations, 100.0, "for 10,000 rows")
}

// A sink is a client that accepts every write.
type sink struct{ stubClient }

func (*sink) Put(context.Context, *cluster.WritePolicy, protocol.Key, protocol.Bins) error {
	return nil
}

func (*sink) Operate(context.Context, *cluster.WritePolicy, protocol.Key, ...protocol.Operation) (*protocol.Record, error) {
	return nil, nil
}

func (*sink) Delete(context.Context, *cluster.WritePolicy, protocol.Key) (bool, error) {
	return true, nil
}

// Statements that write one record by its key allocate little.
func TestPointWriteAllocations(t *testing.T) {
	e := New(&sink{}, Options{Environment: stillEnvironment{}})
	defer e.Close()
	args := []protocol.Value{protocol.Int(1), protocol.Int(2), protocol.String("x")}
	for sql, most := range map[string]float64{
		"UPDATE t SET n = n + $2 WHERE PK = $1":                           2,
		"UPDATE t SET n = $2, s = $3 WHERE PK = $1 AND __generation = $2": 2,
		"DELETE FROM t WHERE PK = $1":                                     1,
		"INSERT INTO t (PK, n, s) VALUES ($1, $2, $3)":                    3,
		"REPLACE INTO t (PK, n, s) VALUES ($1, $2, $3)":                   3,
	} {
		stmt := statement(t, nil, sql)
		s := e.NewSession()
		n := testing.AllocsPerRun(100, func() {
			if _, err := s.Run(t.Context(), stmt, args); err != nil {
				t.Error(err)
			}
		})
		require.LessOrEqual(t, n, most, sql)
	}
}
