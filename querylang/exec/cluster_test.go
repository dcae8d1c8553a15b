package exec

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// A bench runs plans on a devserver with records 0 to 99 in the set t: a is the key, b is a % 10.
type bench struct {
	t      *testing.T
	server *devserver.Server
	client *cluster.Client
	engine *Engine
	access *plan.Access // of all scans, without the bins
}

func openBench(t *testing.T, options Options) *bench {
	server, err := devserver.Start(devserver.Options{Nodes: 2})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	for i := range 100 {
		bins := protocol.BinsOf(map[string]any{"a": i, "b": i % 10})
		require.NoError(t, client.Put(t.Context(), &cluster.WritePolicy{SendKey: true}, protocol.MustKey("test", "t", i), bins))
	}
	b := &bench{t: t, server: server, client: client, engine: New(client, options), access: &plan.Access{Method: plan.SetScan}}
	t.Cleanup(b.engine.Close)
	lower := func(s *plan.Scan, _ *bind.Env, _ plan.Environment) (*plan.Access, error) {
		access := *b.access
		access.Residual = append(access.Residual, s.Conditions...)
		access.AllBins = s.Star
		for _, c := range s.Relation.Columns {
			if c.Bin != "" && !s.Star {
				access.Bins = append(access.Bins, c.Bin)
			}
		}
		return &access, nil
	}
	b.engine.lower, b.engine.lowerLookup = lower, lower
	return b
}

// relation returns a relation of the set t with bins as its columns.
func relation(base int, bins ...string) *bind.Relation {
	r := &bind.Relation{IsSet: true, Namespace: "test", Set: "t", Base: base}
	for _, bin := range bins {
		r.Columns = append(r.Columns, bind.RelationColumn{Name: bin, Bin: bin})
	}
	return r
}

// start runs the plan of a query with a number of columns.
func (b *bench) start(ctx context.Context, root plan.Node, width int) (*Rows, error) {
	block := &plan.Block{Root: root, Columns: make([]bind.OutputColumn, width)}
	result, err := b.engine.NewSession().Run(ctx, &Statement{Plan: block}, nil)
	if err != nil {
		return nil, err
	}
	return result.Rows, nil
}

// rows runs a plan and returns its rows.
func (b *bench) rows(root plan.Node, width int) (rows [][]protocol.Value, err error) {
	r, err := b.start(b.t.Context(), root, width)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for {
		row := make([]protocol.Value, width)
		switch err := r.Next(row); err {
		case nil:
			rows = append(rows, row)
		case io.EOF:
			return rows, nil
		default:
			return rows, err
		}
	}
}

func TestScanOfASet(t *testing.T) {
	b := openBench(t, Options{})
	scan := &plan.Scan{Relation: relation(0, "a", "b")}
	rows, err := b.rows(scan, 2)
	require.NoError(t, err)
	require.Len(t, rows, 100)
	scan.Conditions = []bind.Expr{computed(func(env *bind.Env) protocol.Value {
		n, _ := env.Row[1].Int()
		return protocol.Bool(n == 3)
	})}
	rows, err = b.rows(&plan.Sort{Input: scan, Keys: []bind.OrderKey{{X: slot(0)}}}, 2)
	require.NoError(t, err)
	require.Len(t, rows, 10)
	require.Equal(t, "93", rows[9][0].String())

	b.access.Options = map[string]protocol.Value{optionFetchRows: protocol.Int(7)}
	rows, err = b.rows(&plan.Distinct{Input: &plan.Scan{Relation: relation(0, "a")}, Width: 1}, 1)
	require.NoError(t, err)
	require.Len(t, rows, 100, "in pages")
	b.access.Options = map[string]protocol.Value{optionMaxRecords: protocol.Int(9)}
	rows, err = b.rows(&plan.Scan{Relation: relation(0, "a")}, 1)
	require.NoError(t, err)
	require.Len(t, rows, 9)
	b.access.Options = map[string]protocol.Value{optionReadMode: protocol.String("all")}
	_, err = b.rows(&plan.Scan{Relation: relation(0, "a")}, 1)
	require.ErrorIs(t, err, ast.ErrUnsupported)

	b.access.Options = map[string]protocol.Value{optionRack: protocol.Int(1)}
	_, err = b.rows(&plan.Scan{Relation: relation(0, "a")}, 1)
	require.ErrorIs(t, err, ast.ErrUnsupported)
	b.access.Options = nil
	_, err = b.rows(&plan.Scan{Relation: relation(0, "a"), Sample: &ast.Sample{Method: "BERNOULLI"}}, 1)
	require.ErrorIs(t, err, ast.ErrUnsupported)
	b.access.Partitions = []plan.Partitions{{First: 0, Last: 999}, {First: 1000, Last: 4095}}
	rows, err = b.rows(&plan.Scan{Relation: relation(0, "a")}, 1)
	require.NoError(t, err)
	require.Len(t, rows, 100)
}

