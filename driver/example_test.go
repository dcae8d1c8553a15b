package driver_test

import (
	"context"
	"database/sql"
	"fmt"

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
