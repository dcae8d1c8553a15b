package devserver

import (
	"bytes"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func allPartitions() []uint16 {
	pids := make([]uint16, protocol.PartitionCount)
	for i := range pids {
		pids[i] = uint16(i)
	}
	return pids
}

// scan sends a scan and returns its record rows and its partition rows.
func (c *client) scan(s wire.Scan) (records, partitions []wire.Response, last wire.Response) {
	c.t.Helper()
	message, err := s.AppendMessage(nil)
	require.NoError(c.t, err)
	c.send(message)
	rows, last := c.responses()
	for _, row := range rows {
		if row.Info3&wire.Info3PartitionDone != 0 {
			partitions = append(partitions, row)
		} else {
			records = append(records, row)
		}
	}
	return records, partitions, last
}

// fill writes n records with their keys.
func fill(c *client, set string, n int) {
	c.t.Helper()
	for i := range n {
		w := put(protocol.MustKey("test", set, i), one(int64(i)), text("s", set))
		w.SendKey = true
		require.Equal(c.t, protocol.OK, c.do(w).ResultCode)
	}
}

func TestScanReturnsEveryRecordOnce(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	fill(c, "a", 300)
	fill(c, "b", 50)
	records, partitions, last := c.scan(wire.Scan{Namespace: "test", Set: "a", Partitions: allPartitions(), Bins: []string{"n"}})
	require.Empty(t, partitions)
	require.Equal(t, protocol.OK, last.ResultCode)
	seen := make(map[int64]bool)
	for _, r := range records {
		require.Equal(t, "a", r.Set)
		require.Len(t, r.Bins, 1)
		n, ok := r.Bins[0].Value.Int()
		require.True(t, ok && !seen[n])
		seen[n] = true
		require.Equal(t, protocol.Int(n), r.UserKey)
		require.Equal(t, protocol.MustKey("test", "a", n).Digest(), r.Digest)
	}
	require.Len(t, seen, 300)
	records, _, _ = c.scan(wire.Scan{Namespace: "test", Partitions: allPartitions(), NoBins: true})
	require.Len(t, records, 350)
	require.Empty(t, records[0].Bins)
	records, _, last = c.scan(wire.Scan{Namespace: "test", Set: "nosuch", Partitions: allPartitions()})
	require.Empty(t, records)
	require.Equal(t, protocol.OK, last.ResultCode)
	records, _, _ = c.scan(wire.Scan{Namespace: "test", Partitions: allPartitions(), Bins: []string{"nosuch"}})
	require.Empty(t, records, "records without any of the projected bins are left out")
}

func TestScanResumesBehindADigest(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	var digests []protocol.Digest
	for i := 0; len(digests) < 5; i++ {
		// All are in partition 7. The digests define the order.
		d := protocol.Digest{7, 0, byte(200 - 10*i)}
		k, err := protocol.KeyFromDigest("test", "demo", d)
		require.NoError(t, err)
		require.Equal(t, protocol.OK, c.do(put(k, one(1))).ResultCode)
		digests = append(digests, d)
	}
	for i := range digests {
		records, _, _ := c.scan(wire.Scan{Namespace: "test", Resume: digests[i : i+1]})
		require.Len(t, records, len(digests)-1-i)
		for j, r := range records {
			require.Equal(t, digests[i+1+j], r.Digest, "the greatest digest comes first")
		}
	}
	gone := protocol.Digest{7, 0, 175}
	records, _, _ := c.scan(wire.Scan{Namespace: "test", Resume: []protocol.Digest{gone}, MaxRecords: 2})
	require.Len(t, records, 2)
	require.Equal(t, digests[3], records[0].Digest)
}

func TestScanOfOtherNodesPartitions(t *testing.T) {
	s := start(t, Options{Nodes: 3, Namespaces: []NamespaceOptions{{Name: "test", ReplicationFactor: 1}}})
	fill(connect(t, s, 0), "a", 200)
	total := 0
	for n := range s.nodes() {
		records, partitions, last := connect(t, s, n).scan(wire.Scan{Namespace: "test", Partitions: allPartitions()})
		require.Equal(t, protocol.OK, last.ResultCode)
		total += len(records)
		for _, p := range partitions {
			require.Equal(t, protocol.PartitionUnavailable, p.ResultCode)
			require.NotEqual(t, n, s.namespace([]byte("test")).master(uint16(p.Generation)))
		}
		require.Greater(t, len(partitions), 2000)
	}
	require.Equal(t, 200, total)
}

func TestScanRefusals(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	send := func(change func(*wire.Message)) protocol.ResultCode {
		m := wire.Message{
			Header: wire.Header{Info1: wire.Info1Read, Info3: wire.Info3PartitionDone},
			Fields: []wire.Field{
				{Type: wire.FieldNamespace, Data: []byte("test")}, {Type: wire.FieldPartitions, Data: []byte{1, 0}},
			},
		}
		change(&m)
		body := m.AppendTo(nil)
		return c.message(append(wire.ProtoHeader{Type: wire.ProtoMessage, Size: len(body)}.AppendTo(nil), body...)).ResultCode
	}
	add := func(t wire.FieldType, data ...byte) func(*wire.Message) {
		return func(m *wire.Message) { m.Fields = append(m.Fields, wire.Field{Type: t, Data: data}) }
	}
	require.Equal(t, protocol.UnsupportedFeature, send(func(m *wire.Message) { m.Info3 = 0 }))
	require.Equal(t, protocol.UnsupportedFeature, send(func(m *wire.Message) { m.Fields = m.Fields[:1] }))
	require.Equal(t, protocol.ParameterError, send(func(m *wire.Message) { m.Fields[1].Data = []byte{1, 0, 1, 0} }))
	require.Equal(t, protocol.ParameterError, send(func(m *wire.Message) { m.Fields[1].Data = []byte{0, 16} }))
	require.Equal(t, protocol.ParameterError, send(add(wire.FieldDigests, append([]byte{1, 0}, make([]byte, 18)...)...)))
	require.Equal(t, protocol.ParameterError, send(add(wire.FieldSocketTimeout, 1)))
	require.Equal(t, protocol.ParameterError, send(add(wire.FieldSet, bytes.Repeat([]byte("s"), 64)...)))
	require.Equal(t, protocol.IndexNotFound, send(add(wire.FieldIndexRange, append([]byte{1, 1, 'a', 3, 0, 0, 0, 1, 'x'}, 0, 0, 0, 1, 'x')...)))
	require.Equal(t, protocol.ParameterError, send(add(wire.FieldIndexRange, 1, 1, 'a', 1)))
	require.Equal(t, protocol.ParameterError, send(func(m *wire.Message) { m.Info2 = wire.Info2Write }))
}

func TestScanJobsAreListed(t *testing.T) {
	s := start(t, Options{})
	c := connect(t, s, 0)
	fill(c, "a", 10)
	_, _, last := c.scan(wire.Scan{Namespace: "test", Set: "a", Partitions: allPartitions(), TaskID: 42})
	require.Equal(t, protocol.OK, last.ResultCode)
	require.Contains(t, c.info("query-show:id=42"), "trid=42:ns=test:set=a:n-pids-requested=4096:n-keyds-requested=0:rps=0")
	require.Contains(t, c.info("query-show:trid=42"), "status=done(ok):job-progress=100.00")
	message, err := (&wire.Scan{Namespace: "test", Partitions: []uint16{1}, TaskID: 42}).AppendMessage(nil)
	require.NoError(t, err)
	require.Equal(t, protocol.ParameterError, c.message(message).ResultCode, "the id is in use")
	require.Equal(t, "ERROR:2:id not active", c.info("query-abort:id=42"))
}

func TestScanSendsLargeAnswersInParts(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	for i := range 40 {
		require.Equal(t, protocol.OK, c.do(put(key(i), protocol.Bin{Name: "b", Value: protocol.Blob(make([]byte, 64<<10))})).ResultCode)
	}
	message, err := (&wire.Scan{Namespace: "test", Partitions: allPartitions()}).AppendMessage(nil)
	require.NoError(t, err)
	c.send(message)
	parts := 0
	for {
		_, body := c.receive()
		parts++
		require.Less(t, len(body), scanChunk+70<<10)
		if len(body) == wire.HeaderSize {
			break
		}
	}
	require.Equal(t, 4, parts, "three messages of at most a mebibyte, and the end")
}

// TestScanReusesItsMemory sends the same answer of three messages again, after the memory of the
// first one is back in the pool.
func TestScanReusesItsMemory(t *testing.T) {
	// Connections within the process have buffers of their own.
	c := connect(t, start(t, Options{Listen: "127.0.0.1:0"}), 0)
	for i := range 40 {
		require.Equal(t, protocol.OK, c.do(put(key(i), protocol.Bin{Name: "b", Value: protocol.Blob(make([]byte, 64<<10))})).ResultCode)
	}
	message, err := (&wire.Scan{Namespace: "test", Partitions: allPartitions()}).AppendMessage(nil)
	require.NoError(t, err)
	scan := func() (allocated uint64) {
		var before, after runtime.MemStats
		body := make([]byte, 2*scanChunk)
		runtime.ReadMemStats(&before)
		c.send(message)
		for size := 0; size != wire.HeaderSize; {
			var head [wire.ProtoHeaderSize]byte
			_, err := io.ReadFull(c.conn, head[:])
			require.NoError(t, err)
			h, err := wire.ParseProtoHeader(head[:])
			require.NoError(t, err)
			size = h.Size
			_, err = io.ReadFull(c.conn, body[:size])
			require.NoError(t, err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	least := scan()
	for range 5 { // a garbage collection may empty the pool
		least = min(least, scan())
	}
	require.Less(t, least, uint64(scanChunk/2))
}

func TestScanRate(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	fill(c, "a", 30)
	records, _, _ := c.scan(wire.Scan{Namespace: "test", Partitions: allPartitions(), RecordsPerSecond: 1000, TaskID: 5})
	require.Len(t, records, 30)
	require.NotContains(t, c.info("query-show:id=5"), "recs-throttled=0")
}
