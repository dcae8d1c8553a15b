package cluster

import (
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/wire"
)

// indexRows answers an index query with two records of each requested partition, whose index values
// are -1 and 1. It closes the connection after cut rows, 0 for never.
func indexRows(t *testing.T, cut int) script {
	return func(c net.Conn, m *wire.Message) bool {
		var body []byte
		rows := 0
		send := func(p uint16, bval int64) {
			if cut > 0 && rows == cut {
				return
			}
			row, err := wire.ParseMessage(scanRow(p, int(bval+1)))
			require.NoError(t, err)
			value := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
			if bval > 0 {
				value = []byte{1, 0, 0, 0, 0, 0, 0, 0}
			}
			row.Fields = append(row.Fields, wire.Field{Type: wire.FieldBValues, Data: value})
			body = row.AppendTo(body)
			rows++
		}
		data, _ := m.Field(wire.FieldPartitions)
		ids, err := wire.ParsePartitions(data)
		require.NoError(t, err)
		for _, p := range ids {
			send(p, -1)
			send(p, 1)
		}
		data, _ = m.Field(wire.FieldDigests)
		digests, err := wire.ParseDigests(data)
		require.NoError(t, err)
		data, _ = m.Field(wire.FieldBValues)
		bvals, err := wire.ParseBValues(data)
		require.NoError(t, err)
		require.Len(t, bvals, len(digests))
		for i, d := range digests {
			require.Equal(t, int64(d[19])-1, bvals[i], "the value of this record")
			if bvals[i] < 1 {
				send(d.Partition(), 1)
			}
		}
		if len(body) > 0 && !write(c, frame(wire.ProtoMessage, body)) || cut > 0 {
			return false
		}
		return write(c, message(wire.Header{Info3: wire.Info3Last}))
	}
}

func TestIndexQueryResumesWithIndexValues(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			f.node(0).play(indexRows(t, 0))
			return indexRows(t, 1001)(conn, m)
		})
		f.node(1).play(indexRows(t, 0))
		seen := make(map[protocol.Digest]bool)
		for rec, err := range c.Query(t.Context(), nil, Statement{Namespace: "test", Set: "s", Filter: FilterRange("n", -1, 1)}) {
			require.NoError(t, err)
			require.False(t, seen[rec.Key.Digest()], "twice")
			seen[rec.Key.Digest()] = true
		}
		require.Len(t, seen, 2*protocol.PartitionCount)
	})
}

// TestPages: each page begins after the last record that the loop received, even if a node had sent
// more.
func TestPages(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for i := range 2 {
			f.node(i).play(indexRows(t, 0))
		}
		cur, err := NewCursor(PartitionRange(100, 20))
		require.NoError(t, err)
		stmt := Statement{Namespace: "test", Set: "s", Filter: FilterEqual("n", 1)}
		seen := make(map[protocol.Digest]bool)
		for page := 0; !cur.Done(); page++ {
			n := 0
			for rec, err := range c.QueryFrom(t.Context(), nil, stmt, cur) {
				require.NoError(t, err)
				require.False(t, seen[rec.Key.Digest()], "twice")
				seen[rec.Key.Digest()] = true
				if n++; n == 3 {
					break
				}
			}
			saved, err := cur.MarshalBinary()
			require.NoError(t, err)
			cur = new(Cursor)
			require.NoError(t, cur.UnmarshalBinary(saved))
			require.Less(t, page, 20)
		}
		require.Len(t, seen, 40)
	})
}

// TestMaxRecordsKeepsConnections: a query that has enough records reads the responses to their
// ends.
func TestMaxRecordsKeepsConnections(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			data, _ := m.Field(wire.FieldMaxRecords)
			require.Equal(t, []byte{0, 0, 0, 0, 0, 0, 0, 2}, data)
			write(conn, frame(wire.ProtoMessage, append(scanRow(1, 1), scanRow(2, 1)...)))
			return write(conn, message(wire.Header{Info3: wire.Info3Last}))
		})
		for range 5 {
			n, err := collect(t, c, &QueryPolicy{MaxRecords: 2})
			require.NoError(t, err)
			require.Equal(t, 2, n)
		}
		require.LessOrEqual(t, f.node(0).dialed(), 2, "one connection for tending, one for all queries")
	})
}

