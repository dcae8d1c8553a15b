package devserver

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A cursor is a client's state of a query: the partitions still to read, each with the last record
// received.
type cursor struct {
	resume map[uint16]wire.Response
	open   map[uint16]bool
}

// page asks every node for the partitions that it is master of, for at most n records each. more
// reports whether there may be more.
func (cur *cursor) page(s *Server, clients []*client, r wire.IndexRange, n uint64) (records []wire.Response, more bool) {
	for node, c := range clients {
		q := where(r)
		q.Partitions, q.MaxRecords = nil, n
		for pid := range cur.open {
			if s.namespace([]byte("test")).master(pid) != node {
				continue
			}
			if last, ok := cur.resume[pid]; ok {
				q.Resume, q.BValues = append(q.Resume, last.Digest), append(q.BValues, last.BValue)
			} else {
				q.Partitions = append(q.Partitions, pid)
			}
		}
		if len(q.Partitions)+len(q.Resume) == 0 {
			continue
		}
		found, unavailable, last := c.query(q)
		require.Equal(c.t, protocol.OK, last.ResultCode)
		require.Empty(c.t, unavailable)
		for _, row := range found {
			cur.resume[row.Digest.Partition()] = row
		}
		more = more || uint64(len(found)) == n
		records = append(records, found...)
	}
	return records, more
}

// TestQueryResumesExactly reads pages of every size. No record may be lost or returned twice.
func TestQueryResumesExactly(t *testing.T) {
	for _, nodes := range []int{1, 3} {
		s := start(t, Options{Nodes: nodes})
		var clients []*client
		for n := range nodes {
			clients = append(clients, connect(t, s, n))
		}
		createIndex(clients[0], s, "indexname=v;bin=v;type=numeric")
		pids := []uint16{5, 6, 900}
		for i := range int64(120) {
			digest := protocol.Digest{byte(pids[i%3]), byte(pids[i%3] >> 8), byte(i), byte(i * 7)}
			k, err := protocol.KeyFromDigest("test", "demo", digest)
			require.NoError(t, err)
			require.Equal(t, protocol.OK, clients[0].do(put(k, named("id", protocol.Int(i)), named("v", protocol.Int(i%10)))).ResultCode)
		}
		for _, size := range []uint64{1, 2, 3, 7, 50, 500} {
			cur := cursor{make(map[uint16]wire.Response), map[uint16]bool{5: true, 6: true, 900: true}}
			seen := make(map[protocol.Digest]bool)
			for more := true; more; {
				var records []wire.Response
				records, more = cur.page(s, clients, between("v", 2, 8), size)
				for _, r := range records {
					require.False(t, seen[r.Digest], "a record was returned twice")
					seen[r.Digest] = true
				}
			}
			require.Len(t, seen, 84, "pages of %d", size)
		}
	}
}

// TestQueryTakesLongPartitionsInSteps uses a partition with more records than are collected at a
// time.
func TestQueryTakesLongPartitionsInSteps(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	createIndex(c, s, "indexname=l;bin=l;type=numeric;indextype=list")
	const count = 2*walkStep + 10
	for i := range int64(count) {
		k, err := protocol.KeyFromDigest("test", "demo", protocol.Digest{7, 0, byte(i), byte(i >> 8)})
		require.NoError(t, err)
		// Every record is found by two values that are far apart.
		list := protocol.List(protocol.Int(i), protocol.Int(i+count))
		require.Equal(t, protocol.OK, c.do(put(k, named("id", protocol.Int(i)), named("l", list))).ResultCode)
	}
	r := between("l", 0, 2*count)
	r.Collection = protocol.IndexList
	records, _, last := c.query(where(r))
	require.Equal(t, protocol.OK, last.ResultCode)
	require.Len(t, records, count, "each once")
	for i, id := range ids(t, records) {
		require.EqualValues(t, i, id)
	}
}

// TestQueriesAgainstNaiveScan makes random writes and compares queries with a check of every
// record.
func TestQueriesAgainstNaiveScan(t *testing.T) {
	s := start(t, Options{Nodes: 2})
	c := connect(t, s, 0)
	createIndex(c, s, "indexname=v;bin=v;type=numeric")
	createIndex(c, s, "indexname=l;bin=l;type=numeric;indextype=list")
	rapid.Check(t, func(t *rapid.T) {
		require.Equal(t, "ok", c.info("truncate:namespace=test;set=demo"))
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		model := make(map[int64][]int64)
		for range rapid.IntRange(0, 120).Draw(t, "writes") {
			id := random.Int64N(30)
			if random.IntN(6) == 0 {
				c.do(wire.NewDelete(key(id)))
				delete(model, id)
				continue
			}
			values := make([]int64, random.IntN(4))
			elements := []protocol.Value{protocol.String("x")}
			for i := range values {
				values[i] = random.Int64N(20)
				elements = append(elements, protocol.Int(values[i]))
			}
			bins := []protocol.Bin{named("id", protocol.Int(id)), named("l", protocol.List(elements...)), named("v", protocol.Nil())}
			if len(values) > 0 {
				bins[2].Value = protocol.Int(values[0])
			}
			require.Equal(t, protocol.OK, c.do(put(key(id), bins...)).ResultCode)
			model[id] = values
		}
		checkAgainstModel(t, s, c, model, random)
	})
}

func checkAgainstModel(t *rapid.T, s *Server, c *client, model map[int64][]int64, random *rand.Rand) {
	from := random.Int64N(20)
	to := from + random.Int64N(20)
	whole, elements := []int64{}, []int64{}
	entries, elementEntries := 0, 0
	for id := range int64(30) {
		distinct, within := make(map[int64]bool), false
		for i, v := range model[id] {
			distinct[v] = true
			within = within || from <= v && v <= to
			if i == 0 && from <= v && v <= to {
				whole = append(whole, id)
			}
		}
		if within {
			elements = append(elements, id)
		}
		entries += min(len(model[id]), 1)
		elementEntries += len(distinct)
	}
	r := between("l", from, to)
	r.Collection = protocol.IndexList
	for _, q := range []struct {
		where wire.IndexRange
		want  []int64
	}{{between("v", from, to), whole}, {r, elements}} {
		var got []wire.Response
		for n := range s.nodes() {
			records, _, last := connectTo(c, s, n).query(masterOnly(s, n, where(q.where)))
			require.Equal(t, protocol.OK, last.ResultCode)
			got = append(got, records...)
		}
		require.Equal(t, q.want, ids(c.t, got))
	}
	for name, want := range map[string]int{"v": entries, "l": elementEntries} {
		require.Contains(t, c.info("sindex-stat:namespace=test;indexname="+name), fmt.Sprintf("entries=%d;", want), "both nodes hold all entries")
	}
}

// connectTo returns a connection to the n-th node. For the first node it is c.
func connectTo(c *client, s *Server, n int) *client {
	if n == 0 {
		return c
	}
	return connect(c.t, s, n)
}

// masterOnly limits the query to the partitions that the n-th node is master of.
func masterOnly(s *Server, n int, q wire.Query) wire.Query {
	q.Partitions = nil
	for _, pid := range allPartitions() {
		if s.namespace([]byte("test")).master(pid) == n {
			q.Partitions = append(q.Partitions, pid)
		}
	}
	return q
}
