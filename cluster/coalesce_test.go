package cluster

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A held answers messages only when it is released, so that commands are coalesced meanwhile. A
// batch is answered row by row, with the row's own digest in the generation. sizes has the number
// of rows of each message, 1 for a single command.
type held struct {
	release chan struct{}
	mu      sync.Mutex // guards sizes
	sizes   []int
	row     func(r *wire.ParsedRow) wire.Header
}

func newHeld() *held {
	return &held{release: make(chan struct{}), row: func(r *wire.ParsedRow) wire.Header {
		return wire.Header{Generation: generationOf(r.Digest)}
	}}
}

func generationOf(d protocol.Digest) uint32 { return uint32(binary.BigEndian.Uint16(d[4:])) }

func (h *held) play(c net.Conn, m *wire.Message) bool {
	data, isBatch := m.Field(wire.FieldBatch)
	n := 1
	if isBatch {
		b, err := wire.ParseBatch(data)
		if err != nil {
			return false
		}
		n = b.Rows
	}
	h.mu.Lock()
	h.sizes = append(h.sizes, n)
	h.mu.Unlock()
	<-h.release
	if isBatch {
		return batchRows(0, h.row)(c, m)
	}
	d, _ := m.Field(wire.FieldDigest)
	return write(c, message(wire.Header{Generation: generationOf(protocol.Digest(d))}))
}

// fill uses up the in-flight limit of the only node, for reads or writes, with commands that are
// held.
func (h *held) fill(t *testing.T, c *Client, write bool) (done *sync.WaitGroup) {
	done = new(sync.WaitGroup)
	co := c.Nodes()[0].reads
	if write {
		co = c.Nodes()[0].writes
	}
	co.mu.Lock()
	places := max(co.queue.Slots, co.queue.Few)
	co.mu.Unlock()
	for range places {
		done.Go(func() {
			if write {
				require.NoError(t, c.Touch(t.Context(), nil, testKey))
				return
			}
			_, err := c.GetHeader(t.Context(), nil, testKey)
			require.NoError(t, err)
		})
	}
	synctest.Wait()
	return done
}

func TestCoalesce(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		h := newHeld()
		f.node(0).play(h.play)
		first := h.fill(t, c, false)
		var all sync.WaitGroup
		for i := range 300 {
			all.Go(func() {
				key := protocol.MustKey("test", "s", i)
				rec, err := c.GetHeader(t.Context(), nil, key)
				if err != nil {
					t.Error(err)
					return
				}
				if rec.Generation != generationOf(key.Digest()) {
					t.Error("another caller's response")
				}
			})
		}
		synctest.Wait()
		close(h.release)
		first.Wait()
		all.Wait()
		require.Equal(t, slices.Repeat([]int{1}, fewInFlight), h.sizes[:fewInFlight], "commands don't wait while few are in flight")
		require.ElementsMatch(t, []int{coalesceRows, coalesceRows, 300 - 2*coalesceRows}, h.sizes[fewInFlight:])
	})
}

func TestCoalesceOff(t *testing.T) {
	bubble(t, 1, func(cfg *Config) { cfg.Coalesce = CoalesceOff }, func(t *testing.T, f *fakeNet, c *Client) {
		h := newHeld()
		f.node(0).play(h.play)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { c.GetHeader(t.Context(), nil, testKey) })
		}
		synctest.Wait()
		require.Len(t, h.sizes, 20)
		close(h.release)
		all.Wait()
	})
}

// gathered starts commands that are sent as one message, and returns their errors.
func gathered(t *testing.T, f *fakeNet, c *Client, answer script, commands ...func() error) []error {
	t.Helper()
	h := newHeld()
	f.node(0).play(h.play)
	first := h.fill(t, c, true)
	errs := make([]error, len(commands))
	var all sync.WaitGroup
	for i, command := range commands {
		all.Go(func() { errs[i] = command() })
		synctest.Wait()
	}
	f.node(0).play(answer)
	close(h.release)
	first.Wait()
	all.Wait()
	return errs
}

func TestCoalescedKeepTheirOwnOutcome(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		codes := []protocol.ResultCode{protocol.OK, protocol.KeyNotFound, protocol.GenerationError, protocol.ServerTimeout}
		put := func() error { return c.Put(t.Context(), nil, testKey, testBins) }
		bad := func() error {
			return c.Put(t.Context(), nil, testKey, protocol.Bins{{Name: "much-too-long-for-a-bin"}})
		}
		errs := gathered(t, f, c, batchRows(0, func(r *wire.ParsedRow) wire.Header {
			return wire.Header{ResultCode: codes[r.Index]}
		}), put, put, bad, put, put)
		require.NoError(t, errs[0])
		require.ErrorIs(t, errs[1], protocol.KeyNotFound)
		require.ErrorIs(t, errs[2], protocol.ErrInvalidBin, "it was removed before sending")
		require.False(t, requireError(t, errs[2]).InDoubt)
		require.ErrorIs(t, errs[3], protocol.GenerationError)
		require.False(t, requireError(t, errs[3]).InDoubt)
		require.ErrorIs(t, errs[4], protocol.ServerTimeout)
		require.True(t, requireError(t, errs[4]).InDoubt)
	})
}

