package cluster

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/partmap"
	"github.com/aerosql/aerosql/cluster/internal/topology"
)

// refreshShare is the part of TendInterval that must pass before a round that a command has
// requested because the partition map was wrong.
const refreshShare = 5

// A tender keeps a client's view of the cluster up to date. All methods except refreshSoon run on
// one goroutine at a time: first that of Open, then the tender's own.
type tender struct {
	env    *env
	done   <-chan struct{}       // closed when the client is closed
	view   *atomic.Pointer[view] // the cluster as commands see it
	ctx    context.Context       // ends with the client
	cancel context.CancelFunc

	nodes map[string]*Node
	parts *partmap.Map[*Node]
	// departed are nodes that have left the cluster while commands were in flight on them.
	departed []*Node

	// heard is set if a node has answered in this round, begun once the first round has ended.
	heard, begun bool
	// inquiries counts the goroutines that ask nodes. connector connects to new nodes. named has
	// the new nodes that were named in this round.
	inquiries sync.WaitGroup
	connector *peerConnector
	named     map[string]bool

	// soon requests a round before the interval has passed.
	soon chan struct{}
	// mu guards refreshed, which is closed and replaced at the end of each round.
	mu        sync.Mutex
	refreshed chan struct{}
}

func newTender(env *env, view *atomic.Pointer[view], done <-chan struct{}) *tender {
	t := &tender{
		env: env, view: view, done: done, nodes: make(map[string]*Node), parts: new(partmap.Map[*Node]),
		soon: make(chan struct{}, 1), refreshed: make(chan struct{}),
	}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	t.connector, t.named = newPeerConnector(t.env, func() { t.refreshSoon() }), make(map[string]bool)
	return t
}

// run tends the cluster until the client is closed.
func (t *tender) run() {
	defer t.disconnect()
	timer := time.NewTimer(t.env.TendInterval)
	defer timer.Stop()
	for {
		last := time.Now()
		select {
		case <-t.done:
			return
		case <-timer.C:
		case <-t.soon:
			if !t.rest(t.env.TendInterval/refreshShare - time.Since(last)) {
				return
			}
		}
		t.round(t.ctx)
		timer.Reset(t.env.TendInterval)
	}
}

// rest waits for the next round. It returns false if the client is closed meanwhile.
func (t *tender) rest(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-t.done:
		return false
	}
}

// refreshSoon requests a round and returns a channel that is closed when a round has ended.
func (t *tender) refreshSoon() <-chan struct{} {
	t.mu.Lock()
	refreshed := t.refreshed
	t.mu.Unlock()
	select {
	case t.soon <- struct{}{}:
	default:
	}
	return refreshed
}

// connect makes the first round, starting from the seeds.
func (t *tender) connect(ctx context.Context) error {
	err := t.seed(ctx)
	if err != nil {
		return err
	}
	t.refreshRacks(ctx)
	t.refreshPartitions(ctx)
	t.publish()
	return nil
}

// disconnect removes all nodes and interrupts the commands in flight on them.
func (t *tender) disconnect() {
	t.cancel()
	t.inquiries.Wait()
	t.connector.close()
	t.view.Store(&view{parts: new(partmap.Map[*Node])})
	for _, n := range t.nodes {
		n.tend.hangUp()
		n.leave(ErrClosed, true)
	}
	for _, n := range t.departed {
		n.leave(ErrClosed, true)
	}
	clear(t.nodes)
}

// round asks all nodes what has changed and applies the changes, by the rules of the official
// clients (docs/wire-core.md#8.4).
func (t *tender) round(ctx context.Context) {
	t.heard = false
	clear(t.named)
	if len(t.nodes) > 0 {
		t.refreshStatus(ctx)
		if t.peersChanged() {
			t.refreshPeers(ctx)
		}
	}
	if t.lost() {
		if err := t.seed(ctx); err != nil && ctx.Err() == nil {
			t.env.Logger.Warn("aerospike: no seed can be reached", "error", err)
		}
	}
	t.refreshRacks(ctx)
	t.refreshPartitions(ctx)
	now := time.Now()
	for _, n := range t.nodes {
		n.pool.Maintain(now)
	}
	t.departed = slices.DeleteFunc(t.departed, func(n *Node) bool { return n.pool.Empty() })
	t.connector.dropUnnamed(t.named)
	t.publish()
}

