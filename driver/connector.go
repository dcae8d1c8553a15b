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

// A Connector owns the client of one cluster and makes sessions on it. Give it
// to sql.OpenDB; closing the sql.DB closes it.
type Connector struct {
	cfg   Config
	err   error // why there can't be a session, from the data source name
	plans planCache
	// password is a function, so that nothing that prints a Connector or what holds one can reach it; cfg has it no more.
	password func() cluster.Password

	// gate is held, by the one element in it, by whoever uses the fields below.
	gate   chan struct{}
	client *cluster.Client
	runner *exec.Runner
	server io.Closer // gives an in-process cluster back
	shared bool      // the client is not ours to close
	closed bool
}

var (
	_ driver.Connector = (*Connector)(nil)
	_ io.Closer        = (*Connector)(nil)
)

// NewConnector makes a Connector of a Config. Nothing is opened before the
// first session is needed.
func NewConnector(cfg Config) (*Connector, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	c := &Connector{cfg: cfg, gate: make(chan struct{}, 1)}
	c.password = func() cluster.Password { return cfg.Password }
	c.cfg.Password = ""
	return c, nil
}

// NewClientConnector makes a Connector that runs statements on a client which
// exists already and stays open. Of the Config those fields count that are about statements.
func NewClientConnector(client *cluster.Client, cfg Config) *Connector {
	cfg.Password = "" // the client has logged in
	return &Connector{cfg: cfg, client: client, runner: cfg.runner(client), shared: true, gate: make(chan struct{}, 1)}
}

func (c *Config) runner(client *cluster.Client) *exec.Runner {
	return exec.New(client, exec.Options{DenyScan: c.DenyScan, Policies: c.policies()})
}

// Connect makes a session. The first call opens the cluster's client; the
// context bounds that, and others wait for it as long as their contexts let them.
func (c *Connector) Connect(ctx context.Context) (driver.Conn, error) {
	if c.err != nil {
		return nil, c.err
	}
	select {
	case c.gate <- struct{}{}:
		defer func() { <-c.gate }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c.closed {
		return nil, ErrClosed
	}
	if c.client == nil {
		if err := c.open(ctx); err != nil {
			return nil, err
		}
	}
	return &Conn{
		client: c.client, runner: c.runner, cfg: &c.cfg, plans: &c.plans,
		options: querylang.Options{Namespace: c.cfg.Namespace, Dialect: c.cfg.Dialect},
	}, nil
}

// open opens the cluster's client. The caller holds the gate.
func (c *Connector) open(ctx context.Context) error {
	base, server := cluster.Config{}, io.Closer(nil)
	if c.cfg.InProcess != "" {
		name := c.cfg.InProcess
		if c.cfg.Namespace != "" {
			name += "/" + c.cfg.Namespace // comes into being if the cluster has none of this name
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
	c.client, c.server, c.runner = client, server, c.cfg.runner(client)
	return nil
}

// Driver returns the driver.
func (c *Connector) Driver() driver.Driver { return &Driver{} }

// Close closes the cluster's client. Sessions fail from then on. Closing twice is allowed.
func (c *Connector) Close() error {
	c.gate <- struct{}{}
	defer func() { <-c.gate }()
	if c.closed {
		return nil
	}
	c.closed = true
	var err error
	if c.client != nil && !c.shared {
		err = c.client.Close()
	}
	if c.server != nil {
		err = errors.Join(err, c.server.Close())
	}
	return err
}