func TestKeysOfAccess(t *testing.T) {
	b := openBench(t, Options{DenyScan: true})
	b.access.Method = plan.Keys
	for i := range 2500 {
		b.access.Keys = append(b.access.Keys, protocol.MustKey("test", "t", i))
	}
	rows, err := b.rows(&plan.Scan{Relation: relation(0, "a")}, 1)
	require.NoError(t, err)
	require.Len(t, rows, 100)
	require.Equal(t, "0", rows[0][0].String())
	b.access.Keys = b.access.Keys[5:6]
	rows, err = b.rows(&plan.Scan{Relation: relation(0, "a")}, 1)
	require.NoError(t, err)
	require.Equal(t, []string{"integer:5 "}, text(rows))
	b.access = &plan.Access{}
	rows, err = b.rows(&plan.Scan{Relation: relation(0, "a")}, 1)
	require.NoError(t, err)
	require.Empty(t, rows)
}

// The records of several ranges are united without duplicates, or intersected.
func TestIndexRanges(t *testing.T) {
	b := openBench(t, Options{})
	index := admin.Index{Namespace: "test", Set: "t", Name: "on_a", Bin: "a", Type: admin.IndexNumeric}
	task, err := admin.New(b.client).CreateIndex(t.Context(), nil, index)
	require.NoError(t, err)
	require.NoError(t, task.Wait(t.Context()))
	known, objects := b.engine.environment.Indexes("test", "t")
	require.EqualValues(t, 100, objects)
	require.Len(t, known, 1)
	require.Equal(t, "a", known[0].Bin)
	require.EqualValues(t, 100, known[0].Entries)
	require.Equal(t, 8, b.engine.environment.ServerVersion()[0])

	from := func(begin, end int64) plan.IndexRange {
		return plan.IndexRange{Index: known[0], Begin: protocol.Int(begin), End: protocol.Int(end)}
	}
	b.access = &plan.Access{Method: plan.IndexScan, Ranges: []plan.IndexRange{from(0, 9), from(5, 14)}}
	rows, err := b.rows(&plan.Scan{Relation: relation(0, "a")}, 1)
	require.NoError(t, err)
	require.Len(t, rows, 15)
	b.access.Both = []plan.IndexRange{from(12, 50)}
	rows, err = b.rows(&plan.Scan{Relation: relation(0, "a")}, 1)
	require.NoError(t, err)
	require.Len(t, rows, 3)
}

func TestLookupJoin(t *testing.T) {
	b := openBench(t, Options{})
	join := &plan.Join{
		Method: plan.LookupJoin, Outer: true, Left: &plan.Scan{Relation: relation(0, "a")}, Right: &plan.Scan{Relation: relation(1, "a", "b")},
		LeftKeys: []bind.Expr{computed(func(env *bind.Env) protocol.Value {
			n, _ := env.Row[0].Int()
			return protocol.Int(n * 2)
		})},
	}
	rows, err := b.rows(&plan.Sort{Input: join, Keys: []bind.OrderKey{{X: slot(0)}}}, 3)
	require.NoError(t, err)
	require.Len(t, rows, 100)
	require.Equal(t, []string{"integer:3 integer:6 integer:6 "}, text(rows[3:4]))
	require.True(t, rows[50][1].IsNil())
	join.Outer = false
	rows, err = b.rows(join, 3)
	require.NoError(t, err)
	require.Len(t, rows, 50)
}

func TestScanRefused(t *testing.T) {
	b := openBench(t, Options{DenyScan: true})
	_, err := b.rows(&plan.Scan{Relation: relation(0, "a")}, 1)
	require.ErrorIs(t, err, ast.ErrScanDenied)
	_, err = b.start(cluster.WithTxn(t.Context(), cluster.NewTxn(cluster.TxnOptions{})), &plan.Scan{Relation: relation(0, "a")}, 1)
	require.ErrorIs(t, err, cluster.ErrTxnQuery)
	require.ErrorIs(t, err, ast.ErrUnsupported)
}

// A row with a bin that * does not name is an error, and * names the bin the next time.
func TestLateBins(t *testing.T) {
	b := openBench(t, Options{})
	bins, version, err := b.engine.Samples().Sample(t.Context(), "test", "t")
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, bins)
	late := protocol.MustKey("test", "t", "late")
	require.NoError(t, b.client.Put(t.Context(), nil, late, protocol.BinsOf(map[string]any{"a": 1, "c": 2})))
	scan := &plan.Scan{Relation: relation(0, "a", "b"), Star: true}
	_, err = b.rows(scan, 2)
	require.ErrorContains(t, err, `the bin "c"`)
	bins, next, err := b.engine.Samples().Sample(t.Context(), "test", "t")
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c"}, bins)
	require.Greater(t, next, version)
	b.engine.options.LateBins = true
	rows, err := b.rows(scan, 2)
	require.NoError(t, err)
	require.Len(t, rows, 101)
}

