package cluster

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A busy is a node that works on one message at a time. It needs 50 µs for a message and 5 µs for
// each of its rows, so it can do 18,000 single commands a second or 186,000 in full messages.
type busy struct {
	turn         chan struct{} // has room for the connection that it works for
	message, row time.Duration
	messages     int
}

func newBusy() *busy {
	return &busy{turn: make(chan struct{}, 1), message: busyMessage, row: busyRow}
}

const busyMessage, busyRow = 50 * time.Microsecond, 5 * time.Microsecond

func (b *busy) play(c net.Conn, m *wire.Message) bool {
	b.turn <- struct{}{}
	defer func() { <-b.turn }()
	b.messages++
	rows := 1
	data, isBatch := m.Field(wire.FieldBatch)
	if isBatch {
		batch, err := wire.ParseBatch(data)
		if err != nil {
			return false
		}
		rows = batch.Rows
	}
	time.Sleep(b.message + time.Duration(rows)*b.row)
	if isBatch {
		return batchRows(0, rowOK)(c, m)
	}
	return replyOK(c, m)
}

// outcomes are those of the calls of a load.
type outcomes struct {
	mu       sync.Mutex
	took     []time.Duration // of the calls that succeeded
	failures []error
}

func (o *outcomes) add(took time.Duration, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err != nil {
		o.failures = append(o.failures, err)
		return
	}
	o.took = append(o.took, took)
}

// p99 returns the time within which 99 of 100 successful calls have returned.
func (o *outcomes) p99() time.Duration {
	slices.Sort(o.took)
	return o.took[len(o.took)*99/100]
}

// callUntil makes calls, each after the one before it, until a time.
func (o *outcomes) callUntil(end time.Time, call func(i int) error) {
	for i := 0; time.Now().Before(end); i++ {
		start := time.Now()
		err := call(i)
		o.add(time.Since(start), err)
	}
}

// closedLoop is the load of callers that each wait for their answer before they call again.
func closedLoop(callers int, d time.Duration, call func(i int) error) *outcomes {
	var o outcomes
	var all sync.WaitGroup
	end := time.Now().Add(d)
	for range callers {
		all.Go(func() { o.callUntil(end, call) })
	}
	all.Wait()
	return &o
}

// openLoop is the load of calls that begin at a rate per second, whatever becomes of the others.
// Calls that begin during the warm-up do not count.
func openLoop(rate float64, warmUp, d time.Duration, call func(i int) error) *outcomes {
	const tick = time.Millisecond
	var o outcomes
	var all sync.WaitGroup
	due := 0.0
	from := time.Now().Add(warmUp)
	for range (warmUp + d) / tick {
		for due += rate * tick.Seconds(); due >= 1; due-- {
			i := int(due)
			all.Go(func() {
				start := time.Now()
				if err := call(i); !start.Before(from) {
					o.add(time.Since(start), err)
				}
			})
		}
		time.Sleep(tick)
	}
	all.Wait()
	return &o
}

