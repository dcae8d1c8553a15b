package cluster

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/internal/cursor"
	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// A receiver has the parts of a client that read responses, and a node.
type receiver struct {
	client *Client
	node   *Node
	// share is the query's request. Responses can remove partitions from it, so it is replaced from
	// time to time.
	share *cursor.Share[*Node]
	heard int
}

func newReceiver(t testing.TB) *receiver {
	env, err := newEnv(Config{Seeds: []string{"127.0.0.1:3000"}})
	require.NoError(t, err)
	a := link.Address{Host: "127.0.0.1", Port: 3000}
	n := newNode(env, nil, a, "A1", "8.1.0.0", topologyVersion, 0)
	t.Cleanup(n.drop)
	return &receiver{client: &Client{env: *env, done: make(chan struct{})}, node: n}
}

var topologyVersion = [4]int{8, 1}

// conn returns a connection from which answer is read.
func (h *receiver) conn(answer []byte) *link.Conn { return link.NewConn(wiretest.NewConn(answer)) }

// checkEnd checks the end of a try: a result code of the server, or a value that can't be read,
// keeps the connection. Anything else is a documented error and closes the connection.
func checkEnd(t testing.TB, c *link.Conn, f *failure) {
	_, verdict := f.err.(protocol.ResultCode)
	switch {
	case f.err == nil || verdict || f.outcome == retry.Unreadable && !c.Unusable && known(f.err):
	case !c.Unusable:
		t.Fatalf("the connection is reused after %v", f.err)
	case !known(f.err):
		t.Fatalf("undocumented error: %v", f.err)
	}
}

// known reports whether an error is of a documented kind. ErrConnect is the error of the remaining
// single commands if the first one has lost the connection that they share.
func known(err error) bool {
	for _, class := range []error{ErrConnect, protocol.ErrMalformed, protocol.ErrTooLarge, protocol.ErrTooDeep, io.ErrUnexpectedEOF} {
		if errors.Is(err, class) {
			return true
		}
	}
	return false
}

// receiveAll reads answer as the response to every kind of request, within the memory bounds.
func (h *receiver) receiveAll(t testing.TB, answer []byte) {
	if h.heard++; h.heard%100 == 1 {
		shares, _ := cursor.Plan(cursor.New(0, protocol.PartitionCount), func(uint16, int) *Node { return h.node })
		h.share = shares[0]
	}
	received := wiretest.Received(answer)
	wiretest.Bounded(t, received, wiretest.Bytes, func() { h.bodies(t, answer) })
	wiretest.Bounded(t, received, wiretest.Values, func() { h.single(t, answer) })
	wiretest.Bounded(t, received, wiretest.Values, func() { h.batch(t, answer) })
	// The rows of a response are copied.
	wiretest.Bounded(t, received, 2*wiretest.Values+1, func() { h.coalesced(t, answer) })
	wiretest.Bounded(t, received, wiretest.Values, func() { h.query(t, answer, nil) })
	spare := make(chan *block, spareBlocks)
	wiretest.Bounded(t, received, wiretest.Values, func() { h.query(t, answer, spare) })
	wiretest.Bounded(t, received, wiretest.Values, func() { h.aggregation(t, answer) })
	wiretest.Bounded(t, received, wiretest.Bytes, func() { h.info(t, answer) })
}

func (h *receiver) bodies(t testing.TB, answer []byte) {
	c := h.conn(answer)
	for {
		body, err := c.ReadMessage()
		if err != nil {
			checkEnd(t, c, &failure{err: err})
			return
		}
		if len(body) == 0 {
			t.Fatal("an empty body")
		}
	}
}

func (h *receiver) single(t testing.TB, answer []byte) {
	c := h.conn(answer)
	var resp wire.Response
	f := h.node.readAnswer(context.Background(), c, &resp, false)
	checkEnd(t, c, &f)
}

// commands are rows of all kinds.
var commands = func() []wire.Command {
	put := wire.NewWrite(protocol.OpWrite, testKey, testBins)
	operate := wire.NewOperate(testKey, []protocol.Operation{protocol.AddBin("n", protocol.Int(1)), protocol.GetBin("n")}, false)
	return []wire.Command{wire.NewRead(testKey), put, operate, wire.NewDelete(testKey), wire.NewHeaderRead(testKey)}
}()

func (h *receiver) batch(t testing.TB, answer []byte) {
	b := &batchRun{client: h.client, policy: &BatchPolicy{}, rows: make([]batchRow, len(commands)), results: make([]BatchResult, len(commands))}
	part := &batchPart{node: h.node}
	require.NoError(t, b.setCommands(batchCommands{n: len(commands), command: func(_ *BatchPolicy, i int, cmd *wire.Command) error {
		*cmd = commands[i]
		return nil
	}}))
	b.prepare()
	for i := range commands {
		b.rows[i].asked = part
		part.rows = append(part.rows, i)
	}
	c := h.conn(answer)
	f := b.receive(context.Background(), c, part)
	checkEnd(t, c, &f)
	for i := range b.rows {
		if answered := b.results[i].Record != nil || b.rows[i].fail.err != nil; answered == (b.rows[i].asked != nil) {
			t.Fatalf("row %d: %+v", i, b.rows[i].fail)
		}
	}
}

