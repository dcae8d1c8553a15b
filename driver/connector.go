package driver

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/exec"
)

// A Connector owns the client of one cluster and opens sessions on it. Pass it to sql.OpenDB;
// closing the sql.DB closes the Connector. It is safe for concurrent use.
type Connector struct {
	driver Driver // returned by Driver, with a pointer back to the Connector
	cfg    Config // without the password
	err    error  // returned by Connect, if the data source name is not usable
	plans  planCache
	// password is a function so that printing a Connector, or a value that holds one, can't show
	// the password.
	password func() cluster.Password

	// lock is a mutex for the fields below. It is a channel of size 1 because callers give up
	// waiting when their context ends.
	lock   chan struct{}
	client *cluster.Client // nil until the first session
	engine *exec.Engine
	server io.Closer // releases the in-process cluster
	shared bool      // the client belongs to the caller of NewClientConnector
	closed bool
}

var (
	_ driver.Connector = (*Connector)(nil)
	_ io.Closer        = (*Connector)(nil)
)

// newConnector returns a Connector with a Config that has been checked. The password is taken out
// of the Config.
func newConnector(cfg Config) *Connector {
	password := cfg.Password
	cfg.Password = ""
	c := &Connector{cfg: cfg, lock: make(chan struct{}, 1), password: func() cluster.Password { return password }}
	c.driver.connector = c
	return c
}

// NewConnector returns a Connector for a Config. It connects to nothing: the cluster is opened for
// the first session. An unusable Config is an error of kind [ErrConfig].
func NewConnector(cfg Config) (*Connector, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	return newConnector(cfg), nil
}

// NewClientConnector returns a Connector that runs statements on an existing client. Closing the
// Connector, or its sql.DB, does not close the client. The fields of the Config that say how to
// reach a cluster are ignored; Namespace, Timeout, SocketTimeout, MaxRetries, Replica and the
// fields about statements are used.
func NewClientConnector(client *cluster.Client, cfg Config) *Connector {
	c := newConnector(cfg)
	c.client, c.engine, c.shared = client, cfg.engine(client), true
	return c
}

// engine returns the engine that runs statements on a client.
func (c *Config) engine(client *cluster.Client) *exec.Engine {
	return exec.New(client, exec.Options{
		DenyScan: c.DenyScan, NotAtomic: c.NotAtomic, MemoryLimit: c.MemoryLimit, LateBins: c.LateBins == LateBinsIgnore, LocalFiles: c.LocalFiles, DisabledRules: c.DisabledRules,
		IntegersOnly: c.IndexIntegers, Finish: c.FinishAggregate, Namespace: c.Namespace, User: c.User, Policies: c.policies(),
	})
}

// Connect opens a session. The first call opens the cluster's client, within the context's
// deadline; concurrent callers wait for it, each until its own context ends.
func (c *Connector) Connect(ctx context.Context) (driver.Conn, error) {
	client, engine, err := c.opened(ctx)
	if err != nil {
		return nil, err
	}
	conn := &Conn{
		client: client, engine: engine, session: engine.NewSession(), cfg: &c.cfg, plans: &c.plans,
		options: querylang.Options{Namespace: c.cfg.Namespace, Dialect: c.cfg.Dialect, CheckOption: exec.CheckOption},
	}
	conn.session.ReuseMemory() // Rows.Close forgets what it has closed
	conn.session.SetTransactions(textTransactions{conn})
	if c.cfg.AfterConnect == nil {
		return conn, nil
	}
	if err := c.cfg.AfterConnect(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	conn.session.KeepSettings()
	return conn, nil
}

// opened returns the cluster's client and its engine, and opens the client if this is the first
// call.
func (c *Connector) opened(ctx context.Context) (*cluster.Client, *exec.Engine, error) {
	if c.err != nil {
		return nil, nil, c.err
	}
	select {
	case c.lock <- struct{}{}:
		defer func() { <-c.lock }()
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	if c.closed {
		return nil, nil, ErrClosed
	}
	if c.client == nil {
		if err := c.open(ctx); err != nil {
			return nil, nil, err
		}
	}
	return c.client, c.engine, nil
}

// open opens the cluster's client. The caller holds the lock.
func (c *Connector) open(ctx context.Context) error {
	base, server := cluster.Config{}, io.Closer(nil)
	if c.cfg.InProcess != "" {
		name := c.cfg.InProcess
		if c.cfg.Namespace != "" {
			name += "/" + c.cfg.Namespace // a cluster without this namespace creates it
		}
		var err error
		if base, server, err = cluster.InProcess(ctx, name); err != nil {
			return err
		}
	}
	base = c.cfg.apply(base)
	base.Password = c.password()
	err := c.cfg.applyTLS(&base)
	var client *cluster.Client
	if err == nil {
		client, err = cluster.Open(ctx, base)
	}
	if err != nil {
		if server != nil {
			err = errors.Join(err, server.Close())
		}
		return err
	}
	c.client, c.server, c.engine = client, server, c.cfg.engine(client)
	return nil
}

// Driver returns the driver, always the same value for a Connector. [Client] finds the Connector of
// an sql.DB through it.
func (c *Connector) Driver() driver.Driver { return &c.driver }

// Close closes the cluster's client, unless the client was passed to NewClientConnector. Sessions
// fail afterwards. Closing twice is allowed.
func (c *Connector) Close() error {
	c.lock <- struct{}{}
	defer func() { <-c.lock }()
	if c.closed {
		return nil
	}
	c.closed = true
	var err error
	if c.engine != nil {
		c.engine.Close()
	}
	if c.client != nil && !c.shared {
		err = c.client.Close()
	}
	if c.server != nil {
		err = errors.Join(err, c.server.Close())
	}
	return err
}
