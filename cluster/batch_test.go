package cluster

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// batchRows answers a batch with the result of row for each of its rows. With a limit it answers
// only that many rows and then closes the connection.
func batchRows(limit int, row func(r *wire.ParsedRow) wire.Header) script {
	return func(c net.Conn, m *wire.Message) bool {
		data, ok := m.Field(wire.FieldBatch)
		if !ok {
			return replyOK(c, m)
		}
		b, err := wire.ParseBatch(data)
		if err != nil {
			return false
		}
		for n := 0; ; n++ {
			r, err := b.Next()
			if r == nil || err != nil {
				return write(c, message(wire.Header{Info3: wire.Info3Last}))
			}
			if limit > 0 && n == limit {
				return false
			}
			h := row(r)
			h.TransactionTTL = r.Index
			write(c, message(h))
		}
	}
}

func rowOK(*wire.ParsedRow) wire.Header { return wire.Header{Generation: 5} }

func testKeys(n int) []protocol.Key {
	keys := make([]protocol.Key, n)
	for i := range keys {
		keys[i] = protocol.MustKey("test", "s", i)
	}
	return keys
}

func TestBatchKeepsTheOrder(t *testing.T) {
	bubble(t, 3, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for i := range 3 {
			f.node(i).play(batchRows(0, func(r *wire.ParsedRow) wire.Header {
				return wire.Header{Generation: uint32(binary.BigEndian.Uint16(r.Digest[4:]))}
			}))
		}
		keys := testKeys(100)
		results, err := c.BatchExists(t.Context(), nil, keys)
		require.NoError(t, err)
		for i, r := range results {
			d := keys[i].Digest()
			require.Equal(t, keys[i], r.Key)
			require.Equal(t, uint32(binary.BigEndian.Uint16(d[4:])), r.Record.Generation)
		}
	})
}

// TestEmptyBatch: an empty batch sends nothing.
func TestEmptyBatch(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		mixed := []protocol.Key{testKey, protocol.MustKey("other", "s", 1)}
		for name, keys := range map[string][]protocol.Key{"no keys": nil, "two namespaces": mixed} {
			want := ErrEmptyBatch
			if keys != nil {
				want = ErrBatchNamespaces
			}
			for call, run := range map[string]func() ([]BatchResult, error){
				"read":    func() ([]BatchResult, error) { return c.BatchRead(t.Context(), nil, keys) },
				"exists":  func() ([]BatchResult, error) { return c.BatchExists(t.Context(), nil, keys) },
				"operate": func() ([]BatchResult, error) { return c.BatchOperate(t.Context(), nil, keys, protocol.TouchRecord()) },
				"execute": func() ([]BatchResult, error) { return c.BatchExecute(t.Context(), nil, keys, "m", "f") },
				"delete":  func() ([]BatchResult, error) { return c.BatchDelete(t.Context(), nil, keys) },
			} {
				results, err := run()
				require.ErrorIs(t, err, want, "%s %s", call, name)
				require.Nil(t, results)
				require.False(t, requireError(t, err).InDoubt)
			}
		}
		_, err := c.BatchWrite(t.Context(), nil, nil)
		require.ErrorIs(t, err, ErrEmptyBatch)
		require.Zero(t, f.node(0).received()+f.node(1).received())

		// Each row has its own outcome, so rows may be in several namespaces.
		results, err := c.BatchWrite(t.Context(), nil, []BatchRow{ReadRow(testKey), ReadRow(mixed[1])})
		require.ErrorIs(t, err, ErrNamespace)
		require.NoError(t, results[0].Err)
		require.ErrorIs(t, results[1].Err, protocol.InvalidNamespace)
	})
}

func TestBatchOfOneIsASingleCommand(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			_, isBatch := m.Field(wire.FieldBatch)
			require.False(t, isBatch)
			return replyOK(conn, m)
		})
		results, err := c.BatchRead(t.Context(), &BatchPolicy{MaxConcurrentNodes: 1}, testKeys(1))
		require.NoError(t, err)
		n, ok := results[0].Record.Bin("n")
		require.True(t, ok)
		require.Equal(t, protocol.Int(7), n)
	})
}

