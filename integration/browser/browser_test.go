// Package browser tests aerosql console in headless Chromium: the binary of cmd/aerosql shows a
// cluster of this process, or that of AEROSQL_ADDR. The tests are skipped if no browser is found.
// With AEROSQL_SCREENSHOTS set to a directory they write pictures of the pages there.
package browser

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/control"
	"github.com/aerosql/aerosql/protocol"
)

// browsers are the names of programs that the tests can use.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}

// timeout limits one test, waitTime one wait.
const timeout, waitTime = time.Minute, 20 * time.Second

// namespace is the namespace of the tests, and users and orders are their sets.
var namespace, users, orders = cmp.Or(os.Getenv("AEROSQL_NAMESPACE"), "test"), "console_users", "console_orders"

// A tab is a tab of the browser on a console.
type tab struct {
	t       *testing.T
	ctx     context.Context
	address string
	seed    string
	server  *devserver.Server // nil if it is the server of AEROSQL_ADDR

	mu       sync.Mutex
	messages []string // errors of the pages
}

// binary builds the program once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "aerosql-browser")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "aerosql")
	out, err := exec.Command("go", "build", "-o", path, "github.com/aerosql/aerosql/cmd/aerosql").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("go build: %w: %s", err, out)
	}
	return path, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// open starts a cluster with records, a console and a browser.
func open(t *testing.T, flags ...string) *tab {
	browser := ""
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
			break
		}
	}
	if browser == "" {
		t.Skip("no browser is installed: " + strings.Join(browsers, ", "))
	}
	b := &tab{t: t, seed: os.Getenv("AEROSQL_ADDR")}
	if b.seed == "" {
		server, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0", Nodes: 3, History: true, ClusterName: "demo", Namespaces: []devserver.NamespaceOptions{{Name: namespace}, {Name: "shop"}}})
		require.NoError(t, err)
		t.Cleanup(func() { _ = server.Close() })
		b.server, b.seed = server, server.Seeds()[0]
		flags = append(flags, "-control", startControl(t, server))
	}
	b.address = b.startConsole(flags)

	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(browser), chromedp.NoSandbox, chromedp.WindowSize(1280, 900))...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, timeout)
	t.Cleanup(cancel)
	b.ctx = ctx
	chromedp.ListenTarget(ctx, func(event any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			b.messages = append(b.messages, e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			if e.Entry.Level == log.LevelError {
				b.messages = append(b.messages, e.Entry.Text+" "+e.Entry.URL)
			}
		}
	})
	b.do(log.Enable())
	return b
}

// startControl serves the control address of a server and returns it.
func startControl(t *testing.T, server *devserver.Server) string {
	handler := control.New(server, control.Options{})
	t.Cleanup(func() { _ = handler.Close() })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	controls := &http.Server{Handler: handler, ReadHeaderTimeout: time.Second}
	go func() { _ = controls.Serve(l) }()
	t.Cleanup(func() { _ = controls.Close() })
	return l.Addr().String()
}

// startConsole starts the program and returns the address that it prints.
func (b *tab) startConsole(flags []string) string {
	program, err := binary()
	require.NoError(b.t, err)
	cmd := exec.Command(program, append([]string{"console", "-dsn", b.seed + "/" + namespace, "-listen", "127.0.0.1:0"}, flags...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(b.t, err)
	require.NoError(b.t, cmd.Start())
	b.t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	require.True(b.t, lines.Scan(), "the console prints its address")
	return lines.Text()
}

// do runs actions.
func (b *tab) do(actions ...chromedp.Action) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Run(b.ctx, actions...))
}

// visit opens a page.
func (b *tab) visit(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(strings.TrimSuffix(b.address, "/")+path), chromedp.WaitVisible("main"))
}

// evaluate returns the value of an expression.
func evaluate[T any](b *tab, expression string) (v T) {
	b.t.Helper()
	b.do(chromedp.Evaluate(expression, &v))
	return v
}