func TestCoalescedConnectionLost(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		put := func() error { return c.Put(t.Context(), nil, testKey, testBins) }
		var cuts atomic.Int32
		errs := gathered(t, f, c, func(conn net.Conn, m *wire.Message) bool {
			if cuts.Add(1) == 1 {
				return batchRows(1, rowOK)(conn, m)
			}
			return replyOK(conn, m)
		}, put, put, func() error {
			return c.Put(t.Context(), &WritePolicy{MaxRetries: 1}, testKey, testBins)
		})
		require.NoError(t, errs[0], "it was answered")
		require.True(t, requireError(t, errs[1]).InDoubt)
		require.NoError(t, errs[2], "this command's policy allows a retry")
	})
}

func TestCoalescedSingleCommand(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		errs := gathered(t, f, c, replyCode(protocol.KeyExists), func() error {
			return c.Put(t.Context(), nil, testKey, testBins)
		})
		require.ErrorIs(t, errs[0], protocol.KeyExists)
	})
}

func TestNodeWithoutBatches(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		put := func() error { return c.Put(t.Context(), nil, testKey, testBins) }
		errs := gathered(t, f, c, func(conn net.Conn, m *wire.Message) bool {
			if _, isBatch := m.Field(wire.FieldBatch); isBatch {
				return write(conn, message(wire.Header{Info3: wire.Info3Last, ResultCode: protocol.BatchDisabled}))
			}
			return replyOK(conn, m)
		}, put, put, put)
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.True(t, c.Nodes()[0].writes.off.Load(), "commands are sent one by one from now on")
	})
}

// TestNodeWithShortBatches: a message that the node refuses for its length is done one by one, and
// later ones are shorter.
func TestNodeWithShortBatches(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		const most = 4
		var refusals atomic.Int32
		node := func(conn net.Conn, m *wire.Message) bool {
			data, isBatch := m.Field(wire.FieldBatch)
			if !isBatch {
				return replyOK(conn, m)
			}
			batch, err := wire.ParseBatch(data)
			if err != nil {
				return false
			}
			if batch.Rows > most {
				refusals.Add(1)
				return write(conn, message(wire.Header{Info3: wire.Info3Last, ResultCode: protocol.BatchMaxRequests}))
			}
			return batchRows(0, rowOK)(conn, m)
		}
		puts := slices.Repeat([]func() error{func() error { return c.Put(t.Context(), nil, testKey, testBins) }}, 16)
		for round := range 4 {
			before := refusals.Load()
			for _, err := range gathered(t, f, c, node, puts...) {
				require.NoError(t, err)
			}
			require.Equal(t, round < 2, refusals.Load() > before, "round %d: messages of 16, 8 and 4 commands", round)
		}
	})
}

func TestCancelBeforeAndAfterSending(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		h := newHeld()
		f.node(0).play(h.play)
		first := h.fill(t, c, true)
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		start := time.Now()
		all.Go(func() {
			e := requireError(t, c.Put(ctx, nil, testKey, testBins))
			require.ErrorIs(t, e, context.Canceled)
			require.False(t, e.InDoubt, "it was never sent")
		})
		all.Go(func() {
			e := requireError(t, c.Put(t.Context(), &WritePolicy{TotalTimeout: 5 * time.Millisecond}, testKey, testBins))
			require.ErrorIs(t, e, ErrTimeout)
			require.False(t, e.InDoubt)
		})
		synctest.Wait()
		cancel()
		all.Wait()
		require.Equal(t, 5*time.Millisecond, time.Since(start))

		ctx, cancel = context.WithCancel(t.Context())
		defer cancel()
		for range 2 {
			all.Go(func() {
				e := requireError(t, c.Put(ctx, nil, testKey, testBins))
				require.ErrorIs(t, e, context.Canceled)
				require.True(t, e.InDoubt)
			})
		}
		all.Go(func() {
			require.NoError(t, c.Put(t.Context(), nil, testKey, testBins), "it is not affected by canceled commands")
		})
		synctest.Wait()
		h.release <- struct{}{}
		synctest.Wait()
		require.Equal(t, 3, h.sizes[len(h.sizes)-1])
		cancel()
		synctest.Wait()
		close(h.release)
		first.Wait()
		all.Wait()
	})
}