// TestOverload: twice as many calls begin as a node can answer. It answers as many as with the
// fewest callers that keep it busy, and those calls take at most three times as long. The others
// are refused, and the node does not seem to fail.
func TestOverload(t *testing.T) {
	const (
		busyCallers = coalescePlaces * coalesceRows
		warmUp      = 300 * time.Millisecond
		measured    = 400 * time.Millisecond
	)
	read := func(c *Client, total time.Duration) error {
		_, err := c.GetHeader(context.Background(), &ReadPolicy{TotalTimeout: total, MaxRetries: NoRetries}, testKey)
		return err
	}
	write := func(c *Client, total time.Duration) error {
		return c.Touch(context.Background(), &WritePolicy{TotalTimeout: total}, testKey)
	}
	for name, c := range map[string]struct {
		call  func(c *Client, total time.Duration) error
		queue int
		total time.Duration
		most  float64 // duration of a call that succeeds, relative to the peak
	}{
		"reads beyond the limit of the queue":  {read, 2048, 0, 3},
		"writes beyond the limit of the queue": {write, 2048, 0, 3},
		// There is no limit, so commands wait until their time is nearly over.
		"writes beyond their timeout": {write, -1, 50 * time.Millisecond, 5},
	} {
		t.Run(name, func(t *testing.T) {
			change := func(cfg *Config) { cfg.MaxQueuePerNode = c.queue }
			bubble(t, 1, change, func(t *testing.T, f *fakeNet, client *Client) {
				node := newBusy()
				node.message, node.row = 8*busyMessage, 8*busyRow
				f.node(0).play(node.play)
				call := func(int) error { return c.call(client, c.total) }
				peak := closedLoop(busyCallers, measured, call)
				require.Empty(t, peak.failures)
				rate := float64(len(peak.took)) / measured.Seconds()

				over := openLoop(2*rate, warmUp, measured, call)
				require.GreaterOrEqual(t, float64(len(over.took)), 0.9*float64(len(peak.took)))
				require.LessOrEqual(t, over.p99().Seconds(), c.most*peak.p99().Seconds())
				inDoubt := 0
				for _, err := range over.failures {
					if requireError(t, err).InDoubt {
						inDoubt++
						require.ErrorIs(t, err, ErrTimeout)
						continue
					}
					require.ErrorIs(t, err, ErrOverload)
					require.Equal(t, c.queue < 0, errors.Is(err, ErrTimeout))
				}
				if c.queue > 0 {
					require.Zero(t, inDoubt, "what is sent has time left")
				}
				require.Less(t, inDoubt, len(over.took)/10, "few messages are sent too late")
				require.NoError(t, call(0), "the queue is empty again")
			})
		})
	}
}

// TestTimeoutsInTheQueueDoNotCount: messages whose commands were in the queue for most of their
// time, and then time out, do not put the node in backoff.
func TestTimeoutsInTheQueueDoNotCount(t *testing.T) {
	for name, c := range map[string]struct {
		waits  time.Duration
		counts bool
	}{
		"most of the time": {6 * time.Millisecond, false},
		"a short time":     {4 * time.Millisecond, true},
	} {
		t.Run(name, func(t *testing.T) {
			few := func(cfg *Config) { cfg.MaxErrorRate, cfg.TendInterval = 1, time.Hour }
			bubble(t, 1, few, func(t *testing.T, f *fakeNet, client *Client) {
				for range 3 {
					h := newHeld()
					f.node(0).play(h.play)
					first := h.fill(t, client, true)
					var all sync.WaitGroup
					for range 2 {
						all.Go(func() {
							p := &WritePolicy{TotalTimeout: 10 * time.Millisecond}
							require.ErrorIs(t, client.Put(t.Context(), p, testKey, testBins), ErrTimeout)
						})
					}
					time.Sleep(c.waits)
					f.node(0).play(replyNothing)
					close(h.release)
					first.Wait()
					all.Wait()
					synctest.Wait()
					if client.Nodes()[0].circuit.backingOff() {
						break
					}
				}
				require.Equal(t, c.counts, client.Nodes()[0].circuit.backingOff())
			})
		})
	}
}

// TestStuckQueueSendsFewAlone: of the many commands in a queue that does not move only some are
// sent alone at the same time. When they are answered the next ones follow.
func TestStuckQueueSendsFewAlone(t *testing.T) {
	many := func(cfg *Config) { cfg.MaxConnsPerNode = 2 * maxAlone }
	bubble(t, 1, many, func(t *testing.T, f *fakeNet, c *Client) {
		h := newHeld()
		f.node(0).play(h.play)
		first := h.fill(t, c, true)
		const waiting = 3 * maxAlone
		alone := make(chan struct{})
		var sent atomic.Int64
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			sent.Add(1)
			<-alone
			return replyOK(conn, m)
		})
		var all sync.WaitGroup
		for i := range waiting {
			all.Go(func() { require.NoError(t, c.Touch(t.Context(), nil, protocol.MustKey("test", "s", i))) })
		}
		time.Sleep(coalescePatience)
		synctest.Wait()
		require.EqualValues(t, maxAlone, sent.Load())
		start := time.Now()
		close(alone)
		synctest.Wait()
		require.EqualValues(t, waiting, sent.Load())
		require.Zero(t, time.Since(start), "no other command waited for the watchdog")
		close(h.release)
		first.Wait()
		all.Wait()
	})
}