// wait waits until an expression is true.
func (b *tab) wait(expression string) {
	b.t.Helper()
	for deadline := time.Now().Add(waitTime); ; {
		err := chromedp.Run(b.ctx, chromedp.Poll(expression, nil, chromedp.WithPollingTimeout(waitTime)))
		if err == nil {
			return
		}
		// A page that is left while its script waits gives an error.
		require.True(b.t, time.Now().Before(deadline), "%s: %v", expression, err)
	}
}

// clean checks that the pages had no errors, such as scripts that the policy stops.
func (b *tab) clean() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b.t, b.messages)
}

// picture writes a picture of the page if AEROSQL_SCREENSHOTS is set.
func (b *tab) picture(name string) {
	dir := os.Getenv("AEROSQL_SCREENSHOTS")
	if dir == "" {
		return
	}
	var png []byte
	b.do(chromedp.FullScreenshot(&png, 100))
	require.NoError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600))
}

// scheme selects the light or the dark colors.
func (b *tab) scheme(name string) {
	b.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}))
}

// fill stores records.
func (b *tab) fill() {
	client, err := cluster.Open(b.t.Context(), cluster.Config{Seeds: []string{b.seed}})
	require.NoError(b.t, err)
	b.t.Cleanup(func() {
		for _, set := range []string{users, orders} {
			require.NoError(b.t, client.Truncate(context.Background(), nil, namespace, set, time.Time{}))
		}
		require.NoError(b.t, client.Close())
	})
	names := strings.Fields("Ada Grace Edsger Barbara Alan Donald Radia Leslie Margaret Tony Frances John")
	policy := &cluster.WritePolicy{SendKey: true}
	for i := range 120 {
		bins := protocol.Bins{
			protocol.NewBin("name", fmt.Sprintf("%s %d", names[i%12], i)), protocol.NewBin("age", 18+i%60),
			protocol.NewBin("score", float64(i)*1.25), protocol.NewBin("tags", []any{"tag " + names[i%5], i % 7}),
			protocol.NewBin("address", map[string]any{"city": "Town " + names[i%9], "zip": 10000 + i, "geo": map[string]any{"lat": 1.5, "lon": []any{1, 2, 3}}}),
		}
		require.NoError(b.t, client.Put(b.t.Context(), policy, protocol.MustKey(namespace, users, i), bins))
	}
	policy = &cluster.WritePolicy{SendKey: true, TTL: cluster.TTLFor(time.Hour)}
	for _, key := range []any{1, 2, "abc-<b>"} {
		require.NoError(b.t, client.Put(b.t.Context(), policy, protocol.MustKey(namespace, orders, key), protocol.Bins{protocol.NewBin("total", 9.5), protocol.NewBin("note", "<script>alert(1)</script>")}))
	}
}

// enter types a text into the editor. It does not complete words.
func (b *tab) enter(text string) {
	b.t.Helper()
	b.do(chromedp.SetValue("#text", text), chromedp.Focus("#text"))
}

// A user looks at the cluster, at sets and at records.
func TestBrowse(t *testing.T) {
	b := open(t)
	b.fill()
	b.visit("/")
	b.wait(`document.querySelector("svg.chart") !== null`)
	if nodes := evaluate[int64](b, `document.querySelectorAll("section table")[0].tBodies[0].rows.length`); b.server != nil {
		require.Equal(t, int64(3), nodes)
	}
	b.wait(`[...document.images].every((i) => i.complete && i.naturalWidth > 0)`)
	b.picture("cluster-light")
	b.scheme("dark")
	b.picture("cluster-dark")
	b.scheme("light")

	b.visit("/browse")
	b.picture("data")
	b.do(chromedp.Click(`//a[text()="`+users+`"]`, chromedp.BySearch), chromedp.WaitVisible(`a[rel="next"]`))
	require.Equal(t, int64(50), evaluate[int64](b, `document.querySelector("table").tBodies[0].rows.length`))
	b.picture("records")
	first := evaluate[string](b, `document.querySelector("tbody th").textContent`)
	b.do(chromedp.Click(`a[rel="next"]`), chromedp.WaitVisible(`//span[text()="Page 2"]`, chromedp.BySearch))
	require.NotEqual(t, first, evaluate[string](b, `document.querySelector("tbody th").textContent`))

	b.do(chromedp.SendKeys("#key", "7"+kb.Enter), chromedp.WaitVisible(".tree"))
	require.Contains(t, evaluate[string](b, `document.querySelector(".tree").innerText`), "Leslie 7")
	require.Contains(t, evaluate[string](b, `document.querySelector(".facts").innerText`), "integer")
	b.picture("record")
	b.visit("/records?ns=" + namespace + "&set=" + orders)
	require.Contains(t, evaluate[string](b, `document.querySelector("table").innerText`), "<script>alert(1)</script>")
	b.clean()
}

