package cluster

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster/internal/partmap"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A fakeNet is an in-memory network of nodes by address. Dialing a node that is down is refused.
type fakeNet struct {
	t     testing.TB
	mu    sync.Mutex // guards nodes
	nodes map[string]*fakeNode
	wg    sync.WaitGroup // the goroutines of all connections
}

// A fakeNode answers info commands like a node of a healthy cluster, and other messages as its
// script says.
type fakeNode struct {
	net     *fakeNet
	name    string
	address string

	mu       sync.Mutex // guards the fields below
	down     bool
	answers  map[string]string // info responses that differ from the default
	conns    map[net.Conn]bool
	dials    int
	infos    []string // commands of info requests
	messages int      // complete requests received
	// compressed counts the requests that were compressed.
	compressed int
	script     script
	wrap       func(net.Conn) net.Conn // the client's end of connections, nil for the default
}

// A script answers a message on a connection. It returns false to close the connection.
type script func(c net.Conn, m *wire.Message) bool

func newFakeNet(t testing.TB, nodes int) *fakeNet {
	f := &fakeNet{t: t, nodes: make(map[string]*fakeNode)}
	for i := range nodes {
		f.add(fmt.Sprintf("A%d", i+1), fmt.Sprintf("127.0.0.1:%d", 3000+i))
	}
	f.share()
	return f
}

func (f *fakeNet) add(name, address string) *fakeNode {
	n := &fakeNode{net: f, name: name, address: address, answers: make(map[string]string), conns: make(map[net.Conn]bool), script: replyOK}
	f.mu.Lock()
	f.nodes[address] = n
	f.mu.Unlock()
	return n
}

// node returns the i-th node of newFakeNet, counted from 0.
func (f *fakeNet) node(i int) *fakeNode { return f.nodes[fmt.Sprintf("127.0.0.1:%d", 3000+i)] }

// share makes the nodes peers and distributes the partitions: the master of partition p is node p
// modulo the number of nodes, and its replica is on the next node.
func (f *fakeNet) share() {
	var all []*fakeNode
	for i := range len(f.nodes) {
		if n := f.node(i); n != nil && !n.isDown() {
			all = append(all, n)
		}
	}
	for i, n := range all {
		var peers []string
		for _, p := range all {
			if p != n {
				peers = append(peers, fmt.Sprintf("[%s,,[%s]]", p.name, p.address))
			}
		}
		var master, replica partmap.Set
		for p := range uint16(protocol.PartitionCount) {
			if int(p)%len(all) == i {
				master.Add(p)
			}
			if len(all) > 1 && int(p+1)%len(all) == i {
				replica.Add(p)
			}
		}
		// The generations are set last. A client that reads in the meantime would not read again
		// until they change.
		n.set("peers-clear-std", fmt.Sprintf("%d,3000,[%s]", len(all), strings.Join(peers, ",")))
		n.set("replicas", fmt.Sprintf("test:0,2,%s,%s", bits(master), bits(replica)))
		n.set("peers-generation", fmt.Sprint(len(all)))
		n.set("partition-generation", fmt.Sprint(len(all)))
	}
}

// lose removes a node. The others take over its partitions before any client can notice.
func (f *fakeNet) lose(n *fakeNode) {
	n.mu.Lock()
	n.down = true
	n.mu.Unlock()
	f.share()
	n.stop()
}

func bits(s partmap.Set) string { return base64.StdEncoding.EncodeToString(s[:]) }

// open opens a client of the net. Client and net are closed at the end of the test.
func (f *fakeNet) open(change func(*Config)) *Client {
	f.t.Helper()
	c, err := Open(context.Background(), f.config(change))
	require.NoError(f.t, err)
	f.t.Cleanup(func() {
		c.Close()
		f.close()
	})
	return c
}

// openOver is like open, but commands go to a listener over real sockets. Only tending uses the
// fake node.
func (f *fakeNet) openOver(l net.Listener, change func(*Config)) *Client {
	f.t.Helper()
	tended := false
	return f.open(func(cfg *Config) {
		cfg.TendInterval = time.Hour
		cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if !tended {
				tended = true
				return f.dial(ctx, network, address)
			}
			return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
		}
		if change != nil {
			change(cfg)
		}
	})
}

func (f *fakeNet) config(change func(*Config)) Config {
	cfg := Config{Seeds: []string{"127.0.0.1:3000"}, Dial: f.dial}
	if change != nil {
		change(&cfg)
	}
	return cfg
}

func (f *fakeNet) close() {
	for _, n := range f.nodes {
		n.stop()
	}
	f.wg.Wait()
}

var errRefused = errors.New("connection refused")

func (f *fakeNet) dial(ctx context.Context, _, address string) (net.Conn, error) {
	f.mu.Lock()
	n := f.nodes[address]
	f.mu.Unlock()
	if n == nil {
		return nil, errRefused
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dials++
	if n.down {
		return nil, errRefused
	}
	ours, theirs := net.Pipe()
	n.conns[theirs] = true
	f.wg.Go(func() { n.serve(theirs) })
	if n.wrap != nil {
		ours = n.wrap(ours)
	}
	return ours, nil
}

func (n *fakeNode) isDown() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.down
}

