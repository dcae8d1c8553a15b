package control

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestEveryMethodHasARoute holds the table of routes against the methods of devserver.Server.
func TestEveryMethodHasARoute(t *testing.T) {
	offered := make(map[string]bool)
	for _, r := range routes() {
		for name := range strings.FieldsSeq(r.calls) {
			offered[name] = true
		}
	}
	server := reflect.TypeFor[*devserver.Server]()
	for i := range server.NumMethod() {
		name := server.Method(i).Name
		require.True(t, offered[name] != (exempt[name] != ""), "%s needs either a route or a reason in exempt", name)
		delete(offered, name)
	}
	require.Empty(t, offered, "methods that do not exist")
}

// A tester sends requests to a handler.
type tester struct {
	t       *testing.T
	handler *Handler
}

func newTester(t *testing.T, o devserver.Options) (*tester, *devserver.Server) {
	s := devserver.RunT(t, o)
	h := New(s, Options{})
	t.Cleanup(func() { require.NoError(t, h.Close()) })
	return &tester{t, h}, s
}

func (x *tester) send(method, path, body string) (status int, answer string) {
	w := httptest.NewRecorder()
	x.handler.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w.Code, strings.TrimSpace(w.Body.String())
}

func (x *tester) ok(method, path, body string) string {
	x.t.Helper()
	status, answer := x.send(method, path, body)
	require.Equal(x.t, http.StatusOK, status, "%s %s: %s", method, path, answer)
	return answer
}

