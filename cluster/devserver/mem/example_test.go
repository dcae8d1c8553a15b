package mem_test

import (
	"context"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/mem"
)

// A cluster with three nodes, which programs in this process open by its name, as in the data
// source name aerospike+mem://shared/test.
func ExampleShare() {
	ctx := context.Background()
	server, err := devserver.Start(devserver.Options{Nodes: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	remove, err := mem.Share("shared", server)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer remove()

	config, closer, err := cluster.InProcess(ctx, "shared")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer closer.Close()
	client, err := cluster.Open(ctx, config)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	fmt.Println(client.NodeNames())
	// Output:
	// [A1 A2 A3]
}
