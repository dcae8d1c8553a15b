package cluster

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/topology"
)

const (
	// maxPeerDials limits the number of peers that the client connects to at the same time.
	maxPeerDials = 16
	// peerTimeouts limits the time to connect to one peer, in ConnectTimeouts. It includes the wait
	// for a free place.
	peerTimeouts = 3
)

// A peerConnector connects to new peers, several at the same time. A peer that does not answer does
// not delay tending: the attempt continues during later rounds, and the peer is added in the round
// after it has answered.
type peerConnector struct {
	env  *env
	soon func() // requests a round of tending
	wg   sync.WaitGroup
	free chan struct{} // a place for each connection that is being made

	// mu guards what follows.
	mu        sync.Mutex
	pending   map[string]chan struct{} // by name: peers that are being connected to; closed when that has ended
	connected map[string]*Node         // by name: peers to be added
}

func newPeerConnector(env *env, soon func()) *peerConnector {
	return &peerConnector{
		env: env, soon: soon, free: make(chan struct{}, maxPeerDials),
		pending: make(map[string]chan struct{}), connected: make(map[string]*Node),
	}
}

// start starts connecting to a peer, unless an attempt is in progress or has succeeded.
func (g *peerConnector) start(ctx context.Context, p *topology.Peer, defaultPort int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pending[p.Name] != nil || g.connected[p.Name] != nil {
		return
	}
	ended := make(chan struct{})
	g.pending[p.Name] = ended
	g.wg.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, peerTimeouts*g.env.ConnectTimeout)
		defer cancel()
		began := time.Now()
		g.free <- struct{}{}
		n := g.connect(ctx, p, defaultPort)
		<-g.free
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.pending, p.Name)
		if n != nil {
			g.connected[p.Name] = n
		}
		close(ended)
		if n != nil && time.Since(began) >= g.env.TendInterval/fairShare {
			g.soon()
		}
	})
}

// connect tries the addresses of a peer. The node that answers must have the peer's name.
func (g *peerConnector) connect(ctx context.Context, p *topology.Peer, defaultPort int) *Node {
	for _, host := range p.Hosts {
		a, err := g.env.nodeAddress(host, defaultPort)
		a.TLSName = p.TLSName
		var n *Node
		if err == nil {
			n, err = join(ctx, g.env, a)
		}
		if err == nil && n.name != p.Name {
			err = fmt.Errorf("%w: node %.20q answers at %v in place of %s", ErrNode, n.name, a, p.Name)
			n.drop()
		}
		if err == nil {
			return n
		}
		g.env.Logger.Warn("aerospike: peer can't be used", "node", p.Name, "address", host, "error", err)
	}
	return nil
}

// wait waits until the attempts to connect to the named peers have ended, at most for the given
// time (0 means no limit). With a limit, it does not wait for peers whose value is false. It
// returns the peers that can be added, by name.
func (g *peerConnector) wait(named map[string]bool, longest time.Duration) map[string]*Node {
	var over <-chan time.Time
	if longest > 0 {
		timer := time.NewTimer(longest)
		defer timer.Stop()
		over = timer.C
	}
	for name, wait := range named {
		g.mu.Lock()
		ended := g.pending[name]
		g.mu.Unlock()
		if ended == nil || !wait && longest > 0 {
			continue
		}
		select {
		case <-ended:
			continue
		case <-over:
		}
		break
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	newcomers := make(map[string]*Node)
	for name := range named {
		if n := g.connected[name]; n != nil {
			newcomers[name] = n
			delete(g.connected, name)
		}
	}
	return newcomers
}

// dropUnnamed drops connected peers that no node has named in this round.
func (g *peerConnector) dropUnnamed(named map[string]bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, name := range slices.Collect(maps.Keys(g.connected)) {
		if !named[name] {
			g.connected[name].drop()
			delete(g.connected, name)
		}
	}
}

// close waits for all attempts, whose context has ended, and drops the connected peers.
func (g *peerConnector) close() {
	g.wg.Wait()
	g.dropUnnamed(nil)
}
