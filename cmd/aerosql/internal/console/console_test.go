package console

import (
	"context"
	"database/sql"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/control"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A site is a console with its cluster.
type site struct {
	t      *testing.T
	server *devserver.Server
	client *cluster.Client
	http   *httptest.Server
	// browser follows no redirects and keeps cookies itself.
	cookie string
}

// start starts a console for a cluster in memory.
func start(t *testing.T, cluster devserver.Options, o Options) *site {
	server := devserver.RunT(t, cluster)
	cfg := driver.Config{Seeds: server.Seeds(), Dial: server.Dial, Namespace: "test"}
	if cluster.Security != nil {
		cfg.User, cfg.Password = "admin", "admin"
	}
	connector, err := driver.NewConnector(cfg)
	require.NoError(t, err)
	o.DB = sql.OpenDB(connector)
	t.Cleanup(func() { _ = o.DB.Close() })
	client, err := driver.Client(t.Context(), o.DB)
	require.NoError(t, err)
	c, err := New(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	s := &site{t: t, server: server, client: client, http: httptest.NewServer(c)}
	t.Cleanup(s.http.Close)
	return s
}

// put stores a record.
func (s *site) put(set string, key any, bins protocol.Bins) {
	s.t.Helper()
	require.NoError(s.t, s.client.Put(s.t.Context(), &cluster.WritePolicy{SendKey: true}, protocol.MustKey("test", set, key), bins))
}

// An answer is an answer of the console.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends a request. A form makes it a POST.
func (s *site) send(path string, form url.Values, change func(*http.Request)) answer {
	s.t.Helper()
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.http.URL+path, strings.NewReader(body))
	require.NoError(s.t, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if s.cookie != "" {
		r.Header.Set("Cookie", s.cookie)
	}
	if change != nil {
		change(r)
	}
	response, err := s.http.Client().Transport.RoundTrip(r)
	require.NoError(s.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(s.t, err)
	return answer{response.StatusCode, response.Header, string(text)}
}

func (s *site) get(path string) answer { s.t.Helper(); return s.send(path, nil, nil) }

func (s *site) sql(do, text string) answer {
	s.t.Helper()
	return s.send("/sql", url.Values{"do": {do}, "text": {text}}, nil)
}

// Each page shows what the cluster has.
func TestPages(t *testing.T) {
	s := start(t, devserver.Options{Nodes: 2, ClusterName: "demo"}, Options{Name: "demo/test"})
	s.put("users", "ada", protocol.Bins{protocol.NewBin("age", 36), protocol.NewBin("tags", []any{"x", map[string]any{"k": 1}})})
	s.put("", 7, protocol.Bins{protocol.NewBin("n", 1)})
	operator := admin.New(s.client)
	task, err := operator.CreateIndex(t.Context(), nil, admin.Index{Namespace: "test", Set: "users", Name: "users_age", Bin: "age"})
	require.NoError(t, err)
	require.NoError(t, task.Wait(t.Context()))
	module, err := operator.RegisterUDF(t.Context(), nil, "shapes.lua", []byte("function f(r) return 1 < 2 end\n"))
	require.NoError(t, err)
	require.NoError(t, module.Wait(t.Context()))
	digest := protocol.MustKey("test", "users", "ada").Digest().String()
	for _, test := range []struct {
		path string
		want []string
	}{
		{"/", []string{"<h1>demo</h1>", "8.1.2.0", "Community", "principal", "/partitions.png?ns=test", "Masters of the partitions of test"}},
		{"/browse", []string{`<a href="/records?ns=test&amp;set=users">users</a>`, "Records without a set"}},
		{"/records?ns=test&set=users", []string{">ada</a>", "never", "list, 2 elements"}},
		{"/records?ns=test", []string{">7</a>"}},
		{"/record?ns=test&set=users&digest=" + digest + "&key=ada&type=string", []string{">ada</h1>", digest, "Partition", "map, 1 entry", "<span class=\"label\">k</span>"}},
		{"/record?ns=test&set=users&digest=" + digest + "&key=eve&type=string", []string{"found by its digest"}},
		{"/indexes", []string{"users_age", "numeric", "ready"}},
		{"/jobs", []string{"<td>basic</td>", "test.users"}},
		{"/modules", []string{"shapes.lua", "LUA"}},
		{"/module?name=shapes.lua", []string{"return 1 &lt; 2"}},
		{"/users", []string{"Community Edition, which has no users"}},
		{"/sql?text=SELECT+1", []string{">SELECT 1</textarea>"}},
	} {
		a := s.get(test.path)
		require.Equal(t, http.StatusOK, a.status, "%s: %s", test.path, a.body)
		for _, want := range test.want {
			require.Contains(t, a.body, want, test.path)
		}
		require.NotContains(t, a.body, "<script>", test.path)
		require.NotRegexp(t, `\son\w+=|\sstyle=`, a.body, "%s: the policy stops inline scripts and styles", test.path)
	}
	image := s.get("/partitions.png?ns=test")
	require.Equal(t, "image/png", image.header.Get("Content-Type"))
	for text, want := range map[string]string{
		"SELECT * FROM us":                 `{"prefix":"us","list":[{"text":"users","what":"table"}]}`,
		"SELECT * FROM users u WHERE u.ag": `{"prefix":"u.ag","list":[{"text":"u.age","what":"column"}]}`,
		"SELECT coun":                      `{"text":"count(","what":"function"}`,
		"SELEC":                            `{"text":"SELECT","what":"keyword"}`,
		"SELECT 'us":                       `{"prefix":"us","list":[]}`,
	} {
		require.Contains(t, s.send("/complete", url.Values{"text": {text}}, nil).body, want)
	}
}

// What does not exist, or makes no sense, is a page with the reason.
func TestRefusedRequests(t *testing.T) {
	s := start(t, devserver.Options{}, Options{})
	for _, test := range []struct {
		path   string
		status int
		want   string
	}{
		{"/nosuch", 404, "there is no such page"},
		{"/records?ns=nosuch", 404, "there is no namespace"},
		{"/records?ns=test&from=gone", 410, "start from the first page"},
		{"/record?ns=test&digest=xyz", 400, "is not a digest"},
		{"/record?ns=test&digest=" + strings.Repeat("00", 20), 404, "there is no record"},
		{"/find?ns=test&set=s&key=x&type=integer", 400, "is not an integer"},
		{"/find?ns=test&set=s&key=x&type=blob", 400, "is not hexadecimal"},
		{"/find?ns=nosuch&set=s&key=x", 404, "there is no namespace"},
		{"/module?name=nosuch.lua", 404, "there is no module"},
		{"/partitions.png?ns=nosuch", 404, "there is no such namespace"},
		{"/devserver", 404, "start it with -control"},
	} {
		a := s.get(test.path)
		require.Equal(t, test.status, a.status, test.path)
		require.Contains(t, a.body, test.want, test.path)
	}
}

// Pages of a list of records follow each other, and earlier ones can be shown again.
func TestRecordPages(t *testing.T) {
	s := start(t, devserver.Options{}, Options{})
	for i := range 120 {
		s.put("users", i, protocol.Bins{protocol.NewBin("n", i)})
	}
	path, seen, pages := "/records?ns=test&set=users", make(map[string]bool), 0
	for path != "" {
		body := s.get(path).body
		rows, _, _ := strings.Cut(body, "</table>")
		require.Contains(t, s.get(path).body, rows, "the same page again")
		for part := range strings.SplitSeq(body, `class="mono key"><a href="`) {
			if link, _, ok := strings.Cut(part, `"`); ok && strings.HasPrefix(link, "/record?") {
				require.False(t, seen[link], "a record is on two pages")
				seen[link] = true
			}
		}
		_, next, _ := strings.Cut(body, `rel="next" href="`)
		path, _, _ = strings.Cut(next, `"`)
		path, pages = strings.ReplaceAll(path, "&amp;", "&"), pages+1
		require.LessOrEqual(t, pages, 4)
	}
	require.Len(t, seen, 120)
	found := s.get("/find?ns=test&set=users&key=7")
	require.Equal(t, http.StatusSeeOther, found.status)
	require.Contains(t, s.get(found.header.Get("Location")).body, `<span class="mono">7</span>`)
}

func TestSQL(t *testing.T) {
	s := start(t, devserver.Options{}, Options{Rows: 5})
	for i := range 8 {
		s.put("users", i, protocol.Bins{protocol.NewBin("n", i), protocol.NewBin("m", map[string]any{"a<b": []any{1, "x"}})})
	}
	for _, test := range []struct {
		do, text string
		want     []string
	}{
		{"run", "SELECT n, m FROM users WHERE PK = 3", []string{"1 row", `<td class="n"><span class="v integer">3</span>`, "a&lt;b"}},
		{"run", "SELECT n FROM users", []string{"the first 5 rows", "The statement has more rows"}},
		{"run", "SELECT 1 AS one; SELECT 2 AS two", []string{">one", ">two"}},
		{"run", "SHOW NAMESPACES", []string{">test<"}},
		{"run", "SELECT nul FROM users WHERE n = 99", []string{"0 rows", "No rows."}},
		{"run", "SELECT n FROM users WHERE PK = 1 AND nosuch IS NULL", []string{"1 row"}},
		{"run", "SELECT <b>", []string{"syntax error at line 1, column 8", "&lt;b&gt;"}},
		{"run", " ; ", []string{"there is no statement"}},
		{"run", "SELECT ?", []string{"argument"}},
		{"explain", "SELECT n FROM users WHERE n > 3 ORDER BY n", []string{`<svg class="plan"`, "scan test.users", "server filter: "}},
		{"explain", "EXPLAIN SELECT n FROM users", []string{"scan test.users"}},
		{"explain", "SELECT 1; SELECT 2", []string{"only one statement"}},
		{"explain", "SELECT n FRM users WHERE", []string{"line 1, column "}},
		{"analyze", "SELECT COUNT(*) FROM users WHERE n > 3", []string{`<svg class="plan"`, "rows, ", "class=\"flow"}},
		{"run", "EXPLAIN ANALYZE SELECT n FROM users", []string{"scan test.users"}},
	} {
		a := s.sql(test.do, test.text)
		require.Equal(t, http.StatusOK, a.status)
		for _, want := range test.want {
			require.Contains(t, a.body, want, test.text)
		}
	}
}

// Statements and buttons that change something need Options.Write.
func TestReadOnly(t *testing.T) {
	s := start(t, devserver.Options{}, Options{})
	s.put("users", 1, protocol.Bins{protocol.NewBin("n", 1)})
	for _, text := range []string{
		"DELETE FROM users", "UPDATE users SET n = 2", "INSERT INTO users (PK) VALUES (2)", "TRUNCATE users", "CREATE TABLE t (id INTEGER PRIMARY KEY)",
		"SELECT 1; DELETE FROM users", "EXPLAIN ANALYZE DELETE FROM users", "EXECUTE m.f() ON users", "CALL m.f() ON users WHERE PK = 1", "KILL 1",
		"CREATE USER x PASSWORD 'y'", "ALTER SYSTEM SET a = 1", "DROP INDEX x", "BEGIN", "REGISTER MODULE 'x.lua'", "TRUNCATE NAMESPACE test",
	} {
		a := s.sql("run", text)
		require.Contains(t, a.body, "read-only", text)
	}
	require.Contains(t, s.sql("analyze", "DELETE FROM users").body, "read-only")
	require.Contains(t, s.sql("explain", "DELETE FROM users").body, "read-only")
	for _, path := range []string{"/delete", "/abort", "/devserver"} {
		require.Equal(t, http.StatusForbidden, s.send(path, url.Values{}, nil).status, path)
	}
	ok, err := s.client.Exists(t.Context(), nil, protocol.MustKey("test", "users", 1))
	require.NoError(t, err)
	require.True(t, ok)
}

func TestWrite(t *testing.T) {
	s := start(t, devserver.Options{}, Options{Write: true})
	require.Contains(t, s.sql("run", "INSERT INTO users (PK, n) VALUES (1, 5)").body, "Done")
	key := protocol.MustKey("test", "users", 1)
	form := url.Values{"ns": {"test"}, "set": {"users"}, "digest": {key.Digest().String()}, "generation": {"1"}}
	s.put("users", 1, protocol.Bins{protocol.NewBin("n", 6)})
	require.Equal(t, http.StatusConflict, s.send("/delete", form, nil).status, "the record has changed")
	form.Set("generation", "2")
	a := s.send("/delete", form, nil)
	require.Equal(t, http.StatusSeeOther, a.status)
	require.Contains(t, s.get(a.header.Get("Location")).body, "is deleted")
	require.Equal(t, http.StatusNotFound, s.send("/delete", form, nil).status)
	require.Equal(t, http.StatusNotFound, s.send("/abort", url.Values{"id": {"77"}}, nil).status)
	require.Equal(t, http.StatusBadRequest, s.send("/abort", url.Values{"id": {"x"}}, nil).status)
}

// A foreign page can neither read nor change anything, whatever name it uses for the console.
func TestForeignPages(t *testing.T) {
	s := start(t, devserver.Options{}, Options{Write: true, Hosts: []string{"db.example"}})
	for _, test := range []struct {
		host   string
		status int
	}{
		{"127.0.0.1:8081", 200}, {"localhost:1", 200}, {"[::1]:80", 200}, {"10.0.0.1", 200}, {"DB.example:443", 200},
		{"evil.example", 421}, {"evil.example:8081", 421}, {"localhost.evil.example", 421}, {"127.0.0.1.evil.example:80", 421}, {"db.example.evil", 421},
	} {
		require.Equal(t, test.status, s.send("/sql", nil, func(r *http.Request) { r.Host = test.host }).status, test.host)
	}
	form := url.Values{"do": {"run"}, "text": {"SELECT 1"}}
	for _, test := range []struct {
		name, value string
		status      int
	}{
		{"Sec-Fetch-Site", "cross-site", 403}, {"Sec-Fetch-Site", "same-site", 403}, {"Sec-Fetch-Site", "same-origin", 200}, {"Sec-Fetch-Site", "none", 200},
		{"Origin", "http://evil.example", 403}, {"Origin", "null", 403}, {"Origin", s.http.URL, 200},
	} {
		require.Equal(t, test.status, s.send("/sql", form, func(r *http.Request) { r.Header.Set(test.name, test.value) }).status, test)
	}
	h := s.get("/").header
	require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self'")
	require.NotContains(t, h.Get("Content-Security-Policy"), "unsafe")
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
	} {
		require.Equal(t, want, h.Get(name), name)
	}
	require.Equal(t, http.StatusOK, s.get("/static/console.js").status)
	require.Equal(t, http.StatusNotFound, s.get("/static/console.go").status)
	big := s.send("/sql", url.Values{"text": {strings.Repeat("x", maxForm+1)}}, nil)
	require.NotContains(t, big.body, "xxxx", "a form that is too large is not read")
}

func TestToken(t *testing.T) {
	const token = "0123456789abcdef"
	s := start(t, devserver.Options{}, Options{Token: token})
	a := s.get("/records?ns=test")
	require.Equal(t, http.StatusSeeOther, a.status)
	require.Equal(t, "/login?to=%2Frecords%3Fns%3Dtest", a.header.Get("Location"))
	require.Equal(t, http.StatusUnauthorized, s.sql("run", "SELECT 1").status)
	require.Equal(t, http.StatusUnauthorized, s.send("/", nil, func(r *http.Request) { r.Header.Set("X-Requested-With", "console") }).status)
	require.Equal(t, http.StatusOK, s.get("/login").status)
	require.Equal(t, http.StatusOK, s.get("/static/console.css").status)
	for _, wrong := range []string{"", "wrong", token + "x", token[1:]} {
		a := s.send("/login", url.Values{"token": {wrong}}, nil)
		require.Equal(t, http.StatusForbidden, a.status)
		require.Empty(t, a.header.Get("Set-Cookie"))
	}
	for _, test := range []struct{ to, want string }{
		{"/sql?text=x", "/sql?text=x"}, {"//evil.example", "/"}, {"https://evil.example", "/"}, {`/\evil.example`, "/"}, {"", "/"}, {"sql", "/"},
	} {
		a = s.send("/login", url.Values{"token": {token}, "to": {test.to}}, nil)
		require.Equal(t, http.StatusSeeOther, a.status)
		require.Equal(t, test.want, a.header.Get("Location"), test.to)
	}
	cookie := a.header.Get("Set-Cookie")
	require.Contains(t, cookie, "HttpOnly")
	require.Contains(t, cookie, "SameSite=Strict")
	require.NotContains(t, cookie, token)
	s.cookie, _, _ = strings.Cut(cookie, ";")
	require.Equal(t, http.StatusOK, s.get("/sql").status)
	require.Equal(t, http.StatusSeeOther, s.send("/logout", url.Values{}, nil).status)
	require.Equal(t, http.StatusSeeOther, s.get("/sql").status, "the session has ended")
}

// A session ends some time after its last request.
func TestSessionEnds(t *testing.T) {
	s := newSessions("token")
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: sessionCookie, Value: s.begin()})
	require.True(t, s.has(r))
	for id := range s.ends {
		s.ends[id] = time.Now()
	}
	require.False(t, s.has(r))
	require.Empty(t, s.ends)
}

