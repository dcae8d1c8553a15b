package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

// people writes ten records, with the numbers 0 to 9 in bin n.
func people(client *cluster.Client) {
	var rows []cluster.BatchRow
	for i := range 10 {
		rows = append(rows, cluster.PutRow(nil, protocol.MustKey("test", "people", i), protocol.Bins{protocol.NewBin("n", i)}))
	}
	if _, err := client.BatchWrite(context.Background(), nil, rows); err != nil {
		log.Fatal(err)
	}
}

// indexed creates an index on bin n and waits until it is ready.
func indexed(client *cluster.Client) {
	task, err := admin.New(client).CreateIndex(context.Background(), nil, admin.Index{Namespace: "test", Set: "people", Name: "people-n", Bin: "n"})
	if err == nil {
		err = task.Wait(context.Background())
	}
	if err != nil {
		log.Fatal(err)
	}
}

func numbers(client *cluster.Client, p *cluster.QueryPolicy, stmt cluster.Statement) (all []int64) {
	for rec, err := range client.Query(context.Background(), p, stmt) {
		if err != nil {
			log.Fatal(err)
		}
		v, _ := rec.Bin("n")
		n, _ := v.Int()
		all = append(all, n)
	}
	slices.Sort(all)
	return all
}

func ExampleClient_Query() {
	client, done := open()
	defer done()
	people(client)
	indexed(client)
	stmt := cluster.Statement{Namespace: "test", Set: "people", Filter: cluster.FilterRange("n", 2, 6)}
	fmt.Println(numbers(client, nil, stmt))
	// The server evaluates the filter expression on the records that the index finds.
	even := exp.Filter(exp.Eq(exp.Mod(exp.IntBin("n"), exp.IntVal(2)), exp.IntVal(0)))
	fmt.Println(numbers(client, &cluster.QueryPolicy{Filter: even}, stmt))
	// Output:
	// [2 3 4 5 6]
	// [2 4 6]
}

// A reader uses the memory of its records again.
func ExampleClient_QueryReader() {
	client, done := open()
	defer done()
	people(client)
	records := client.QueryReader(context.Background(), nil, cluster.Statement{Namespace: "test", Set: "people"}, nil)
	defer records.Close()
	sum := int64(0)
	for {
		rec, err := records.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		n, _ := rec.Bins.Get("n")
		i, _ := n.Int()
		sum += i
	}
	fmt.Println(sum)
	// Output: 45
}

// A cursor reads pages. It can be saved between pages, and used in another process.
func ExampleClient_QueryFrom() {
	client, done := open()
	defer done()
	people(client)
	ctx := context.Background()
	stmt := cluster.Statement{Namespace: "test", Set: "people"}
	cursor, err := cluster.NewCursor(cluster.AllPartitions())
	if err != nil {
		log.Fatal(err)
	}
	records := 0
	for !cursor.Done() {
		for _, err := range client.QueryFrom(ctx, &cluster.QueryPolicy{MaxRecords: 4}, stmt, cursor) {
			if err != nil {
				log.Fatal(err)
			}
			records++
		}
		saved, err := cursor.MarshalBinary()
		if err != nil {
			log.Fatal(err)
		}
		cursor = new(cluster.Cursor)
		if err := cursor.UnmarshalBinary(saved); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(records)
	// Output: 10
}

// A background query changes records on the servers. It returns no records.
func ExampleClient_QueryOperate() {
	client, done := open()
	defer done()
	people(client)
	ctx := context.Background()
	stmt := cluster.Statement{Namespace: "test", Set: "people"}
	task, err := client.QueryOperate(ctx, nil, stmt, protocol.AddBin("n", protocol.Int(100)))
	if err == nil {
		err = task.Wait(ctx)
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(numbers(client, nil, stmt))
	// Output: [100 101 102 103 104 105 106 107 108 109]
}

// scores is a UDF module with a function for records and one for streams of records.
const scores = `
function double(rec, bin)
  rec[bin] = rec[bin] * 2
  aerospike:update(rec)
  return rec[bin]
end
function total(s)
  return s : map(function(rec) return rec.n end) : reduce(function(a, b) return a + b end)
end
`

// registered registers the module.
func registered(client *cluster.Client) {
	task, err := admin.New(client).RegisterUDF(context.Background(), nil, "scores.lua", []byte(scores))
	if err == nil {
		err = task.Wait(context.Background())
	}
	if err != nil {
		log.Fatal(err)
	}
}

func ExampleClient_Execute() {
	client, done := open()
	defer done()
	people(client)
	registered(client)
	key := protocol.MustKey("test", "people", 4)
	v, err := client.Execute(context.Background(), nil, key, "scores", "double", protocol.String("n"))
	fmt.Println(v.Any(), err)
	_, err = client.Execute(context.Background(), nil, key, "scores", "nosuch")
	fmt.Println(errors.Is(err, cluster.ErrNoFunction))
	// Output:
	// 8 <nil>
	// true
}

// Each node returns the sums of its records, and a reducer combines them.
func ExampleClient_Aggregate() {
	client, done := open()
	defer done()
	people(client)
	registered(client)
	stmt := cluster.Statement{Namespace: "test", Set: "people"}
	total, err := cluster.Reduce(client.Aggregate(context.Background(), nil, stmt, "scores", "total"), cluster.ReduceSum)
	fmt.Println(total.Any(), err)
	// Output: 45 <nil>
}

func ExampleClient_BatchRead() {
	client, done := open()
	defer done()
	people(client)
	keys := []protocol.Key{protocol.MustKey("test", "people", 3), protocol.MustKey("test", "people", 33)}
	results, err := client.BatchRead(context.Background(), nil, keys, "n")
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range results {
		if r.Record == nil {
			fmt.Println("no record")
			continue
		}
		fmt.Println(r.Record.Bins.Map())
	}
	// Output:
	// map[n:3]
	// no record
}

func ExampleClient_Truncate() {
	client, done := open()
	defer done()
	people(client)
	ctx := context.Background()
	if err := client.Truncate(ctx, nil, "test", "people", time.Time{}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(numbers(client, nil, cluster.Statement{Namespace: "test", Set: "people"}))
	// Output: []
}

func ExampleClient_InfoAll() {
	client, done := open()
	defer done()
	answers, err := client.InfoAll(context.Background(), nil, "namespaces")
	if err != nil {
		log.Fatal(err)
	}
	for node, a := range answers {
		fmt.Println(node, a.Values["namespaces"], a.Err)
	}
	// Output: A1 test <nil>
}

func ExampleClient_Metrics() {
	client, done := open()
	defer done()
	client.EnableMetrics()
	people(client)
	client.Exists(context.Background(), nil, protocol.MustKey("test", "people", 33))
	for name, node := range client.Metrics().Nodes {
		m := node.Namespaces["test"]
		reads := m.Latency[cluster.FamilyRead]
		fmt.Println(name, reads.Count, reads.Quantile(0.99) > 0, m.Errors)
	}
	// Output: A1 1 true map[KEY_NOT_FOUND:1]
}

// Logs commands that fail or take longer than 100 ms.
func ExampleLogObserver() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, nil))
	cfg := cluster.Config{Seeds: []string{"10.0.0.1:3000"}, Observer: cluster.LogObserver(logger, 100*time.Millisecond)}
	fmt.Println(cfg.Observer != nil)
	// Output: true
}
