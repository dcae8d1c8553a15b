package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/hedge"
	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/cluster/internal/topology"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A Node is one server of the cluster, identified by its name. Another server at the same address
// is another Node.
type Node struct {
	name    string
	address link.Address
	build   string
	version topology.Version
	active  atomic.Bool
	pool    *link.Pool
	reads   *coalescer
	writes  *coalescer
	tend    tending
	auth    *link.Authenticator
	circuit circuit
	latency hedge.Latency // of hedged reads
	log     *slog.Logger
	racks   atomic.Pointer[map[string]int] // by namespace; nil if the node reported none
}

// Name returns the node's name, in hexadecimal.
func (n *Node) Name() string { return n.name }

// Address returns the address that commands are sent to, "host:port".
func (n *Node) Address() string { return n.address.String() }

// Build returns the server's version, e.g. "8.1.2.0".
func (n *Node) Build() string { return n.build }

// Active reports whether the node belongs to the cluster. A Node that has left the cluster stays
// inactive; if the server returns, it is a new Node.
func (n *Node) Active() bool { return n.active.Load() }

// String returns the node's name and address.
func (n *Node) String() string { return n.name + " " + n.Address() }

// errNodeLeft is the error of commands in flight on a node that hangs and is removed.
var errNodeLeft = errors.New("the node has not answered and has left the cluster")

// leave makes the node inactive. If interrupt is set, commands in flight fail immediately.
func (n *Node) leave(reason error, interrupt bool) {
	n.active.Store(false)
	n.reads.close(reason)
	n.writes.close(reason)
	n.pool.Close(reason, interrupt)
	if interrupt {
		n.reads.running.Wait()
		n.writes.running.Wait()
	}
}

// unwritable returns the failure of a command that can't be encoded. Nothing is sent.
func unwritable(err error) failure { return failure{err: err, final: true, invalid: true} }

// acquire takes a connection for a command from the pool and sets its deadline.
func (n *Node) acquire(ctx context.Context, s *link.Span, now time.Time) (*link.Conn, failure) {
	c, err := n.pool.Get(ctx, s, now)
	if err == nil {
		c.Begin(s, now)
		return c, failure{}
	}
	err = linkError(err)
	if refusal := (*LoginError)(nil); errors.As(err, &refusal) {
		return nil, refusal.failure()
	}
	if ctx.Err() != nil || errors.Is(err, ErrClosed) || s.Over(time.Now()) {
		return nil, ended(err, false)
	}
	return nil, failure{err: err, outcome: retry.NoConn}
}

// acquireIdle is acquire for a connection that is idle now. It returns nil if there is none.
func (n *Node) acquireIdle(s *link.Span, now time.Time) *link.Conn {
	c := n.pool.Idle(now)
	if c != nil {
		c.Begin(s, now)
	}
	return c
}

// settle ends a command on a connection, with f as its outcome. It returns the connection to the
// pool, or closes it if it can't be reused.
func (n *Node) settle(c *link.Conn, f *failure) {
	n.recordResult(f)
	c.NoteResult(f.code)
	n.release(c)
}

// release returns a connection to the pool without recording an outcome.
func (n *Node) release(c *link.Conn) {
	if !n.active.Load() {
		c.Unusable = true
	}
	n.pool.Put(c)
}

// do sends a command and reads its answer.
func (n *Node) do(ctx context.Context, s *link.Span, now time.Time, cmd *wire.Command, resp *wire.Response) failure {
	c, f := n.acquire(ctx, s, now)
	if f.err != nil {
		return f
	}
	request, err := cmd.AppendMessage(c.Request[:0], s.Budget(now))
	if err != nil {
		n.release(c)
		return unwritable(err)
	}
	c.Request = request
	stop := c.Watch(ctx)
	f = n.roundTrip(ctx, c, resp, cmd.KeepEncoded)
	c.Unwatch(stop)
	if s.Delay > 0 && f.late() && ctx.Err() == nil && n.active.Load() {
		n.recordResult(&f)
		n.pool.Linger(c, s.Delay)
		return f
	}
	n.settle(c, &f)
	return f
}

// exchange sends a request and reads the answer to it. write appends the request to a buffer, and
// read reads the answer. If write fails, nothing is sent. Single commands use do, which allocates
// nothing.
func (n *Node) exchange(ctx context.Context, s *link.Span, now time.Time, write func([]byte) ([]byte, error), read func(*link.Conn) failure) failure {
	c, f := n.acquire(ctx, s, now)
	if f.err != nil {
		return f
	}
	x, f := n.begin(ctx, c, write)
	if f.err != nil {
		return f
	}
	return x.finish(ctx, read)
}

// An exchange is a request that was sent and whose answer has not been read.
type exchange struct {
	node *Node
	conn *link.Conn
	stop func() bool // ends the watch of the context
}

