// Package topology reads what nodes say about each other and decides which of them
// belong to the cluster.
package topology

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A Peer is a node as another node names it.
type Peer struct {
	Name    string
	TLSName string
	// Hosts are its addresses, "host" or "host:port" or "[v6]:port". None means that it has left.
	Hosts []string
}

// Peers is a node's list of the others.
type Peers struct {
	Generation  int64
	DefaultPort int
	Peers       []Peer
}

// ErrPeers means an answer to one of the info commands peers-... that can't be read.
var ErrPeers = errors.New("unreadable peers")

// Clusters have at most 256 nodes, of which each has some addresses.
const (
	maxPeers = 512
	maxHosts = 2048 // of all peers together
)

// ParsePeers reads generation,port,[[name,tls name,[host,...]],...] (docs/wire-core.md#8.3).
func ParsePeers(value string) (Peers, error) {
	fields := strings.SplitN(value, ",", 3)
	if len(fields) != 3 {
		return Peers{}, fmt.Errorf("%w: %.60q", ErrPeers, value)
	}
	generation, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return Peers{}, fmt.Errorf("%w: generation %.20q", ErrPeers, fields[0])
	}
	// Without a default port every host has a port of its own.
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

// A reader consumes text; after the first surprise it has failed and gives nothing more.
type reader struct {
	text   string
	failed bool
	hosts  int // that were read
}

// take consumes a prefix if it is there.
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

// until consumes what stands before the first of the delimiters.
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