// A user writes SQL with the keyboard only: completion, running, the chart and the plan.
func TestSQL(t *testing.T) {
	b := open(t)
	b.fill()
	b.visit("/sql")
	b.do(chromedp.Focus("#text"), chromedp.KeyEvent("SELECT name, age FROM console_us"), chromedp.WaitVisible("#words"))
	require.Equal(t, users, evaluate[string](b, `document.querySelector('#words [aria-selected="true"]').firstChild.textContent`))
	b.picture("completion")
	b.do(chromedp.KeyEvent(kb.Tab))
	require.Equal(t, "SELECT name, age FROM "+users, evaluate[string](b, `document.querySelector("#text").value`))
	b.do(chromedp.KeyEvent(" ORDER BY age LIMIT 15 "), chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(2)), chromedp.WaitVisible("#result table"))
	require.Equal(t, int64(15), evaluate[int64](b, `document.querySelector("#result table").tBodies[0].rows.length`))
	b.picture("result")
	b.do(chromedp.Focus(`#result [role="tab"]`), chromedp.KeyEvent(kb.ArrowRight), chromedp.WaitVisible("#result svg"))
	require.Equal(t, int64(15), evaluate[int64](b, `document.querySelectorAll("#result rect.bar").length`))
	b.picture("chart-bars")
	b.do(chromedp.SetValue(`#result select`, "line"), chromedp.Evaluate(`document.querySelector("#result select").dispatchEvent(new Event("change", {bubbles: true}))`, nil),
		chromedp.WaitVisible("#result polyline"))
	b.picture("chart-line")

	b.enter("SELECT u.name, COUNT(*) FROM console_users u JOIN console_orders o ON o.PK = u.age WHERE u.age > 30 GROUP BY u.name ORDER BY 2 DESC LIMIT 5")
	b.do(chromedp.Click(`button[value="explain"]`), chromedp.WaitVisible("svg.plan"))
	b.picture("plan")
	b.do(chromedp.Click(`button[value="analyze"]`), chromedp.WaitVisible("svg.plan .flow"))
	b.picture("plan-analyzed")
	b.scheme("dark")
	b.picture("plan-dark")
	b.enter("SELECT nme FROM console_users WHERE")
	b.do(chromedp.Click(`button[value="run"]`), chromedp.WaitVisible(".error"))
	require.Contains(t, evaluate[string](b, `document.querySelector(".error").textContent`), "syntax error at line 1")
	b.picture("error")
	b.enter("DELETE FROM console_users WHERE PK = 1")
	b.do(chromedp.Click(`button[value="run"]`))
	b.wait(`document.querySelector(".error").textContent.includes("read-only")`)
	b.clean()
}

// A browser logs in by the printed address, and the token does not stay in it.
func TestLogin(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(token, []byte("a token of a test 0123\n"), 0o600))
	b := open(t, "-token-file", token)
	require.Contains(t, b.address, "/login#token=")
	printed := b.address
	b.address = printed[:strings.Index(printed, "/login")]
	b.visit("/sql")
	require.Equal(t, "Log in", evaluate[string](b, `document.querySelector("h1").textContent`))
	b.picture("login")
	b.do(chromedp.SendKeys("#token", "wrong"+kb.Enter), chromedp.WaitVisible(".error"))
	b.messages = nil // the browser reports the status 403
	b.do(chromedp.Navigate(printed))
	b.wait(`location.pathname === "/sql"`) // where the login was asked for
	require.NotContains(t, evaluate[string](b, `location.href + document.cookie`), "token")
	b.visit("/sql")
	require.Equal(t, "SQL", evaluate[string](b, `document.querySelector("h1").textContent`))
	b.do(chromedp.Click(`form[action="/logout"] button`), chromedp.WaitVisible("#token"))
	b.clean()
}

