package devserver

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// TestScansOfIndexedSets checks that a scan with a set index returns the same rows in the same
// order, and reads no other records, regardless of writes, truncation and moves.
func TestScansOfIndexedSets(t *testing.T) {
	s := start(t, Options{Nodes: 2})
	c := connect(t, s, 0)
	rng := rand.New(rand.NewPCG(1, 1))
	write := func() {
		for range 200 {
			k := protocol.MustKey("test", []string{"big", "small"}[rng.IntN(2)], rng.IntN(100))
			if rng.IntN(3) == 0 {
				c.do(wire.NewDelete(k))
			} else {
				c.do(put(k, one(1)))
			}
		}
	}
	scan := func() (digests []protocol.Digest) {
		rows, _, _ := c.scan(wire.Scan{Namespace: "test", Set: "small", Partitions: mastered(s, 0)})
		for _, r := range rows {
			digests = append(digests, r.Digest)
		}
		return digests
	}
	write()
	before := scan()
	require.NotEmpty(t, before)
	require.Equal(t, "ok", c.info("sindex-create:namespace=test;set=small;indexname=x;indextype=set"))
	require.Equal(t, before, scan())
	check := func() {
		t.Helper()
		small, entries := s.namespace([]byte("test")).findSet([]byte("small")), 0
		for pid := range s.namespace([]byte("test")).partitions {
			for _, x := range s.namespace([]byte("test")).partitions[pid].copies {
				if x != nil {
					entries += x.ofSet(small.id()).count
				}
			}
		}
		require.EqualValues(t, small.usage[0].objects.Load()+small.usage[1].objects.Load(), entries)
		require.Contains(t, c.info("sets/test/small"), "enable-index=true:")
	}
	check()
	write()
	check()
	require.NoError(t, s.KillNode("A2"))
	require.NoError(t, s.RestartNode("A2", Empty()))
	require.NoError(t, s.MovePartitions("test", 500, rng))
	write()
	check()
	indexed := scan()
	require.Equal(t, "ok", c.info("sindex-delete:namespace=test;set=small;indexname=x"))
	require.Equal(t, indexed, scan())
	require.Contains(t, c.info("sets/test/small"), "enable-index=false:")
	require.Equal(t, "ok", c.info("sindex-create:namespace=test;set=small;indexname=x;indextype=set"))
	require.Equal(t, "ok", c.info("truncate:namespace=test;set=small"))
	check()
	require.Empty(t, scan())
}
