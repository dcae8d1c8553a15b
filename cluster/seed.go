package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"

	"github.com/aerosql/aerosql/cluster/internal/link"
)

// maxSeedAddresses limits the addresses that are tried for one host name.
const maxSeedAddresses = 256

// An attempt is the outcome of connecting to one address of the seeds.
type attempt struct {
	at   int   // index among all addresses
	node *Node // nil if it can't be used
	err  error
}

// seed finds the cluster through the configured seeds. It tries all of them at the same time, and
// uses the first that has peers. A seed without peers may have lost its cluster, so it is used only
// if no other seed has any.
func (t *tender) seed(ctx context.Context) error {
	var errs []error
	addresses := t.seedAddresses(ctx, &errs)
	trying, enough := context.WithCancel(ctx)
	defer enough()
	attempts := make(chan attempt, len(addresses))
	free := make(chan struct{}, maxPeerDials)
	var wg sync.WaitGroup
	for i, a := range addresses {
		wg.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			n, err := t.trySeed(trying, a)
			attempts <- attempt{i, n, err}
		})
	}
	found, errs := best(attempts, len(addresses), errs, enough)
	wg.Wait()
	if found == nil {
		return seedError(ctx, errs)
	}
	t.addSeed(ctx, found)
	return nil
}

// best receives all attempts and returns the node to start with. It cancels the others as soon as
// one has peers.
func best(attempts <-chan attempt, n int, errs []error, enough func()) (*Node, []error) {
	var chosen attempt
	for range n {
		a := <-attempts
		switch {
		case a.err != nil:
			errs = append(errs, a.err)
			if errors.Is(a.err, ErrLogin) {
				enough() // the other nodes have the same users
			}
			continue
		case chosen.node == nil:
		case chosen.node.tend.peerCount > 0 || a.node.tend.peerCount == 0 && a.at > chosen.at:
			a.node.drop()
			continue
		default:
			chosen.node.drop()
		}
		if chosen = a; a.node.tend.peerCount > 0 {
			enough()
		}
	}
	return chosen.node, errs
}

// addSeed adds a seed and all its peers to the cluster. A node that is already known at the same
// address stays: its failure may have been temporary.
func (t *tender) addSeed(ctx context.Context, seed *Node) {
	joined := []*Node{seed}
	if old := t.nodes[seed.name]; old != nil && old.address.Same(seed.address) && old.active.Load() {
		seed.drop()
		if q := old.tend.inquiry; q != nil {
			q.cancel()
			<-q.done
			old.tend.settled()
		}
		old.tend.failures, old.tend.referenced = 0, true
		joined[0] = old
	} else {
		t.addNodes(joined)
	}
	for len(joined) > 0 {
		newcomers, _ := t.learn(ctx, joined)
		joined = t.addNodes(newcomers)
	}
}

func seedError(ctx context.Context, errs []error) error {
	if ctx.Err() != nil {
		errs = append(errs, contextError(ctx))
	}
	err := errors.Join(errs...)
	if errors.Is(err, ErrClusterName) {
		return clientError(err)
	}
	if refusal := (*LoginError)(nil); errors.As(err, &refusal) {
		f := refusal.failure()
		return f.report(nil, 1)
	}
	return clientError(fmt.Errorf("%w to any seed: %w", ErrConnect, err))
}

// seedAddresses returns the addresses of all seeds. It looks up all host names at the same time,
// and again on each call, so that their current addresses are tried.
func (t *tender) seedAddresses(ctx context.Context, errs *[]error) (all []link.Address) {
	ctx, cancel := context.WithTimeout(ctx, t.env.ConnectTimeout)
	defer cancel()
	found := make([][]link.Address, len(t.env.Seeds))
	failed := make([]error, len(t.env.Seeds))
	var wg sync.WaitGroup
	for i, s := range t.env.Seeds {
		wg.Go(func() { found[i], failed[i] = t.lookUp(ctx, s) })
	}
	wg.Wait()
	for i := range found {
		all = append(all, found[i]...)
		if failed[i] != nil {
			*errs = append(*errs, failed[i])
		}
	}
	return all
}

// lookUp returns the addresses of one seed.
func (t *tender) lookUp(ctx context.Context, seed string) ([]link.Address, error) {
	a, err := link.ParseAddress(seed, DefaultPort)
	if err != nil {
		return nil, err
	}
	if t.env.LookupHost == nil || net.ParseIP(a.Host) != nil {
		return []link.Address{a}, nil
	}
	hosts, err := t.env.LookupHost(ctx, a.Host)
	if err != nil {
		return nil, fmt.Errorf("%w to %v: %w", ErrConnect, a, err)
	}
	all := make([]link.Address, 0, len(hosts))
	for _, h := range hosts[:min(len(hosts), maxSeedAddresses)] {
		all = append(all, link.Address{Host: h, Port: a.Port, TLSName: t.env.link.ServerName(a)}) // derived from the host name, not from the address
	}
	return all, nil
}

// trySeed connects to one seed and counts its peers.
func (t *tender) trySeed(ctx context.Context, a link.Address) (*Node, error) {
	n, err := join(ctx, t.env, a)
	if err != nil {
		return nil, err
	}
	n = t.behindBalancer(ctx, n)
	list, err := n.askPeers(ctx, t.env)
	if err != nil {
		n.drop()
		return nil, fmt.Errorf("%v: %w", a, err)
	}
	n.tend.peerCount = len(list.Peers)
	return n, nil
}

// behindBalancer returns the node at its advertised address, if that differs from the seed's
// address and can be reached. The seed's address may be that of a load balancer. A loopback address
// never is.
func (t *tender) behindBalancer(ctx context.Context, n *Node) *Node {
	if n.address.IsLoopback() {
		return n
	}
	values, err := n.ask(ctx, t.env, t.env.addressCommand("service"))
	if err != nil {
		return n
	}
	var advertised []link.Address
	for _, s := range strings.Split(values[0], ",") {
		a, err := t.env.nodeAddress(s, DefaultPort)
		if err != nil {
			continue
		}
		if a.Same(n.address) {
			return n
		}
		a.TLSName = n.address.TLSName // the advertised address has no TLS name
		advertised = append(advertised, a)
	}
	for _, a := range advertised {
		direct, err := join(ctx, t.env, a)
		if err != nil {
			continue
		}
		if direct.name == n.name {
			n.drop()
			return direct
		}
		direct.drop()
	}
	return n
}
