package cluster

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/topology"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// clientName is what servers show in user-agents.
const clientName = "aerosql-1.0"

// oldestServer is the oldest version that speaks what this package does.
var oldestServer = []int{6, 0}

// dial opens a connection to a node, within ConnectTimeout, and authenticates it.
func dial(ctx context.Context, env *env, a link.Address, auth *link.Authenticator) (*link.Conn, error) {
	c, err := link.Dial(ctx, &env.link, a, auth)
	if err != nil {
		return nil, connectError(a, err)
	}
	return c, nil
}

// connectError returns the error of a connection that could not be made, or authenticated.
func connectError(a link.Address, err error) error {
	if err = linkError(err); errors.Is(err, ErrLogin) {
		return fmt.Errorf("%v: %w", a, err)
	}
	return fmt.Errorf("%w to %v: %w", ErrConnect, a, err)
}

// join connects to a server and finds out which node it is and whether it can be used.
func join(ctx context.Context, env *env, a link.Address) (*Node, error) {
	c, err := link.Connect(ctx, &env.link, a, link.NewAuthenticator(&env.link))
	if err != nil {
		return nil, connectError(a, err)
	}
	n, err := identify(ctx, env, c, a)
	if err != nil {
		err = linkError(link.RefusedCertificate(&env.link, a, c, err))
		c.Close()
		return nil, fmt.Errorf("%v: %w", a, err)
	}
	if err := n.learnIdleLimit(ctx, env); err != nil {
		n.drop()
		return nil, fmt.Errorf("%v: %w", a, err)
	}
	return n, nil
}

// identify asks a server for its identity and sends the client's.
func identify(ctx context.Context, env *env, c *link.Conn, a link.Address) (*Node, error) {
	if err := checkClusterName(ctx, env, c); err != nil {
		return nil, err
	}
	if err := c.Auth().Authenticate(ctx, c); err != nil {
		return nil, err
	}
	commands := []string{"build", "node", "partition-generation"}
	if env.ClusterName != "" {
		commands = append(commands, "cluster-name")
	}
	values, err := ask(ctx, env, c, commands...)
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
	if env.ClusterName != "" && values[3] != env.ClusterName {
		return nil, &ClusterNameError{Want: env.ClusterName, Got: values[3]}
	}
	if version.AtLeast(8, 1) {
		if err := sendUserAgent(ctx, env, c); err != nil {
			return nil, err
		}
	}
	return newNode(env, c, a, values[1], values[0], version, parts), nil
}

// checkClusterName compares the cluster's name before credentials are sent. A server that does not
// give it without authentication is asked again afterwards.
func checkClusterName(ctx context.Context, env *env, c *link.Conn) error {
	if !c.Auth().Required() || env.ClusterName == "" {
		return nil
	}
	values, err := exchangeInfo(ctx, env, c, "cluster-name")
	switch {
	case errors.Is(err, protocol.NotAuthenticated):
		return nil
	case err != nil:
		return err
	}
	if _, isError := wire.ParseInfoError(values[0]); !isError && values[0] != env.ClusterName {
		return &ClusterNameError{Want: env.ClusterName, Got: values[0]}
	}
	return nil
}

// sendUserAgent sends the names of the client and of the program. It ignores a refusal.
func sendUserAgent(ctx context.Context, env *env, c *link.Conn) error {
	app := env.AppID
	if app == "" {
		app = "not-set"
	}
	agent := base64.StdEncoding.EncodeToString([]byte("1," + clientName + "," + app))
	_, err := ask(ctx, env, c, "user-agent-set:value="+agent)
	if verdict := (*protocol.Error)(nil); errors.As(err, &verdict) {
		return nil
	}
	return err
}

func newNode(env *env, c *link.Conn, a link.Address, name, build string, version topology.Version, parts int64) *Node {
	n := &Node{name: name, address: a, build: build, version: version}
	n.tend = tending{
		conn:      c,
		peersSeen: unknownGeneration, peersWanted: unknownGeneration,
		partsSeen: unknownGeneration, partsWanted: parts,
		racksSeen: unknownGeneration,
	}
	n.log = env.Logger
	if n.auth = link.NewAuthenticator(&env.link); c != nil {
		n.auth = c.Auth()
	}
	n.circuit.configure(max(env.MaxErrorRate, 0), time.Duration(env.ErrorRateWindow)*env.TendInterval)
	traffic := env.meter.trafficOf(name)
	n.pool = link.NewPool(&env.link, n.auth, func(ctx context.Context) (*link.Conn, error) {
		c, err := dial(ctx, env, a, n.auth)
		switch {
		case err == nil:
			c.Traffic = traffic
		case ctx.Err() == nil && !errors.Is(err, ErrLogin):
			n.recordFailure()
		}
		return c, err
	})
	n.reads, n.writes = newCoalescer(n, env, mostReads), newCoalescer(n, env, mostWrites)
	n.active.Store(true)
	return n
}

// drop ends a node that does not become part of the cluster.
func (n *Node) drop() {
	n.tend.hangUp()
	n.leave(ErrNoNode, false)
}