// TestBatchNodeDiesHalfway: answered rows keep their results, reads are retried on another node,
// and unanswered writes are in doubt.
func TestBatchNodeDiesHalfway(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(1).play(batchRows(0, rowOK))
		f.node(0).play(batchRows(3, rowOK))
		results, err := c.BatchExists(t.Context(), nil, testKeys(50))
		require.NoError(t, err)
		for _, r := range results {
			require.NoError(t, r.Err)
			require.EqualValues(t, 5, r.Record.Generation)
		}
		results, err = c.BatchDelete(t.Context(), nil, testKeys(50))
		var failed *BatchError
		require.ErrorAs(t, err, &failed)
		onNode := 0
		for _, r := range results {
			if r.Key.Partition()%2 == 0 {
				onNode++
			}
			if r.Err != nil {
				require.Zero(t, r.Key.Partition()%2)
				require.True(t, requireError(t, r.Err).InDoubt)
			}
		}
		require.Equal(t, onNode-3, failed.Failed)
		require.ErrorContains(t, err, "batch rows failed")
	})
}

func TestBatchRowErrors(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		codes := []protocol.ResultCode{protocol.OK, protocol.KeyNotFound, protocol.FilteredOut, protocol.BinTypeError, protocol.ServerTimeout}
		f.node(0).play(batchRows(0, func(r *wire.ParsedRow) wire.Header {
			return wire.Header{ResultCode: codes[r.Index%5]}
		}))
		results, err := c.BatchOperate(t.Context(), nil, testKeys(4), protocol.AddBin("a", protocol.Int(1)))
		require.ErrorIs(t, err, protocol.BinTypeError)
		require.NotErrorIs(t, err, protocol.KeyNotFound, "a missing record is not a failure")
		require.ErrorIs(t, results[1].Err, protocol.KeyNotFound)
		require.ErrorIs(t, results[2].Err, protocol.FilteredOut)
		require.Nil(t, results[1].Record)
		require.False(t, requireError(t, results[3].Err).InDoubt)
		var failed *BatchError
		require.True(t, errors.As(err, &failed))
		require.Equal(t, 1, failed.Failed)
		results, _ = c.BatchOperate(t.Context(), nil, testKeys(5), protocol.AddBin("a", protocol.Int(1)))
		require.True(t, requireError(t, results[4].Err).InDoubt)
	})
}

func TestBatchInvalidRow(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(batchRows(0, rowOK))
		keys := testKeys(4)
		keys[3] = protocol.MustKey("nope", "s", 1)
		results, err := c.BatchWrite(t.Context(), nil, []BatchRow{
			PutRow(nil, keys[0], testBins),
			PutRow(nil, keys[1], protocol.Bins{{Name: "much-too-long-for-a-bin"}}),
			ReadRow(keys[2]),
			HeaderRow(keys[3]),
		})
		require.ErrorIs(t, err, protocol.ErrInvalidBin)
		require.ErrorIs(t, err, ErrNamespace)
		require.NoError(t, results[0].Err)
		require.ErrorIs(t, results[1].Err, protocol.ErrInvalidBin)
		require.False(t, requireError(t, results[1].Err).InDoubt)
		require.NoError(t, results[2].Err)
		require.ErrorIs(t, results[3].Err, protocol.InvalidNamespace)
		_, err = c.BatchWrite(t.Context(), nil, []BatchRow{{}})
		require.ErrorIs(t, err, ErrConfig)
	})
}

func TestBatchRefusedAsAWhole(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for code, inDoubt := range map[protocol.ResultCode]bool{protocol.BatchQueuesFull: false, protocol.ParameterError: true} {
			f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
				return write(conn, message(wire.Header{Info3: wire.Info3Last, ResultCode: code}))
			})
			results, err := c.BatchDelete(t.Context(), nil, testKeys(3))
			require.ErrorIs(t, err, code)
			require.Equal(t, inDoubt, requireError(t, results[2].Err).InDoubt)
		}
	})
}

func TestBatchHostileRows(t *testing.T) {
	for name, index := range map[string]uint32{"unknown row": 77, "row twice": 0} {
		t.Run(name, func(t *testing.T) {
			bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
				f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
					for range 3 {
						write(conn, message(wire.Header{TransactionTTL: index}))
					}
					return true
				})
				_, err := c.BatchExists(t.Context(), nil, testKeys(3))
				require.ErrorIs(t, err, protocol.ErrMalformed)
			})
		})
	}
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			return write(conn, message(wire.Header{Info3: wire.Info3Last}))
		})
		_, err := c.BatchExists(t.Context(), nil, testKeys(3))
		require.ErrorIs(t, err, protocol.ErrMalformed, "rows are missing")
	})
}

