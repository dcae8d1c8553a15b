package cluster

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// The tests named TestCaseNN are the numbered failure cases that the client guarantees to survive.
// docs/guarantees.md lists them. This file has what they share: the kinds of commands.

// A kind is a kind of command.
type kind struct {
	name  string
	write bool
	multi bool // its response has several messages
	run   func(ctx context.Context, c *Client, s settings) error
}

// settings are the fields that all policies share.
type settings struct {
	total, socket, delay time.Duration
	retries              int
}

func (s settings) read() *ReadPolicy {
	return &ReadPolicy{TotalTimeout: s.total, SocketTimeout: s.socket, TimeoutDelay: s.delay, MaxRetries: s.retries}
}

func (s settings) write() *WritePolicy {
	return &WritePolicy{TotalTimeout: s.total, SocketTimeout: s.socket, TimeoutDelay: s.delay, MaxRetries: s.retries}
}

func (s settings) batch() *BatchPolicy {
	return &BatchPolicy{TotalTimeout: s.total, SocketTimeout: s.socket, MaxRetries: s.retries}
}

// neighbors are keys with the same nodes as the test key, on nets of one to three nodes.
var neighbors = func() []protocol.Key {
	keys := []protocol.Key{testKey}
	for i := 0; len(keys) < 3; i++ {
		if k := protocol.MustKey("test", "s", i); k.Partition()%6 == testKey.Partition()%6 {
			keys = append(keys, k)
		}
	}
	return keys
}()

var kinds = []kind{
	{name: "get", run: func(ctx context.Context, c *Client, s settings) error {
		_, err := c.Get(ctx, s.read(), testKey)
		return err
	}},
	{name: "put", write: true, run: func(ctx context.Context, c *Client, s settings) error {
		return c.Put(ctx, s.write(), testKey, testBins)
	}},
	{name: "delete", write: true, run: func(ctx context.Context, c *Client, s settings) error {
		_, err := c.Delete(ctx, s.write(), testKey)
		return err
	}},
	{name: "operate", write: true, run: func(ctx context.Context, c *Client, s settings) error {
		_, err := c.Operate(ctx, s.write(), testKey, protocol.AddBin("n", protocol.Int(1)), protocol.GetBin("n"))
		return err
	}},
	{name: "batch read", multi: true, run: func(ctx context.Context, c *Client, s settings) error {
		_, err := c.BatchRead(ctx, s.batch(), neighbors)
		return err
	}},
	{name: "batch write", write: true, multi: true, run: func(ctx context.Context, c *Client, s settings) error {
		var rows []BatchRow
		for _, k := range neighbors {
			rows = append(rows, PutRow(nil, k, testBins))
		}
		_, err := c.BatchWrite(ctx, s.batch(), rows)
		return err
	}},
	{name: "query", multi: true, run: func(ctx context.Context, c *Client, s settings) error {
		p := &QueryPolicy{TotalTimeout: s.total, SocketTimeout: s.socket, MaxRetries: s.retries}
		for _, err := range c.Scan(ctx, p, "test", "s") {
			if err != nil {
				return err
			}
		}
		return nil
	}},
}

// eachKind runs a test for each kind of command, on a net whose nodes answer successfully.
func eachKind(t *testing.T, nodes int, change func(*Config), test func(t *testing.T, f *fakeNet, c *Client, k *kind)) {
	for i := range kinds {
		t.Run(kinds[i].name, func(t *testing.T) {
			bubble(t, nodes, change, func(t *testing.T, f *fakeNet, c *Client) {
				for i := range nodes {
					f.node(i).play(replySuccess)
				}
				test(t, f, c, &kinds[i])
			})
		})
	}
}

// fewRecords returns the number of records in a partition: 1 in some, 0 in the others.
func fewRecords(partition uint16) int {
	if partition%64 == 0 {
		return 1
	}
	return 0
}