// stop refuses new connections and closes open ones.
func (n *fakeNode) stop() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = true
	for c := range n.conns {
		c.Close()
	}
}

func (n *fakeNode) start() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = false
}

func (n *fakeNode) set(command, answer string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answers[command] = answer
}

// play sets the script for all messages from now on.
func (n *fakeNode) play(s script) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.script = s
}

// wrapWith wraps the client's end of connections that are opened from now on.
func (n *fakeNode) wrapWith(wrap func(net.Conn) net.Conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.wrap = wrap
}

// connections returns the number of open connections.
func (n *fakeNode) connections() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.conns)
}

// playOnce sets the script for only the next message.
func (n *fakeNode) playOnce(s script) {
	n.play(func(c net.Conn, m *wire.Message) bool {
		n.play(replyOK)
		return s(c, m)
	})
}

func (n *fakeNode) received() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.messages
}

// asked returns the distinct info commands received, in the order of their first use.
func (n *fakeNode) asked() (commands []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.infos {
		if !slices.Contains(commands, c) {
			commands = append(commands, c)
		}
	}
	return commands
}

func (n *fakeNode) dialed() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.dials
}

func (n *fakeNode) serve(c net.Conn) {
	defer func() {
		c.Close()
		n.mu.Lock()
		delete(n.conns, c)
		n.mu.Unlock()
	}()
	for {
		head := make([]byte, wire.ProtoHeaderSize)
		if _, err := io.ReadFull(c, head); err != nil {
			return
		}
		h, err := wire.ParseProtoHeader(head)
		if err != nil {
			return
		}
		body := make([]byte, h.Size)
		if _, err := io.ReadFull(c, body); err != nil {
			return
		}
		if h.Type == wire.ProtoInfo {
			c.Write(n.info(string(body)))
			continue
		}
		if h.Type == wire.ProtoCompressed {
			if body, err = wire.Decompress(body); err != nil {
				return
			}
			body = body[wire.ProtoHeaderSize:]
		}
		m, err := wire.ParseMessage(body)
		if err != nil {
			return
		}
		n.mu.Lock()
		n.messages++
		if h.Type == wire.ProtoCompressed {
			n.compressed++
		}
		play := n.script
		n.mu.Unlock()
		if !play(c, m) {
			return
		}
	}
}

func (n *fakeNode) info(request string) []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	var text strings.Builder
	for command := range strings.SplitSeq(strings.TrimSuffix(request, "\n"), "\n") {
		n.infos = append(n.infos, command)
		answer, ok := n.answers[command]
		switch {
		case ok:
		case command == "build":
			answer = "8.1.2.0"
		case command == "node":
			answer = n.name
		case command == "cluster-name":
			answer = "fake"
		case command == "rebalance-generation":
			answer = "1"
		case command == "service-clear-std":
			answer = n.address
		case command == "status" || strings.HasPrefix(command, "user-agent-set:"):
			answer = "ok"
		default:
			answer = "ERROR:4:unrecognized command"
		}
		if strings.HasPrefix(answer, "raw:") {
			text.WriteString(answer[4:])
			continue
		}
		fmt.Fprintf(&text, "%s\t%s\n", command, answer)
	}
	return frame(wire.ProtoInfo, []byte(text.String()))
}

func frame(t wire.ProtoType, body []byte) []byte {
	return append(wire.ProtoHeader{Type: t, Size: len(body)}.AppendTo(nil), body...)
}

// message encodes a response.
func message(h wire.Header, bins ...wire.RawOp) []byte {
	m := wire.Message{Header: h, Ops: bins}
	return frame(wire.ProtoMessage, m.AppendTo(nil))
}

// answerOK is a record of generation 1 with the bin n = 7.
var answerOK = message(wire.Header{Generation: 1},
	wire.RawOp{Code: protocol.OpRead, Type: protocol.ParticleInteger, Name: []byte("n"), Data: []byte{0, 0, 0, 0, 0, 0, 0, 7}})

func replyOK(c net.Conn, _ *wire.Message) bool { return write(c, answerOK) }

func replyCode(code protocol.ResultCode) script {
	return func(c net.Conn, _ *wire.Message) bool {
		return write(c, message(wire.Header{ResultCode: code}))
	}
}

// replyNothing sends no response.
func replyNothing(net.Conn, *wire.Message) bool { return true }

// hangUp closes the connection without a response.
func hangUp(net.Conn, *wire.Message) bool { return false }

// replyBytes sends raw bytes and closes the connection.
func replyBytes(b []byte) script {
	return func(c net.Conn, _ *wire.Message) bool {
		write(c, b)
		return false
	}
}

func write(c net.Conn, b []byte) bool {
	_, err := c.Write(b)
	return err == nil
}
