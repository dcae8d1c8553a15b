// Package topology parses the peer lists of nodes and decides which nodes belong to the cluster.
package topology

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A Peer is a node as listed by another node.
type Peer struct {
	Name    string
	TLSName string
	// Hosts are its addresses: "host", "host:port" or "[v6]:port". If there are none the node has
	// left.
	Hosts []string
}

// Peers is a node's list of the other nodes.
type Peers struct {
	Generation  int64
	DefaultPort int
	Peers       []Peer
}

// ErrPeers means an invalid response to one of the info commands peers-...
var ErrPeers = errors.New("invalid peers response")

// Clusters have at most 256 nodes. Each node can have several addresses.
const (
	maxPeers = 512
	maxHosts = 2048 // hosts of all peers together
)

// ParsePeers parses generation,port,[[name,tls name,[host,...]],...] (docs/wire-core.md#8.3).
func ParsePeers(value string) (Peers, error) {
	fields := strings.SplitN(value, ",", 3)
	if len(fields) != 3 {
		return Peers{}, fmt.Errorf("%w: %.60q", ErrPeers, value)
	}
	generation, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return Peers{}, fmt.Errorf("%w: generation %.20q", ErrPeers, fields[0])
	}
	// Without a default port every host has its own port.
	port, err := strconv.ParseUint("0"+fields[1], 10, 16)
	if err != nil {
		return Peers{}, fmt.Errorf("%w: default port %.20q", ErrPeers, fields[1])
	}
	p := Peers{Generation: generation, DefaultPort: int(port)}
	r := &reader{text: fields[2]}
	p.Peers = r.peers()
	if r.failed || r.text != "" {
		return Peers{}, fmt.Errorf("%w: %.60q", ErrPeers, fields[2])
	}
	return p, nil
}

// A reader consumes text. After the first error it has failed and returns nothing more.
type reader struct {
	text   string
	failed bool
	hosts  int // number of hosts read
}

// take consumes a prefix if it is present.
func (r *reader) take(prefix string) (ok bool) {
	if !r.failed {
		r.text, ok = strings.CutPrefix(r.text, prefix)
	}
	return ok
}

func (r *reader) expect(prefix string) {
	if !r.take(prefix) {
		r.failed = true
	}
}

// until consumes the text before the first delimiter.
func (r *reader) until(delimiters string) string {
	i := strings.IndexAny(r.text, delimiters)
	if r.failed || i < 0 {
		r.failed = true
		return ""
	}
	s := r.text[:i]
	r.text = r.text[i:]
	return s
}

func (r *reader) peers() (peers []Peer) {
	r.expect("[")
	if n := strings.Count(r.text, "["); n > 0 {
		peers = make([]Peer, 0, min(n, maxPeers))
	}
	for !r.failed && !r.take("]") {
		if len(peers) > 0 {
			r.expect(",")
		}
		if len(peers) == maxPeers {
			r.failed = true
			return nil
		}
		peers = append(peers, r.peer())
	}
	return peers
}

func (r *reader) peer() (p Peer) {
	r.expect("[")
	p.Name = r.until(",")
	r.failed = r.failed || p.Name == ""
	r.expect(",")
	p.TLSName = r.until(",")
	r.expect(",")
	if r.take("]") {
		return p
	}
	p.Hosts = r.hostList()
	r.expect("]")
	return p
}

func (r *reader) hostList() (hosts []string) {
	r.expect("[")
	if end := strings.Index(r.text, "]]"); end > 0 {
		hosts = make([]string, 0, min(1+strings.Count(r.text[:end], ","), maxHosts-r.hosts))
	}
	for !r.failed && !r.take("]") {
		if len(hosts) > 0 {
			r.expect(",")
		}
		host := ""
		if r.take("[") {
			host = "[" + r.until("]") + "]"
			r.expect("]")
		}
		host += r.until(",]")
		if host == "" || r.hosts == maxHosts {
			r.failed = true
			return nil
		}
		r.hosts++
		hosts = append(hosts, host)
	}
	return hosts
}