// A value that can't be decoded is an error only if it is used, and the error names the record.
func TestUndecodableBins(t *testing.T) {
	b := openBench(t, Options{})
	conn, err := b.server.Dial(t.Context(), "tcp", b.server.Seeds()[0])
	require.NoError(t, err)
	defer conn.Close()
	digest := protocol.MustKey("test", "bad", "deep").Digest()
	require.NoError(t, wiretest.Store(conn, &wiretest.Stored{
		Namespace: "test", Set: "bad", Digest: digest, Key: []byte("\x63abc"),
		Bins: []wiretest.StoredBin{{Name: "l", Particle: byte(protocol.ParticleList), Data: append(bytes.Repeat([]byte{0x91}, 300), 1)}},
	}))
	r := relation(0, "l", "x")
	r.Set = "bad"
	r.Columns = append(r.Columns, bind.RelationColumn{Name: "PK", Pseudo: bind.PrimaryKey})
	for column, message := range map[int]string{0: `bin "l"`, 2: "user key: "} {
		_, err = b.rows(&plan.Project{Input: &plan.Scan{Relation: r}, Items: []bind.Expr{slot(column)}}, 1)
		about, is := errors.AsType[*cluster.RecordError](err)
		require.True(t, is, "%v", err)
		require.Equal(t, digest, about.Key.Digest())
		require.ErrorContains(t, err, message)
	}
	rows, err := b.rows(&plan.Project{Input: &plan.Scan{Relation: r}, Items: []bind.Expr{slot(1)}}, 1)
	require.NoError(t, err)
	require.Len(t, rows, 1)
}

// A correlated subquery reads its set once, and its results are kept by the outer values.
func TestCorrelatedSubquery(t *testing.T) {
	b := openBench(t, Options{})
	outer := &bind.Column{Slot: 1}
	sub := &bind.Subquery{ID: 1, Correlated: true, Outer: []*bind.Column{outer}}
	sum := function.LookupAggregate("COUNT")
	runs := 0
	inner := &plan.Block{Root: &plan.Aggregate{
		Input: &plan.Scan{Relation: relation(0, "b"), Conditions: []bind.Expr{computed(func(env *bind.Env) protocol.Value {
			runs++
			return protocol.Bool(function.Order(env.Row[0], env.Outer.Row[1]) == 0)
		})}},
		Calls: []*bind.AggregateCall{{Function: sum, Star: true}},
	}}
	block := &plan.Block{
		Root: &plan.Project{Input: &plan.Scan{Relation: relation(0, "a", "b")}, Items: []bind.Expr{
			computed(func(env *bind.Env) protocol.Value { return env.Run.Subqueries.Scalar(sub, env) }),
		}},
		Columns: make([]bind.OutputColumn, 1), Subqueries: map[int]*plan.Block{1: inner},
	}
	result, err := b.engine.NewSession().Run(t.Context(), &Statement{Plan: block}, nil)
	require.NoError(t, err)
	dest, n := make([]protocol.Value, 1), 0
	for ; err == nil; n++ {
		if err = result.Rows.Next(dest); err == nil {
			require.Equal(t, "10", dest[0].String())
		}
	}
	require.Equal(t, io.EOF, err)
	require.Equal(t, 101, n)
	require.Equal(t, 10*100, runs, "once for each of ten outer values")
	require.Zero(t, result.Rows.x.budget.used)
}

// Rows can be closed early, and end when the context does.
func TestCloseAndCancel(t *testing.T) {
	b := openBench(t, Options{})
	rows, err := b.start(t.Context(), &plan.Scan{Relation: relation(0, "a")}, 1)
	require.NoError(t, err)
	dest := make([]protocol.Value, 1)
	require.NoError(t, rows.Next(dest))
	require.NoError(t, rows.Close())
	require.NoError(t, rows.Close())
	require.Equal(t, io.EOF, rows.Next(dest))

	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	rows, err = b.start(ctx, &plan.Scan{Relation: relation(0, "a")}, 1)
	require.NoError(t, err)
	require.NoError(t, rows.Next(dest))
	cancel()
	require.ErrorIs(t, rows.Next(dest), context.Canceled)
	require.ErrorIs(t, rows.Next(dest), context.Canceled)
}

// The counters of EXPLAIN ANALYZE are those of the run.
func TestCounters(t *testing.T) {
	b := openBench(t, Options{})
	scan := &plan.Scan{Relation: relation(0, "a")}
	sort := &plan.Sort{Input: scan, Keys: []bind.OrderKey{{X: slot(0)}}, Limit: constant(3)}
	x := b.engine.execution(t.Context(), &Statement{}, nil)
	x.counters = make(map[plan.Node]*plan.Counters)
	result, err := b.engine.query(x, &plan.Block{Root: sort, Columns: make([]bind.OutputColumn, 1)})
	require.NoError(t, err)
	require.NoError(t, drain(result.Rows))
	of := x.counters[scan]
	require.Equal(t, []int64{100, 100, 1, 1}, []int64{of.Rows, of.Records, of.Commands, of.Opened})
	require.Positive(t, of.Bytes)
	require.EqualValues(t, 3, x.counters[sort].Rows)
	require.Positive(t, x.counters[sort].Memory)
}