// TestStuckMessagesDoNotBlock: commands wait only briefly for messages that a node does not answer,
// and reads never wait for writes.
func TestStuckMessagesDoNotBlock(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		h := newHeld()
		f.node(0).play(h.play)
		first := h.fill(t, c, true)
		f.node(0).play(replyOK)
		start := time.Now()
		_, err := c.Get(t.Context(), nil, testKey)
		require.NoError(t, err)
		require.Zero(t, time.Since(start))
		require.NoError(t, c.Put(t.Context(), nil, testKey, testBins))
		require.Equal(t, coalescePatience, time.Since(start))
		close(h.release)
		first.Wait()
	})
}

// TestCoalescedContextDeadline: the error names the context's deadline, whether the caller or the
// sender notices first that the time has run out.
func TestCoalescedContextDeadline(t *testing.T) {
	for _, commands := range []int{1, 2} {
		for range 30 {
			bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				defer cancel()
				put := func() error { return c.Put(ctx, nil, testKey, testBins) }
				for _, err := range gathered(t, f, c, replyNothing, slices.Repeat([]func() error{put}, commands)...) {
					require.ErrorIs(t, err, context.DeadlineExceeded)
				}
			})
		}
	}
}

// TestSenderWithoutConnection: commands keep waiting if their sender gets no connection within its
// own time.
func TestSenderWithoutConnection(t *testing.T) {
	few := func(cfg *Config) { cfg.MaxConnsPerNode, cfg.ConnectTimeout = 1, coalescePatience/2 }
	bubble(t, 1, few, func(t *testing.T, f *fakeNet, c *Client) {
		h := newHeld()
		f.node(0).play(h.play)
		touch := func(ctx context.Context) error { return c.Touch(ctx, nil, testKey) }
		var all sync.WaitGroup
		for range coalescePlaces - 1 {
			all.Go(func() { assert.NoError(t, touch(t.Context())) })
		}
		ctx, cancel := context.WithCancel(t.Context())
		all.Go(func() { assert.ErrorIs(t, touch(ctx), context.Canceled) })
		synctest.Wait()
		all.Go(func() { assert.NoError(t, touch(t.Context())) })
		synctest.Wait()
		cancel() // its slot goes to a sender, which must wait for the only connection
		time.Sleep(coalescePatience - 1)
		close(h.release)
		all.Wait()
	})
}

func TestCloseWhileCoalescing(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		f.node(0).play(replyNothing)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				require.ErrorIs(t, c.Put(t.Context(), nil, testKey, testBins), ErrClosed)
			})
		}
		synctest.Wait()
		require.NoError(t, c.Close())
		all.Wait()
	})
}

func TestLargeCommandsAreNotCoalesced(t *testing.T) {
	blob := protocol.Bins{{Name: "b", Value: protocol.Blob(make([]byte, coalesceSize+1))}}
	require.True(t, large(blob))
	require.False(t, large(testBins))
	require.True(t, largeOps([]protocol.Operation{protocol.PutBin("b", blob[0].Value)}))
	require.True(t, large(protocol.Bins{{Name: "l", Value: protocol.List(make([]protocol.Value, 1000)...)}}))
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		h := newHeld()
		f.node(0).play(h.play)
		first := h.fill(t, c, true)
		var all sync.WaitGroup
		all.Go(func() { require.NoError(t, c.Put(t.Context(), nil, testKey, blob)) })
		synctest.Wait()
		require.Len(t, h.sizes, fewInFlight+1)
		close(h.release)
		first.Wait()
		all.Wait()
	})
}

// TestResponsesReachTheirCallers runs many callers, each with its own keys and timeout, against a
// node that answers, refuses, and closes connections.
func TestResponsesReachTheirCallers(t *testing.T) {
	bubble(t, 2, nil, func(t *testing.T, f *fakeNet, c *Client) {
		var messages atomic.Int64
		h := newHeld()
		close(h.release)
		for i := range 2 {
			f.node(i).play(func(conn net.Conn, m *wire.Message) bool {
				time.Sleep(time.Millisecond)
				if messages.Add(1)%17 == 0 {
					return batchRows(3, h.row)(conn, m)
				}
				h.mu.Lock()
				h.sizes = nil
				h.mu.Unlock()
				return h.play(conn, m)
			})
		}
		var all sync.WaitGroup
		var wrong, ok atomic.Int64
		for w := range 100 {
			all.Go(func() {
				for i := range 50 {
					key := protocol.MustKey("test", "s", fmt.Sprint(w, i))
					p := &ReadPolicy{TotalTimeout: time.Duration(1+(w*i)%40) * time.Millisecond}
					rec, err := c.GetHeader(t.Context(), p, key)
					switch {
					case err != nil:
					case rec.Generation == generationOf(key.Digest()) || rec.Generation == 1:
						ok.Add(1)
					default:
						wrong.Add(1)
					}
				}
			})
		}
		all.Wait()
		require.Zero(t, wrong.Load())
		require.Greater(t, ok.Load(), int64(2000))
	})
}
