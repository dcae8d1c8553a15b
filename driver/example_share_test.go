package driver_test

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/mem"
)

// A test of a program that opens what its configuration names: the data source name leads to a cluster of the test's own, here
// one with strong consistency, where BeginTx begins transactions.
func Example_inProcess() {
	server, err := devserver.Start(devserver.Options{
		Edition:    devserver.Enterprise,
		Namespaces: []devserver.NamespaceOptions{{Name: "bank", StrongConsistency: true}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	remove, err := mem.Share("test-bank", server)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer remove()

	db, err := sql.Open("aerospike", "aerospike+mem://test-bank/bank")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = tx.Exec("INSERT INTO accounts (PK, amount) VALUES (?, ?)", "ada", 100)
	fmt.Println(err, tx.Rollback())
	var amount int
	fmt.Println(db.QueryRow("SELECT amount FROM accounts WHERE PK = ?", "ada").Scan(&amount))
	// Output:
	// <nil> <nil>
	// sql: no rows in result set
}
