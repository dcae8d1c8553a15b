// Shop is an HTTP service that keeps a shop in Aerospike. Copy from it what a service needs:
//
//   - catalog: mapped structs, queries by index, pages with cursors, places, optimistic locks
//   - order: a transaction over several records that can be repeated
//   - session: records that expire, read and prolonged in one command
//   - views: counters
//   - report: SQL on the same records
//   - web: handlers, and which error is which status
//   - this package: configuration, migration, graceful shutdown
//
// It uses two namespaces. Products and orders are in one with strong consistency (Enterprise),
// because orders need transactions. Sessions and counters may get lost, and expire.
//
//	go run ./examples/shop                                  # on an in-process cluster
//	go run ./examples/shop -dsn aerospike://10.0.0.1/shop?scan=deny -cache cache
package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	_ "github.com/aerosql/aerosql/driver" // the driver "aerospike"
	"github.com/aerosql/aerosql/mapper"

	"github.com/aerosql/aerosql/examples/shop/catalog"
	"github.com/aerosql/aerosql/examples/shop/order"
	"github.com/aerosql/aerosql/examples/shop/session"
	"github.com/aerosql/aerosql/examples/shop/views"
	"github.com/aerosql/aerosql/examples/shop/web"
)

// A config says how the service runs.
type config struct {
	dsn    string
	cache  string           // the namespace of sessions and counters
	secret []byte           // signs cursors; all processes of the service need the same
	idle   time.Duration    // how long a session lasts without use
	grace  time.Duration    // how long requests may take after the signal to stop
	now    func() time.Time // the time of orders and counters
	log    *slog.Logger
}

func main() {
	cfg := config{idle: 30 * time.Minute, grace: 10 * time.Second, now: time.Now, log: slog.Default()}
	listen := flag.String("listen", "127.0.0.1:8080", "`address` to listen on")
	flag.StringVar(&cfg.dsn, "dsn", "", "data source `name`; if empty an in-process cluster is used")
	flag.StringVar(&cfg.cache, "cache", "cache", "`namespace` of sessions and counters")
	flag.Parse()
	cfg.secret = []byte(os.Getenv("SHOP_CURSOR_KEY"))
	if len(cfg.secret) == 0 {
		cfg.secret = []byte(rand.Text())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := start(ctx, cfg, *listen); err != nil {
		fmt.Fprintln(os.Stderr, "shop:", err)
		os.Exit(1)
	}
}

// start runs the service on an address.
func start(ctx context.Context, cfg config, address string) error {
	if cfg.dsn == "" {
		cluster, err := startCluster()
		if err != nil {
			return err
		}
		defer cluster.stop()
		cfg.dsn = cluster.dsn
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	return run(ctx, cfg, listener)
}

// run serves until the context ends. Then it accepts no more requests, waits for those that are
// under way and closes the database.
func run(ctx context.Context, cfg config, listener net.Listener) (err error) {
	db, err := sql.Open("aerospike", cfg.dsn)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	shop, err := open(ctx, cfg, db)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: shop.Handler(), ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	cfg.log.Info("the shop is open", "address", listener.Addr().String())
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.grace)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return errors.Join(err, server.Close())
	}
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// open makes the parts of the shop, and creates the tables and indexes that are missing.
func open(ctx context.Context, cfg config, db *sql.DB) (*web.Shop, error) {
	products, errCatalog := catalog.New(db, cfg.secret)
	if errCatalog != nil {
		return nil, errCatalog
	}
	orders, errOrders := order.New(db, products.Products, cfg.now)
	sessions, errSessions := session.New(db, cfg.cache, cfg.idle)
	counters, errViews := views.New(db, cfg.cache, cfg.now)
	if err := errors.Join(errOrders, errSessions, errViews); err != nil {
		return nil, err
	}
	migration, err := mapper.PlanMigration(ctx, products.Products, products.Branches, orders.Table)
	if err != nil {
		return nil, err
	}
	if !migration.IsEmpty() {
		cfg.log.Info("migrating", "plan", migration.String())
	}
	if err := migration.Apply(ctx); err != nil { // waits until the indexes are complete
		return nil, err
	}
	return &web.Shop{DB: db, Catalog: products, Sessions: sessions, Orders: orders, Views: counters, Log: cfg.log}, nil
}