func TestBatchTimeout(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyNothing)
		f.node(1).play(batchRows(0, rowOK))
		start := time.Now()
		results, err := c.BatchDelete(t.Context(), &BatchPolicy{TotalTimeout: 2 * time.Second}, testKeys(10))
		require.Equal(t, 2*time.Second, time.Since(start))
		require.ErrorIs(t, err, ErrTimeout)
		for _, r := range results {
			require.Equal(t, r.Key.Partition()%2 == 0, r.Err != nil)
		}
	})
}

// TestBatchSlowNode: the caller reads the answers of all nodes, and one that is slow, or stops in
// the middle of its answer, does not cost the rows of the others.
func TestBatchSlowNode(t *testing.T) {
	const limit = 2 * time.Second
	stop := func(conn net.Conn, m *wire.Message) bool {
		whole := message(wire.Header{Info3: wire.Info3Last})
		return write(conn, whole[:len(whole)-1])
	}
	const short = 100 * time.Millisecond
	for name, test := range map[string]struct {
		slow   script
		takes  time.Duration
		err    error // of the node's rows
		rows   int
		socket time.Duration // timeout
	}{
		"slow":                         {replyAfter(50*time.Millisecond, batchRows(0, rowOK)), 50 * time.Millisecond, nil, 30, 0},
		"slow, one row a node":         {replyAfter(50*time.Millisecond, replyOK), 50 * time.Millisecond, nil, 3, 0},
		"silent":                       {replyNothing, limit, ErrTimeout, 30, 0},
		"silent, socket timeout":       {replyNothing, short, ErrTimeout, 30, short},
		"stops":                        {stop, limit, ErrTimeout, 30, 0},
		"stops, socket timeout":        {stop, short, ErrTimeout, 30, short},
		"stops, one row a node":        {stop, limit, ErrTimeout, 3, 0},
		"stops, one row, with timeout": {stop, short, ErrTimeout, 3, short},
	} {
		for slow := range 3 {
			t.Run(fmt.Sprintf("%s, node %d", name, slow), func(t *testing.T) {
				bubble(t, 3, nil, func(t *testing.T, f *fakeNet, c *Client) {
					for i := range 3 {
						f.node(i).play(batchRows(0, rowOK))
					}
					_, err := c.BatchExists(t.Context(), nil, testKeys(50)) // connections are idle from now on
					require.NoError(t, err)
					var keys []protocol.Key
					for i, onNode := 0, [3]int{}; len(keys) < test.rows; i++ {
						key := protocol.MustKey("test", "slow", i)
						if n := key.Partition() % 3; onNode[n] < test.rows/3 {
							onNode[n]++
							keys = append(keys, key)
						}
					}
					for i := range 3 {
						if test.rows == 3 {
							f.node(i).play(replyOK)
						}
					}
					f.node(slow).play(test.slow)
					start := time.Now()
					results, err := c.BatchDelete(t.Context(), &BatchPolicy{TotalTimeout: limit, SocketTimeout: test.socket, MaxRetries: NoRetries}, keys)
					require.InDelta(t, test.takes, time.Since(start), float64(5*time.Millisecond))
					require.ErrorIs(t, err, test.err)
					for _, r := range results {
						if int(r.Key.Partition()%3) == slow {
							require.ErrorIs(t, r.Err, test.err)
						} else {
							require.NoError(t, r.Err)
						}
					}
				})
			})
		}
	}
}

// TestBatchStalledNodes: nodes that are slow at the same time don't add their timeouts.
func TestBatchStalledNodes(t *testing.T) {
	const timeout = 100 * time.Millisecond
	bubble(t, 3, nil, func(t *testing.T, f *fakeNet, c *Client) {
		for i := range 3 {
			f.node(i).play(batchRows(0, rowOK))
		}
		_, err := c.BatchExists(t.Context(), nil, testKeys(50)) // connections are idle from now on
		require.NoError(t, err)
		whole := message(wire.Header{Info3: wire.Info3Last})
		for i := range 3 {
			f.node(i).play(replyNothing)
		}
		first := testKeys(50)[0].Partition() % 3
		f.node(int(first)).play(replyBytes(whole[:len(whole)-1]))
		start := time.Now()
		_, err = c.BatchDelete(t.Context(), &BatchPolicy{SocketTimeout: timeout, MaxRetries: NoRetries}, testKeys(50))
		require.ErrorIs(t, err, ErrTimeout)
		require.InDelta(t, timeout, time.Since(start), float64(10*time.Millisecond))
	})
}
