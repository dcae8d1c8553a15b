package control_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/control"
)

// A test in any language adds a node by an HTTP request.
func ExampleNew() {
	server, err := devserver.Start(devserver.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	handler := control.New(server, control.Options{})
	defer handler.Close()
	web := httptest.NewServer(handler)
	defer web.Close()
	defer web.Client().CloseIdleConnections()

	answer, err := web.Client().Post(web.URL+"/v1/nodes", "application/json", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	fmt.Println(answer.StatusCode == http.StatusOK, strings.TrimSpace(string(text)), err)
	fmt.Println(server.NodeNames())
	// Output:
	// true {"name":"A2"} <nil>
	// [A1 A2]
}
