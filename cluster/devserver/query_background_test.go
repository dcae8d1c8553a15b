package devserver

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/protocol/wire"
)

// background returns a query that writes to the records in an index range, or to the whole set if r
// is nil.
func background(id uint64, r *wire.IndexRange, ops ...protocol.Operation) wire.Query {
	return wire.Query{Scan: wire.Scan{Namespace: "test", Set: "demo", TaskID: id}, Kind: wire.QueryBackground, Where: r, Ops: ops}
}

// begin sends a background query and returns the result code.
func (c *client) begin(q wire.Query) protocol.ResultCode {
	c.t.Helper()
	message, err := q.AppendMessage(nil)
	require.NoError(c.t, err)
	return c.message(message).ResultCode
}

// await polls until a query has ended and returns its query-show line.
func (c *client) await(id string) string {
	for {
		if line := c.info("query-show:id=" + id); !strings.Contains(line, "status=active") {
			return line
		}
	}
}

func TestBackgroundWrites(t *testing.T) {
	s := start(t, Options{Nodes: 2})
	c := connect(t, s, 0)
	createIndex(c, s, "indexname=n;bin=n;type=numeric")
	for i := range int64(20) {
		require.Equal(t, protocol.OK, c.do(put(key(i), one(i), named("id", protocol.Int(i)))).ResultCode)
	}
	r := between("n", 5, 9)
	succeeded := 0
	for n := range s.nodes() {
		node := connect(t, s, n)
		require.Equal(t, protocol.OK, node.begin(background(7, &r, protocol.AddBin("n", protocol.Int(100)), protocol.PutBin("new", protocol.Int(1)))))
		line := node.await("7")
		require.Contains(t, line, "trid=7:ns=test:set=demo:sindex-name=n:rps=10000:")
		require.Contains(t, line, ":status=done(ok):job-progress=100.00:")
		require.Contains(t, line, ":job-type=background-ops:net-io-bytes=30:socket-timeout=10000:ops-active=0")
		_, after, _ := strings.Cut(line, "recs-succeeded=")
		succeeded += int(after[0] - '0')
		require.Contains(t, node.info("namespace/test"), "si_query_ops_bg_complete=1;")
	}
	require.Equal(t, 5, succeeded)
	for i := range int64(20) {
		bins := c.do(wire.NewRead(key(i))).Bins
		n, _ := bins.Get("n")
		want := i
		if i >= 5 && i <= 9 {
			want += 100
		}
		require.Equal(t, protocol.Int(want), n)
	}
}

func TestBackgroundRefusals(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	fill(c, "demo", 3)
	touch := protocol.TouchRecord()
	refused := func(want protocol.ResultCode, change func(*wire.Message)) {
		t.Helper()
		q := background(0, nil, touch)
		message, err := q.AppendMessage(nil)
		require.NoError(t, err)
		m, err := wire.ParseMessage(message[wire.ProtoHeaderSize:])
		require.NoError(t, err)
		change(m)
		body := m.AppendTo(nil)
		require.Equal(t, want, c.message(append(wire.ProtoHeader{Type: wire.ProtoMessage, Size: len(body)}.AppendTo(nil), body...)).ResultCode)
	}
	refused(protocol.OK, func(*wire.Message) {})
	refused(protocol.ParameterError, func(m *wire.Message) { m.Ops = nil })
	refused(protocol.ParameterError, func(m *wire.Message) { m.Info1 |= wire.Info1Read })
	refused(protocol.ParameterError, func(m *wire.Message) { m.Info1 |= wire.Info1ShortQuery })
	refused(protocol.ParameterError, func(m *wire.Message) { m.Ops = []wire.RawOp{{Code: protocol.OpRead, Name: []byte("n")}} })
	refused(protocol.ParameterError, func(m *wire.Message) {
		m.Fields = append(m.Fields, wire.Field{Type: wire.FieldRecordsPerSec, Data: []byte{0, 0, 0x27, 0x11}})
	})
	refused(protocol.KeyNotFound, func(m *wire.Message) {
		for i := range m.Fields {
			if m.Fields[i].Type == wire.FieldSet {
				m.Fields[i].Data = []byte("other")
			}
		}
	})
	r := between("n", 0, 1)
	require.Equal(t, protocol.IndexNotFound, c.begin(background(9, &r, touch)))
	require.Equal(t, "ERROR:2:job not found", c.info("query-show:id=9"))
}

// TestBackgroundQueryIsAborted blocks a query at a partition and aborts it there.
func TestBackgroundQueryIsAborted(t *testing.T) {
	for _, command := range []string{"query-abort:id=5", "query-abort-all"} {
		s := start(t, Options{})
		c := connect(t, s, 0)
		fill(c, "demo", 300)
		gate := &s.namespace([]byte("test")).partitions[1000]
		gate.mu.Lock()
		require.Equal(t, protocol.OK, c.begin(background(5, nil, protocol.PutBin("x", protocol.Int(1)))))
		require.Contains(t, c.info("query-show:id=5"), "status=active(ok)")
		require.Equal(t, protocol.ParameterError, c.begin(background(5, nil, protocol.TouchRecord())), "the id is in use")
		require.Contains(t, []string{"ok", "number-of-queries-killed:1"}, c.info(command))
		gate.mu.Unlock()
		require.Contains(t, c.await("5"), "status=done(user-aborted)")
		require.Contains(t, c.info("namespace/test"), "pi_query_ops_bg_abort=1;")
		written := 0
		for i := range 300 {
			if _, ok := c.do(wire.NewRead(protocol.MustKey("test", "demo", i))).Bins.Get("x"); ok {
				written++
			}
		}
		require.Less(t, written, 300)
	}
}

// TestCloseDuringBackgroundQuery also checks that nothing runs afterwards.
func TestCloseDuringBackgroundQuery(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	fill(c, "demo", 50)
	q := background(5, nil, protocol.TouchRecord())
	q.RecordsPerSecond = 1
	require.Equal(t, protocol.OK, c.begin(q))
	require.NoError(t, s.Close())
}

func TestTooManyQueries(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	fill(c, "demo", 50)
	gate := &s.namespace([]byte("test")).partitions[0]
	gate.mu.Lock()
	defer gate.mu.Unlock()
	for i := range uint64(maxQueries) {
		require.Equal(t, protocol.OK, c.begin(background(i+1, nil, protocol.TouchRecord())))
	}
	require.Equal(t, protocol.Forbidden, c.begin(background(1000, nil, protocol.TouchRecord())))
}

// TestBackgroundFilterOutlivesItsRequest delays the query until its connection has read other
// requests into the same buffer.
func TestBackgroundFilterOutlivesItsRequest(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	for i := range int64(20) {
		require.Equal(t, protocol.OK, c.do(put(key(i), named("s", protocol.String([]string{"even", "odd"}[i%2])))).ResultCode)
	}
	gate := &s.namespace([]byte("test")).partitions[0]
	gate.mu.Lock()
	q := background(5, nil, protocol.PutBin("x", protocol.Int(1)))
	q.Filter = exp.Filter(exp.Eq(exp.StringBin("s"), exp.StringVal("odd")))
	require.Equal(t, protocol.OK, c.begin(q))
	for range 3 {
		c.info("sindex-exists:namespace=test;indexname=" + strings.Repeat("x", 60))
	}
	gate.mu.Unlock()
	require.Contains(t, c.await("5"), "recs-filtered-bins=10:recs-succeeded=10:")
}
