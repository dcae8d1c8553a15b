package cluster

import (
	"bytes"
	"io"
	"net"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// read reads all records. It fails if one is returned twice.
func read(t *testing.T, r *RecordReader) (n int, err error) {
	t.Helper()
	defer r.Close()
	seen := make(map[protocol.Digest]bool)
	for {
		rec, err := r.Next()
		if err == io.EOF {
			_, err = r.Next()
			require.Equal(t, io.EOF, err, "after the end")
			return len(seen), nil
		}
		if err != nil {
			return len(seen), err
		}
		require.False(t, seen[rec.Key.Digest()], "twice")
		seen[rec.Key.Digest()] = true
	}
}

var readStatement = Statement{Namespace: "test", Set: "s"}

func TestQueryReader(t *testing.T) {
	bubble(t, 3, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for i := range 3 {
			f.node(i).play(scanRows(5, 0))
		}
		n, err := read(t, c.QueryReader(t.Context(), nil, readStatement, nil))
		require.NoError(t, err)
		require.Equal(t, 5*protocol.PartitionCount, n)
		n, err = read(t, c.QueryReader(t.Context(), &QueryPolicy{MaxConcurrentNodes: 1, MaxRecords: 10}, readStatement, nil))
		require.NoError(t, err)
		require.Equal(t, 10, n)
		require.Zero(t, inUse(c))
	})
}

// TestQueryReaderResumes: a reader continues after a connection was cut, and a cursor after the
// last record that a reader has returned.
func TestQueryReaderResumes(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			f.node(0).play(scanRows(3, 0))
			return scanRows(3, 1001)(conn, m)
		})
		f.node(1).play(scanRows(3, 0))
		cursor, err := NewCursor(AllPartitions())
		require.NoError(t, err)
		first := c.QueryReader(t.Context(), nil, readStatement, cursor)
		const some = 2000
		for range some {
			_, err := first.Next()
			require.NoError(t, err)
		}
		first.Close()
		first.Close()
		require.Zero(t, inUse(c))
		n, err := read(t, c.QueryReader(t.Context(), nil, readStatement, cursor))
		require.NoError(t, err)
		require.Equal(t, 3*protocol.PartitionCount-some, n)
		require.True(t, cursor.Done())
	})
}

// TestQueryReaderFails: errors of the query, and of its start.
func TestQueryReaderFails(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyCode(protocol.ParameterError))
		_, err := read(t, c.QueryReader(t.Context(), nil, readStatement, nil))
		require.ErrorIs(t, err, protocol.ParameterError)
		_, err = read(t, c.QueryReader(t.Context(), nil, Statement{Namespace: "none"}, nil))
		require.ErrorContains(t, err, "none")
		cursor, err := NewCursor(AllPartitions())
		require.NoError(t, err)
		_, err = read(t, c.QueryReader(t.Context(), nil, Statement{Namespace: "test", Partitions: OnePartition(1)}, cursor))
		require.ErrorContains(t, err, "Statement.Partitions is set together with a Cursor")
		require.Zero(t, inUse(c))
	})
}

// TestQueryReaderValuesCanBeKept: the memory of the records is used again, that of values is not.
func TestQueryReaderValuesCanBeKept(t *testing.T) {
	const records = 3000
	text := func(n int) []byte { return bytes.Repeat([]byte{byte(n), byte(n >> 8)}, 50) }
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(func(conn net.Conn, _ *wire.Message) bool {
			var body []byte
			for n := range records {
				row := wire.Message{Header: wire.Header{Generation: uint32(n)}}
				var d protocol.Digest
				d[18], d[19] = byte(n>>8), byte(n)
				row.Fields = []wire.Field{{Type: wire.FieldDigest, Data: d[:]}, {Type: wire.FieldKey, Data: append([]byte{byte(protocol.ParticleBlob)}, text(n)...)}}
				for range 1 + n%7 {
					row.Ops = append(row.Ops, wire.RawOp{Code: protocol.OpRead, Type: protocol.ParticleBlob, Name: []byte("b"), Data: text(n)})
				}
				body = row.AppendTo(body)
			}
			return write(conn, frame(wire.ProtoMessage, body)) && write(conn, message(wire.Header{Info3: wire.Info3Last}))
		})
		r := c.QueryReader(t.Context(), nil, readStatement, nil)
		defer r.Close()
		var keys []protocol.Key
		var values []protocol.Value
		for n := range records {
			rec, err := r.Next()
			require.NoError(t, err)
			require.EqualValues(t, n, rec.Generation)
			require.Len(t, rec.Bins, 1+n%7)
			keys, values = append(keys, rec.Key), append(values, rec.Bins[n%7].Value)
		}
		_, err := r.Next()
		require.Equal(t, io.EOF, err)
		for n := range records {
			b, _ := values[n].Bytes()
			require.Equal(t, text(n), b)
			b, _ = keys[n].UserKey().Bytes()
			require.Equal(t, text(n), b)
		}
	})
}

// TestQueryReaderReportsUnreadable: a record that can't be read is returned with its error, and
// only that record.
func TestQueryReaderReportsUnreadable(t *testing.T) {
	const records = 5000
	odd := func(n int) bool { return n%100 == 7 }
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(func(conn net.Conn, _ *wire.Message) bool {
			var body []byte
			for n := range records {
				var d protocol.Digest
				d[18], d[19] = byte(n>>8), byte(n)
				bin := wire.RawOp{Code: protocol.OpRead, Type: protocol.ParticleInteger, Name: []byte("b"), Data: make([]byte, 8)}
				if odd(n) {
					bin.Data = bin.Data[:3]
				}
				row := wire.Message{Fields: []wire.Field{{Type: wire.FieldDigest, Data: d[:]}}, Ops: []wire.RawOp{bin}}
				body = row.AppendTo(body)
			}
			return write(conn, frame(wire.ProtoMessage, body)) && write(conn, message(wire.Header{Info3: wire.Info3Last}))
		})
		r := c.QueryReader(t.Context(), nil, readStatement, nil)
		defer r.Close()
		for n := range records {
			rec, err := r.Next()
			require.NotNil(t, rec)
			if odd(n) {
				var e *RecordError
				require.ErrorAs(t, err, &e)
				require.Equal(t, rec.Key.Digest(), e.Key.Digest())
			} else {
				require.NoError(t, err)
			}
		}
	})
}

// TestQueryReaderUnused: a reader that is not read needs no Close, and a closed one is at its end.
func TestQueryReaderUnused(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, _ *fakeNet, c *Client) {
		r := c.QueryReader(t.Context(), nil, readStatement, nil)
		before := runtime.NumGoroutine()
		c.QueryReader(t.Context(), nil, readStatement, nil)
		require.LessOrEqual(t, runtime.NumGoroutine(), before) // those of earlier tests may end
		r.Close()
		_, err := r.Next()
		require.Equal(t, io.EOF, err)
	})
}
