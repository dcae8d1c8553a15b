package driver_test

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster"
	_ "github.com/aerosql/aerosql/cluster/devserver/mem" // for aerospike+mem:// data sources
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

func Example() {
	db, err := sql.Open("aerospike", "aerospike+mem://example/test")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()

	_, err = db.Exec("INSERT INTO users (PK, name, visits) VALUES (?, ?, ?), (?, ?, ?)", 1, "Ann", 3, 2, "Bob", 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err = db.Exec("UPDATE users SET visits = visits + 1 WHERE PK = ?", 1); err != nil {
		fmt.Println(err)
		return
	}
	rows, err := db.Query("SELECT PK, name, visits FROM users WHERE PK IN (?)", []int{1, 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var id, visits int
		var name string
		if err := rows.Scan(&id, &name, &visits); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(id, name, visits)
	}
	fmt.Println(rows.Err())
	// Output:
	// 1 Ann 4
	// 2 Bob 5
	// <nil>
}

// A declared table, a join with records of a set that is not declared, groups, and what the
// statement does.
func Example_queries() {
	ctx := context.Background()
	db, err := sql.Open("aerospike", "aerospike+mem://queries/test")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()

	_, err = db.ExecContext(ctx, `
		CREATE TABLE customers (id TEXT PRIMARY KEY, name TEXT NOT NULL, since DATE);
		INSERT INTO customers VALUES ('ada', 'Ada', '2025-03-01'), ('alan', 'Alan', '2026-01-15');
		INSERT INTO orders (PK, customer, total) VALUES (1, 'ada', 30), (2, 'alan', 8), (3, 'ada', 12)`)
	if err != nil {
		fmt.Println(err)
		return
	}

	const query = `
		SELECT c.name, c.since, COUNT(*), SUM(o.total)
		FROM orders o JOIN customers c ON c.id = o.customer
		WHERE o.total > ?
		GROUP BY c.name, c.since
		ORDER BY 4 DESC`
	rows, err := db.QueryContext(ctx, query, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var since time.Time
		var orders, total int
		if err := rows.Scan(&name, &since, &orders, &total); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(name, since.Format(time.DateOnly), orders, total)
	}
	if err := rows.Err(); err != nil {
		fmt.Println(err)
		return
	}

	plan, err := db.QueryContext(ctx, "EXPLAIN "+query, 5)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer plan.Close()
	for plan.Next() {
		var line string
		if err := plan.Scan(&line); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(line)
	}
	fmt.Println(plan.Err())
	// Output:
	// Ada 2025-03-01 2 42
	// Alan 2026-01-15 1 8
	// client: compute `c.name`, `c.since`, `COUNT(*)`, `SUM(o.total)`
	//   client: sort by `SUM(o.total)` DESC
	//     client: aggregate COUNT(*), SUM(o.total) by c.name, c.since
	//       client: lookup join on o.customer = c.id
	//         scan test.orders as o
	//           server filter: o.total > ?
	//           bins: customer, total
	//           estimate: 3 records
	//         read test.customers as c
	// <nil>
}

func ExampleParseDSN() {
	cfg, err := driver.ParseDSN("aerospike://app:secret@10.0.0.1:3000,10.0.0.2:3000/test?timeout=500ms&scan=deny")
	fmt.Println(cfg.Seeds, cfg.Namespace, cfg.Timeout, err)
	fmt.Println(cfg)
	_, err = driver.ParseDSN("aerospike://10.0.0.1/test?scans=deny")
	fmt.Println(err)
	// Output:
	// [10.0.0.1:3000 10.0.0.2:3000] test 500ms <nil>
	// aerospike://app:redacted@10.0.0.1:3000,10.0.0.2:3000/test?timeout=500ms&scan=deny
	// invalid data source: there is no key "scans"; did you mean scan?
}

func ExampleNewConnector() {
	connector, err := driver.NewConnector(driver.Config{InProcess: "connector", Namespace: "test", DenyScan: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	_, err = db.Query("SELECT * FROM users")
	fmt.Println(err)
	// Output:
	// scan denied: scan=deny rejects reading all of test.users; select records by PK or by an index
}

// A native command, for what SQL does not offer.
func ExampleClient() {
	ctx := context.Background()
	db, err := sql.Open("aerospike", "aerospike+mem://client/test")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close() // also closes the client
	client, err := driver.Client(ctx, db)
	if err != nil {
		fmt.Println(err)
		return
	}
	key := protocol.MustKey("test", "users", "ann")
	_, err = client.Operate(ctx, nil, key, cdt.ListAppend("tags", protocol.String("admin")))
	if err != nil {
		fmt.Println(err)
		return
	}
	var tags driver.Document[[]string]
	err = db.QueryRowContext(ctx, "SELECT tags FROM users WHERE PK = 'ann'").Scan(&tags)
	fmt.Println(tags.V, err)
	// Output:
	// [admin] <nil>
}

func ExampleFromConn() {
	ctx := context.Background()
	db, err := sql.Open("aerospike", "aerospike+mem://raw/test")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	err = driver.FromConn(conn, func(client *cluster.Client) error {
		key := protocol.MustKey("test", "users", "ann")
		return client.Put(ctx, nil, key, protocol.BinsOf(map[string]any{"tags": []string{"a", "b"}}))
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var tags driver.Document[[]string]
	err = conn.QueryRowContext(ctx, "SELECT tags FROM users WHERE PK = 'ann'").Scan(&tags)
	fmt.Println(tags.V, err)
	// Output:
	// [a b] <nil>
}
