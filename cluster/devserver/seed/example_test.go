package seed_test

import (
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/seed"
	"github.com/aerosql/aerosql/protocol"
)

func ExampleLoadJSON() {
	server, err := devserver.Start(devserver.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	lines := strings.NewReader(`{"set":"users","key":"ada","bins":{"name":"Ada","age":36}}
{"set":"users","key":"bob","bins":{"name":"Bob","tags":["new"]}}
`)
	counts, err := seed.LoadJSON(server, "test", lines)
	fmt.Println(counts.Records, err)
	fmt.Println(server.Peek(protocol.MustKey("test", "users", "ada")).Bins.Map())
	// Output:
	// 2 <nil>
	// map[age:36 name:Ada]
}