// TestRoutes sends a request to every route, in an order in which each makes sense.
func TestRoutes(t *testing.T) {
	x, s := newTester(t, devserver.Options{Nodes: 2, History: true, Edition: devserver.Enterprise, MigrateEvery: devserver.MigrateManually, Namespaces: []devserver.NamespaceOptions{{Name: "test"}, {Name: "sc", StrongConsistency: true}}})
	const ok = `{"ok":true}`
	used := make(map[string]bool)
	for _, test := range []struct{ method, path, body, want string }{
		{"GET", "/v1/nodes", "", `"name":"A1"`},
		{"POST", "/v1/nodes", "", `{"name":"A3"}`},
		{"POST", "/v1/migrate", `{"n":5}`, `"left":`},
		{"POST", "/v1/settle", `{"timeout_ms":5000}`, ok},
		{"POST", "/v1/nodes/A3/kill", "", ok},
		{"POST", "/v1/nodes/A3/start", `{"empty":true}`, ok},
		{"POST", "/v1/nodes/A3/stop", "{}", ok},
		{"POST", "/v1/nodes/A3/start", "", ok},
		{"POST", "/v1/nodes/A2/freeze", "", ok},
		{"POST", "/v1/nodes/A2/lose", "", ok},
		{"POST", "/v1/nodes/A2/thaw", "", ok},
		{"POST", "/v1/nodes/A2/partition", "", ok},
		{"POST", "/v1/nodes/A2/thaw", "", ok},
		{"POST", "/v1/settle", "", ok},
		{"POST", "/v1/nodes/A2/slow", `{"delay_ms":1}`, `{"id":"f1"}`},
		{"POST", "/v1/holds", "", `{"id":"h2"}`},
		{"DELETE", "/v1/holds/h2", "", ok},
		{"POST", "/v1/move", `{"namespace":"test","partition":7,"node":"A2"}`, ok},
		{"POST", "/v1/move", `{"namespace":"test","n":3,"seed":1}`, ok},
		{"POST", "/v1/settle", "", ok},
		{"POST", "/v1/info", `{"node":"A1","commands":["node","build"]}`, `{"answers":["A1","8.1.2.0"]}`},
		{"POST", "/v1/sessions/expire", "", ok},
		{"GET", "/v1/namespaces", "", `"name":"test"`},
		{"POST", "/v1/namespaces", `{"name":"other","default_ttl":60}`, ok},
		{"POST", "/v1/namespaces/test/rack", `{"node":"A1","rack":2}`, ok},
		{"POST", "/v1/settle", "", ok},
		{"POST", "/v1/namespaces/sc/roster", `{"nodes":["A1","A2","A3"]}`, ok},
		{"POST", "/v1/namespaces/sc/revive", "", ok},
		{"POST", "/v1/settle", "", ok},
		{"POST", "/v1/namespaces/test/records", `{"set":"users","key":"u1","bins":{"n":1}}` + "\n" + `{"set":"users","key":2,"bins":{"n":2},"ttl":100}`, `{"records":2,"indexes":0,"modules":0}`},
		{"GET", "/v1/namespaces/test/records?set=users", "", `"key":"u1","bins":{"n":1},"ttl":-1,"generation":1}`},
		{"GET", "/v1/namespaces/test/record?set=users&key=2", "", `"bins":{"n":2}`},
		{"DELETE", "/v1/namespaces/test/record?set=users&key=%22u1%22&durable=true", "", ok},
		{"POST", "/v1/modules", `{"name":"m.lua","source":"function f(r) return 1 end"}`, ok},
		{"GET", "/v1/indexes", "", `[]`},
		{"GET", "/v1/history?after=0&limit=1", "", `"kind":"stored"`},
		{"GET", "/v1/counters", "", `"A1/test":{`},
		{"POST", "/v1/time", `{"advance_ms":200000}`, `"time":`},
		{"POST", "/v1/namespaces/test/expire", "", `{"removed":1}`},
		{"POST", "/v1/time", `{"set":"2031-01-02T03:04:05Z"}`, `"2031-01-02T03:04:05`},
		{"GET", "/v1/time", "", `"2031-01-02T03:04:0`},
		{"POST", "/v1/namespaces/test/truncate", `{"set":"users"}`, ok},
		{"POST", "/v1/faults", `{"on":["writes"],"action":{"code":18},"count":1}`, `{"id":"f3"}`},
		{"GET", "/v1/faults", "", `"applied":0`},
		{"DELETE", "/v1/faults/f3", "", ok},
		{"DELETE", "/v1/faults", "", ok},
		{"POST", "/v1/forks", "", `{"id":"1","seeds":[`},
		{"GET", "/v1/forks", "", `[{"id":"1"`},
		{"GET", "/v1/nodes?fork=1", "", `"name":"A3"`},
		{"DELETE", "/v1/forks/1", "", ok},
		{"GET", "/v1/snapshot", "", "aerosql devserver data"},
		{"POST", "/v1/reset", "", ok},
	} {
		require.Contains(t, x.ok(test.method, test.path, test.body), test.want, "%s %s", test.method, test.path)
		request := httptest.NewRequest(test.method, test.path, nil)
		_, pattern := x.handler.mux.Handler(request)
		used[pattern] = true
	}
	require.NoError(t, s.Store(protocol.MustKey("test", "demo", 1), protocol.Bins{protocol.NewBin("n", 1)}, 0))
	w := httptest.NewRecorder()
	x.handler.ServeHTTP(w, httptest.NewRequest("GET", "/v1/snapshot", nil))
	require.NoError(t, s.Reset())
	require.Contains(t, x.ok("POST", "/v1/snapshot", w.Body.String()), ok)
	require.NotNil(t, s.Peek(protocol.MustKey("test", "demo", 1)))
	used["POST /v1/snapshot"] = true
	for _, r := range routes() {
		require.True(t, used[r.method+" "+r.path], "%s %s is not tested", r.method, r.path)
	}
	require.Len(t, s.NodeNames(), 3)
}