// The page of a development cluster shows and changes it.
func TestDevserver(t *testing.T) {
	handler := http.NewServeMux()
	controls := httptest.NewServer(handler)
	t.Cleanup(controls.Close)
	s := start(t, devserver.Options{Nodes: 2, History: true}, Options{Write: true, Control: strings.TrimPrefix(controls.URL, "http://"), ControlToken: "secret"})
	c := control.New(s.server, control.Options{Token: "secret"})
	t.Cleanup(func() { _ = c.Close() })
	handler.Handle("/", c)
	s.put("users", 1, protocol.Bins{protocol.NewBin("n", 42)})

	body := s.get("/devserver").body
	for _, want := range []string{"running", "stored", "test.users", "42", "No faults are installed."} {
		require.Contains(t, body, want)
	}
	before := s.server.Now()
	node := s.server.NodeNames()[1]
	for _, test := range []struct {
		form   url.Values
		status int
	}{
		{url.Values{"do": {"advance"}, "by": {"24h"}}, 303},
		{url.Values{"do": {"advance"}, "by": {"soon"}}, 400},
		{url.Values{"do": {"freeze"}, "node": {node}}, 303},
		{url.Values{"do": {"thaw"}, "node": {node}}, 303},
		{url.Values{"do": {"kill"}, "node": {"nosuch"}}, 502},
		{url.Values{"do": {"fault"}, "on": {"reads"}, "action": {"refuse"}, "value": {"9"}, "count": {"1"}}, 303},
		{url.Values{"do": {"fault"}, "action": {"refuse"}, "value": {"0"}}, 400},
		{url.Values{"do": {"fault"}, "action": {"delay"}, "value": {"x"}}, 400},
		{url.Values{"do": {"fault"}, "action": {"explode"}}, 400},
		{url.Values{"do": {"nosuch"}}, 400},
	} {
		require.Equal(t, test.status, s.send("/devserver", test.form, nil).status, test.form)
	}
	require.GreaterOrEqual(t, s.server.Now().Sub(before), 24*time.Hour)
	require.Contains(t, s.get("/devserver").body, "&#34;code&#34;:9")
	require.Equal(t, http.StatusSeeOther, s.send("/devserver", url.Values{"do": {"unfault"}, "id": {"f1"}}, nil).status)
	require.Contains(t, s.get("/devserver").body, "No faults are installed.")
}

