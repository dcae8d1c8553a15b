package admin

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A fakeCluster is an in-memory cluster whose nodes answer only info commands. The first node owns
// all partitions.
type fakeCluster struct {
	t     *testing.T
	nodes map[string]*fakeNode // by address
	wg    sync.WaitGroup       // the connections' goroutines
}

type fakeNode struct {
	mu      sync.Mutex // guards answers
	answers map[string]string
}

func newFakeCluster(t *testing.T, nodes int) *fakeCluster {
	f := &fakeCluster{t: t, nodes: make(map[string]*fakeNode)}
	peers := make([]string, nodes)
	for i := range nodes {
		peers[i] = fmt.Sprintf("[A%d,,[%s]]", i+1, fakeAddress(i))
	}
	for i := range nodes {
		var owned [protocol.PartitionCount / 8]byte
		if i == 0 {
			for k := range owned {
				owned[k] = 0xff
			}
		}
		f.nodes[fakeAddress(i)] = &fakeNode{answers: map[string]string{
			"build": "8.1.2.0", "node": fmt.Sprintf("A%d", i+1), "cluster-name": "fake", "status": "ok",
			"rebalance-generation": "1", "peers-generation": "1", "partition-generation": "1",
			"service-clear-std": fakeAddress(i), "peers-clear-std": "1,3000,[" + strings.Join(peers, ",") + "]",
			"replicas": "test:0,1," + base64.StdEncoding.EncodeToString(owned[:]),
		}}
	}
	return f
}

func fakeAddress(i int) string { return fmt.Sprintf("127.0.0.1:%d", 3000+i) }

// node returns the i-th node, starting at 0.
func (f *fakeCluster) node(i int) *fakeNode { return f.nodes[fakeAddress(i)] }

// open opens a client, which is closed at the end of the test.
func (f *fakeCluster) open() *Client {
	f.t.Helper()
	c, err := cluster.Open(context.Background(), cluster.Config{Seeds: []string{fakeAddress(0)}, Dial: f.dial})
	require.NoError(f.t, err)
	f.t.Cleanup(func() {
		c.Close()
		f.wg.Wait()
	})
	return New(c)
}

func (f *fakeCluster) dial(_ context.Context, _, address string) (net.Conn, error) {
	n := f.nodes[address]
	if n == nil {
		return nil, errors.New("connection refused")
	}
	client, server := net.Pipe()
	f.wg.Go(func() {
		defer server.Close()
		n.serve(server)
	})
	return client, nil
}

// set sets the answer to a command.
func (n *fakeNode) set(command, answer string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.answers[command] = answer
}

// serve answers info requests. It closes the connection on any other message.
func (n *fakeNode) serve(c net.Conn) {
	for {
		head := make([]byte, wire.ProtoHeaderSize)
		if _, err := io.ReadFull(c, head); err != nil {
			return
		}
		h, err := wire.ParseProtoHeader(head)
		if err != nil || h.Type != wire.ProtoInfo {
			return
		}
		body := make([]byte, h.Size)
		if _, err := io.ReadFull(c, body); err != nil {
			return
		}
		text := []byte(n.info(string(body)))
		if _, err := c.Write(append(wire.ProtoHeader{Type: wire.ProtoInfo, Size: len(text)}.AppendTo(nil), text...)); err != nil {
			return
		}
	}
}

func (n *fakeNode) info(request string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var text strings.Builder
	for command := range strings.SplitSeq(strings.TrimSuffix(request, "\n"), "\n") {
		answer, ok := n.answers[command]
		if !ok {
			answer = "ERROR:4:unrecognized command"
		}
		fmt.Fprintf(&text, "%s\t%s\n", command, answer)
	}
	return text.String()
}

// bubble runs a test on a fake cluster in a synctest bubble.
func bubble(t *testing.T, nodes int, test func(t *testing.T, f *fakeCluster, c *Client)) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeCluster(t, nodes)
		test(t, f, f.open())
	})
}

func requireError(t *testing.T, err error) *protocol.Error {
	t.Helper()
	var e *protocol.Error
	require.ErrorAs(t, err, &e)
	return e
}