func TestRequestsThatMakeNoSense(t *testing.T) {
	x, _ := newTester(t, devserver.Options{})
	for _, test := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"POST", "/v1/nodes/A9/kill", "", 404, `no node \"A9\"`},
		{"POST", "/v1/nodes/A1/lose", "", 400, "not frozen"},
		{"POST", "/v1/nodes/A1/slow", `{"delay_ms":-1}`, 400, "must be positive"},
		{"POST", "/v1/faults", `{"action":{}}`, 400, "does nothing"},
		{"POST", "/v1/faults", `{"on":["lunch"],"action":{"skip":true}}`, 400, `unknown kind \"lunch\"`},
		{"POST", "/v1/faults", `{"node":"A9","action":{"skip":true}}`, 404, "no node"},
		{"POST", "/v1/faults", `{"probability":2,"action":{"skip":true}}`, 400, "probability"},
		{"POST", "/v1/faults", `{"action":{"trail_answer":"xy"}}`, 400, "trail_answer"},
		{"POST", "/v1/faults", `{"action":{"skip":true},"extra":1}`, 400, "extra"},
		{"POST", "/v1/faults", `{"action":`, 400, "unexpected EOF"},
		{"POST", "/v1/faults", `{"action":{"skip":true}} {}`, 400, "text after the JSON"},
		{"DELETE", "/v1/faults/f9", "", 404, "no fault f9"},
		{"DELETE", "/v1/holds/h9", "", 404, "no hold h9"},
		{"DELETE", "/v1/forks/9", "", 404, "no fork 9"},
		{"GET", "/v1/nodes?fork=9", "", 404, "no fork 9"},
		{"POST", "/v1/time", `{}`, 400, "either set or advance_ms"},
		{"POST", "/v1/info", `{}`, 400, "commands is empty"},
		{"POST", "/v1/move", `{"namespace":"test"}`, 400, "use partition and node, or n"},
		{"POST", "/v1/namespaces", `{"name":"test"}`, 409, "namespace exists"},
		{"POST", "/v1/namespaces/nosuch/truncate", "", 404, "no namespace"},
		{"GET", "/v1/namespaces/nosuch/records", "", 404, "no namespace"},
		{"POST", "/v1/namespaces/nosuch/records", `{"set":"s","key":1,"bins":{"n":1}}`, 404, "line 1"},
		{"POST", "/v1/namespaces/test/records", "{\n", 400, "line 1"},
		{"GET", "/v1/namespaces/test/record?set=s&key=x", "", 400, "no JSON"},
		{"GET", "/v1/namespaces/test/record?set=s&key=1", "", 404, "no record"},
		{"GET", "/v1/history?after=x", "", 400, "invalid syntax"},
		{"POST", "/v1/modules", `{"name":"m.lua","source":"function"}`, 400, "expected near"},
		{"POST", "/v1/snapshot", "hello", 400, "not a file of this program"},
		{"PUT", "/v1/nodes", "", 405, ""},
		{"GET", "/v2/nodes", "", 404, ""},
	} {
		status, answer := x.send(test.method, test.path, test.body)
		require.Equal(t, test.status, status, "%s %s: %s", test.method, test.path, answer)
		require.Contains(t, answer, test.want, "%s %s", test.method, test.path)
	}
}

func TestToken(t *testing.T) {
	s := devserver.RunT(t)
	h := New(s, Options{Token: "secret"})
	defer h.Close()
	for token, status := range map[string]int{"": 401, "Bearer wrong": 401, "Bearer secret": 200} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/v1/nodes", nil)
		r.Header.Set("Authorization", token)
		h.ServeHTTP(w, r)
		require.Equal(t, status, w.Code, token)
	}
	open := New(s, Options{})
	defer open.Close()
	r := httptest.NewRequest("GET", "/v1/nodes", nil)
	r.Header.Set("Origin", "https://example.com")
	w := httptest.NewRecorder()
	open.ServeHTTP(w, r)
	require.Equal(t, http.StatusForbidden, w.Code, "a web page must not control the server")
}

