package cluster

import (
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// replyVerdict answers a command, each row of a batch, or a query with a result code.
func replyVerdict(code protocol.ResultCode) script {
	return func(c net.Conn, m *wire.Message) bool {
		if _, batch := m.Field(wire.FieldBatch); batch {
			return batchRows(0, func(*wire.ParsedRow) wire.Header { return wire.Header{ResultCode: code} })(c, m)
		}
		if _, query := m.Field(wire.FieldPartitions); query {
			return write(c, message(wire.Header{ResultCode: code, Info3: wire.Info3Last}))
		}
		return replyCode(code)(c, m)
	}
}

// requireOutcome checks the outcome of a single try of each kind of command for a result code. The
// connection is kept.
func requireOutcome(t *testing.T, code protocol.ResultCode, inDoubt bool) {
	t.Helper()
	eachKind(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		f.node(0).once(replyVerdict(code))
		err := k.run(t.Context(), c, settings{retries: NoRetries})
		require.ErrorIs(t, err, code)
		for _, e := range verdicts(t, err) {
			require.Equal(t, code, e.Code)
			require.Equal(t, 1, e.Attempts)
		}
		requireVerdict(t, err, inDoubt && k.write)
		require.Equal(t, 1, f.node(0).received())
		require.Equal(t, 1, idleOf(c.Nodes()[0].pool), "kept")
	})
}

// TestCase35ServerTimeout: the server's own timeout leaves open whether a write was applied.
func TestCase35ServerTimeout(t *testing.T) {
	requireOutcome(t, protocol.ServerTimeout, true)
}

// TestCase36RefusedOnFirstSend: a definite refusal is not applied, and is not retried even if
// retries are allowed.
func TestCase36RefusedOnFirstSend(t *testing.T) {
	for _, code := range []protocol.ResultCode{protocol.KeyExists, protocol.GenerationError, protocol.Forbidden} {
		requireOutcome(t, code, false)
		eachKind(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
			f.node(0).once(replyVerdict(code))
			require.ErrorIs(t, k.run(t.Context(), c, settings{retries: 3}), code)
			require.Equal(t, 1, f.node(0).received())
		})
	}
}

// TestCase37GenerationErrorOnSecondSend: the first try, which was not answered, may have
// incremented the generation.
func TestCase37GenerationErrorOnSecondSend(t *testing.T) {
	eachKind(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client, k *kind) {
		if !k.write {
			t.Skip("only writes are in doubt")
		}
		f.node(0).play(func(net.Conn, *wire.Message) bool {
			f.node(0).play(replyVerdict(protocol.GenerationError))
			return false
		})
		err := k.run(t.Context(), c, settings{retries: 1})
		require.ErrorIs(t, err, protocol.GenerationError)
		requireVerdict(t, err, true)
		for _, e := range verdicts(t, err) {
			require.Equal(t, 2, e.Attempts)
		}

		f.node(0).play(func(c net.Conn, m *wire.Message) bool {
			f.node(0).play(replyVerdict(protocol.GenerationError))
			return replyVerdict(protocol.DeviceOverload)(c, m)
		})
		err = k.run(t.Context(), c, settings{retries: 1})
		require.ErrorIs(t, err, protocol.GenerationError)
		requireVerdict(t, err, false)
	})
}

// TestCase38Overloaded: an overloaded device is retried after a pause and counts against the node;
// a busy record does neither.
func TestCase38Overloaded(t *testing.T) {
	requireOutcome(t, protocol.DeviceOverload, false)
	requireOutcome(t, protocol.KeyBusy, false)
	bubble(t, 1, maxErrors(4), func(t *testing.T, f *fakeNet, c *Client) {
		p := &WritePolicy{MaxRetries: 2, SleepBetweenRetries: 100 * time.Millisecond}
		f.node(0).play(replyVerdict(protocol.KeyBusy))
		for range 10 {
			require.ErrorIs(t, c.Put(t.Context(), p, testKey, testBins), protocol.KeyBusy)
		}
		require.Equal(t, 10, f.node(0).received())

		f.node(0).play(replyVerdict(protocol.DeviceOverload))
		start := time.Now()
		err := c.Put(t.Context(), p, testKey, testBins)
		require.Equal(t, 200*time.Millisecond, time.Since(start))
		require.ErrorIs(t, err, protocol.DeviceOverload)
		require.Equal(t, 3, requireError(t, err).Attempts)
		requireVerdict(t, err, false)
		require.ErrorIs(t, c.Put(t.Context(), p, testKey, testBins), ErrNodeBackoff)
		require.Equal(t, 15, f.node(0).received())
	})
}

// TestCase39UnknownResultCode: an unknown code of a newer server is a refusal, and keeps its
// number.
func TestCase39UnknownResultCode(t *testing.T) {
	for _, code := range []protocol.ResultCode{199, 240, 255} {
		requireOutcome(t, code, false)
	}
}

// TestCase57SlowReader: a slow loop slows down only the nodes that it reads from, and little is
// read ahead.
func TestCase57SlowReader(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		var mu sync.Mutex
		sent := 0
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			if _, query := m.Field(wire.FieldPartitions); !query {
				return replySuccess(conn, m)
			}
			for p := range uint16(protocol.PartitionCount) {
				if !write(conn, frame(wire.ProtoMessage, scanRow(p, 0))) {
					return false
				}
				mu.Lock()
				sent++
				mu.Unlock()
			}
			return write(conn, message(wire.Header{Info3: wire.Info3Last}))
		})
		read := 0
		for rec, err := range c.Scan(t.Context(), nil, "test", "s") {
			require.NoError(t, err)
			require.NotNil(t, rec)
			if read++; read%64 != 1 {
				continue
			}
			synctest.Wait()
			mu.Lock()
			require.LessOrEqual(t, sent-read, 4*chunkRecords, "read ahead")
			mu.Unlock()
			// Other callers are not delayed meanwhile.
			start := time.Now()
			_, err := c.Get(t.Context(), nil, testKey)
			require.NoError(t, err)
			require.Zero(t, time.Since(start))
			time.Sleep(time.Second)
		}
		require.Equal(t, protocol.PartitionCount, read)
	})
}

// TestCase59PanicInTheLoop: a panic in the loop body reaches the caller, and leaves no goroutine
// and no connection in use.
func TestCase59PanicInTheLoop(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(scanRows(3, 0))
		f.node(1).play(scanRows(3, 0))
		require.PanicsWithValue(t, "in the loop", func() {
			for range c.Scan(t.Context(), nil, "test", "s") {
				panic("in the loop")
			}
		})
		require.Zero(t, inUse(c))
		n, err := collect(t, c, nil)
		require.NoError(t, err)
		require.Equal(t, 3*protocol.PartitionCount, n)
		took, err := shutDown(t, c, time.Second)
		require.NoError(t, err, "the call has ended")
		require.Zero(t, took)
	})
}