// begin sends a request over a connection of the node. If it succeeds, finish must be called.
// Otherwise the connection has been settled.
func (n *Node) begin(ctx context.Context, c *link.Conn, write func([]byte) ([]byte, error)) (exchange, failure) {
	request, err := write(c.Request[:0])
	if err != nil {
		n.release(c)
		return exchange{}, unwritable(err)
	}
	c.Request = request
	x := exchange{n, c, c.Watch(ctx)}
	f := n.sendRequest(ctx, c)
	if f.err != nil {
		x.settle(&f)
	}
	return x, f
}

// finish reads the answer.
func (x *exchange) finish(ctx context.Context, read func(*link.Conn) failure) failure {
	f := read(x.conn)
	x.settle(&f)
	return f
}

func (x *exchange) settle(f *failure) {
	// Unwatch comes first: it may find the connection unusable.
	x.conn.Unwatch(x.stop)
	x.node.settle(x.conn, f)
}

// roundTrip writes the request that the connection holds and reads the answer to a single command.
// encoded says that the bins stay encoded.
func (n *Node) roundTrip(ctx context.Context, c *link.Conn, resp *wire.Response, encoded bool) failure {
	if f := n.sendRequest(ctx, c); f.err != nil {
		return f
	}
	return n.readAnswer(ctx, c, resp, encoded)
}

// readAnswer reads the answer to a single command.
func (n *Node) readAnswer(ctx context.Context, c *link.Conn, resp *wire.Response, encoded bool) failure {
	var b *wire.Buffer
	if encoded {
		b = wire.TakeBuffer()
	}
	body, lent, err := c.ReadInto(b.Bytes(), link.ReadBufferSize)
	if err != nil {
		return n.failed(ctx, c, err)
	}
	rest, err := parseAnswer(resp, body, lent, b)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%w: %d bytes follow the message", protocol.ErrMalformed, len(rest))
	}
	if err == nil {
		err = c.Drained()
	}
	if err != nil {
		c.Unusable = true
		return failure{err: err, outcome: retry.Broken}
	}
	c.NoteResult(resp.ResultCode)
	if code := resp.ResultCode; code != protocol.OK {
		return failure{err: code, outcome: retry.Refused, code: code, detail: resp.Detail}
	}
	if resp.Err != nil {
		return unreadable(resp)
	}
	return failure{}
}

// parseAnswer parses an answer, whose memory is reused if it is lent. If b is not nil the bins stay
// encoded, in b.
func parseAnswer(resp *wire.Response, body []byte, lent bool, b *wire.Buffer) (rest []byte, err error) {
	switch {
	case b != nil:
		return resp.ParseInto(b, body, lent)
	case lent:
		return resp.ParseCopy(body, false)
	}
	*resp, rest, err = wire.ParseResponse(body)
	return rest, err
}

// sendRequest writes the request that the connection holds.
func (n *Node) sendRequest(ctx context.Context, c *link.Conn) failure {
	if err := c.Compress(); err != nil {
		return unwritable(err)
	}
	sent, err := c.Send()
	if err == nil {
		c.Trim()
		return failure{}
	}
	f := n.failed(ctx, c, err)
	f.sent = false
	if f.outcome = retry.Unsent; sent == 0 && c.Reused {
		f.outcome = retry.Stale
		n.pool.Suspect(time.Now())
	}
	return f
}

// failed returns the failure for an error of a connection after the whole request was written.
func (n *Node) failed(ctx context.Context, c *link.Conn, err error) failure {
	c.Unusable = true
	// The context's end interrupts the connection too. It may come at any moment, so whether the
	// connection was interrupted is asked before whether the context has ended.
	interrupted := c.Interrupted()
	switch {
	case ctx.Err() != nil:
		return ended(contextError(ctx), true)
	case n.pool.IsClosed(ErrClosed):
		return ended(ErrClosed, true)
	case interrupted:
		return failure{err: fmt.Errorf("connection to %v: %w", n.address, errNodeLeft), outcome: retry.Lost}
	case errors.Is(err, protocol.ErrMalformed) || errors.Is(err, protocol.ErrTooLarge):
		return failure{err: err, outcome: retry.Broken}
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return failure{err: fmt.Errorf("connection to %v: %w", n.address, err), outcome: retry.Lost}
	case c.Span.Over(time.Now()):
		return ended(c.Span.Timeout(), true)
	}
	return failure{err: c.Span.SocketTimeout(), outcome: retry.TimedOut}
}

// each calls f for all nodes at the same time and waits for all.
func each(nodes []*Node, f func(*Node)) {
	if len(nodes) == 1 {
		f(nodes[0])
		return
	}
	var wg sync.WaitGroup
	for _, n := range nodes {
		wg.Go(func() { f(n) })
	}
	wg.Wait()
}
