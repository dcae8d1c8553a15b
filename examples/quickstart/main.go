// Quickstart keeps a small shop in Aerospike and uses it through the three APIs of aerosql: SQL,
// structs and native commands. All three see the same records.
//
//	go run ./examples/quickstart                        # on an in-process server
//	go run ./examples/quickstart -addr 10.0.0.1:3000    # on a real cluster
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/aerosql/aerosql/cluster"
	_ "github.com/aerosql/aerosql/cluster/devserver/mem" // DSNs of the form aerospike+mem://
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

func main() {
	addr := flag.String("addr", "", "`host:port` of a node of a real cluster; if empty an in-process server is used")
	namespace := flag.String("namespace", "test", "`name` of the namespace to use")
	flag.Parse()

	dsn := "aerospike+mem://quickstart/" + *namespace
	if *addr != "" {
		dsn = "aerospike://" + *addr + "/" + *namespace
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := run(ctx, os.Stdout, dsn, *namespace); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// run opens the shop, uses each API and cleans up.
func run(ctx context.Context, out io.Writer, dsn, namespace string) (err error) {
	db, err := sql.Open("aerospike", dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.PingContext(ctx); err != nil {
		return err
	}
	if err := useSQL(ctx, out, db); err != nil {
		return err
	}
	if err := useStructs(ctx, out, db); err != nil {
		return err
	}
	if err := useCommands(ctx, out, db, namespace); err != nil {
		return err
	}
	return cleanUp(ctx, out, db)
}

// useSQL fills the shop and queries its products with database/sql only.
func useSQL(ctx context.Context, out io.Writer, db *sql.DB) error {
	fmt.Fprintln(out, "1. SQL")
	if _, err := db.ExecContext(ctx, "TRUNCATE products"); err != nil {
		return err
	}
	added, err := db.ExecContext(ctx, `INSERT INTO products (PK, name, price, stock, tags) VALUES
		(?, ?, ?, ?, ?), (?, ?, ?, ?, ?), (?, ?, ?, ?, ?)`,
		"tea", "Green tea", 4.5, 120, []string{"drink", "leaf"},
		"pot", "Tea pot", 29.9, 8, []string{"kitchen"},
		"cup", "Cup", 7.25, 0, []string{"kitchen"})
	if err != nil {
		return err
	}
	n, _ := added.RowsAffected()
	fmt.Fprintf(out, "   inserted %d products\n", n)

	// One key: one record read. The update is one atomic command on the server.
	if _, err := db.ExecContext(ctx, "UPDATE products SET stock = stock - ?, sold = ? WHERE PK = ?", 2, true, "tea"); err != nil {
		return err
	}
	var name string
	var stock int
	if err := db.QueryRowContext(ctx, "SELECT name, stock FROM products WHERE PK = ?", "tea").Scan(&name, &stock); err != nil {
		return err
	}
	fmt.Fprintf(out, "   %s: %d in stock\n", name, stock)

	const inStock = "SELECT PK, name, price FROM products WHERE stock > ? AND price < ?"
	rows, err := db.QueryContext(ctx, inStock, 0, 10)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var price float64
		if err := rows.Scan(&key, &name, &price); err != nil {
			return err
		}
		fmt.Fprintf(out, "   cheap and in stock: %s (%s) at %.2f\n", name, key, price)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return explain(ctx, out, db, inStock)
}

// explain prints how a statement is executed.
func explain(ctx context.Context, out io.Writer, db *sql.DB, query string) error {
	rows, err := db.QueryContext(ctx, "EXPLAIN "+query, 0, 10)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		fmt.Fprintln(out, "   | "+line)
	}
	return rows.Err()
}

// A Product is the same record as a struct. Bins without a field are left unchanged.
type Product struct {
	ID    string   `as:"id,pk"`
	Name  string   `as:"name"`
	Price float64  `as:"price"`
	Stock int      `as:"stock"`
	Tags  []string `as:"tags"`
	// Generation makes a write fail if the product has changed since it was read.
	Generation uint32 `asm:"gen"`
}

// useStructs changes a product that SQL wrote, and shows optimistic locking.
func useStructs(ctx context.Context, out io.Writer, db *sql.DB) error {
	fmt.Fprintln(out, "2. Structs")
	products, err := mapper.New[Product](db, mapper.WithSet("products"))
	if err != nil {
		return err
	}
	pot, err := products.Find(ctx, "pot")
	if err != nil {
		return err
	}
	stale := *pot
	pot.Price, pot.Tags = 24.9, append(pot.Tags, "sale")
	if err := products.Save(ctx, pot); err != nil {
		return err
	}
	fmt.Fprintf(out, "   %s now costs %.2f, generation %d, tags %v\n", pot.Name, pot.Price, pot.Generation, pot.Tags)

	if err := products.Save(ctx, &stale); !errors.Is(err, mapper.ErrStale) {
		return fmt.Errorf("a stale product was saved: %w", err)
	}
	fmt.Fprintln(out, "   saving a stale copy of it was rejected")

	_, err = products.Find(ctx, "spoon")
	fmt.Fprintf(out, "   a spoon: not found is %v\n", errors.Is(err, mapper.ErrNotFound))
	return nil
}

// useCommands gets the native client of the database.
func useCommands(ctx context.Context, out io.Writer, db *sql.DB, namespace string) error {
	fmt.Fprintln(out, "3. Native commands")
	client, err := driver.Client(ctx, db)
	if err != nil {
		return err
	}
	return restock(ctx, out, client, namespace)
}

// restock performs several operations on one record in one command, and counts the products.
func restock(ctx context.Context, out io.Writer, client *cluster.Client, namespace string) error {
	cup, err := protocol.NewKey(namespace, "products", "cup")
	if err != nil {
		return err
	}
	rec, err := client.Operate(ctx, nil, cup,
		protocol.AddBin("stock", protocol.Int(50)),
		protocol.AppendBin("name", protocol.String(" of porcelain")),
		protocol.GetAll())
	if err != nil {
		return err
	}
	name, _ := rec.Bin("name")
	stock, _ := rec.Bin("stock")
	fmt.Fprintf(out, "   %v: %v in stock, generation %d\n", name, stock, rec.Generation)

	count := 0
	for _, err := range client.Scan(ctx, nil, namespace, "products") {
		if err != nil {
			return err
		}
		count++
	}
	fmt.Fprintf(out, "   a scan of all partitions found %d products on %d node(s)\n", count, len(client.NodeNames()))
	return nil
}

// cleanUp removes the products again.
func cleanUp(ctx context.Context, out io.Writer, db *sql.DB) error {
	removed, err := db.ExecContext(ctx, "DELETE FROM products WHERE PK IN (?)", []string{"tea", "pot", "cup"})
	if err != nil {
		return err
	}
	n, _ := removed.RowsAffected()
	fmt.Fprintf(out, "   removed %d products\n", n)
	return nil
}
