package devserver

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// expiring returns a put of a record that expires.
func expiring(k protocol.Key, seconds uint32) wire.Command {
	command := put(k, one(1))
	command.RecordTTL = seconds
	return command
}

func TestExpiredRecordsAreRemoved(t *testing.T) {
	clock := newTestClock()
	s := start(t, Options{Nodes: 3, Clock: clock.Now, History: true})
	c := connect(t, s, 0)
	createIndex(c, s, "indexname=i;bin=n;type=numeric")
	for i := range 30 {
		require.Equal(t, protocol.OK, c.do(expiring(key(i), uint32(10+i/10*10))).ResultCode)
	}
	fill(c, "for ever", 10)
	objects := func() (n int64) {
		for node := range s.nodes() {
			n += s.namespace([]byte("test")).usage[node].objects.Load()
		}
		return n
	}
	clock.advance(15 * time.Second)
	require.EqualValues(t, 80, objects(), "readers do not see expired records, but they still use space")
	require.Equal(t, protocol.KeyNotFound, c.do(wire.NewRead(key(1))).ResultCode)
	removed, err := s.RemoveExpired("test")
	require.NoError(t, err)
	require.Equal(t, 10, removed)
	require.EqualValues(t, 60, objects())
	clock.advance(time.Hour)
	removed, err = s.RemoveExpired("test")
	require.NoError(t, err)
	require.Equal(t, 20, removed)
	require.EqualValues(t, 20, objects())
	require.Contains(t, c.info("sets/test/demo"), "objects=0:")
	expired, forEver := 0, 0
	for node := range s.nodes() {
		e := &s.namespace([]byte("test")).expiry[node]
		expired, forEver = expired+int(e.expired.Load()), forEver+int(e.nonExpirable.Load())
		require.Contains(t, connect(t, s, node).info("namespace/test"), fmt.Sprintf("non_expirable_objects=%d;expired_objects=%d;", e.nonExpirable.Load(), e.expired.Load()))
	}
	require.Equal(t, []int{60, 20}, []int{expired, forEver})
	events := kinds(s)
	require.Len(t, slices.DeleteFunc(events, func(k EventKind) bool { return k != WasExpired }), 30)
	_, err = s.RemoveExpired("none")
	require.Error(t, err)
}

// TestSupervisor checks that expired records are removed periodically, and that the period can be
// changed at run time.
func TestSupervisor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Start(Options{
			Clock:      func() time.Time { return time.Now().AddDate(30, 0, 0) }, // a bubble starts in 2000
			Namespaces: []NamespaceOptions{{Name: "test", NsupPeriod: 10 * time.Second}},
		})
		require.NoError(t, err)
		defer s.Close()
		conn, err := s.Dial(t.Context(), "tcp", s.Seeds()[0])
		require.NoError(t, err)
		defer conn.Close()
		c := &client{t: t, conn: conn, in: newReader(conn)}
		objects := func() int64 { return s.namespace([]byte("test")).usage[0].objects.Load() }
		began := time.Now()
		at := func(d time.Duration) {
			time.Sleep(time.Until(began.Add(d)))
			synctest.Wait()
		}
		require.Equal(t, protocol.OK, c.do(expiring(key(1), 15)).ResultCode)
		at(19 * time.Second)
		require.EqualValues(t, 1, objects())
		at(21 * time.Second)
		require.Zero(t, objects())
		require.Equal(t, "ok", c.info("set-config:context=namespace;id=test;nsup-period=0"))
		require.Contains(t, c.info("get-config:context=namespace;id=test"), "nsup-period=0;")
		require.Equal(t, protocol.OK, c.do(expiring(key(1), 15)).ResultCode)
		at(time.Hour)
		require.EqualValues(t, 1, objects())
		require.Equal(t, "ok", c.info("set-config:context=namespace;id=test;nsup-period=1"))
		at(time.Hour + 2*time.Second)
		require.Zero(t, objects())
	})
}

func TestShortQueryTimeout(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	fill(c, "demo", 20)
	short := wire.Query{Scan: wire.Scan{Namespace: "test", Set: "demo", Partitions: allPartitions()}}
	short.Info1 |= wire.Info1ShortQuery
	short.TimeBudget = 60_000
	rows, _, last := c.query(short)
	require.Len(t, rows, 20)
	require.Equal(t, protocol.OK, last.ResultCode)
	short.TimeBudget = 1
	s.Inject(Fault{On: Queries, Do: Delay(3 * time.Millisecond)})
	rows, _, last = c.query(short)
	require.Empty(t, rows)
	require.Equal(t, protocol.ServerTimeout, last.ResultCode)
	short.Info1 &^= wire.Info1ShortQuery
	rows, _, last = c.query(short)
	require.Len(t, rows, 20, "long queries have no time limit")
	require.Equal(t, protocol.OK, last.ResultCode)
}