// members returns the nodes, sorted by name.
func (t *tender) members() []*Node {
	nodes := make([]*Node, 0, len(t.nodes))
	for _, n := range t.nodes {
		nodes = append(nodes, n)
	}
	slices.SortFunc(nodes, func(a, b *Node) int { return strings.Compare(a.name, b.name) })
	return nodes
}

// refreshStatus asks every node for its name and its generations.
func (t *tender) refreshStatus(ctx context.Context) {
	nodes := t.members()
	for _, n := range nodes {
		n.tend.referenced = false
	}
	t.inquire(ctx, nodes, "node can't be tended", func(ctx context.Context, n *Node) (func(), error) {
		s, err := n.askStatus(ctx, t.env)
		return func() { n.tend.setStatus(s) }, err
	})
}

// lost reports whether no node has answered in this round. The known nodes may be gone for good or
// have other addresses now, so the seeds are needed again.
func (t *tender) lost() bool {
	for _, n := range t.nodes {
		if n.tend.failures == 0 && n.active.Load() {
			return false
		}
	}
	return true
}

func (t *tender) peersChanged() bool {
	for _, n := range t.nodes {
		if n.tend.failures > 0 || n.tend.peersSeen != n.tend.peersWanted || !n.active.Load() {
			return true
		}
	}
	return false
}

// refreshPeers asks all nodes that answer for their peers. It removes nodes that are gone, then
// adds new nodes and their peers.
func (t *tender) refreshPeers(ctx context.Context) {
	newcomers, answered := t.learn(ctx, t.members())
	t.removeGone(answered)
	for len(newcomers) > 0 {
		joined := t.addNodes(newcomers)
		newcomers, _ = t.learn(ctx, joined)
	}
}

// learn asks nodes for their peers. It counts the nodes that answered, records which nodes they
// name, and connects to unknown peers.
func (t *tender) learn(ctx context.Context, nodes []*Node) (newcomers []*Node, answered int) {
	nodes = slices.DeleteFunc(nodes, func(n *Node) bool { return n.tend.failures > 0 || !n.active.Load() })
	lists := make(map[*Node]topology.Peers)
	t.inquire(ctx, nodes, "node's peers can't be read", func(ctx context.Context, n *Node) (func(), error) {
		list, err := n.askPeers(ctx, t.env)
		return func() { lists[n] = list }, err
	})
	unknownPeers := make(map[string]bool) // true for those named for the first time in this round
	for _, n := range nodes {
		if list, answered := lists[n]; answered {
			n.tend.peerCount = len(list.Peers)
			t.noteReferences(ctx, n, &list, unknownPeers)
		}
	}
	var longest time.Duration
	if t.hurried() {
		longest = t.env.TendInterval / fairShare
	}
	met := t.connector.wait(unknownPeers, longest)
	for n, list := range lists {
		missing := func(p topology.Peer) bool {
			_, named := unknownPeers[p.Name]
			return named && met[p.Name] == nil
		}
		if !slices.ContainsFunc(list.Peers, missing) {
			// The node is not asked again until its list changes.
			n.tend.peersSeen = list.Generation
		}
	}
	return slices.Collect(maps.Values(met)), len(lists)
}

// noteReferences records which nodes a list names, and connects to those that are unknown or have
// moved.
func (t *tender) noteReferences(ctx context.Context, from *Node, list *topology.Peers, unknownPeers map[string]bool) {
	for i := range list.Peers {
		p := &list.Peers[i]
		known := t.nodes[p.Name]
		if known != nil && (known == from || known.staysAt(t.env, p, list.DefaultPort)) {
			known.tend.referenced = true
			continue
		}
		if len(p.Hosts) > 0 {
			if _, again := unknownPeers[p.Name]; !again {
				unknownPeers[p.Name] = !t.named[p.Name]
			}
			t.named[p.Name] = true
			t.connector.start(ctx, p, list.DefaultPort)
		}
	}
}

