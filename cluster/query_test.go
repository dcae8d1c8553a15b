package cluster

import (
	"context"
	"encoding/binary"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// scanRow returns the row of the n-th record of a partition.
func scanRow(p uint16, n int) []byte {
	var d protocol.Digest
	binary.LittleEndian.PutUint16(d[:], p)
	d[19] = byte(n)
	m := wire.Message{Header: wire.Header{Generation: 1}, Fields: []wire.Field{
		{Type: wire.FieldNamespace, Data: []byte("test")},
		{Type: wire.FieldDigest, Data: d[:]},
		{Type: wire.FieldSet, Data: []byte("s")},
	}}
	return m.AppendTo(nil)
}

// scanRows answers a scan with a number of records for each requested partition, or the remaining
// ones if a partition is resumed. It closes the connection after cut rows, 0 for never.
func scanRows(perPartition, cut int) script {
	return scanOf(func(uint16) int { return perPartition }, cut)
}

// scanOf is scanRows with a different number of records for each partition.
func scanOf(records func(partition uint16) int, cut int) script {
	return func(c net.Conn, m *wire.Message) bool {
		var body []byte
		rows := 0
		send := func(p uint16, from int) {
			for n := from; n < records(p) && (cut == 0 || rows < cut); n++ {
				body = append(body, scanRow(p, n)...)
				rows++
			}
		}
		data, _ := m.Field(wire.FieldPartitions)
		ids, err := wire.ParsePartitions(data)
		if err != nil {
			return false
		}
		for _, p := range ids {
			send(p, 0)
		}
		data, _ = m.Field(wire.FieldDigests)
		digests, err := wire.ParseDigests(data)
		if err != nil {
			return false
		}
		for _, d := range digests {
			send(d.Partition(), int(d[19])+1)
		}
		if len(body) > 0 && !write(c, frame(wire.ProtoMessage, body)) || cut > 0 {
			return false
		}
		return write(c, message(wire.Header{Info3: wire.Info3Last}))
	}
}

// collect reads a query to its end. It fails if a record is returned twice.
func collect(t *testing.T, c *Client, p *QueryPolicy) (n int, err error) {
	t.Helper()
	seen := make(map[protocol.Digest]bool)
	for rec, err := range c.Scan(t.Context(), p, "test", "s") {
		if err != nil {
			return len(seen), err
		}
		require.False(t, seen[rec.Key.Digest()], "twice")
		seen[rec.Key.Digest()] = true
	}
	return len(seen), nil
}

func TestScan(t *testing.T) {
	bubble(t, 3, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for i := range 3 {
			f.node(i).play(scanRows(2, 0))
		}
		n, err := collect(t, c, nil)
		require.NoError(t, err)
		require.Equal(t, 2*protocol.PartitionCount, n)
		n, err = collect(t, c, &QueryPolicy{MaxConcurrentNodes: 1, MaxRecords: 10})
		require.NoError(t, err)
		require.Equal(t, 10, n)
	})
}

func TestScanResumesAfterCut(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			f.node(0).play(scanRows(3, 0))
			return scanRows(3, 1001)(conn, m)
		})
		f.node(1).play(scanRows(3, 0))
		n, err := collect(t, c, nil)
		require.NoError(t, err)
		require.Equal(t, 3*protocol.PartitionCount, n)
	})
}

// TestScanAsksReplicas: a node that stays down loses no record if a replica has it.
func TestScanAsksReplicas(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(scanRows(1, 100))
		f.node(1).play(scanRows(1, 0))
		n, err := collect(t, c, nil)
		require.NoError(t, err)
		require.Equal(t, protocol.PartitionCount, n)
	})
}

func TestScanUnavailablePartition(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		asked := 0
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			asked++
			write(conn, message(wire.Header{
				ResultCode: protocol.PartitionUnavailable, Generation: 9, Info3: wire.Info3PartitionDone,
			}))
			return write(conn, message(wire.Header{Info3: wire.Info3Last}))
		})
		_, err := collect(t, c, nil)
		require.ErrorIs(t, err, protocol.PartitionUnavailable)
		require.ErrorContains(t, err, "1 partitions are missing, the first is 9")
		require.Equal(t, 1+DefaultQueryRetries, asked)
	})
}

func TestScanFails(t *testing.T) {
	for name, c := range map[string]struct {
		answer script
		is     error
		asked  int
	}{
		"refused":          {replyBytes(message(wire.Header{Info3: wire.Info3Last, ResultCode: protocol.ParameterError})), protocol.ParameterError, 1},
		"aborted":          {replyBytes(message(wire.Header{Info3: wire.Info3Last, ResultCode: protocol.QueryAborted})), protocol.QueryAborted, 1},
		"row's error":      {replyBytes(message(wire.Header{ResultCode: protocol.Forbidden})), protocol.Forbidden, 1},
		"no answer":        {hangUp, nil, 6},
		"hostile":          {replyBytes([]byte("HTTP/1.1 200 OK")), protocol.ErrMalformed, 1},
		"foreign partiton": {replyBytes(message(wire.Header{Info3: wire.Info3PartitionDone, ResultCode: 11, Generation: 5000})), protocol.ErrMalformed, 1},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, nil, func(t *testing.T, f *fakeNet, client *Client) {
				f.node(0).play(c.answer)
				_, err := collect(t, client, nil)
				require.Error(t, err)
				if c.is != nil {
					require.ErrorIs(t, err, c.is)
				}
				require.Equal(t, c.asked, f.node(0).received())
			})
		})
	}
}

