package catalog_test

import (
	"context"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/querylang/exec/catalog"
	"github.com/aerosql/aerosql/querylang/parse"
	"github.com/aerosql/aerosql/querylang/plan"
)

func Example() {
	ctx := context.Background()
	server, err := devserver.Start(devserver.Options{})
	if err != nil {
		panic(err)
	}
	defer server.Close()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	if err != nil {
		panic(err)
	}
	defer client.Close()

	c := catalog.New(client, nil, catalog.Options{})
	parsed, err := parse.One("CREATE TABLE people (id BIGINT PRIMARY KEY, name VARCHAR(20) NOT NULL)", parse.Standard)
	if err != nil {
		panic(err)
	}
	if err := c.Define(ctx, &plan.Definition{Statement: parsed.Statement, Namespace: "test", Text: parsed.Text}); err != nil {
		panic(err)
	}
	people, err := c.Table(ctx, "test", "people")
	if err != nil {
		panic(err)
	}
	for _, column := range people.Columns {
		fmt.Println(column.Name, column.Type)
	}
	// Output:
	// id BIGINT
	// name VARCHAR(20)
}