// replySuccess sends a successful response to any message.
func replySuccess(c net.Conn, m *wire.Message) bool {
	if _, batch := m.Field(wire.FieldBatch); batch {
		return batchRows(0, rowOK)(c, m)
	}
	if _, query := m.Field(wire.FieldPartitions); query {
		return scanOf(fewRecords, 0)(c, m)
	}
	return replyOK(c, m)
}

// once plays a script for the next message, and replySuccess after that.
func (n *fakeNode) once(s script) {
	n.play(func(c net.Conn, m *wire.Message) bool {
		n.play(replySuccess)
		return s(c, m)
	})
}

// verdicts returns the errors of a command: one, or those of the rows of a batch.
func verdicts(t *testing.T, err error) (all []*protocol.Error) {
	t.Helper()
	require.Error(t, err)
	var rows *BatchError
	if !errors.As(err, &rows) {
		return append(all, requireError(t, err))
	}
	for _, r := range rows.Results {
		all = append(all, requireError(t, r.Err))
	}
	return all
}

// requireVerdict checks that a command failed, and whether its error is in doubt.
func requireVerdict(t *testing.T, err error, inDoubt bool) {
	t.Helper()
	for _, e := range verdicts(t, err) {
		require.Equal(t, inDoubt, e.InDoubt, "%v", e)
	}
}

// inUse returns the number of connections that commands hold.
func inUse(c *Client) (n int) {
	synctest.Wait()
	for _, node := range c.Nodes() {
		n += openOf(node.pool) - idleOf(node.pool)
	}
	return n
}

// A faultyConn is the client's end of a connection with faults.
type faultyConn struct {
	net.Conn
	write func(p []byte) (int, error)
	read  func(p []byte) (int, error)
	// deadline is called before a deadline is set.
	deadline func()
}

func (c *faultyConn) Write(p []byte) (int, error) {
	if c.write != nil {
		return c.write(p)
	}
	return c.Conn.Write(p)
}

func (c *faultyConn) Read(p []byte) (int, error) {
	if c.read != nil {
		return c.read(p)
	}
	return c.Conn.Read(p)
}

func (c *faultyConn) SetDeadline(t time.Time) error {
	if c.deadline != nil {
		c.deadline()
	}
	return c.Conn.SetDeadline(t)
}

// received returns a connection from which b is read, and nothing more.
func received(b []byte) *link.Conn { return link.NewConn(wiretest.NewConn(b)) }

// bytesReading returns how many bytes of memory reading a message from b takes. Reading must fail
// with an error.
func bytesReading(t *testing.T, b []byte, is error) int {
	t.Helper()
	var fresh []*link.Conn
	for range 8 {
		fresh = append(fresh, received(b))
	}
	return int(wiretest.Allocated(func() {
		_, err := fresh[0].ReadMessage()
		fresh = fresh[1:]
		require.ErrorIs(t, err, is)
	}))
}

// digests returns the digests of the records of a message.
func digests(m *wire.Message) []protocol.Digest {
	return about(m, func(*wire.Message) bool { return true })
}

// written returns the digests of the records that a message writes.
func written(m *wire.Message) []protocol.Digest {
	return about(m, func(m *wire.Message) bool { return m.Info2&wire.Info2Write != 0 })
}

// about returns the digests of a command, or of a batch's rows, for which wanted is true.
func about(m *wire.Message, wanted func(*wire.Message) bool) (all []protocol.Digest) {
	if data, single := m.Field(wire.FieldDigest); single {
		if wanted(m) {
			all = append(all, protocol.Digest(data))
		}
		return all
	}
	data, _ := m.Field(wire.FieldBatch)
	b, err := wire.ParseBatch(data)
	for err == nil {
		var r *wire.ParsedRow
		if r, err = b.Next(); r == nil {
			break
		}
		if wanted(&r.Message) {
			all = append(all, r.Digest)
		}
	}
	return all
}
