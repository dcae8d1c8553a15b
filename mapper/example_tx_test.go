package mapper_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
)

type Account struct {
	ID     string `as:"id,pk"`
	Amount int    `as:"amount"`
}

// openBank opens a client and a database on an in-process cluster. Its namespace "bank" has strong
// consistency, which transactions need.
func openBank() (client *cluster.Client, db *sql.DB, done func()) {
	server, err := devserver.Start(devserver.Options{
		Edition:    devserver.Enterprise,
		Namespaces: []devserver.NamespaceOptions{{Name: "bank", StrongConsistency: true}},
	})
	must(err)
	client, err = cluster.Open(context.Background(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	must(err)
	db = sql.OpenDB(driver.NewClientConnector(client, driver.Config{Namespace: "bank"}))
	return client, db, func() {
		db.Close()
		client.Close()
		server.Close()
	}
}

// Calls with the context of a transaction take effect together or not at all.
func ExampleRepo_transaction() {
	client, _, done := openBank()
	defer done()
	ctx := context.Background()
	accounts, err := mapper.New[Account](client, mapper.WithNamespace("bank"), mapper.WithSet("accounts"))
	must(err)
	must(accounts.SaveMany(ctx, &Account{"ada", 100}, &Account{"bob", 0}))

	transfer := func(from, to string, amount int) error {
		return client.Transact(ctx, nil, func(ctx context.Context) error {
			_, err := accounts.Modify(ctx, to, func(a *Account) error {
				a.Amount += amount
				return nil
			})
			if err != nil {
				return err
			}
			_, err = accounts.Modify(ctx, from, func(a *Account) error {
				if a.Amount -= amount; a.Amount < 0 {
					return errors.New("not enough")
				}
				return nil
			})
			return err
		})
	}
	fmt.Println(transfer("ada", "bob", 30))
	fmt.Println(transfer("ada", "bob", 80))
	both, err := accounts.FindMany(ctx, "ada", "bob")
	must(err)
	fmt.Println(both[0].Amount, both[1].Amount)
	// Output:
	// <nil>
	// aerospike: transaction rolled back in attempt 1: not enough
	// 70 30
}

// A Repo on an sql.Tx: all its calls belong to the transaction, as the statements do.
func ExampleInTx() {
	_, db, done := openBank()
	defer done()
	ctx := context.Background()
	accounts, err := mapper.New[Account](db, mapper.WithSet("accounts"))
	must(err)
	must(accounts.SaveMany(ctx, &Account{"ada", 100}, &Account{"bob", 0}))

	tx, err := db.BeginTx(ctx, nil)
	must(err)
	defer tx.Rollback()
	_, err = tx.ExecContext(ctx, "UPDATE accounts SET amount = amount - 30 WHERE PK = 'ada'")
	must(err)
	within, err := mapper.New[Account](mapper.InTx(tx), mapper.WithSet("accounts"))
	must(err)
	bob, err := within.Find(ctx, "bob")
	must(err)
	bob.Amount += 30
	must(within.Save(ctx, bob))
	must(tx.Commit())

	both, err := accounts.FindMany(ctx, "ada", "bob")
	must(err)
	fmt.Println(both[0].Amount, both[1].Amount)
	// Output: 70 30
}

// New and NewTable take an sql.Tx as they take a database.
func ExampleNewTable_sqlTx() {
	_, db, done := openBank()
	defer done()
	ctx := context.Background()
	tx, err := db.BeginTx(ctx, nil)
	must(err)
	defer tx.Rollback()
	accounts, err := mapper.NewTable[string, Account](tx, mapper.WithSet("accounts"))
	must(err)
	must(accounts.Save(ctx, &Account{"ada", 100}))
	must(tx.Rollback())

	outside, err := mapper.NewTable[string, Account](db, mapper.WithSet("accounts"))
	must(err)
	exists, err := outside.Exists(ctx, "ada")
	fmt.Println(exists, err)
	// Output: false <nil>
}

// Objects and statements share the transaction of an sql.Tx.
func ExampleRepo_sqlTx() {
	_, db, done := openBank()
	defer done()
	ctx := context.Background()
	accounts, err := mapper.New[Account](db, mapper.WithSet("accounts"))
	must(err)
	must(accounts.SaveMany(ctx, &Account{"ada", 100}, &Account{"bob", 0}))

	tx, err := db.BeginTx(ctx, nil)
	must(err)
	defer tx.Rollback()
	_, err = tx.ExecContext(ctx, "UPDATE accounts SET amount = amount - 30 WHERE PK = 'ada'")
	must(err)
	within, err := driver.WithTx(ctx, tx)
	must(err)
	bob, err := accounts.Find(within, "bob")
	must(err)
	bob.Amount += 30
	must(accounts.Save(within, bob))
	must(tx.Commit())

	both, err := accounts.FindMany(ctx, "ada", "bob")
	must(err)
	fmt.Println(both[0].Amount, both[1].Amount)
	// Output: 70 30
}