// Users and roles of an Enterprise cluster.
func TestUsers(t *testing.T) {
	s := start(t, devserver.Options{
		Edition:  devserver.Enterprise,
		Security: &devserver.SecurityOptions{Users: []devserver.UserOptions{{Name: "admin", Password: "admin", Roles: []string{"superuser"}}}},
	}, Options{})
	body := s.get("/users").body
	for _, want := range []string{"admin", "superuser", "read-write"} {
		require.Contains(t, body, want)
	}
}

// The cluster's page warns of nodes that do not answer.
func TestWarnings(t *testing.T) {
	s := start(t, devserver.Options{Nodes: 2}, Options{})
	require.NoError(t, s.server.FreezeNode(s.server.NodeNames()[0]))
	body := s.get("/").body
	require.Contains(t, body, "does not answer")
	require.NoError(t, s.server.ThawNode(s.server.NodeNames()[0]))
}

func TestFormats(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{formatCount(1234567), "1,234,567"}, {formatCount(-1234), "-1,234"}, {formatCount(12), "12"}, {formatBytes(1023), "1023 B"},
		{formatBytes(1536), "1.5 KiB"}, {formatRate(0), "0"}, {formatRate(1.25), "1.2"}, {formatRate(12345.6), "12,346"},
		{formatDuration(15837700 * time.Nanosecond), "15.8 ms"}, {formatDuration(250 * time.Microsecond), "250 µs"}, {formatDuration(8 * time.Second), "8.00 s"},
		{formatDuration(90 * time.Minute), "1 h 30 min"}, {formatDuration(-26 * time.Hour), "-1 d 2 h"}, {plural(1, "entry"), "1 entry"}, {plural(2000, "entry"), "2,000 entries"},
		{cut("ä€", 3), "ä…"}, {leafText(protocol.Blob([]byte{1, 255})), "01ff (2 bytes)"},
	} {
		require.Equal(t, test.want, test.got)
	}
	require.Equal(t, []string{"aa bb", "cc dd…"}, fold("aa bb cc dd ee", 6, 2))
	require.Equal(t, []string{"aaaaa…"}, fold("aaaaaaaaaa", 6, 2))
}

