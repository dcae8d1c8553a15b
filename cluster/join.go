package cluster

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/topology"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// clientName is what servers show in user-agents.
const clientName = "aerosql-1.0"

// oldestServer is the oldest version that speaks what this package does.
var oldestServer = []int{6, 0}

// dial opens a connection to a node, within ConnectTimeout, and has it let in at the gate: what a connection
// needs before its first command.
func dial(ctx context.Context, cfg *Config, a address, g *gate) (*conn, error) {
	c, err := connect(ctx, cfg, a)
	if err != nil {
		return nil, err
	}
	c.gate = g
	if err := g.admit(ctx, c); err != nil {
		err = admissionError(a, refusedCertificate(cfg, a, c, err))
		c.close()
		return nil, err
	}
	return c, nil
}

// admissionError is why a connection was not let in: a refusal, or what else has gone wrong with it.
func admissionError(a address, err error) error {
	if errors.Is(err, ErrLogin) {
		return fmt.Errorf("%v: %w", a, err)
	}
	return fmt.Errorf("%w to %v: %w", ErrConnect, a, err)
}

// connect opens a connection within ConnectTimeout.
func connect(ctx context.Context, cfg *Config, a address) (*conn, error) {
	limited, cancel := context.WithTimeout(ctx, cfg.ConnectTimeout)
	defer cancel()
	raw, err := cfg.Dial(limited, "tcp", a.String())
	if err == nil && cfg.TLS != nil {
		raw, err = handshake(limited, cfg, raw, a)
	}
	switch {
	case err == nil:
		return newConn(raw), nil
	case ctx.Err() != nil:
		err = contextError(ctx)
	case limited.Err() != nil:
		err = link.ErrConnectTimeout
	}
	return nil, fmt.Errorf("%w to %v: %w", ErrConnect, a, err)
}

// join connects to a server and finds out which node it is and whether it can be used.
func join(ctx context.Context, cfg *Config, a address) (*Node, error) {
	c, err := connect(ctx, cfg, a)
	if err != nil {
		return nil, err
	}
	c.gate = newGate(cfg)
	n, err := identify(ctx, cfg, c, a)
	if err != nil {
		err = refusedCertificate(cfg, a, c, err)
		c.close()
		return nil, fmt.Errorf("%v: %w", a, err)
	}
	if err := n.learnIdleLimit(ctx, cfg); err != nil {
		n.drop()
		return nil, fmt.Errorf("%v: %w", a, err)
	}
	return n, nil
}

// identify asks a server who it is and tells it who we are.
func identify(ctx context.Context, cfg *Config, c *conn, a address) (*Node, error) {
	if err := checkStranger(ctx, cfg, c); err != nil {
		return nil, err
	}
	if err := c.gate.admit(ctx, c); err != nil {
		return nil, err
	}
	commands := []string{"build", "node", "partition-generation"}
	if cfg.ClusterName != "" {
		commands = append(commands, "cluster-name")
	}
	values, err := ask(ctx, cfg, c, commands...)
	if err != nil {
		return nil, err
	}
	version, ok := topology.ParseVersion(values[0])
	if !ok || !version.AtLeast(oldestServer...) {
		return nil, fmt.Errorf("%w: server version %.20q, at least 6.0 is needed", ErrNode, values[0])
	}
	if values[1] == "" {
		return nil, fmt.Errorf("%w: it has no name", ErrNode)
	}
	parts, err := parseGeneration(values[2])
	if err != nil {
		return nil, err
	}
	if cfg.ClusterName != "" && values[3] != cfg.ClusterName {
		return nil, &ClusterNameError{Want: cfg.ClusterName, Got: values[3]}
	}
	if version.AtLeast(8, 1) {
		if err := introduce(ctx, cfg, c); err != nil {
			return nil, err
		}
	}
	return newNode(cfg, c, a, values[1], values[0], version, parts), nil
}

// checkStranger keeps credentials from a server that says by itself that it belongs to another cluster. One that says nothing to
// strangers is asked when it has let us in.
func checkStranger(ctx context.Context, cfg *Config, c *conn) error {
	if c.gate.who == nil || cfg.ClusterName == "" {
		return nil
	}
	values, err := exchangeInfo(ctx, cfg, c, "cluster-name")
	switch {
	case errors.Is(err, protocol.NotAuthenticated):
		return nil
	case err != nil:
		return err
	}
	if _, isError := wire.ParseInfoError(values[0]); !isError && values[0] != cfg.ClusterName {
		return &ClusterNameError{Want: cfg.ClusterName, Got: values[0]}
	}
	return nil
}

// introduce tells the server the client's name and the program's. That it has refused is no reason not to use it.
func introduce(ctx context.Context, cfg *Config, c *conn) error {
	app := cfg.AppID
	if app == "" {
		app = "not-set"
	}
	agent := base64.StdEncoding.EncodeToString([]byte("1," + clientName + "," + app))
	_, err := ask(ctx, cfg, c, "user-agent-set:value="+agent)
	if verdict := (*protocol.Error)(nil); errors.As(err, &verdict) {
		return nil
	}
	return err
}

func newNode(cfg *Config, c *conn, a address, name, build string, version topology.Version, parts int64) *Node {
	n := &Node{name: name, address: a, build: build, version: version}
	n.tend = tending{
		conn:      c,
		peersSeen: unknownGeneration, peersWanted: unknownGeneration,
		partsSeen: unknownGeneration, partsWanted: parts,
		racksSeen: unknownGeneration,
	}
	n.log = cfg.Logger
	if n.gate = newGate(cfg); c != nil {
		n.gate = c.gate
	}
	n.guard.configure(cfg)
	traffic := cfg.meter.trafficOf(name)
	n.pool = newPool(cfg, func(ctx context.Context) (*conn, error) {
		c, err := dial(ctx, cfg, a, n.gate)
		switch {
		case err == nil:
			c.traffic = traffic
		case ctx.Err() == nil && !errors.Is(err, ErrLogin):
			n.blame()
		}
		return c, err
	})
	n.pool.knows = n.gate.knows
	n.reads, n.writes = newCoalescer(n, cfg), newCoalescer(n, cfg)
	n.active.Store(true)
	return n
}

// drop ends a node that does not become part of the cluster.
func (n *Node) drop() {
	n.tend.hangUp()
	n.leave(ErrNoNode, false)
}