func TestCursorMisuse(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(scanRows(1, 0))
		query := func(stmt Statement, cur *Cursor, p *QueryPolicy) (last error) {
			for _, err := range c.QueryFrom(t.Context(), p, stmt, cur) {
				last = err
			}
			return last
		}
		scan := Statement{Namespace: "test", Set: "s"}
		require.ErrorIs(t, query(scan, new(Cursor), nil), ErrCursor)
		_, err := new(Cursor).MarshalBinary()
		require.ErrorIs(t, err, ErrCursor)
		require.ErrorIs(t, new(Cursor).UnmarshalBinary([]byte("nonsense")), ErrCursor)
		_, err = NewCursor(PartitionRange(1, 4096))
		require.ErrorIs(t, err, ErrConfig)

		cur, err := NewCursor(AllPartitions())
		require.NoError(t, err)
		for _, err := range c.QueryFrom(t.Context(), nil, scan, cur) {
			require.NoError(t, err)
			require.ErrorIs(t, query(scan, cur, nil), ErrCursor, "a loop is using it")
			_, err := cur.MarshalBinary()
			require.ErrorIs(t, err, ErrCursor)
			break
		}
		require.ErrorIs(t, query(Statement{Namespace: "test", Set: "s", Filter: FilterEqual("a", 1)}, cur, nil), ErrCursor)
		require.ErrorIs(t, query(scan, cur, &QueryPolicy{Filter: []byte{0xc3}}), ErrCursor)
		require.ErrorIs(t, query(Statement{Namespace: "test", Set: "s", Partitions: OnePartition(1)}, cur, nil), ErrConfig)
		require.NoError(t, query(Statement{Namespace: "test", Set: "s", Bins: []string{"a"}}, cur, nil), "other bins of the same records")
		require.True(t, cur.Done())

		ofNode, err := NewCursor(PartitionsOfNode("A9"))
		require.NoError(t, err)
		require.ErrorIs(t, query(scan, ofNode, nil), ErrNoNode)
	})
}

func TestStatementRefused(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for name, stmt := range map[string]Statement{
			"range":            {Filter: FilterRange("a", 2, 1)},
			"type":             {Filter: FilterEqual("a", 1.5)},
			"value":            {Filter: FilterEqual("a", make(chan int))},
			"no bin":           {Filter: FilterEqual("", 1)},
			"name and context": {Filter: FilterEqual("a", 1).ByName("i").At(cdt.In(cdt.ListIndex(0)))},
			"name, expression": {Filter: FilterEqual("a", 1).ByName("i").ByExpression([]byte{1})},
			"long text":        {Filter: FilterEqual("a", string(make([]byte, 3000)))},
			"circle":           {Filter: FilterWithinRadius("a", IndexDefault, 200, 0, 1)},
			"bins and ops":     {Bins: []string{"a"}, Ops: []protocol.Operation{protocol.GetBin("b")}},
			"operations":       {Ops: []protocol.Operation{protocol.PutBin("b", protocol.Int(1))}},
			"NoBins with bins": {Bins: []string{"a"}, NoBins: true},
			"bin name":         {Bins: []string{"sixteen-bytes-na"}},
		} {
			stmt.Namespace = "test"
			var last error
			for _, err := range c.Query(t.Context(), nil, stmt) {
				last = err
			}
			require.Error(t, last, name)
		}
		require.Zero(t, f.node(0).received())
	})
}

// TestShortQuery: a short query sends the remaining time, other queries don't.
func TestShortQuery(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		var seen []wire.Header
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			seen = append(seen, m.Header)
			return write(conn, message(wire.Header{Info3: wire.Info3Last}))
		})
		for _, d := range []QueryDuration{ShortQuery, LongQueryRelaxAP, LongQuery} {
			_, err := collect(t, c, &QueryPolicy{ExpectedDuration: d, TotalTimeout: 3 * time.Second})
			require.NoError(t, err)
		}
		require.Equal(t, wire.Info1Read|wire.Info1ShortQuery, seen[0].Info1)
		require.EqualValues(t, 3000, seen[0].TransactionTTL)
		require.Equal(t, wire.Info2RelaxAPQuery, seen[1].Info2)
		require.Zero(t, seen[2].TransactionTTL)
		require.ErrorIs(t, (&QueryPolicy{ExpectedDuration: ShortQuery, RecordsPerSecond: 1}).validate(), ErrConfig)
	})
}
