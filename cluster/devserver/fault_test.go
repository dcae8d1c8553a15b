package devserver

import (
	"context"
	"io"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// overBoth runs a test on a TCP cluster and on an in-memory cluster.
func overBoth(t *testing.T, options Options, test func(t *testing.T, s *Server)) {
	for name, listen := range map[string]string{"TCP": "127.0.0.1:0", "memory": ""} {
		t.Run(name, func(t *testing.T) {
			options.Listen = listen
			test(t, start(t, options))
		})
	}
}

// write sends a put of n and returns the received bytes: up to size bytes or, if size is negative,
// until the connection ends.
func (c *client) write(k protocol.Key, n int64, size int) ([]byte, error) {
	c.t.Helper()
	command := put(k, one(n))
	request, err := command.AppendMessage(nil, 1000)
	require.NoError(c.t, err)
	if _, err := c.conn.Write(request); err != nil {
		return nil, err
	}
	if size < 0 {
		return io.ReadAll(c.in)
	}
	answer := make([]byte, size)
	_, err = io.ReadFull(c.in, answer)
	return answer, err
}

const writeAnswer = wire.ProtoHeaderSize + wire.HeaderSize

// requireSilence checks that the node has sent nothing: the next answer is that to another request.
func (c *client) requireSilence() {
	c.t.Helper()
	require.Equal(c.t, "ok", c.info("status"))
}

// released returns a closed channel, which does not hold requests.
func released() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

// An actionTest says what the client of a write under an action sees, and whether the write is
// applied.
type actionTest struct {
	action  Action
	applied bool
	check   func(c *client, k protocol.Key)
}

var actionTests = map[string]actionTest{
	"delay": {Action{Delay: time.Millisecond, DelayAnswer: time.Millisecond, Hold: released(), HoldAnswer: released()}, true,
		func(c *client, k protocol.Key) { require.Equal(c.t, protocol.OK, c.do(put(k, one(1))).ResultCode) }},
	"refuse": {Refuse(protocol.DeviceOverload), false,
		func(c *client, k protocol.Key) {
			require.Equal(c.t, protocol.DeviceOverload, c.do(put(k, one(1))).ResultCode)
		}},
	"drop": {DropAnswer(), true,
		func(c *client, k protocol.Key) {
			_, err := c.write(k, 1, 0)
			require.NoError(c.t, err)
			c.requireSilence()
		}},
	"ignore": {Ignore(), false,
		func(c *client, k protocol.Key) {
			_, err := c.write(k, 1, 0)
			require.NoError(c.t, err)
			c.requireSilence()
		}},
	"cut": {CutAnswer(11), true,
		func(c *client, k protocol.Key) {
			answer, err := c.write(k, 1, -1)
			require.NoError(c.t, err)
			require.Len(c.t, answer, 11)
		}},
	"break": {Break(), false,
		func(c *client, k protocol.Key) {
			_, err := c.write(k, 1, -1)
			require.ErrorIs(c.t, err, syscall.ECONNRESET)
		}},
	"answer": {Answer([]byte("\x02\x03\xff\xff\xff\xff\xff\xff")), false,
		func(c *client, k protocol.Key) {
			answer, err := c.write(k, 1, wire.ProtoHeaderSize)
			require.NoError(c.t, err)
			require.Equal(c.t, "\x02\x03\xff\xff\xff\xff\xff\xff", string(answer))
		}},
	"repeat": {RepeatAnswer(), true,
		func(c *client, k protocol.Key) {
			answer, err := c.write(k, 1, 2*writeAnswer)
			require.NoError(c.t, err)
			require.Equal(c.t, answer[:writeAnswer], answer[writeAnswer:])
			c.requireSilence()
		}},
	"trail": {TrailAnswer([]byte("xyz")), true,
		func(c *client, k protocol.Key) {
			answer, err := c.write(k, 1, writeAnswer+3)
			require.NoError(c.t, err)
			require.Equal(c.t, "xyz", string(answer[writeAnswer:]))
			c.requireSilence()
		}},
	"slices": {SliceAnswer(1), true,
		func(c *client, k protocol.Key) { require.Equal(c.t, protocol.OK, c.do(put(k, one(1))).ResultCode) }},
	"cut request": {CutRequest(20), true,
		func(c *client, k protocol.Key) {
			require.Equal(c.t, protocol.OK, c.do(put(k, one(1))).ResultCode)
			_, err := c.write(key("next"), 1, -1)
			require.ErrorIs(c.t, err, syscall.ECONNRESET)
		}},
}

func TestActions(t *testing.T) {
	for name, test := range actionTests {
		t.Run(name, func(t *testing.T) {
			overBoth(t, Options{History: true}, func(t *testing.T, s *Server) {
				c := connect(t, s, 0)
				s.Inject(Fault{On: Writes, Count: 1, Do: test.action})
				test.check(c, key(name))
				require.Equal(t, test.applied, s.Peek(key(name)) != nil)
				require.Nil(t, s.Peek(key("next")))
				again := connect(t, s, 0)
				require.Equal(t, protocol.OK, again.do(put(key("after"), one(1))).ResultCode)
				applied := 0
				for e := range s.History(0) {
					require.Equal(t, WasStored, e.Kind)
					applied++
				}
				require.Equal(t, test.applied, applied == 2)
			})
		})
	}
}

// TestCutRequestStopsTheWriter checks that in memory the client learns how many bytes were
// accepted.
func TestCutRequestStopsTheWriter(t *testing.T) {
	s := start(t, Options{})
	s.Inject(Fault{On: Connects, Do: CutRequest(20)})
	c := connect(t, s, 0)
	command := put(key(1), one(1))
	request, err := command.AppendMessage(nil, 0)
	require.NoError(t, err)
	n, err := c.conn.Write(request)
	require.ErrorIs(t, err, syscall.ECONNRESET)
	require.Equal(t, 20, n)
}

func TestConnectionsAreRefusedAndIgnored(t *testing.T) {
	overBoth(t, Options{Nodes: 2}, func(t *testing.T, s *Server) {
		names, seeds := s.NodeNames(), s.Seeds()
		remove := s.Inject(Fault{Node: names[0], On: Connects, Do: Refuse(protocol.ServerError)})
		s.Inject(Fault{Node: names[1], On: Connects, Count: 1, Do: Ignore()})
		conn, err := s.Dial(context.Background(), "tcp", seeds[0])
		if err == nil { // on TCP the refusal arrives a moment later
			_, err = io.ReadAll(conn)
			conn.Close()
		}
		require.Error(t, err)
		silent := connect(t, s, 1)
		request, err := wire.AppendInfo(nil, "status")
		require.NoError(t, err)
		silent.send(request)
		require.NoError(t, silent.conn.SetReadDeadline(time.Now().Add(5*time.Millisecond)))
		_, err = silent.in.ReadByte()
		require.ErrorContains(t, err, "timeout")
		remove()
		for i := range seeds {
			require.Equal(t, "ok", connect(t, s, i).info("status"))
		}
	})
}

func TestFaultMatching(t *testing.T) {
	s := start(t, Options{Nodes: 2})
	names := s.NodeNames()
	a, b := connect(t, s, 0), connect(t, s, 1)
	second := connect(t, s, 1)
	codes := func(c *client, n int) (codes []protocol.ResultCode) {
		for range n {
			codes = append(codes, c.do(put(key(1), one(1))).ResultCode)
		}
		return codes
	}
	const ok, busy = protocol.OK, protocol.KeyBusy
	remove := s.Inject(Fault{Node: names[1], On: Writes, Skip: 1, Count: 2, Do: Refuse(busy)})
	require.Equal(t, []protocol.ResultCode{ok, ok, ok}, codes(a, 3))
	require.Equal(t, []protocol.ResultCode{ok, busy, busy, ok}, codes(b, 4))
	remove()
	remove = s.Inject(Fault{Node: names[1], Conn: 2, Do: Refuse(busy)})
	require.Equal(t, []protocol.ResultCode{ok}, codes(b, 1))
	require.Equal(t, []protocol.ResultCode{busy}, codes(second, 1))
	require.Equal(t, "ERROR:14:"+busy.String(), second.info("status"))
	remove()
	s.Inject(Fault{On: Reads, Do: Refuse(protocol.ServerTimeout)})
	s.Intercept(func(r *Request) Action {
		if r.Kind == Reads {
			t.Error("the first action that is not zero must apply")
		}
		return Action{}
	})
	require.Equal(t, []protocol.ResultCode{ok}, codes(a, 1))
	require.Equal(t, protocol.ServerTimeout, a.do(wire.NewRead(key(1))).ResultCode)
}

func TestRowsOfBatches(t *testing.T) {
	s := start(t, Options{History: true})
	c := connect(t, s, 0)
	var seen []string
	s.Intercept(func(r *Request) Action {
		if r.InBatch {
			seen = append(seen, r.Set())
			switch r.Digest {
			case key(2).Digest():
				return Refuse(protocol.PartitionUnavailable)
			case key(3).Digest():
				return TrailAnswer([]byte("z"))
			}
		}
		return Action{}
	})
	var rows []wire.BatchRow
	for i := range 5 {
		command := put(key(i), one(int64(i)))
		rows = append(rows, wire.BatchRow{Index: uint32(i), Command: &command})
	}
	message, err := (&wire.Batch{Flags: wire.BatchInline | wire.BatchRespondAll}).AppendMessage(nil, rows, 0)
	require.NoError(t, err)
	c.send(message)
	answers, last := c.responses()
	require.Equal(t, protocol.OK, last.ResultCode)
	for i, r := range answers {
		require.Equal(t, i == 2, r.ResultCode == protocol.PartitionUnavailable)
		require.Equal(t, i != 2, s.Peek(key(i)) != nil)
	}
	require.Len(t, seen, 5)
	trailing, err := c.in.ReadByte()
	require.NoError(t, err)
	require.EqualValues(t, 'z', trailing, "a row's edit applies to the whole answer")
	s.Inject(Fault{On: Batches, Do: Refuse(protocol.ServerTimeout)})
	c.send(message)
	answers, last = c.responses()
	require.Empty(t, answers)
	require.Equal(t, protocol.ServerTimeout, last.ResultCode)
}

func TestWholeAnswersOfQueriesAreEdited(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	fill(c, "q", 300)
	var size int
	s.Inject(Fault{On: Queries, Do: Edit(func(answer []byte) []byte { size = len(answer); return answer })})
	rows, _, last := c.scan(wire.Scan{Namespace: "test", Set: "q", Partitions: mastered(s, 0)})
	require.Len(t, rows, 300)
	require.Equal(t, protocol.OK, last.ResultCode)
	require.Greater(t, size, 300*wire.HeaderSize)
}

func TestInfoAnswers(t *testing.T) {
	s := start(t, Options{Nodes: 3})
	c := connect(t, s, 0)
	s.Inject(Fault{On: Infos, Match: func(r *Request) bool { return r.Asks("peers-clear-std") }, Do: InfoAnswer("peers-clear-std", "9,3000,[]")})
	s.Inject(Fault{On: Infos, Do: InfoAnswer("node", "B7")})
	require.Equal(t, "9,3000,[]", c.info("peers-clear-std"))
	require.Equal(t, "B7", c.info("node"))
	require.Equal(t, "null", c.info("cluster-name"))
}

func TestKilledNode(t *testing.T) {
	overBoth(t, Options{Nodes: 2}, func(t *testing.T, s *Server) {
		name, address := s.NodeNames()[1], s.Seeds()[1]
		c, other := connect(t, s, 1), connect(t, s, 0)
		require.Equal(t, protocol.OK, c.do(put(key(1), one(1))).ResultCode)
		require.NoError(t, s.KillNode(name))
		require.NoError(t, s.KillNode(name))
		_, err := c.in.ReadByte()
		require.ErrorIs(t, err, syscall.ECONNRESET)
		_, err = s.Dial(context.Background(), "tcp", address)
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		require.Equal(t, "ok", other.info("status"))
		require.NoError(t, s.RestartNode(name))
		require.Error(t, s.RestartNode(name))
		require.Equal(t, address, s.Seeds()[1])
		require.Equal(t, "n=1", show(connect(t, s, 1).do(wire.NewRead(key(1))).Bins))
		require.Error(t, s.KillNode("nobody"))
	})
}

func TestKillNodeDuringRequests(t *testing.T) {
	s := start(t, Options{History: true})
	never, arrived := make(chan struct{}), make(chan struct{})
	s.Intercept(func(r *Request) Action {
		if r.Kind == Writes {
			close(arrived)
			return Hold(never)
		}
		return Action{}
	})
	c := connect(t, s, 0)
	_, err := c.write(key(1), 1, 0)
	require.NoError(t, err)
	<-arrived
	require.NoError(t, s.KillNode(s.NodeNames()[0]))
	require.Nil(t, s.Peek(key(1)), "the held request is never executed")
}

func TestFrozenNode(t *testing.T) {
	overBoth(t, Options{Nodes: 2}, func(t *testing.T, s *Server) {
		name := s.NodeNames()[0]
		c := connect(t, s, 0)
		require.Equal(t, "ok", c.info("status"))
		require.NoError(t, s.FreezeNode(name))
		require.NoError(t, s.FreezeNode(name))
		late := connect(t, s, 0)
		_, err := late.write(key("late"), 1, 0)
		require.NoError(t, err)
		require.NoError(t, late.conn.Close())
		_, err = c.write(key(1), 1, 0)
		require.NoError(t, err)
		require.NoError(t, c.conn.SetReadDeadline(time.Now().Add(5*time.Millisecond)))
		_, err = c.in.ReadByte()
		require.ErrorContains(t, err, "timeout")
		require.Nil(t, s.Peek(key(1)))
		require.NoError(t, c.conn.SetReadDeadline(time.Now().Add(20*time.Second)))
		require.NoError(t, s.ThawNode(name))
		require.NoError(t, s.ThawNode(name))
		require.Equal(t, protocol.OK, c.response().ResultCode)
		require.Equal(t, "n=1", show(connect(t, s, 1).do(wire.NewRead(key(1))).Bins))
		for s.Peek(key("late")) == nil {
			c.requireSilence() // the request is executed even if the client has given up
		}
		require.NoError(t, s.FreezeNode(name), "closing ends a frozen node too")
	})
}

func TestFaultsTakeNoRealTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Start(Options{Nodes: 2})
		require.NoError(t, err)
		defer s.Close()
		dial := func() *client {
			conn, err := s.Dial(t.Context(), "tcp", s.Seeds()[0])
			require.NoError(t, err)
			t.Cleanup(func() { conn.Close() })
			return &client{t: t, conn: conn, in: newReader(conn)}
		}
		c := dial()
		s.Inject(Fault{On: Writes, Do: Delay(10 * time.Second)})
		began := time.Now()
		require.Equal(t, protocol.OK, c.do(put(key(1), one(1))).ResultCode)
		require.Equal(t, 10*time.Second, time.Since(began))

		s.Inject(Fault{On: Connects, Count: 1, Do: Hold(make(chan struct{}))})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err = s.Dial(ctx, "tcp", s.Seeds()[0])
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 10*time.Second+time.Minute, time.Since(began))

		s.Inject(Fault{On: Infos, Count: 1, Do: SliceAnswer(3)})
		require.Equal(t, "ok", c.info("status"))
		_ = s.FreezeNode(s.NodeNames()[0])
		_, err = dial().write(key(2), 1, 0)
		require.NoError(t, err)
	})
}

func TestPipeBreaks(t *testing.T) {
	a, b := newPipe("x")
	_, err := a.Write([]byte("lost"))
	require.NoError(t, err)
	b.(*pipeConn).reset()
	for _, end := range []net.Conn{a, b} {
		_, err = end.Read(make([]byte, 4))
		require.ErrorIs(t, err, syscall.ECONNRESET)
		_, err = end.Write([]byte("x"))
		require.ErrorIs(t, err, syscall.ECONNRESET)
	}
}
