package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster/devserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A client talks to a running shop.
type client struct {
	t       *testing.T
	base    string
	cluster *inProcess
	stop    context.CancelFunc // as the signal does
	ended   chan error
	token   string
}

// openShop runs the shop on a cluster of its own, with three products and two branches.
func openShop(t *testing.T) *client {
	t.Helper()
	cluster, err := startCluster()
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	c := &client{t: t, base: "http://" + listener.Addr().String(), cluster: cluster, stop: stop, ended: make(chan error, 1)}
	day := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	cfg := config{
		dsn: cluster.dsn, cache: "cache", secret: []byte("of the test"), idle: time.Hour, grace: 10 * time.Second,
		now: func() time.Time { return day }, log: slog.New(slog.DiscardHandler),
	}
	go func() { c.ended <- run(ctx, cfg, listener) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-c.ended)
		c.ended <- nil
		http.DefaultClient.CloseIdleConnections()
		require.NoError(t, cluster.stop())
	})
	for _, p := range []string{
		`{"sku": "tea", "name": "Green tea", "price": 450, "stock": 100, "tags": ["drink", "leaf"]}`,
		`{"sku": "pot", "name": "Tea pot", "price": 2990, "stock": 3, "tags": ["kitchen"]}`,
		`{"sku": "cup", "name": "Cup", "price": 725, "stock": 50, "tags": ["kitchen"]}`,
	} {
		var sku struct{ SKU string }
		require.NoError(t, json.Unmarshal([]byte(p), &sku))
		c.must(200, "PUT", "/products/"+sku.SKU, p, nil)
	}
	return c
}

// send sends a request and returns the status and the decoded answer.
func (c *client) send(method, path, body string, header map[string]string) (status int, answer map[string]any, list []any) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, c.base+path, bytes.NewBufferString(body))
	require.NoError(c.t, err)
	req.Header.Set("Authorization", "Bearer "+c.token)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(c.t, err)
	defer resp.Body.Close()
	var raw json.RawMessage
	require.NoError(c.t, json.NewDecoder(resp.Body).Decode(&raw))
	if json.Unmarshal(raw, &answer) != nil {
		require.NoError(c.t, json.Unmarshal(raw, &list))
	}
	return resp.StatusCode, answer, list
}

// must sends a request that has the given status.
func (c *client) must(want int, method, path, body string, header map[string]string) map[string]any {
	c.t.Helper()
	status, answer, _ := c.send(method, path, body, header)
	require.Equal(c.t, want, status, "%s %s: %v", method, path, answer)
	return answer
}

// list returns the answer of a request for a list.
func (c *client) list(path string) []any {
	c.t.Helper()
	status, answer, list := c.send("GET", path, "", nil)
	require.Equal(c.t, 200, status, "%s: %v", path, answer)
	return list
}

func (c *client) logIn(customer string) {
	c.t.Helper()
	c.token = c.must(200, "POST", "/session", fmt.Sprintf(`{"customer": %q}`, customer), nil)["token"].(string)
}

func (c *client) stock(sku string) float64 {
	c.t.Helper()
	return c.must(200, "GET", "/products/"+sku, "", nil)["product"].(map[string]any)["stock"].(float64)
}

// onSet matches requests about records of a set.
func onSet(set string) func(*devserver.Request) bool {
	return func(r *devserver.Request) bool { return r.Set() == set }
}

func TestProducts(t *testing.T) {
	c := openShop(t)
	c.must(409, "PUT", "/products/tea", `{"name": "Another"}`, nil)
	c.must(400, "PUT", "/products/gin", `{"name": "Gin", "price": -1}`, nil)
	c.must(400, "PUT", "/products/gin", `{"nosuch": 1}`, nil)
	c.must(404, "GET", "/products/gin", "", nil)

	change := `{"name": "Sencha", "price": 500, "stock": 90, "tags": ["drink"]}`
	c.must(200, "PUT", "/products/tea", change, map[string]string{"If-Match": `"1"`})
	c.must(412, "PUT", "/products/tea", change, map[string]string{"If-Match": `"1"`})
	c.must(400, "PUT", "/products/tea", change, map[string]string{"If-Match": "x"})
	for n := range 3 {
		answer := c.must(200, "GET", "/products/tea", "", nil)
		require.EqualValues(t, n+1, answer["views"])
		require.Equal(t, "Sencha", answer["product"].(map[string]any)["name"])
	}
}

func TestPages(t *testing.T) {
	c := openShop(t)
	for i := range 45 {
		c.must(200, "PUT", fmt.Sprintf("/products/spoon%d", i), `{"name": "Spoon", "tags": ["spoon"]}`, nil)
	}
	seen := map[any]bool{}
	pages, next := 0, ""
	for {
		page := c.must(200, "GET", "/products?tag=spoon&cursor="+next, "", nil)
		for _, p := range page["products"].([]any) {
			seen[p.(map[string]any)["sku"]] = true
		}
		pages++
		if next = page["next"].(string); next == "" {
			break
		}
	}
	require.Len(t, seen, 45)
	require.Equal(t, 3, pages)
	c.must(400, "GET", "/products?tag=spoon&cursor=forged", "", nil)
	c.must(400, "GET", "/products", "", nil)
}

