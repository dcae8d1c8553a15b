package cluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
)

// seed finds the cluster through the configured seeds. A seed that knows other nodes is taken at once; one
// that is alone, only if no other seed knows more: it may have lost its cluster.
func (t *tender) seed(ctx context.Context) error {
	var alone, found *Node
	var errs []error
	for _, a := range t.seedAddresses(ctx, &errs) {
		n, err := t.trySeed(ctx, a)
		switch {
		case err != nil:
			errs = append(errs, err)
		case n.tend.peerCount > 0:
			found = n
		case alone == nil:
			alone = n
		default:
			n.drop()
		}
		if found != nil || ctx.Err() != nil {
			break
		}
	}
	switch {
	case found == nil && alone == nil:
		return seedError(ctx, errs)
	case found == nil:
		found = alone
	case alone != nil:
		alone.drop()
	}
	joined := t.welcome([]*Node{found})
	for len(joined) > 0 {
		newcomers, _ := t.learn(ctx, joined)
		joined = t.welcome(newcomers)
	}
	return nil
}

func seedError(ctx context.Context, errs []error) error {
	if ctx.Err() != nil {
		errs = append(errs, contextError(ctx))
	}
	err := errors.Join(errs...)
	if errors.Is(err, ErrClusterName) {
		return clientError(err)
	}
	return clientError(fmt.Errorf("%w to any seed: %w", ErrConnect, err))
}

// seedAddresses returns the addresses of all seeds. Host names are resolved here, so that each of their
// addresses is tried, unless the configuration dials by itself: its names may mean anything.
func (t *tender) seedAddresses(ctx context.Context, errs *[]error) (all []address) {
	for _, s := range t.cfg.Seeds {
		a, err := parseAddress(s, DefaultPort)
		if err != nil {
			*errs = append(*errs, err)
			continue
		}
		if !t.cfg.resolve || net.ParseIP(a.host) != nil {
			all = append(all, a)
			continue
		}
		hosts, err := net.DefaultResolver.LookupHost(ctx, a.host)
		if err != nil {
			*errs = append(*errs, fmt.Errorf("%w to %v: %w", ErrConnect, a, err))
		}
		for _, h := range hosts {
			all = append(all, address{h, a.port})
		}
	}
	return all
}

// trySeed joins one seed and counts the peers that it knows.
func (t *tender) trySeed(ctx context.Context, a address) (*Node, error) {
	n, err := join(ctx, t.cfg, a)
	if err != nil {
		return nil, err
	}
	n = t.behindBalancer(ctx, n)
	list, err := n.askPeers(ctx, t.cfg)
	if err != nil {
		n.drop()
		return nil, fmt.Errorf("%v: %w", a, err)
	}
	n.tend.peerCount = len(list.Peers)
	return n, nil
}

// behindBalancer returns the node at the address that it advertises, if the seed's is another one, as that of a
// load balancer would be, and the advertised one can be reached. Loopback is never balanced.
func (t *tender) behindBalancer(ctx context.Context, n *Node) *Node {
	if n.address.isLoopback() {
		return n
	}
	command := "service-clear-std"
	if t.cfg.UseAlternateAddresses {
		command = "service-clear-alt"
	}
	values, err := n.ask(ctx, t.cfg, command)
	if err != nil {
		return n
	}
	var advertised []address
	for _, s := range strings.Split(values[0], ",") {
		a, err := parseAddress(s, DefaultPort)
		if err != nil {
			continue
		}
		if a == n.address {
			return n
		}
		advertised = append(advertised, a)
	}
	for _, a := range advertised {
		direct, err := join(ctx, t.cfg, a)
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
