package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// open connects to a cluster inside the process. For a real cluster, set Config.Seeds.
func open() (*cluster.Client, func()) {
	server, err := devserver.Start(devserver.Options{})
	if err != nil {
		log.Fatal(err)
	}
	client, err := cluster.Open(context.Background(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	if err != nil {
		log.Fatal(err)
	}
	return client, func() {
		client.Close()
		server.Close()
	}
}

func Example() {
	client, done := open()
	defer done()
	ctx := context.Background()

	key := protocol.MustKey("test", "users", "anna")
	err := client.Put(ctx, nil, key, protocol.BinsOf(map[string]any{"name": "Anna", "age": 31}))
	if err != nil {
		log.Fatal(err)
	}
	rec, err := client.Get(ctx, nil, key, "name", "age")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(rec.Bins.Map(), rec.Generation)
	// Output: map[age:31 name:Anna] 1
}

func ExampleClient_Get() {
	client, done := open()
	defer done()
	_, err := client.Get(context.Background(), nil, protocol.MustKey("test", "users", "nobody"))
	fmt.Println(errors.Is(err, protocol.KeyNotFound))
	// Output: true
}

// A generation check ensures that the record has not changed since it was read.
func ExampleClient_Put_generation() {
	client, done := open()
	defer done()
	ctx := context.Background()
	key := protocol.MustKey("test", "accounts", 7)
	client.Put(ctx, nil, key, protocol.Bins{protocol.NewBin("balance", 100)})

	rec, _ := client.Get(ctx, nil, key)
	client.Add(ctx, nil, key, protocol.Bins{protocol.NewBin("balance", -30)}) // another client

	policy := &cluster.WritePolicy{GenerationPolicy: cluster.ExpectEqual, Generation: rec.Generation}
	err := client.Put(ctx, policy, key, protocol.Bins{protocol.NewBin("balance", 150)})
	fmt.Println(errors.Is(err, protocol.GenerationError))
	// Output: true
}

func ExampleClient_Operate() {
	client, done := open()
	defer done()
	rec, err := client.Operate(context.Background(), nil, protocol.MustKey("test", "counters", "visits"),
		protocol.AddBin("n", protocol.Int(1)),
		protocol.GetBin("n"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(rec.Bins.Map())
	// Output: map[n:1]
}

func ExampleClient_BatchWrite() {
	client, done := open()
	defer done()
	ctx := context.Background()
	a, b := protocol.MustKey("test", "users", "a"), protocol.MustKey("test", "users", "b")
	results, err := client.BatchWrite(ctx, nil, []cluster.BatchRow{
		cluster.PutRow(&cluster.WritePolicy{Exists: cluster.CreateOnly}, a, protocol.Bins{protocol.NewBin("x", 1)}),
		cluster.PutRow(&cluster.WritePolicy{Exists: cluster.UpdateOnly}, b, protocol.Bins{protocol.NewBin("x", 1)}),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range results {
		fmt.Println(r.Key.UserKey().Any(), r.Err == nil, errors.Is(r.Err, protocol.KeyNotFound))
	}
	// Output:
	// a true false
	// b false true
}

func ExampleClient_Scan() {
	client, done := open()
	defer done()
	ctx := context.Background()
	for i := range 100 {
		client.Put(ctx, nil, protocol.MustKey("test", "numbers", i), protocol.Bins{protocol.NewBin("n", i)})
	}
	sum := int64(0)
	for rec, err := range client.Scan(ctx, nil, "test", "numbers", "n") {
		if err != nil {
			log.Fatal(err)
		}
		v, _ := rec.Bin("n")
		n, _ := v.Int()
		sum += n
	}
	fmt.Println(sum)
	// Output: 4950
}

// InDoubt reports whether a failed write may have been applied.
func ExampleClient_Put_inDoubt() {
	client, done := open()
	defer done()
	err := client.Put(context.Background(), nil, protocol.MustKey("test", "users", 1), protocol.Bins{protocol.NewBin("x", 1)})
	var e *protocol.Error
	switch {
	case err == nil:
		fmt.Println("applied")
	case errors.As(err, &e) && e.InDoubt:
		fmt.Println("perhaps applied: read before writing again")
	default:
		fmt.Println("not applied")
	}
	// Output: applied
}