func TestBranches(t *testing.T) {
	c := openShop(t)
	c.must(200, "PUT", "/branches/mitte", `{"name": "Mitte", "lon": 13.405, "lat": 52.52}`, nil)
	c.must(200, "PUT", "/branches/spandau", `{"name": "Spandau", "lon": 13.2, "lat": 52.53}`, nil)
	c.must(400, "PUT", "/branches/mars", `{"name": "Mars", "lon": 400, "lat": 1}`, nil)
	near := c.list("/branches?lon=13.40&lat=52.52&meters=5000")
	require.Equal(t, []any{map[string]any{"id": "mitte", "name": "Mitte"}}, near)
	require.Len(t, c.list("/branches?lon=13.40&lat=52.52&meters=50000"), 2)
	c.must(400, "GET", "/branches?lon=east&lat=1&meters=1", "", nil)
}

func TestSessions(t *testing.T) {
	c := openShop(t)
	c.must(401, "GET", "/orders", "", nil)
	c.logIn("ada")
	require.Empty(t, c.list("/orders"))
	c.cluster.server.AdvanceTime(50 * time.Minute)
	c.list("/orders") // prolongs the session
	c.cluster.server.AdvanceTime(50 * time.Minute)
	c.list("/orders")
	c.cluster.server.AdvanceTime(61 * time.Minute)
	c.must(401, "GET", "/orders", "", nil)

	c.logIn("ada")
	c.must(200, "DELETE", "/session", "", nil)
	c.must(401, "GET", "/orders", "", nil)
}

func TestOrders(t *testing.T) {
	c := openShop(t)
	c.logIn("ada")
	placed := c.must(200, "PUT", "/orders/o1", `{"lines": [{"sku": "tea", "qty": 2}, {"sku": "pot", "qty": 1}]}`, nil)
	require.EqualValues(t, 2*450+2990, placed["total"])
	require.EqualValues(t, 98, c.stock("tea"))

	again := c.must(200, "PUT", "/orders/o1", `{"lines": [{"sku": "tea", "qty": 2}]}`, nil)
	require.Equal(t, placed, again, "an order is placed once")
	c.must(409, "PUT", "/orders/o2", `{"lines": [{"sku": "tea", "qty": 2}, {"sku": "pot", "qty": 3}]}`, nil)
	c.must(404, "PUT", "/orders/o3", `{"lines": [{"sku": "tea", "qty": 2}, {"sku": "gin", "qty": 1}]}`, nil)
	c.must(400, "PUT", "/orders/o4", `{"lines": [{"sku": "tea", "qty": -1}]}`, nil)
	require.EqualValues(t, 98, c.stock("tea"), "an order that fails takes nothing")

	c.must(200, "PUT", "/orders/o5", `{"lines": [{"sku": "cup", "qty": 5}]}`, nil)
	require.Len(t, c.list("/orders"), 2)
	c.logIn("bob")
	c.must(409, "PUT", "/orders/o1", `{"lines": [{"sku": "tea", "qty": 2}]}`, nil)
	require.Empty(t, c.list("/orders"))

	require.Equal(t, []any{map[string]any{"day": 20260131.0, "orders": 2.0, "total": 900.0 + 2990 + 5*725}}, c.list("/reports/sales?from=20260101&to=20261231"))
	best := c.list("/reports/best?from=20260101&to=20261231")
	require.Equal(t, map[string]any{"sku": "cup", "name": "Cup", "qty": 5.0}, best[0])
	require.Len(t, best, 3)
	require.Empty(t, c.list("/reports/sales?from=20250101&to=20251231"))
}

// TestConcurrentOrders sells three pots to ten customers.
func TestConcurrentOrders(t *testing.T) {
	c := openShop(t)
	c.logIn("ada")
	statuses := make([]int, 10)
	var wg sync.WaitGroup
	for i := range statuses {
		wg.Go(func() {
			statuses[i], _, _ = c.send("PUT", fmt.Sprintf("/orders/o%d", i), `{"lines": [{"sku": "pot", "qty": 1}]}`, nil)
		})
	}
	wg.Wait()
	counts := map[int]int{}
	for _, s := range statuses {
		counts[s]++
	}
	require.Equal(t, map[int]int{200: 3, 409: 7}, counts)
	require.Zero(t, c.stock("pot"))
}

// TestOrderInDoubt loses the answer to a write of an order. The customer repeats the request.
func TestOrderInDoubt(t *testing.T) {
	c := openShop(t)
	c.logIn("ada")
	remove := c.cluster.server.Inject(devserver.Fault{On: devserver.Writes, Match: onSet("orders"), Count: 1, Do: devserver.DropAnswer()})
	defer remove()
	const lines = `{"lines": [{"sku": "pot", "qty": 1}]}`
	status, _, _ := c.send("PUT", "/orders/o1", lines, nil)
	require.GreaterOrEqual(t, status, 500)
	c.must(200, "PUT", "/orders/o1", lines, nil)
	require.EqualValues(t, 2, c.stock("pot"))
}

// TestShutdown stops the shop while a request is under way, which is answered.
func TestShutdown(t *testing.T) {
	c := openShop(t)
	release, held := make(chan struct{}), make(chan struct{})
	var once sync.Once
	remove := c.cluster.server.Inject(devserver.Fault{
		On: devserver.Reads, Count: 1, Do: devserver.Hold(release),
		Match: func(r *devserver.Request) bool {
			match := onSet("products")(r)
			if match {
				once.Do(func() { close(held) })
			}
			return match
		},
	})
	defer remove()
	answered := make(chan int, 1)
	go func() {
		status, _, _ := c.send("GET", "/products/tea", "", nil)
		answered <- status
	}()
	<-held
	c.stop()
	for { // until the shop accepts nothing more
		conn, err := net.Dial("tcp", c.base[len("http://"):])
		if err != nil {
			break
		}
		conn.Close()
	}
	close(release)
	require.Equal(t, 200, <-answered)
	require.NoError(t, <-c.ended)
	c.ended <- nil
}