func TestScanLeftEarly(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		endless := func(p uint16) script {
			return func(conn net.Conn, m *wire.Message) bool {
				for write(conn, frame(wire.ProtoMessage, scanRow(p, 1))) {
				}
				return false
			}
		}
		f.node(0).play(endless(8))
		f.node(1).play(endless(9))
		for _, err := range c.Scan(t.Context(), nil, "test", "s") {
			require.NoError(t, err)
			break
		}
		require.Panics(t, func() {
			for range c.Scan(t.Context(), nil, "test", "s") {
				panic("the loop's own")
			}
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var last error
		for _, err := range c.Scan(ctx, nil, "test", "s") {
			cancel()
			last = err
		}
		require.ErrorIs(t, last, context.Canceled)
		synctest.Wait()
		for _, n := range c.Nodes() {
			require.Equal(t, openOf(n.pool), idleOf(n.pool), "no connection is in use")
		}
	})
}

// TestScanSlowReader: the loop may take longer than the socket timeout, and little is read ahead.
func TestScanSlowReader(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		sent := 0
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			for p := range uint16(100) {
				write(conn, frame(wire.ProtoMessage, scanRow(p, 1)))
				sent++
			}
			return write(conn, message(wire.Header{Info3: wire.Info3Last}))
		})
		n := 0
		for _, err := range c.Scan(t.Context(), &QueryPolicy{SocketTimeout: time.Second}, "test", "s") {
			require.NoError(t, err)
			if n++; n == 1 {
				time.Sleep(time.Minute)
				synctest.Wait()
				require.Less(t, sent, 10)
			}
		}
		require.Equal(t, 100, n)
		require.Equal(t, 1, f.node(0).received())
	})
}

func TestScanTimeout(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyNothing)
		start := time.Now()
		_, err := collect(t, c, &QueryPolicy{TotalTimeout: 3 * time.Second})
		require.ErrorIs(t, err, ErrTimeout)
		require.Equal(t, 3*time.Second, time.Since(start))
	})
}

func TestScanDuringClose(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyNothing)
		time.AfterFunc(time.Second, func() { c.Close() })
		_, err := collect(t, c, nil)
		require.ErrorIs(t, err, ErrClosed)
	})
}

func TestInfo(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		got, err := c.InfoNode(t.Context(), nil, "A2", "node", "nonsense")
		require.NoError(t, err)
		require.Equal(t, map[string]string{"node": "A2", "nonsense": "ERROR:4:unrecognized command"}, got)
		_, err = c.InfoNode(t.Context(), nil, "A9", "node")
		require.ErrorIs(t, err, ErrNoNode)
		all, err := c.InfoAll(t.Context(), nil, "node")
		require.NoError(t, err)
		require.Equal(t, "A1", all["A1"].Values["node"])
		f.node(1).stop()
		all, err = c.InfoAll(t.Context(), nil, "node")
		require.NoError(t, err)
		require.NoError(t, all["A1"].Err)
		require.ErrorIs(t, all["A2"].Err, ErrConnect)
		_, err = c.Info(t.Context(), nil, "a\nb")
		require.ErrorIs(t, err, protocol.ErrInvalidCommand)
		_, err = c.Info(t.Context(), &InfoPolicy{Timeout: -3}, "node")
		require.ErrorIs(t, err, ErrConfig)
	})
}

func TestTruncate(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).set("truncate:namespace=test;set=s", "ok")
		f.node(0).set("truncate-namespace:namespace=test;lut=1000000005", "ok")
		f.node(0).set("truncate:namespace=test;set=later", "ERROR:4:would truncate in the future")
		require.NoError(t, c.Truncate(t.Context(), nil, "test", "s", time.Time{}))
		require.NoError(t, c.Truncate(t.Context(), nil, "test", "", time.Unix(1, 5)))
		err := c.Truncate(t.Context(), nil, "test", "later", time.Time{})
		require.ErrorIs(t, err, protocol.ParameterError)
		require.ErrorContains(t, err, "would truncate in the future")
	})
}

func TestReplicaPolicies(t *testing.T) {
	bubble(t, 3, nil, func(t *testing.T, f *fakeNet, c *Client) {
		names := func(cl call) (names []string) {
			for turn := range 6 {
				n, err := c.choose("test", 0, &cl, turn)
				require.Nil(t, err)
				if !slices.Contains(names, n.Name()) {
					names = append(names, n.Name())
				}
			}
			return names
		}
		require.Equal(t, []string{"A1", "A2"}, names(call{}))
		require.Equal(t, []string{"A1"}, names(call{replica: ReplicaMaster}))
		require.Len(t, names(call{replica: ReplicaMasterProles}), 2)
		require.Len(t, names(call{replica: ReplicaRandom}), 3)
		require.Equal(t, []string{"A1"}, names(call{replica: ReplicaRandom, write: true}))
		require.Equal(t, []string{"A1", "A2"}, names(call{write: true}))

		f.node(0).set("replicas", "test:5,2,"+bits(allPartitions())+","+bits([512]byte{}))
		f.node(0).set("partition-generation", "8")
		tendRounds(2)
		require.Equal(t, []string{"A1"}, names(call{}), "strong consistency reads from the master")
		require.Equal(t, []string{"A1", "A2"}, names(call{modeSC: ReadAllowReplica}))
	})
}
