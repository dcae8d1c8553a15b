package devserver_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// This example starts a cluster of three nodes in memory and a client.
func Example() {
	server, err := devserver.Start(devserver.Options{Nodes: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	ctx := context.Background()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	key := protocol.MustKey("test", "people", "ada")
	if err := client.Put(ctx, nil, key, protocol.Bins{protocol.NewBin("born", 1815)}); err != nil {
		fmt.Println(err)
		return
	}
	record, err := client.Get(ctx, nil, key)
	fmt.Println(record, err)
	// Output:
	// test:people:ada gen=1 born=1815 <nil>
}

// This example loses the answer to a write. The client cannot know whether the write was applied,
// but the test can.
func ExampleServer_Inject() {
	server, err := devserver.Start(devserver.Options{Nodes: 3, History: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	ctx := context.Background()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	key := protocol.MustKey("test", "people", "ada")
	server.Inject(devserver.Fault{On: devserver.Writes, Count: 1, Do: devserver.CutAnswer(0)})
	err = client.Put(ctx, nil, key, protocol.Bins{protocol.NewBin("born", 1815)})
	var e *protocol.Error
	fmt.Println("in doubt:", errors.As(err, &e) && e.InDoubt)
	for e := range server.History(0) {
		fmt.Println(e.Kind, e.Record().Bins)
	}
	fmt.Println(server.Peek(key))
	// Output:
	// in doubt: true
	// stored [{born 1815}]
	// test:people:ada gen=1 born=1815
}

// This example makes every second write fail with a device overload. An interceptor can also use a
// seeded random generator.
func ExampleServer_Intercept() {
	server, err := devserver.Start(devserver.Options{Nodes: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	writes := 0
	remove := server.Intercept(func(r *devserver.Request) devserver.Action {
		if r.Kind != devserver.Writes {
			return devserver.Action{}
		}
		if writes++; writes%2 == 0 {
			return devserver.Refuse(protocol.DeviceOverload)
		}
		return devserver.Action{}
	})
	defer remove()

	ctx := context.Background()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	for i := range 4 {
		err := client.Put(ctx, nil, protocol.MustKey("test", "people", i), protocol.Bins{protocol.NewBin("n", i)})
		fmt.Println(errors.Is(err, protocol.DeviceOverload))
	}
	// Output:
	// false
	// true
	// false
	// true
}

// This example kills a node and restarts it empty. The replicas keep the records, and the client
// follows the changes.
func ExampleServer_KillNode() {
	server, err := devserver.Start(devserver.Options{Nodes: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	ctx := context.Background()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	key := protocol.MustKey("test", "people", "ada")
	if err := client.Put(ctx, nil, key, protocol.Bins{protocol.NewBin("born", 1815)}); err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range server.NodeNames() {
		err := errors.Join(server.KillNode(name), server.RestartNode(name, devserver.Empty()))
		fmt.Println(name, err, server.Peek(key) != nil)
	}
	record, err := client.Get(ctx, nil, key)
	fmt.Println(record, err)
	// Output:
	// A1 <nil> true
	// A2 <nil> true
	// A3 <nil> true
	// test:people:ada gen=1 born=1815 <nil>
}

// This example runs partition migrations one by one.
func ExampleServer_Migrate() {
	server, err := devserver.Start(devserver.Options{Nodes: 2, MigrateEvery: devserver.MigrateManually})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	name, err := server.AddNode()
	fmt.Println(name, err)
	fmt.Println(server.Migrate(1000) > 0)
	fmt.Println(server.Migrate(0))
	// Output:
	// A3 <nil>
	// true
	// 0
}

// This example uses a clock that the test controls. Expired records are removed on request.
func ExampleServer_RemoveExpired() {
	now := time.Now()
	server, err := devserver.Start(devserver.Options{Clock: func() time.Time { return now }})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	ctx := context.Background()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	key := protocol.MustKey("test", "sessions", 7)
	policy := &cluster.WritePolicy{TTL: cluster.TTLSeconds(60)}
	if err := client.Put(ctx, policy, key, protocol.Bins{protocol.NewBin("user", "ada")}); err != nil {
		fmt.Println(err)
		return
	}
	now = now.Add(2 * time.Minute)
	exists, err := client.Exists(ctx, nil, key)
	fmt.Println(exists, err)
	fmt.Println(server.RemoveExpired("test"))
	// Output:
	// false <nil>
	// 1 <nil>
}

// This example freezes a node, removes it from the cluster, and thaws it.
func ExampleServer_FreezeNode() {
	server, err := devserver.Start(devserver.Options{Nodes: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	fmt.Println(server.FreezeNode("A2"), server.MemberNames())
	fmt.Println(server.LoseNode("A2"), server.MemberNames())
	fmt.Println(server.ThawNode("A2"), server.MemberNames())
	// Output:
	// <nil> [A1 A2 A3]
	// <nil> [A1 A3]
	// <nil> [A1 A2 A3]
}
