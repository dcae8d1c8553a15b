package cluster

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/partmap"
	"github.com/aerosql/aerosql/cluster/internal/topology"
	"github.com/aerosql/aerosql/protocol/wire"
)

// unknownGeneration is a generation that no node reports. It means that the data must be read.
const unknownGeneration = -1

// ask sends info commands over the node's connection for tending, and opens it if necessary.
func (n *Node) ask(ctx context.Context, env *env, commands ...string) ([]string, error) {
	for again := true; ; again = false {
		if n.tend.conn == nil {
			c, err := dial(ctx, env, n.address, n.auth)
			if err != nil {
				return nil, err
			}
			n.tend.conn = c
		}
		values, err := ask(ctx, env, n.tend.conn, commands...)
		if err == nil {
			return values, nil
		}
		lost := n.tend.conn.NoteError(err)
		n.tend.hangUp()
		if !again || !lost {
			return nil, err
		}
	}
}

// askEach is like ask, but returns errors of the server as answers.
func (n *Node) askEach(ctx context.Context, env *env, commands ...string) ([]string, error) {
	if n.tend.conn == nil {
		return nil, fmt.Errorf("%w: its connection for tending is closed", ErrNode)
	}
	values, err := exchangeInfo(ctx, env, n.tend.conn, commands...)
	if err != nil {
		n.tend.hangUp()
	}
	return values, err
}

// ask sends info commands within ConnectTimeout. It returns an error if an answer reports an error
// of the server.
func ask(ctx context.Context, env *env, c *link.Conn, commands ...string) ([]string, error) {
	values, err := exchangeInfo(ctx, env, c, commands...)
	if err != nil {
		return nil, err
	}
	for i, value := range values {
		if e, isError := wire.ParseInfoError(value); isError {
			return nil, fmt.Errorf("info command %s: %w", commands[i], e)
		}
	}
	return values, nil
}

// exchangeInfo sends info commands within ConnectTimeout.
func exchangeInfo(ctx context.Context, env *env, c *link.Conn, commands ...string) ([]string, error) {
	c.BeginLimited(env.ConnectTimeout)
	stop := c.Watch(ctx)
	answers, err := c.Info(commands...)
	c.Unwatch(stop)
	if err != nil {
		return nil, err
	}
	values := make([]string, len(answers))
	for i, a := range answers {
		values[i] = a.Value
	}
	return values, nil
}

// A status is what a node reports about itself in every round.
type status struct{ peers, parts, racks int64 }

// setStatus records the status of a node.
func (t *tending) setStatus(s status) {
	t.failures = 0
	t.peersWanted, t.partsWanted, t.racksWanted = s.peers, s.parts, s.racks
}

// askStatus asks for the node's name and generations. If a node with another name answers at the
// same address, this one becomes inactive immediately.
func (n *Node) askStatus(ctx context.Context, env *env) (s status, err error) {
	if n.tend.conn != nil {
		if err := n.auth.Renew(ctx, n.tend.conn); err != nil {
			return s, err
		}
	}
	commands := []string{"node", "peers-generation", "partition-generation"}
	if len(env.RackIDs) > 0 {
		commands = append(commands, "rebalance-generation")
	}
	values, err := n.ask(ctx, env, commands...)
	if err != nil {
		return s, err
	}
	if values[0] != n.name {
		n.active.Store(false)
		return s, fmt.Errorf("%w: node %.20q answers in place of %s", ErrNode, values[0], n.name)
	}
	for i, into := range []*int64{&s.peers, &s.parts, &s.racks}[:len(values)-1] {
		if *into, err = parseGeneration(values[i+1]); err != nil {
			return s, err
		}
	}
	return s, nil
}

// parseGeneration parses a generation. It is negative on a node that is still starting.
func parseGeneration(text string) (int64, error) {
	g, err := strconv.ParseInt(text, 10, 64)
	if err != nil || g < 0 {
		return 0, fmt.Errorf("%w: its generation is %.20q", ErrNode, text)
	}
	return g, nil
}

// askPeers asks for the other nodes that the node knows.
func (n *Node) askPeers(ctx context.Context, env *env) (topology.Peers, error) {
	values, err := n.ask(ctx, env, env.addressCommand("peers"))
	if err != nil {
		return topology.Peers{}, err
	}
	return topology.ParsePeers(values[0])
}

// claims are the partitions that a node reports as its own.
type claims struct {
	generation int64
	list       []partmap.Claim
}

// askClaims asks for the node's partitions. It reads the generation first, so that the next round
// notices a change between the two answers.
func (n *Node) askClaims(ctx context.Context, env *env) (c claims, err error) {
	values, err := n.ask(ctx, env, "partition-generation", "replicas")
	if err == nil {
		c.generation, err = parseGeneration(values[0])
	}
	if err == nil {
		c.list, err = partmap.ParseClaims(values[1])
	}
	return c, err
}

// staysAt reports whether the node can stay, given its peer entry: either it works, or the entry
// lists its current address.
func (n *Node) staysAt(env *env, p *topology.Peer, defaultPort int) bool {
	if n.tend.failures == 0 || n.address.IsLoopback() {
		return true
	}
	for _, h := range p.Hosts {
		if a, err := env.nodeAddress(h, defaultPort); err == nil && a.Same(n.address) {
			return true
		}
	}
	return false
}
