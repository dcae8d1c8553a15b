package doctor

import (
	"context"
	"maps"
	"net"
	"slices"
	"strings"
)

// A peer is a node as the other nodes report it: its first address, "" if it has none, and its TLS
// name.
type peer struct{ address, tlsName string }

// checkPeers dials the nodes that the cluster reports but the client is not connected to. With TLS
// it examines the certificates of all nodes.
func (p *patient) checkPeers(ctx context.Context, r *Report) {
	if len(p.answers) == 0 {
		return
	}
	connected := make(map[string]bool)
	for _, n := range p.sample.Nodes {
		connected[n.Name] = true
	}
	kind := "clear"
	if p.cfg.TLS {
		kind = "tls"
	}
	all, standard, alternate := p.peers("peers-clear-std"), p.peers("peers-"+kind+"-std"), p.peers("peers-"+kind+"-alt")
	maps.Copy(all, standard)
	missing := 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		used := standard[name]
		if p.cfg.AlternateAddresses {
			used = alternate[name]
		}
		if !connected[name] {
			missing++
			p.checkMissing(ctx, r, name, used, alternate[name])
		} else if p.cfg.TLS {
			p.checkPeerCertificate(ctx, r, name, used)
		}
	}
	if missing == 0 {
		r.add("peers", OK, "", "", "all nodes that the cluster reports can be reached")
	}
}

// checkMissing finds why the client is not connected to a node.
func (p *patient) checkMissing(ctx context.Context, r *Report, name string, used, alternate peer) {
	remedy := "check the access-address of the node, the network between this machine and it, and firewalls"
	if !p.cfg.AlternateAddresses && alternate.address != "" && p.reachable(ctx, alternate.address) {
		remedy = "set alternate_addresses=true in the data source name: the node's alternate address " + alternate.address + " can be reached"
	}
	switch {
	case used.address == "" && p.cfg.AlternateAddresses:
		r.add("peers", Problem, name, "give the node an alternate-access-address, or leave out alternate_addresses", "the node has no alternate address")
	case used.address == "":
		r.add("peers", Problem, name, "configure TLS for the node's service, as for the other nodes", "the node has no address for TLS")
	case !p.reachable(ctx, used.address):
		r.add("peers", Problem, name, remedy, "the cluster reports the node at %s, which can't be reached from here", used.address)
	case p.cfg.TLS && !p.checkPeerCertificate(ctx, r, name, used):
	default:
		r.add("peers", Warning, name, "run the check again; a node that has just joined is connected within a second",
			"the node at %s can be reached, but the client is not connected to it", used.address)
	}
}

// checkPeerCertificate examines the certificate of a node that is not a seed, for which checkSeeds
// does it. It reports whether a client would accept the certificate.
func (p *patient) checkPeerCertificate(ctx context.Context, r *Report, name string, node peer) bool {
	for _, seed := range p.cfg.Seeds {
		if host, _, port := splitSeed(seed); p.cfg.InProcess == "" && net.JoinHostPort(host, port) == node.address {
			return true
		}
	}
	conn, err := dial(ctx, p.cfg, node.address)
	if err != nil {
		return false // checkMissing reports an address that can't be reached
	}
	defer conn.Close()
	host, _, _ := net.SplitHostPort(node.address)
	return r.checkCertificate(ctx, p.cfg, conn, name, firstOf(node.tlsName, p.cfg.TLSName, host))
}

func (p *patient) reachable(ctx context.Context, address string) bool {
	conn, err := dial(ctx, p.cfg, address)
	if err != nil {
		return false
	}
	return conn.Close() == nil
}

// peers returns the nodes that a command of the nodes reports.
func (p *patient) peers(command string) map[string]peer {
	peers := make(map[string]peer)
	for _, values := range p.answers {
		for name, one := range parsePeers(values[command]) {
			if one.address != "" || peers[name].address == "" {
				peers[name] = one
			}
		}
	}
	return peers
}

// parsePeers parses generation,port,[[node,tls-name,[address,...]],...]. An address without a port
// has the one in front.
func parsePeers(text string) map[string]peer {
	peers := make(map[string]peer)
	head, list, _ := strings.Cut(text, ",[")
	_, port, _ := strings.Cut(head, ",")
	for entry := range strings.SplitSeq(list, "]],") {
		entry = strings.Trim(entry, "[]")
		name, rest, ok := strings.Cut(entry, ",")
		if !ok {
			continue
		}
		tlsName, addresses, _ := strings.Cut(rest, ",[")
		peers[name] = peer{firstAddress(addresses, port), strings.TrimSuffix(tlsName, ",")}
	}
	return peers
}

// firstAddress returns the first address of a list with its port. An address of IPv6 stands in
// brackets.
func firstAddress(list, port string) string {
	if strings.HasPrefix(list, "[") {
		host, rest, _ := strings.Cut(list[1:], "]")
		own, _, _ := strings.Cut(strings.TrimPrefix(rest, ":"), ",")
		return net.JoinHostPort(host, firstOf(own, port))
	}
	address, _, _ := strings.Cut(list, ",")
	if address == "" {
		return ""
	}
	if host, own, err := net.SplitHostPort(address); err == nil {
		return net.JoinHostPort(host, own)
	}
	return net.JoinHostPort(address, port)
}