// addNodes adds nodes to the cluster. A node replaces one of the same name.
func (t *tender) addNodes(newcomers []*Node) []*Node {
	for _, n := range newcomers {
		if old := t.nodes[n.name]; old != nil {
			t.remove(old)
		}
		t.nodes[n.name] = n
		n.tend.referenced = true
		n.pool.Maintain(time.Now())
		t.env.Logger.Info("aerospike: node joins", "node", n.name, "address", n.Address(), "build", n.build)
	}
	return newcomers
}

// removeGone removes nodes that no longer belong to the cluster.
func (t *tender) removeGone(answered int) {
	count := len(t.nodes)
	for _, n := range t.members() {
		m := topology.Member{
			Inactive: !n.active.Load(), Failures: n.tend.failures,
			Referenced: n.tend.referenced, Mapped: t.parts.Holds(n),
		}
		if m.Leaves(count, answered) {
			t.remove(n)
		}
	}
}

func (t *tender) remove(n *Node) {
	t.env.Logger.Info("aerospike: node leaves", "node", n.name, "address", n.Address())
	delete(t.nodes, n.name)
	for _, other := range t.nodes {
		// Perhaps only the client can't reach the node. In that case the peers of the other nodes
		// do not change when it is reachable again.
		other.tend.peersSeen = unknownGeneration
	}
	t.parts = t.parts.Without(n)
	t.giveUp(n)
	// Commands in flight on a node that does not answer are interrupted, and retried on other nodes
	// if possible.
	n.leave(ErrNoNode, n.tend.failures > 0)
	t.departed = append(t.departed, n)
}

// refreshPartitions asks the nodes for their partitions if these have changed. If a node knows no
// peers but others do, it is cut off from the cluster, and its map is ignored.
func (t *tender) refreshPartitions(ctx context.Context) {
	var changed []*Node
	for _, n := range t.members() {
		alone := n.tend.peerCount == 0 && len(t.nodes) > 1
		if n.tend.failures == 0 && n.tend.partsSeen != n.tend.partsWanted && !alone {
			changed = append(changed, n)
		}
	}
	answers := make(map[*Node]claims)
	t.inquire(ctx, changed, "node's partitions can't be read", func(ctx context.Context, n *Node) (func(), error) {
		c, err := n.askClaims(ctx, t.env)
		return func() { answers[n] = c }, err
	})
	for _, n := range changed {
		c, answered := answers[n]
		if !answered {
			continue
		}
		n.tend.partsSeen = c.generation
		next, displaced := t.parts.Apply(n, c.list)
		t.parts = next
		for _, d := range displaced {
			d.tend.partsSeen = unknownGeneration
		}
	}
}

// refreshRacks asks for the racks of nodes that have been rebalanced since the last time.
func (t *tender) refreshRacks(ctx context.Context) {
	if len(t.env.RackIDs) == 0 {
		return
	}
	var changed []*Node
	for _, n := range t.members() {
		if n.tend.failures == 0 && n.tend.racksSeen != n.tend.racksWanted {
			changed = append(changed, n)
		}
	}
	t.inquire(ctx, changed, "node's racks can't be read", func(ctx context.Context, n *Node) (func(), error) {
		err := n.refreshRacks(ctx, t.env)
		return func() { n.tend.racksSeen = n.tend.racksWanted }, err
	})
}

// publish stores a new view and wakes the goroutines that wait for it.
func (t *tender) publish() {
	t.begun = true
	t.view.Store(&view{nodes: t.members(), parts: t.parts})
	t.mu.Lock()
	close(t.refreshed)
	t.refreshed = make(chan struct{})
	t.mu.Unlock()
}
