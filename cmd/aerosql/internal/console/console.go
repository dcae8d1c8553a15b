// Package console serves web pages that show a cluster: its nodes, records, indexes and users, a
// form for SQL, and the controls of a development cluster. The pages are made here, from templates;
// the scripts only send forms without leaving the page, refresh live pages, complete words and draw
// charts. Every page works without scripts.
//
// # Safety
//
// Pages answer only requests for hosts that the console knows, so that a foreign name that resolves
// to its address does not reach it. Requests that change something must come from the console's own
// pages. With a token, a browser must log in first; its session is a cookie that other sites can't
// use and scripts can't read. The content security policy allows neither inline scripts nor
// anything from elsewhere. Unless Options.Write is set, only statements that read are run.
package console

import (
	"context"
	"database/sql"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/admin"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/complete"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/monitor"
	"github.com/aerosql/aerosql/driver"
)

// Options configures a Console. DB is required.
type Options struct {
	// DB is the cluster. The caller closes it.
	DB *sql.DB
	// Name is what the pages call the cluster, such as its data source name without a password.
	Name string
	// Namespace is that of tables that a statement names without one.
	Namespace string
	// Write allows statements and buttons that change something.
	Write bool
	// Token must be given to log in, if it is not "".
	Token string
	// Hosts are further names that a browser may use for the console. "localhost" and addresses are
	// always accepted.
	Hosts []string
	// Secure means that browsers reach the console by HTTPS only.
	Secure bool
	// Rows is the number of rows of a result that are shown; default 1,000.
	Rows int
	// Timeout limits a statement; default 1 minute.
	Timeout time.Duration
	// Control is the address of the HTTP control interface of a development cluster, such as
	// "127.0.0.1:3999", and ControlToken its token; "" means that there is none.
	Control, ControlToken string
	// Logger receives failures of the console itself; nil discards them.
	Logger *slog.Logger
}

// A Console serves the pages. It is an http.Handler.
type Console struct {
	options  Options
	client   *cluster.Client
	admin    *admin.Client
	pages    map[string]*page
	handler  http.Handler
	sessions *sessions
	scans    *scans
	control  *controlClient // nil without

	completer *complete.Completer
	sampler   *monitor.Sampler
	mu        sync.Mutex
	samples   []*monitor.Sample // the last ones, oldest first
}

const (
	defaultRows    = 1000
	defaultTimeout = time.Minute
)

// New returns a console.
func New(ctx context.Context, o Options) (*Console, error) {
	client, err := driver.Client(ctx, o.DB)
	if err != nil {
		return nil, err
	}
	if o.Rows <= 0 {
		o.Rows = defaultRows
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	c := &Console{
		options: o, client: client, admin: admin.New(client), sampler: monitor.New(client), completer: complete.New(o.DB),
		sessions: newSessions(o.Token), scans: newScans(),
	}
	if o.Control != "" {
		c.control = &controlClient{address: o.Control, token: o.ControlToken, http: &http.Client{Transport: &http.Transport{}}}
	}
	if c.pages, err = parsePages(); err != nil {
		return nil, err
	}
	c.handler = c.guard(c.routes())
	return c, nil
}

// Close releases the console's connections.
func (c *Console) Close() {
	if c.control != nil {
		c.control.http.CloseIdleConnections()
	}
}

// ServeHTTP serves a request.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// routes returns the pages.
func (c *Console) routes() http.Handler {
	mux := http.NewServeMux()
	static, err := fs.Sub(files, "static")
	if err != nil {
		panic(err) // the directory is part of the program
	}
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(static)))
	mux.HandleFunc("GET /login", c.showLogin)
	mux.HandleFunc("POST /login", c.login)
	mux.HandleFunc("POST /logout", c.logout)
	for pattern, serve := range map[string]pageFunc{
		"GET /{$}":        c.clusterPage,
		"GET /browse":     c.browsePage,
		"GET /records":    c.recordsPage,
		"GET /record":     c.recordPage,
		"GET /find":       c.find,
		"GET /sql":        c.sqlPage,
		"POST /sql":       c.runSQL,
		"GET /indexes":    c.indexesPage,
		"GET /jobs":       c.jobsPage,
		"GET /modules":    c.modulesPage,
		"GET /module":     c.modulePage,
		"GET /users":      c.usersPage,
		"GET /devserver":  c.devserverPage,
		"POST /delete":    c.writing(c.deleteRecord),
		"POST /abort":     c.writing(c.abortJob),
		"POST /devserver": c.writing(c.changeDevserver),
	} {
		mux.Handle(pattern, c.serve(serve))
	}
	mux.HandleFunc("GET /partitions.png", c.partitionsImage)
	mux.HandleFunc("POST /complete", c.complete)
	mux.Handle("/", c.serve(func(*http.Request) (*view, error) { return nil, notFound("there is no such page") }))
	return mux
}