// The command listens, prints its address, and demands a token where others can reach it.
func TestCommand(t *testing.T) {
	server, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer server.Close()
	p := &command.Program{Name: "aerosql", Commands: []command.Command{Command()}}
	for _, test := range []struct{ listen, want string }{
		{"127.0.0.1:0", `^http://127\.0\.0\.1:\d+/\n$`},
		{"0.0.0.0:0", `^http://localhost:\d+/login#token=[A-Z2-7]{26}\n$`},
	} {
		ctx, stop := context.WithCancel(t.Context())
		read, write := io.Pipe()
		code := make(chan int, 1)
		go func() {
			code <- p.Execute(ctx, []string{"console", "-dsn", server.Seeds()[0] + "/test", "-listen", test.listen}, &command.Env{In: strings.NewReader(""), Out: write, Err: io.Discard})
		}()
		line := make([]byte, 200)
		n, err := read.Read(line)
		require.NoError(t, err)
		require.Regexp(t, test.want, string(line[:n]))
		u, err := url.Parse(strings.TrimSpace(string(line[:n])))
		require.NoError(t, err)
		conn, err := net.Dial("tcp", u.Host)
		require.NoError(t, err)
		require.NoError(t, conn.Close())
		stop()
		require.Equal(t, command.ExitOK, <-code)
	}
	t.Setenv(variableToken, "short")
	for _, args := range []string{"-listen x", "-tls-cert c.pem", "", "-rows x", "-token-file /nosuch/file"} {
		code := p.Execute(t.Context(), append([]string{"console"}, strings.Fields(args)...), &command.Env{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard})
		require.NotEqual(t, command.ExitOK, code, args)
	}
}
