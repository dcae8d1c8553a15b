package lease_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/lease"
	"github.com/aerosql/aerosql/protocol"
)

// Only one of several processes holds the lease. Its writes with the lease's token are safe.
func ExampleTryAcquire() {
	ctx := context.Background()
	server, err := devserver.Start(devserver.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	migrations := protocol.MustKey("test", "leases", "migrations")
	first, err := lease.TryAcquire(ctx, client, migrations, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = lease.TryAcquire(ctx, client, migrations, nil)
	fmt.Println(errors.Is(err, lease.ErrHeld))

	_, err = first.Operate(ctx, protocol.PutBin("version", protocol.Int(3)))
	fmt.Println(err, first.Release(ctx))

	second, err := lease.TryAcquire(ctx, client, migrations, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(second.Token() > first.Token(), second.Release(ctx))
	// Output:
	// true
	// <nil> <nil>
	// true <nil>
}