func (h *receiver) coalesced(t testing.TB, answer []byte) {
	k := newSender(h.node.reads)
	waiting := make([]*pending, len(commands))
	for i := range commands {
		e := newPending().(*pending)
		e.begin(&commands[i], new(wire.Response), new(link.Span), time.Time{})
		e.state.Store(pendingSent)
		waiting[i] = e
		k.group = append(k.group, e)
	}
	c := h.conn(answer)
	f := k.receive(c)
	checkEnd(t, c, &f)
	k.fail(f)
	for i, e := range waiting {
		select {
		case <-e.signals:
		default:
			t.Fatalf("command %d is still waiting", i)
		}
	}
}

func (h *receiver) query(t testing.TB, answer []byte, spare chan *block) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	q := &queryRun{client: h.client, policy: &QueryPolicy{}, request: &wire.Query{Where: &wire.IndexRange{}}, ctx: ctx, cancel: cancel, spare: spare}
	blocks := make(chan *block)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for b := range blocks {
			b.begin()
			q.reuse(b)
		}
	}()
	c := h.conn(answer)
	f := q.receive(c, &queryShare{Share: h.share}, blocks)
	close(blocks)
	<-drained
	checkEnd(t, c, &f)
}

func (h *receiver) aggregation(t testing.TB, answer []byte) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	a := &aggregation{ctx: ctx, cancel: cancel}
	parts := make(chan []protocol.Value)
	c := h.conn(answer)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		for range parts {
		}
	}()
	f := a.receive(h.node, c, parts)
	close(parts)
	<-drained
	checkEnd(t, c, &f)
}

func (h *receiver) info(t testing.TB, answer []byte) {
	c := h.conn(answer)
	commands := []string{"node", "peers-generation", "partition-generation"}
	answers, err := c.Info(commands...)
	if verdict := (*protocol.Error)(nil); errors.As(err, &verdict) {
		return
	}
	checkEnd(t, c, &failure{err: err})
	if err == nil && len(answers) != len(commands) {
		t.Fatalf("%d responses", len(answers))
	}
}

// FuzzAnswers reads arbitrary bytes as the response to each kind of request.
func FuzzAnswers(f *testing.F) {
	for _, frame := range wiretest.Samples() {
		f.Add(frame.Response)
	}
	f.Add(frame(wire.ProtoInfo, []byte("node\tA1\npeers-generation\t1\npartition-generation\t1\n")))
	for _, b := range hostileFrames(f) {
		f.Add(b)
	}
	h := newReceiver(f)
	f.Fuzz(func(t *testing.T, answer []byte) { h.receiveAll(t, answer) })
}

// hostileFrames returns responses that are expensive or endless for a client that trusts them.
func hostileFrames(t testing.TB) map[string][]byte {
	large := wire.ProtoHeader{Type: wire.ProtoMessage, Size: protocol.MaxProtoSize}.AppendTo(nil)
	packed, err := wire.AppendCompressed(nil, message(wire.Header{Info3: wire.Info3Last}))
	require.NoError(t, err)
	bomb, err := wire.AppendCompressed(nil, append(wire.ProtoHeader{Type: wire.ProtoMessage, Size: 1 << 20}.AppendTo(nil), make([]byte, 1<<20)...))
	require.NoError(t, err)
	empty, err := wire.AppendCompressed(nil, wire.ProtoHeader{Type: wire.ProtoMessage}.AppendTo(nil))
	require.NoError(t, err)
	return map[string][]byte{
		"2^48-1 bytes":      {2, 3, 255, 255, 255, 255, 255, 255},
		"128 MiB, silent":   large,
		"empty bodies":      repeat([]byte{2, 3, 0, 0, 0, 0, 0, 0}, 1000),
		"empty, compressed": repeat(empty, 100),
		"compressed":        packed,
		"zip bomb":          bomb,
		"endless rows":      repeat(message(wire.Header{TransactionTTL: 1}), 1000),
		"depth bomb":        message(wire.Header{}, wire.RawOp{Code: protocol.OpRead, Type: protocol.ParticleList, Name: []byte("l"), Data: repeat([]byte{0x91}, 100_000)}),
		"count bomb":        message(wire.Header{}, wire.RawOp{Code: protocol.OpRead, Type: protocol.ParticleList, Name: []byte("l"), Data: []byte{0xdd, 0x05, 0xf5, 0xe1, 0}}),
		"HTTP":              []byte("HTTP/1.1 400 Bad Request\r\n\r\n"),
		"endless lines":     frame(wire.ProtoInfo, repeat([]byte("\t\n"), 100_000)),
	}
}

func repeat(b []byte, n int) (all []byte) {
	for range n {
		all = append(all, b...)
	}
	return all
}

// TestAnswersThatCostMost checks the memory bounds with the most expensive responses.
func TestAnswersThatCostMost(t *testing.T) {
	h := newReceiver(t)
	for name, answer := range hostileFrames(t) {
		t.Run(name, func(t *testing.T) { h.receiveAll(t, answer) })
	}
	t.Run("a record in each body", func(t *testing.T) { h.receiveAll(t, repeat(message(wire.Header{}), 10_000)) })
	rows := wire.Message{}
	var body []byte
	for range 10_000 {
		body = rows.AppendTo(body)
	}
	t.Run("many records in a body", func(t *testing.T) { h.receiveAll(t, frame(wire.ProtoMessage, body)) })
}

// TestEndlessBodies: responses that could go on forever fail at once, long before a timeout.
func TestEndlessBodies(t *testing.T) {
	h := newReceiver(t)
	empty := []byte{2, 3, 0, 0, 0, 0, 0, 0}
	c := h.conn(repeat(empty, 1000))
	var resp wire.Response
	f := h.node.readAnswer(t.Context(), c, &resp, false)
	require.ErrorIs(t, f.err, protocol.ErrMalformed)
}