// TestFaultsAct checks that faults of every kind of choice apply to the requests that they name.
func TestFaultsAct(t *testing.T) {
	x, s := newTester(t, devserver.Options{})
	key := func(i int) protocol.Key { return protocol.MustKey("test", "demo", i) }
	require.NoError(t, s.Store(key(1), protocol.Bins{protocol.NewBin("n", 1)}, 0))
	info := func() string { return roundTrip(t, s, "node\n") }
	require.Contains(t, info(), "A1")
	x.ok("POST", "/v1/faults", `{"asks":"node","action":{"info":"node","info_value":"ZZ"},"skip":1,"count":1}`)
	require.Contains(t, info(), "A1")
	require.Contains(t, info(), "ZZ")
	require.Contains(t, info(), "A1")
	require.Contains(t, x.ok("GET", "/v1/faults", ""), `"applied":1`)
	x.ok("DELETE", "/v1/faults", "")
	x.ok("POST", "/v1/faults", `{"on":["infos"],"probability":0.5,"seed":3,"action":{"info":"node","info_value":"ZZ"}}`)
	var first, second string
	for range 20 {
		first += fmt.Sprint(strings.Contains(info(), "ZZ"))
	}
	x.ok("DELETE", "/v1/faults", "")
	x.ok("POST", "/v1/faults", `{"on":["infos"],"probability":0.5,"seed":3,"action":{"info":"node","info_value":"ZZ"}}`)
	for range 20 {
		second += fmt.Sprint(strings.Contains(info(), "ZZ"))
	}
	require.Equal(t, first, second, "the same seed makes the same choices")
	require.Contains(t, first, "true")
	require.Contains(t, first, "false")
	x.ok("DELETE", "/v1/faults", "")
	// A held request continues when the fault is removed.
	x.ok("POST", "/v1/faults", `{"on":["infos"],"action":{"hold":true}}`)
	answered := make(chan string)
	go func() { answered <- info() }()
	for !strings.Contains(x.ok("GET", "/v1/faults", ""), `"applied":1`) {
		select {
		case <-answered:
			t.Fatal("the request was not held")
		default:
		}
	}
	x.ok("DELETE", "/v1/faults", "")
	require.Contains(t, <-answered, "A1")
}

// roundTrip sends an info request and returns the answer's body.
func roundTrip(t *testing.T, s *devserver.Server, text string) string {
	conn, err := s.Dial(context.Background(), "tcp", s.Seeds()[0])
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.Write(append([]byte{2, 1, 0, 0, 0, 0, 0, byte(len(text))}, text...))
	require.NoError(t, err)
	head := make([]byte, 8)
	_, err = io.ReadFull(conn, head)
	require.NoError(t, err)
	body := make([]byte, int(head[6])<<8|int(head[7]))
	_, err = io.ReadFull(conn, body)
	require.NoError(t, err)
	return string(body)
}

func TestForksThroughControl(t *testing.T) {
	x, s := newTester(t, devserver.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, s.Store(protocol.MustKey("test", "demo", 1), protocol.Bins{protocol.NewBin("n", 1)}, 0))
	var fork forkState
	require.NoError(t, json.Unmarshal([]byte(x.ok("POST", "/v1/forks", "")), &fork))
	require.NotEqual(t, s.Seeds(), fork.Seeds)
	x.ok("POST", "/v1/namespaces/test/records?fork="+fork.ID, `{"set":"demo","key":1,"bins":{"n":2}}`)
	require.Contains(t, x.ok("GET", "/v1/namespaces/test/record?set=demo&key=1", ""), `"n":1`)
	require.Contains(t, x.ok("GET", "/v1/namespaces/test/record?set=demo&key=1&fork="+fork.ID, ""), `"n":2`)
	x.ok("POST", "/v1/faults?fork="+fork.ID, `{"action":{"skip":true}}`)
	require.Equal(t, "[]", x.ok("GET", "/v1/faults", ""))
}

// TestDocument checks the OpenAPI document: it is valid JSON, has all routes, and every schema has
// a type.
func TestDocument(t *testing.T) {
	x, _ := newTester(t, devserver.Options{})
	text := x.ok("GET", "/openapi.json", "")
	var document struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			Summary     string
			OperationID string
			Parameters  []struct{ In, Name string }
		}
	}
	require.NoError(t, json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&document))
	require.Equal(t, "3.0.3", document.OpenAPI)
	ids := make(map[string]bool)
	for _, r := range routes() {
		o, ok := document.Paths[r.path][strings.ToLower(r.method)]
		require.True(t, ok, r.path)
		require.Equal(t, r.summary, o.Summary)
		require.False(t, ids[o.OperationID], o.OperationID)
		ids[o.OperationID] = true
	}
	require.Contains(t, text, `"description": "wait before the request is executed"`)
}
