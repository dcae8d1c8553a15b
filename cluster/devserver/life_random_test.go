//go:build !race

package devserver

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A lifeTest is a cluster that undergoes random changes.
type lifeTest struct {
	*testing.T
	s    *Server
	rng  *rand.Rand
	keys int
	log  string // what has happened so far
}

// TestRandomClusterChanges makes nodes leave and join, moves partitions and writes records. After
// each step, the answers of all nodes must agree with the history.
func TestRandomClusterChanges(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			l := &lifeTest{T: t, rng: rand.New(rand.NewPCG(seed, 0)), keys: 40}
			l.s = start(t, Options{
				Nodes: 3, History: true, MigrateEvery: MigrateManually,
				Namespaces: []NamespaceOptions{{Name: "test", ReplicationFactor: 1 + int(seed%3)}},
			})
			createIndex(connect(t, l.s, 0), l.s, "indexname=i;bin=n;type=numeric")
			for range 20 {
				l.step()
				l.check()
			}
			l.s.Migrate(0)
			l.check()
		})
	}
}

func (l *lifeTest) step() {
	names := l.s.NodeNames()
	name := names[l.rng.IntN(len(names))]
	n, err := l.s.node(name)
	require.NoError(l, err)
	l.log += " " + name
	switch what := l.rng.IntN(12); {
	case what == 0 && len(names) < 6:
		l.log += " added"
		_, err = l.s.AddNode()
	case what < 3 && n.process.isUp():
		l.log += " killed"
		err = l.s.KillNode(name)
	case what < 4 && n.process.isUp():
		l.log += " stopped"
		err = l.s.StopNode(name)
	case what < 5 && !n.process.isUp():
		l.log += " restarted empty"
		err = l.s.RestartNode(name, Empty())
	case what < 7 && !n.process.isUp():
		l.log += " restarted"
		err = l.s.RestartNode(name)
	case what < 8:
		l.log += " frozen, lost and thawed"
		if n.process.isUp() {
			require.NoError(l, l.s.FreezeNode(name))
			require.NoError(l, l.s.LoseNode(name))
			l.write()
			err = l.s.ThawNode(name)
		}
	case what < 10 && len(l.s.MemberNames()) > 0:
		l.log += " moves"
		err = l.s.MovePartitions("test", 30, l.rng)
	default:
		l.log += " migrates"
		l.s.Migrate(1 + l.rng.IntN(3000))
	}
	require.NoError(l, err, l.log)
	l.write()
}

// write writes and deletes some records through random nodes.
func (l *lifeTest) write() {
	for range 30 {
		c := l.anyNode()
		if c == nil {
			return
		}
		k := key(l.rng.IntN(l.keys))
		command := put(k, one(l.rng.Int64N(10)))
		if l.rng.IntN(4) == 0 {
			command = wire.NewDelete(k)
		}
		code := c.do(command).ResultCode
		require.Contains(l, []protocol.ResultCode{protocol.OK, protocol.KeyNotFound}, code, l.log)
		c.conn.Close()
	}
}

// anyNode connects to a member that answers, nil if there is none.
func (l *lifeTest) anyNode() *client {
	var up []int
	for _, n := range l.s.members() {
		if n.process.answers() {
			up = append(up, n.number)
		}
	}
	if len(up) == 0 {
		return nil
	}
	return connect(l, l.s, up[l.rng.IntN(len(up))])
}

// truth returns the last event of each record in the history.
func (l *lifeTest) truth() map[protocol.Digest]*Event {
	truth := make(map[protocol.Digest]*Event)
	for e := range l.s.History(0) {
		switch e.Kind {
		case WasStored, WasRestored:
			now := truth[e.Digest]
			require.False(l, now != nil && now.record == e.record, "%v did not change the record: %s", e.Kind, l.log)
			truth[e.Digest] = e
		case WasRemoved, WasTruncated, WasLost:
			delete(truth, e.Digest)
		case WasRead:
			if now := truth[e.Digest]; now != nil {
				require.Equal(l, now.Generation, e.Generation, l.log)
			} else {
				require.Zero(l, e.Generation, l.log)
			}
		}
	}
	return truth
}

func (l *lifeTest) check() {
	truth := l.truth()
	for i := range l.keys {
		r, e := l.s.Peek(key(i)), truth[key(i).Digest()]
		require.Equal(l, e != nil, r != nil, l.log)
		if e != nil {
			require.Equal(l, show(e.Record().Bins), show(r.Bins), l.log)
		}
	}
	scanned, queried := make(map[protocol.Digest]bool), make(map[protocol.Digest]bool)
	for _, n := range l.s.members() {
		c := connect(l, l.s, n.number)
		l.checkNode(c, n, truth)
		mine := l.mastered(n)
		if len(mine) == 0 {
			continue
		}
		scan := wire.Scan{Namespace: "test", Set: "demo", Partitions: mine}
		rows, refused, _ := c.scan(scan)
		require.Empty(l, refused, l.log)
		noteOnce(l, scanned, rows)
		r := between("n", 0, 100)
		rows, refused, _ = c.query(wire.Query{Scan: scan, Where: &r})
		require.Empty(l, refused, l.log)
		noteOnce(l, queried, rows)
		c.conn.Close()
	}
	if len(l.s.members()) > 0 {
		require.Len(l, scanned, len(truth), l.log)
		require.Len(l, queried, len(truth), l.log)
	}
}

func noteOnce(l *lifeTest, found map[protocol.Digest]bool, rows []wire.Response) {
	for _, r := range rows {
		require.False(l, found[r.Digest], "twice:%s", l.log)
		found[r.Digest] = true
	}
}

func (l *lifeTest) mastered(n *node) (pids []uint16) {
	for pid := range uint16(protocol.PartitionCount) {
		if l.s.namespace([]byte("test")).master(pid) == n.number {
			pids = append(pids, pid)
		}
	}
	return pids
}

// checkNode checks a node's answers to reads, and its counters.
func (l *lifeTest) checkNode(c *client, n *node, truth map[protocol.Digest]*Event) {
	for range 10 {
		k := key(l.rng.IntN(l.keys))
		r := c.do(wire.NewRead(k))
		if e := truth[k.Digest()]; e == nil {
			require.Equal(l, protocol.KeyNotFound, r.ResultCode, l.log)
		} else {
			require.Equal(l, show(e.Record().Bins), show(r.Bins), l.log)
		}
	}
	ns := l.s.namespace([]byte("test"))
	objects, entries := int64(0), int64(0)
	for pid := range ns.partitions {
		if x := ns.partitions[pid].copies[n.number]; x != nil {
			objects += int64(x.count)
			require.Len(l, x.secondary, 1)
			entries += int64(x.secondary[0].tree.Len())
		}
	}
	require.Equal(l, objects, ns.usage[n.number].objects.Load(), l.log)
	require.Equal(l, objects, entries, l.log)
	require.Contains(l, c.info("sindex-stat:namespace=test;indexname=i"), fmt.Sprintf("entries=%d;", entries))
}
