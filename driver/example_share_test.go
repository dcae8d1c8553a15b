package driver_test

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/mem"
)

// A test starts a cluster with the options that it needs and shares it under a name. The program
// under test opens the cluster by its data source name.
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
