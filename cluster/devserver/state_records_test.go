package devserver

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func TestRecordsOfAServer(t *testing.T) {
	s := start(t, Options{Nodes: 2})
	for i := range 20 {
		require.NoError(t, s.Store(key(i), protocol.Bins{one(int64(i))}, 0))
	}
	require.NoError(t, s.Store(key(3), protocol.Bins{named("s", protocol.String("x"))}, 100))
	require.NoError(t, s.Store(protocol.MustKey("test", "other", "k"), protocol.Bins{one(1)}, 0))
	require.NoError(t, s.Delete(key(4), false))
	require.NoError(t, s.Delete(key(4), false))
	seen := 0
	for r := range s.Records("test", "demo") {
		seen++
		require.Equal(t, "demo", r.Key.Set)
		id, ok := r.Key.UserKey().Int()
		require.True(t, ok)
		if id == 3 {
			require.Equal(t, "s=x", show(r.Bins))
			require.NotZero(t, r.VoidTime)
		}
	}
	require.Equal(t, 19, seen)
	require.Empty(t, collect(s, "nosuch", ""))
	require.Len(t, collect(s, "test", ""), 20)
	require.Equal(t, []SetState{{"demo", 19, s.Namespaces()[0].Sets[0].Bytes}, {"other", 1, s.Namespaces()[0].Sets[1].Bytes}}, s.Namespaces()[0].Sets)

	var refused *protocol.Error
	require.ErrorAs(t, s.Store(protocol.MustKey("nosuch", "demo", 1), protocol.Bins{one(1)}, 0), &refused)
	require.Equal(t, protocol.InvalidNamespace, refused.Code)
	require.ErrorAs(t, s.Delete(key(1), true), &refused)
	require.Equal(t, protocol.EnterpriseOnly, refused.Code)
	require.ErrorContains(t, s.Truncate("nosuch", ""), `no namespace "nosuch"`)
	require.NoError(t, s.Truncate("test", "other"))
	require.Len(t, collect(s, "test", ""), 19)
}

func collect(s *Server, namespace, set string) (list []*protocol.Record) {
	for r := range s.Records(namespace, set) {
		list = append(list, r)
	}
	return list
}

func TestReset(t *testing.T) {
	clock := newTestClock()
	s := start(t, Options{Clock: clock.Now})
	c := connect(t, s, 0)
	createIndex(c, s, "indexname=n;bin=n;type=numeric")
	require.NoError(t, s.Store(key(1), protocol.Bins{one(1)}, 0))
	require.NoError(t, s.RegisterModule("m.lua", []byte("function f(r) return 1 end")))
	require.ErrorContains(t, s.RegisterModule("bad.lua", []byte("function")), "")
	s.Inject(Fault{Do: Refuse(protocol.ServerError)})
	s.AdvanceTime(time.Hour)
	require.NoError(t, s.Reset())
	require.Empty(t, collect(s, "test", ""))
	require.Empty(t, s.Indexes())
	require.Empty(t, c.info("udf-list"))
	require.Equal(t, clock.Now(), s.Now())
	require.Equal(t, protocol.OK, c.do(put(key(1), one(2))).ResultCode)
	require.Equal(t, int64(2), number(s, 1))
}

// TestTimeOfTheCluster checks that records expire by the time that a test sets.
func TestTimeOfTheCluster(t *testing.T) {
	s := start(t, Options{})
	require.NoError(t, s.Store(key(1), protocol.Bins{one(1)}, 60))
	c := connect(t, s, 0)
	s.AdvanceTime(59 * time.Second)
	require.Equal(t, protocol.OK, c.do(wire.NewRead(key(1))).ResultCode)
	s.AdvanceTime(5 * time.Second)
	require.Equal(t, protocol.KeyNotFound, c.do(wire.NewRead(key(1))).ResultCode)
	at := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	s.SetTime(at)
	require.WithinDuration(t, at, s.Now(), time.Minute)
	f := fork(t, s)
	require.WithinDuration(t, at, f.Now(), time.Minute)
}

func TestDescriptions(t *testing.T) {
	s := start(t, Options{Nodes: 3, MigrateEvery: MigrateManually})
	createIndex(connect(t, s, 0), s, "indexname=n;bin=n;type=numeric")
	require.NoError(t, s.Store(key(1), protocol.Bins{one(1)}, 0))
	require.NoError(t, s.KillNode("A2"))
	require.NoError(t, s.FreezeNode("A3"))
	nodes := s.Nodes()
	require.Len(t, nodes, 3)
	require.Equal(t, []bool{true, false, true}, []bool{nodes[0].Running, nodes[1].Running, nodes[2].Running})
	require.True(t, nodes[2].Frozen && nodes[2].Member && !nodes[1].Member)
	require.NoError(t, s.ThawNode("A3"))
	require.NoError(t, s.RestartNode("A2", Empty()))
	require.NoError(t, s.Settle(context.Background()))
	require.Equal(t, []IndexState{{Namespace: "test", Set: "demo", Name: "n", Bin: "n", Type: "numeric", Collection: "default", Ready: true, Percent: 100, Entries: 2}}, s.Indexes())
	answers, err := s.Info("A2", "node", "nosuch")
	require.NoError(t, err)
	require.Equal(t, []string{"A2", "ERROR:4:unrecognized command"}, answers)
	_, err = s.Info("A9", "node")
	require.ErrorContains(t, err, `no node "A9"`)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	require.NoError(t, s.Settle(ended), "nothing to wait for")
}
