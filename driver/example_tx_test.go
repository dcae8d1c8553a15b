package driver_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

// openBank opens a database with two accounts on an in-process cluster. Its namespace "bank" has
// strong consistency, which transactions need.
func openBank() (db *sql.DB, done func()) {
	server, err := devserver.Start(devserver.Options{
		Edition:    devserver.Enterprise,
		Namespaces: []devserver.NamespaceOptions{{Name: "bank", StrongConsistency: true}},
	})
	if err != nil {
		log.Panic(err)
	}
	connector, err := driver.NewConnector(driver.Config{Seeds: server.Seeds(), Dial: server.Dial, Namespace: "bank"})
	if err != nil {
		log.Panic(err)
	}
	db = sql.OpenDB(connector)
	if _, err := db.Exec("INSERT INTO accounts (PK, amount) VALUES ('ada', 100), ('bob', 0)"); err != nil {
		log.Panic(err)
	}
	return db, func() {
		db.Close()
		server.Close()
	}
}

// printAmounts prints the two accounts.
func printAmounts(db *sql.DB) {
	for _, id := range []string{"ada", "bob"} {
		var amount int
		err := db.QueryRow("SELECT amount FROM accounts WHERE PK = ?", id).Scan(&amount)
		fmt.Println(id, amount, err)
	}
}

// A transaction of database/sql.
func ExampleConn_BeginTx() {
	db, done := openBank()
	defer done()
	transfer := func(ctx context.Context, from, to string, amount int) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		var left int
		if err := tx.QueryRowContext(ctx, "SELECT amount FROM accounts WHERE PK = ?", from).Scan(&left); err != nil {
			return err
		}
		if left < amount {
			return errors.New("not enough")
		}
		if _, err := tx.ExecContext(ctx, "UPDATE accounts SET amount = amount - ? WHERE PK = ?", amount, from); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE accounts SET amount = amount + ? WHERE PK = ?", amount, to); err != nil {
			return err
		}
		return tx.Commit()
	}
	fmt.Println(transfer(context.Background(), "ada", "bob", 30))
	fmt.Println(transfer(context.Background(), "ada", "bob", 80))
	printAmounts(db)

	tx, err := db.Begin()
	if err != nil {
		log.Panic(err)
	}
	defer tx.Rollback()
	_, err = tx.Query("SELECT * FROM accounts")
	fmt.Println(errors.Is(err, cluster.ErrTxnQuery))
	// Output:
	// <nil>
	// not enough
	// ada 70 <nil>
	// bob 30 <nil>
	// true
}

// The function is called again if its transaction conflicts with another one.
func ExampleTransact() {
	db, done := openBank()
	defer done()
	err := driver.Transact(context.Background(), db, nil, func(ctx context.Context) error {
		if _, err := db.ExecContext(ctx, "UPDATE accounts SET amount = amount - 30 WHERE PK = 'ada'"); err != nil {
			return err
		}
		_, err := db.ExecContext(ctx, "UPDATE accounts SET amount = amount + 30 WHERE PK = 'bob'")
		return err
	})
	fmt.Println(err)
	printAmounts(db)
	// Output:
	// <nil>
	// ada 70 <nil>
	// bob 30 <nil>
}

// A native command that belongs to the transaction of an sql.Tx.
func ExampleWithTx() {
	db, done := openBank()
	defer done()
	ctx := context.Background()
	client, err := driver.Client(ctx, db)
	if err != nil {
		log.Panic(err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		log.Panic(err)
	}
	txCtx, err := driver.WithTx(ctx, tx)
	if err != nil {
		log.Panic(err)
	}
	err = client.Add(txCtx, nil, protocol.MustKey("bank", "accounts", "bob"), protocol.Bins{protocol.NewBin("amount", 30)})
	fmt.Println(err, tx.Rollback())
	printAmounts(db)
	// Output:
	// <nil> <nil>
	// ada 100 <nil>
	// bob 0 <nil>
}