// records is the page of the set with users.
var records = "/records?ns=" + namespace + "&set=" + users

// A developer changes the clock, the nodes and the faults.
func TestDevelopmentCluster(t *testing.T) {
	if os.Getenv("AEROSQL_ADDR") != "" {
		t.Skip("it needs a development cluster")
	}
	b := open(t, "-write")
	b.fill()
	b.visit("/devserver")
	before := b.server.Now()
	b.do(chromedp.SendKeys("#by", "24h"+kb.Enter), chromedp.WaitVisible(".notice"))
	require.Greater(t, b.server.Now().Sub(before), 23*time.Hour)
	b.do(chromedp.SendKeys("#value", "50"), chromedp.Click(`//button[text()="Install"]`, chromedp.BySearch), chromedp.WaitVisible(`//button[text()="Remove"]`, chromedp.BySearch))
	b.picture("development")
	b.do(chromedp.Click(`//button[text()="Remove"]`, chromedp.BySearch))
	b.wait(`document.body.innerText.includes("No faults are installed")`)
	b.do(chromedp.Click(`button[value="freeze"]`), chromedp.WaitVisible(`button[value="thaw"]`))
	require.True(t, b.server.Nodes()[0].Frozen)
	b.do(chromedp.Click(`button[value="thaw"]`))
	b.wait(`document.querySelector("button[value=thaw]") === null`)
	b.clean()
}

// In a narrow window no page is wider than the window, and all that can be used has a name.
func TestNarrowAndNamed(t *testing.T) {
	b := open(t, "-write")
	b.fill()
	b.do(chromedp.EmulateViewport(390, 844))
	for _, page := range []string{"/", "/browse", records, "/sql", "/indexes", "/jobs", "/modules", "/users", "/devserver", "/nosuch"} {
		if page == "/devserver" && b.server == nil {
			continue
		}
		b.visit(page)
		require.LessOrEqual(t, evaluate[int64](b, `document.documentElement.scrollWidth`), int64(390), page)
		unnamed := evaluate[[]string](b, `[...document.querySelectorAll("button, a, input:not([type=hidden]), select, textarea, img, svg[role=img]")].filter((e) => {
			const label = e.labels && e.labels.length || e.getAttribute("aria-label") || e.textContent.trim() || e.alt;
			return !label && e.alt !== "";
		}).map((e) => e.outerHTML)`)
		require.Empty(t, unnamed, page)
		require.Equal(t, int64(1), evaluate[int64](b, `document.querySelectorAll("h1").length`), page)
		if page != "/nosuch" {
			b.clean()
		}
		b.picture("narrow" + strings.NewReplacer("/", "-", "?", "-", "&", "-", "=", "-").Replace(page))
	}
}

// contrast computes the ratio of contrast between the texts and what is behind them, by the formula
// of WCAG 2, and returns those below 4.5.
const contrast = `(() => {
	const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
	const rgba = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
	const light = (c) => c.slice(0, 3).map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [.2126, .7152, .0722][i], 0);
	const behind = (e) => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255, 255]; };
	return [...document.querySelectorAll("body *")].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && e.offsetParent && !e.closest("svg")).map((e) => {
		const [a, b] = [light(rgba(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
		return [(a + .05) / (b + .05), e.tagName + "." + e.className + ": " + e.textContent.trim().slice(0, 30)];
	}).filter(([ratio]) => ratio < 4.5).map(([ratio, text]) => ratio.toFixed(2) + " " + text);
})()`

// All texts can be told from their ground, in light and in dark colors.
func TestContrast(t *testing.T) {
	b := open(t, "-write")
	b.fill()
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(scheme)
		for _, page := range []string{"/", records, "/sql", "/devserver", "/nosuch"} {
			if page == "/devserver" && b.server == nil {
				continue
			}
			b.visit(page)
			require.Empty(t, evaluate[[]string](b, contrast), "%s %s", scheme, page)
		}
	}
}
