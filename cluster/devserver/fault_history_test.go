package devserver

import (
	"io"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/protocol/wire"
)

// events returns the history.
func events(s *Server) (list []*Event) {
	for e := range s.History(0) {
		list = append(list, e)
	}
	return list
}

func TestHistoryRecordsWritesAndReads(t *testing.T) {
	clock := newTestClock()
	s := start(t, Options{Nodes: 3, History: true, Clock: clock.Now})
	c := connect(t, s, 1)
	c.do(put(key(1), one(5)))
	c.do(wire.NewRead(key(1)))
	c.do(wire.NewRead(key(2)))
	add := wire.NewWrite(protocol.OpAdd, key(1), protocol.Bins{one(2)})
	add.RecordTTL = 10
	c.do(add)
	c.do(wire.NewWrite(protocol.OpAdd, key(1), protocol.Bins{text("n", "no number")}))
	clock.advance(time.Minute)
	c.do(wire.NewRead(key(1)))
	c.do(put(key(1), one(1)))
	remove := wire.NewDelete(key(1))
	remove.Filter = exp.Filter(exp.BinExists("n"))
	c.do(remove)
	require.EqualValues(t, 8, s.LastEvent())
	c.do(put(key(3), one(1)))
	c.info("truncate-namespace:namespace=test")
	var lines []string
	for _, e := range events(s) {
		bins := ""
		if r := e.Record(); r != nil {
			require.Equal(t, e.Digest, r.Key.Digest())
			require.Equal(t, e.Generation, r.Generation)
			bins = " " + show(r.Bins)
		}
		lines = append(lines, e.Kind.String()+bins)
	}
	require.Equal(t, []string{
		"stored n=5", "read n=5", "read", "stored n=7", "read", "removed n=7", "stored n=1", "removed n=1", "stored n=1", "truncated n=1",
	}, lines)
	e := events(s)[3]
	require.EqualValues(t, 4, e.Number)
	require.Equal(t, "demo", e.Set)
	require.Equal(t, s.NodeNames()[1], e.Node)
	require.Equal(t, []int{1, 4}, []int{e.Conn, e.Request})
	require.Equal(t, protocol.OpAdd, e.Ops[0].Code)
	require.Equal(t, "n", string(e.Ops[0].Name))
	require.Empty(t, e.Filter)
	require.Equal(t, remove.Filter, events(s)[7].Filter)
	var tail []uint64
	for e := range s.History(8) {
		tail = append(tail, e.Number)
	}
	require.Equal(t, []uint64{9, 10}, tail)
	forgetful := start(t, Options{})
	require.Empty(t, events(forgetful))
	require.Zero(t, forgetful.LastEvent())
}

// TestHistoryIsInOrder races writers and readers on a few records. In the history, each version
// must follow the previous one, and reads must see the latest version.
func TestHistoryIsInOrder(t *testing.T) {
	s := start(t, Options{Nodes: 3, History: true})
	var callers sync.WaitGroup
	for i := range 6 {
		c := connect(t, s, i%3)
		callers.Go(func() {
			for j := range 200 {
				command := wire.NewWrite(protocol.OpAdd, key(j%3), protocol.Bins{one(1)})
				switch (i + j) % 4 {
				case 1:
					command = wire.NewRead(key(j % 3))
				case 2:
					if j%20 == 0 {
						command = wire.NewDelete(key(j % 3))
					}
				}
				request, err := command.AppendMessage(nil, 0)
				if err == nil {
					_, err = c.conn.Write(request)
				}
				if err == nil {
					err = skipAnswer(c.in)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	callers.Wait()
	generations := make(map[protocol.Digest]uint32)
	for i, e := range events(s) {
		require.EqualValues(t, i+1, e.Number)
		last := generations[e.Digest]
		switch e.Kind {
		case WasRead:
			require.Equal(t, last, e.Generation)
		case WasStored:
			require.Equal(t, last+1, e.Generation)
			generations[e.Digest] = e.Generation
		case WasRemoved:
			require.Equal(t, last, e.Generation)
			generations[e.Digest] = 0
		}
	}
	for i := range 3 {
		if r := s.Peek(key(i)); r != nil {
			require.Equal(t, generations[key(i).Digest()], r.Generation)
		} else {
			require.Zero(t, generations[key(i).Digest()])
		}
	}
}

// skipAnswer reads one message. Unlike the client's methods it can be called from any goroutine.
func skipAnswer(in io.Reader) error {
	var head [wire.ProtoHeaderSize]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return err
	}
	h, err := wire.ParseProtoHeader(head[:])
	if err != nil {
		return err
	}
	_, err = io.CopyN(io.Discard, in, int64(h.Size))
	return err
}

func TestHistoryOfDurableDeletes(t *testing.T) {
	s := start(t, enterprise(Options{History: true}))
	c := connect(t, s, 0)
	c.do(put(strongKey(1), one(1)))
	c.do(durableDelete(strongKey(1)))
	require.Nil(t, s.Peek(strongKey(1)))
	c.do(wire.NewRead(strongKey(1)))
	list := events(s)
	require.Len(t, list, 3)
	require.Equal(t, WasRemoved, list[1].Kind)
	require.EqualValues(t, 2, list[1].Generation)
	require.Nil(t, list[2].Record())
}

func TestPeek(t *testing.T) {
	clock := newTestClock()
	s := start(t, Options{Nodes: 2, History: true, Clock: clock.Now})
	command := put(protocol.MustKey("test", "demo", "k"), one(1), text("s", "x"))
	command.SendKey, command.RecordTTL = true, 10
	connect(t, s, 0).do(command)
	r := s.Peek(protocol.MustKey("test", "demo", "k"))
	require.Equal(t, "test:demo:k gen=1 n=1 s=x", r.String())
	require.NotZero(t, r.VoidTime)
	require.Len(t, events(s), 1)
	clock.advance(time.Minute)
	require.Nil(t, s.Peek(protocol.MustKey("test", "demo", "k")))
	require.Nil(t, s.Peek(protocol.MustKey("nowhere", "demo", "k")))
}
