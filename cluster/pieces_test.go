package cluster

import (
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// largeRow returns the row of the n-th record of partition 0, with a bin of size bytes.
func largeRow(n, size int) []byte {
	var d protocol.Digest
	d[18], d[19] = byte(n>>8), byte(n)
	m := wire.Message{
		Header: wire.Header{Generation: 1},
		Fields: []wire.Field{{Type: wire.FieldNamespace, Data: []byte("test")}, {Type: wire.FieldDigest, Data: d[:]}},
		Ops:    []wire.RawOp{{Code: protocol.OpRead, Type: protocol.ParticleBlob, Name: []byte("b"), Data: make([]byte, size)}},
	}
	return m.AppendTo(nil)
}

// A countingConn counts the bytes read from it.
type countingConn struct {
	net.Conn
	read *atomic.Int64
}

func (c countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read.Add(int64(n))
	return n, err
}

// TestReadAheadIsBoundedByBytes: while the loop has the first record of a large response, at most
// one more record is read.
func TestReadAheadIsBoundedByBytes(t *testing.T) {
	const records, size = 32, 1 << 20
	for name, separate := range map[string]bool{"one body": false, "a body each": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFakeNet(t, 1)
				var read atomic.Int64
				f.node(0).wrapWith(func(c net.Conn) net.Conn { return countingConn{c, &read} })
				f.node(0).play(func(c net.Conn, _ *wire.Message) bool {
					var body []byte
					for n := range records {
						if body = append(body, largeRow(n, size)...); separate || n == records-1 {
							if !write(c, frame(wire.ProtoMessage, body)) {
								return false
							}
							body = nil
						}
					}
					return write(c, message(wire.Header{Info3: wire.Info3Last}))
				})
				c := f.open(nil)
				before, n := read.Load(), 0
				for rec, err := range c.Scan(t.Context(), nil, "test", "") {
					require.NoError(t, err)
					require.Len(t, rec.Bins, 1)
					if n++; n == 1 {
						synctest.Wait()
						require.Less(t, read.Load()-before, int64(2*size+4*link.PieceSize))
					}
				}
				require.Equal(t, records, n)
			})
		})
	}
}

// TestLargeBatchesGoInParts: a batch of large values is encoded in parts, but a batch with the same
// operations for all rows is not.
func TestLargeBatchesGoInParts(t *testing.T) {
	const rows, size = 20, 1 << 20
	value := func() []protocol.Operation {
		return []protocol.Operation{protocol.PutBin("b", protocol.Blob(make([]byte, size)))}
	}
	same := value()
	for name, c := range map[string]struct {
		ops   func() []protocol.Operation
		sizes []int
	}{
		"different values": {value, []int{3, 3, 3, 3, 3, 3, 2}},
		"the same value":   {func() []protocol.Operation { return same }, []int{rows}},
		"small":            {func() []protocol.Operation { return []protocol.Operation{protocol.GetBin("b")} }, []int{rows}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, nil, func(t *testing.T, f *fakeNet, client *Client) {
				h := newHeld()
				close(h.release)
				f.node(0).play(h.play)
				batch := make([]BatchRow, rows)
				for i, k := range testKeys(rows) {
					batch[i] = OperateRow(nil, k, c.ops()...)
				}
				if name == "the same value" {
					results, err := client.BatchOperate(t.Context(), nil, testKeys(rows), same...)
					require.NoError(t, err)
					require.Len(t, results, rows)
				} else {
					results, err := client.BatchWrite(t.Context(), nil, batch)
					require.NoError(t, err)
					require.Len(t, results, rows)
				}
				require.Equal(t, c.sizes, h.sizes)
			})
		})
	}
}
