package devserver

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs a cluster for the duration of a test.
func start(t testing.TB, options Options, change ...func(*Options)) *Server {
	t.Helper()
	for _, f := range change {
		f(&options)
	}
	s, err := Start(options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// A testClock is a clock that the test advances.
type testClock struct {
	mu  sync.Mutex
	now time.Time
}

func newTestClock() *testClock { return &testClock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A client talks to one node, message by message.
type client struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
}

// connect opens a connection to the n-th node.
func connect(t testing.TB, s *Server, n int) *client {
	t.Helper()
	conn, err := s.Dial(context.Background(), "tcp", s.Seeds()[n])
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	return &client{t, conn, newReader(conn)}
}

func newReader(conn net.Conn) *bufio.Reader { return bufio.NewReader(conn) }

func (c *client) send(message []byte) {
	c.t.Helper()
	require.NoError(c.t, c.conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err := c.conn.Write(message)
	require.NoError(c.t, err)
}

// receive reads one message and returns its type and body.
func (c *client) receive() (wire.ProtoType, []byte) {
	c.t.Helper()
	head := make([]byte, wire.ProtoHeaderSize)
	_, err := io.ReadFull(c.in, head)
	require.NoError(c.t, err)
	h, err := wire.ParseProtoHeader(head)
	require.NoError(c.t, err)
	body := make([]byte, h.Size)
	_, err = io.ReadFull(c.in, body)
	require.NoError(c.t, err)
	return h.Type, body
}

// message sends a message and reads an answer of one message.
func (c *client) message(request []byte) wire.Response {
	c.t.Helper()
	c.send(request)
	return c.response()
}

func (c *client) response() wire.Response {
	c.t.Helper()
	kind, body := c.receive()
	require.Equal(c.t, wire.ProtoMessage, kind)
	r, rest, err := wire.ParseResponse(body)
	require.NoError(c.t, err)
	require.Empty(c.t, rest)
	return r
}

// responses reads rows up to the last one.
func (c *client) responses() (rows []wire.Response, last wire.Response) {
	c.t.Helper()
	for {
		_, body := c.receive()
		for len(body) > 0 {
			r, rest, err := wire.ParseResponse(body)
			require.NoError(c.t, err)
			if body = rest; r.Last() {
				require.Empty(c.t, rest)
				return rows, r
			}
			rows = append(rows, r)
		}
	}
}

// do executes a command.
func (c *client) do(command wire.Command) wire.Response {
	c.t.Helper()
	request, err := command.AppendMessage(nil, 1000)
	require.NoError(c.t, err)
	return c.message(request)
}

// info sends one info command and returns its value.
func (c *client) info(command string) string {
	c.t.Helper()
	request, err := wire.AppendInfo(nil, command)
	require.NoError(c.t, err)
	c.send(request)
	_, body := c.receive()
	answers, err := wire.ParseInfo(body)
	require.NoError(c.t, err)
	require.Len(c.t, answers, 1)
	require.Equal(c.t, command, answers[0].Command)
	return answers[0].Value
}

func key(id any) protocol.Key { return protocol.MustKey("test", "demo", id) }

func put(k protocol.Key, bins ...protocol.Bin) wire.Command {
	return wire.NewWrite(protocol.OpWrite, k, bins)
}

// show formats bins as name=value, in order.
func show(bins protocol.Bins) string {
	parts := make([]string, len(bins))
	for i, b := range bins {
		parts[i] = b.Name + "=" + b.Value.String()
	}
	return strings.Join(parts, " ")
}

func one(n int64) protocol.Bin { return protocol.Bin{Name: "n", Value: protocol.Int(n)} }

func TestServerListensOnTCP(t *testing.T) {
	s := start(t, Options{Listen: "127.0.0.1:0", Nodes: 2})
	require.Len(t, s.Seeds(), 2)
	for i := range s.Seeds() {
		c := connect(t, s, i)
		require.Equal(t, s.Seeds()[i], c.info("service-clear-std"))
		require.Equal(t, protocol.OK, c.do(put(key(i), one(1))).ResultCode)
	}
}

func TestCloseWithOpenClients(t *testing.T) {
	s := start(t, Options{Nodes: 3})
	c := connect(t, s, 1)
	require.Equal(t, protocol.OK, c.do(put(key(1), one(1))).ResultCode)
	require.NoError(t, s.Close())
	require.NoError(t, s.Close())
	_, err := c.in.ReadByte()
	require.ErrorIs(t, err, io.EOF)
	_, err = s.Dial(context.Background(), "tcp", s.Seeds()[0])
	require.ErrorIs(t, err, ErrClosed)
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{
		{Nodes: 9}, {Nodes: -1}, {Listen: "nonsense"}, {Listen: "127.0.0.1:port"},
		{Namespaces: []NamespaceOptions{{Name: ""}}},
		{Namespaces: []NamespaceOptions{{Name: "a"}, {Name: "a"}}},
		{Namespaces: []NamespaceOptions{{Name: "a", ReadTouchPercent: 101}}},
	} {
		_, err := Start(o)
		require.Error(t, err, "%+v", o)
	}
}
