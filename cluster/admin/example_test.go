package admin_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// A user administrator creates a user that may only read one set.
func ExampleClient_CreateUser() {
	server, err := devserver.Start(devserver.Options{Edition: devserver.Enterprise, Security: &devserver.SecurityOptions{}})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	ctx := context.Background()
	open := func(user string, password cluster.Password) *cluster.Client {
		client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial, User: user, Password: password})
		if err != nil {
			log.Fatal(err)
		}
		return client
	}
	root := open("admin", "admin")
	defer root.Close()
	operator := admin.New(root)
	err = errors.Join(
		operator.CreateRole(ctx, nil, protocol.Role{
			Name: "analyst", Privileges: []protocol.Privilege{{Code: protocol.PrivilegeRead, Namespace: "test", Set: "orders"}},
		}),
		operator.CreateUser(ctx, nil, "ann", "correct horse", "analyst"),
	)
	if err != nil {
		log.Fatal(err)
	}

	ann := open("ann", "correct horse")
	defer ann.Close()
	_, err = ann.Get(ctx, nil, protocol.MustKey("test", "orders", 1))
	fmt.Println(err)
	err = ann.Put(ctx, nil, protocol.MustKey("test", "orders", 1), protocol.Bins{protocol.NewBin("n", 1)})
	fmt.Println(errors.Is(err, protocol.RoleViolation))
	// Output:
	// aerospike: Get test:orders:1: KEY_NOT_FOUND (2): the record does not exist [node A1]
	// true
}

// start starts an in-process server and opens a client for it.
func start() (client *cluster.Client, done func()) {
	server, err := devserver.Start(devserver.Options{})
	if err != nil {
		log.Fatal(err)
	}
	client, err = cluster.Open(context.Background(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	if err != nil {
		log.Fatal(err)
	}
	return client, func() {
		client.Close()
		server.Close()
	}
}

func ExampleClient_CreateIndex() {
	client, done := start()
	defer done()
	ctx, operator := context.Background(), admin.New(client)
	task, err := operator.CreateIndex(ctx, nil, admin.Index{Namespace: "test", Set: "people", Name: "people-n", Bin: "n"})
	if err == nil {
		err = task.Wait(ctx)
	}
	if err != nil {
		log.Fatal(err)
	}
	all, err := operator.Indexes(ctx, nil, "test")
	if err != nil {
		log.Fatal(err)
	}
	for _, ix := range all {
		fmt.Println(ix.Name, ix.Set, ix.Bin, ix.Readable)
	}
	// Output: people-n people n true
}

func ExampleClient_RegisterUDF() {
	client, done := start()
	defer done()
	ctx := context.Background()
	task, err := admin.New(client).RegisterUDF(ctx, nil, "hello.lua", []byte(`function hello(rec, name) return "hello, " .. name end`))
	if err == nil {
		err = task.Wait(ctx)
	}
	if err != nil {
		log.Fatal(err)
	}
	answer, err := client.Execute(ctx, nil, protocol.MustKey("test", "people", 1), "hello", "hello", protocol.String("Ada"))
	fmt.Println(answer.Any(), err)
	// Output: hello, Ada <nil>
}

func ExampleClient_Sets() {
	client, done := start()
	defer done()
	ctx := context.Background()
	for i := range 10 {
		if err := client.Put(ctx, nil, protocol.MustKey("test", "people", i), protocol.Bins{protocol.NewBin("n", i)}); err != nil {
			log.Fatal(err)
		}
	}
	byNode, err := admin.New(client).Sets(ctx, nil, "test")
	if err != nil {
		log.Fatal(err)
	}
	for node, sets := range byNode {
		for _, s := range sets {
			fmt.Println(node, s.Set, s.Objects)
		}
	}
	// Output: A1 people 10
}
