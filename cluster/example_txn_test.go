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

// openStrong returns a client of an in-process cluster whose namespace "bank" has strong
// consistency.
func openStrong() (client *cluster.Client, done func()) {
	server, err := devserver.Start(devserver.Options{
		Edition:    devserver.Enterprise,
		Namespaces: []devserver.NamespaceOptions{{Name: "bank", StrongConsistency: true}},
	})
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

func account(id string) protocol.Key { return protocol.MustKey("bank", "accounts", id) }

func amount(n int) protocol.Bins { return protocol.Bins{protocol.NewBin("amount", n)} }

func ExampleClient_Transact() {
	client, done := openStrong()
	defer done()
	ctx := context.Background()
	if err := client.Put(ctx, nil, account("ada"), amount(100)); err != nil {
		log.Fatal(err)
	}
	transfer := func(from, to string, n int) error {
		return client.Transact(ctx, nil, func(ctx context.Context) error {
			rec, err := client.Operate(ctx, nil, account(from), protocol.AddBin("amount", protocol.Int(int64(-n))), protocol.GetBin("amount"))
			if err != nil {
				return err
			}
			if left, _ := rec.Bins[0].Value.Int(); left < 0 {
				return errors.New("not enough") // rolls the transaction back
			}
			return client.Add(ctx, nil, account(to), amount(n))
		})
	}
	fmt.Println(transfer("ada", "bob", 30))
	fmt.Println(transfer("ada", "bob", 500))
	for _, id := range []string{"ada", "bob"} {
		rec, err := client.Get(ctx, nil, account(id))
		fmt.Println(id, rec.Bins[0].Value, err)
	}
	// Output:
	// <nil>
	// aerospike: transaction rolled back in attempt 1: not enough
	// ada 70 <nil>
	// bob 30 <nil>
}

// A transaction step by step. The context adds the commands to it; ReadPolicy.Txn, WritePolicy.Txn
// and BatchPolicy.Txn do the same for one command.
func ExampleClient_Commit() {
	client, done := openStrong()
	defer done()
	txn := cluster.NewTxn(cluster.TxnOptions{})
	ctx := cluster.WithTxn(context.Background(), txn)
	if err := client.Put(ctx, nil, account("ada"), amount(1)); err != nil {
		log.Fatal(err)
	}
	_, err := client.Get(context.Background(), nil, account("ada"))
	fmt.Println("for others:", errors.Is(err, protocol.KeyNotFound))
	fmt.Println("for their writes:", errors.Is(client.Put(context.Background(), nil, account("ada"), amount(2)), protocol.TransactionBlocked))

	status, err := client.Commit(ctx, txn)
	for txn.InDoubt() { // another call finds out the outcome
		status, err = client.Commit(ctx, txn)
	}
	fmt.Println(status, err, txn.State())
	// Output:
	// for others: true
	// for their writes: true
	// committed <nil> committed
}

func ExampleClient_Abort() {
	client, done := openStrong()
	defer done()
	txn := cluster.NewTxn(cluster.TxnOptions{})
	ctx := cluster.WithTxn(context.Background(), txn)
	if err := client.Put(ctx, nil, account("ada"), amount(1)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.Abort(ctx, txn))
	exists, err := client.Exists(context.Background(), nil, account("ada"))
	fmt.Println(exists, err)
	// Output:
	// aborted <nil>
	// false <nil>
}
