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

// An administrator creates a user who may only read one set.
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
	admin := open("admin", "admin")
	defer admin.Close()
	err = errors.Join(
		admin.CreateRole(ctx, nil, protocol.Role{
			Name: "analyst", Privileges: []protocol.Privilege{{Code: protocol.PrivilegeRead, Namespace: "test", Set: "orders"}},
		}),
		admin.CreateUser(ctx, nil, "ann", "correct horse", "analyst"),
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
