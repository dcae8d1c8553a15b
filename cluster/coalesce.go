package cluster

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/overload"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/cluster/internal/sendqueue"
	"github.com/aerosql/aerosql/protocol/wire"
)

const (
	// coalescePlaces is the number of messages to one node in flight at the same time before
	// commands wait for each other, unless few commands are in flight. With two, one message is
	// with the server while the answers to the other are handed out. More messages would be
	// smaller, and cost more. If the node is far away it may be more, see places.
	coalescePlaces = 2
	// fewInFlight is the number of commands in flight up to which each is sent at once, alone. So
	// few callers don't wait for each other, and the node works on their commands at the same time.
	fewInFlight = 8
	// coalesceRows bounds the commands in one message, so that the first does not wait for a very
	// long one.
	coalesceRows = 128
	// mostReads and mostWrites bound the commands in one message of a sender that is starved: the
	// program keeps its CPUs so busy that the sender runs only every few milliseconds, and must get
	// much done then. Servers accept 5,000 commands in a message by default. Writes are longer.
	mostReads, mostWrites = 4096, 1024
	// coalescePatience is how long a command waits at least in a queue that does not move before it
	// is sent alone. Such a queue means that messages are stuck on the node, e.g. writes whose
	// replica is gone.
	coalescePatience = 20 * time.Millisecond
	// maxAlone bounds the commands of such a queue that are sent alone at the same time: if the
	// node is only slow, more messages would make it slower. It is more than DefaultMaxErrorRate,
	// so that a node that does not answer is put in backoff.
	maxAlone = 128
	// steadyShare is the share of Config.MaxQueuePerNode that may wait while commands arrive faster
	// than the node answers them, and starvedShare that while the senders are starved.
	steadyShare, starvedShare = 16, 4
	// starvedTrip is the share of a round trip for which a sender that could run must wait for its
	// turn until it is starved.
	starvedTrip = 4
	// starvedTurns is the number of messages after which a starved sender finds out again.
	starvedTurns = 8
	// coalesceSize is the size in bytes from which a command is sent alone.
	coalesceSize = 8 << 10
)

// A coalescer sends the commands for one node, alone or together. A node has two, one for reads and
// one for writes: a batch is answered when its slowest row is, and writes can be slow while reads
// are not.
type coalescer struct {
	node     *Node
	patience time.Duration // longest wait of a sender for a connection
	maxQueue int           // commands that may wait, 0 for any number
	off      atomic.Bool
	spare    sync.Pool // of *pending

	commands, messages atomic.Int64 // sent by senders
	// gate bounds the commands in the queue and on their way into it.
	gate overload.Gate

	// mu guards what follows. It is never held over I/O.
	mu    sync.Mutex
	queue sendqueue.Queue[*pending]
	all   []*sender // at most as many as the queue has slots
	idle  []*sender // those of all without a goroutine
	watch watchdog
	trips trips
	// lastTake is when a sender last took commands from the queue.
	lastTake time.Time
	alone    int // commands of a queue that does not move that are sent alone
	// running counts the goroutines of senders and of the watchdog. None is started once the queue
	// is closed.
	running sync.WaitGroup
}

// recycle keeps the memory of a pending for another. Nothing else may refer to it, except for the
// watchdog.
func (co *coalescer) recycle(e *pending) {
	e.cmd, e.resp, e.fail = nil, nil, failure{}
	co.spare.Put(e)
}

func newCoalescer(n *Node, env *env, mostRows int) *coalescer {
	co := &coalescer{node: n, patience: env.ConnectTimeout}
	co.spare.New = newPending
	co.off.Store(env.Coalesce == CoalesceOff)
	co.maxQueue = max(env.MaxQueuePerNode, 0)
	co.gate.Bound(co.maxQueue, co.maxQueue/steadyShare)
	co.queue = sendqueue.Queue[*pending]{Slots: coalescePlaces, Few: min(fewInFlight, env.MaxConnsPerNode), Rows: coalesceRows, MostRows: mostRows}
	return co
}

// do sends a command, alone or with others.
func (co *coalescer) do(ctx context.Context, s *link.Span, now time.Time, cmd *wire.Command, resp *wire.Response, alone bool) failure {
	if alone || co.off.Load() {
		return co.node.do(ctx, s, now, cmd, resp)
	}
	if !co.gate.Enter() {
		return failure{err: ErrOverload, outcome: retry.Backoff}
	}
	co.mu.Lock()
	if co.queue.Enter() {
		co.mu.Unlock()
		co.gate.Leave(1)
		f := co.node.do(ctx, s, now, cmd, resp)
		end := time.Now()
		co.mu.Lock()
		if f.err == nil {
			co.endTrip(now, 1, end)
		}
		co.leave()
		co.mu.Unlock()
		return f
	}
	e := co.spare.Get().(*pending)
	e.begin(cmd, resp, s, now)
	co.watch.watch(e.limit)
	if co.queue.Wait(e) {
		co.startSender()
	}
	co.startWatch(coalescePatience)
	co.mu.Unlock()
	return co.await(ctx, e)
}

// endTrip records a round trip that has ended. The caller holds mu.
func (co *coalescer) endTrip(began time.Time, commands int, now time.Time) {
	co.trips.add(now.Sub(began), commands, now)
	co.queue.Slots = co.trips.places()
}

// setSteady bounds the commands that may wait while the node is overloaded. A sender that is
// starved must find more when it runs.
func (co *coalescer) setSteady(starved bool) {
	share := steadyShare
	if starved {
		share = starvedShare
	}
	co.gate.SetSteady(co.maxQueue / share)
}

// limitRows bounds the commands of a message from now on, after the node has refused a longer one.
func (co *coalescer) limitRows(rows int) {
	co.mu.Lock()
	defer co.mu.Unlock()
	q := &co.queue
	q.MostRows = max(min(q.MostRows, rows), 1)
	q.Rows = min(q.Rows, q.MostRows)
}

// leave gives up a slot, or starts a sender that takes it over. The caller holds mu.
func (co *coalescer) leave() {
	if co.queue.Leave() {
		co.startSender()
	} else {
		co.gate.Relax()
	}
}

// startSender starts a sender for a slot that it takes over. The caller holds mu.
func (co *coalescer) startSender() {
	if len(co.idle) == 0 {
		k := newSender(co)
		co.all, co.idle = append(co.all, k), append(co.idle, k)
	}
	last := len(co.idle) - 1
	k := co.idle[last]
	co.idle = co.idle[:last]
	co.running.Add(1)
	go k.start()
}

// retire keeps a sender whose goroutine is about to end. The caller holds mu.
func (co *coalescer) retire(k *sender) {
	clear(k.roster)
	k.roster, k.resp = k.roster[:0], wire.Response{}
	co.idle = append(co.idle, k)
}

// close closes the queue. Pending commands fail; later commands are sent alone.
func (co *coalescer) close(reason error) {
	co.mu.Lock()
	left := co.queue.Close()
	co.gate.Leave(len(left))
	co.endWatch()
	co.mu.Unlock()
	for _, e := range left {
		co.drop(e, failure{err: reason, outcome: retry.NoConn, final: reason == ErrClosed})
	}
}

// finish hands the outcome to the caller, or drops it if the caller has left. If f is a failure,
// finish ignores resp.
func (co *coalescer) finish(e *pending, resp *wire.Response, f failure) {
	if !e.state.CompareAndSwap(pendingSent, pendingDone) {
		co.recycle(e)
		return
	}
	// The caller waits for the signal now, even if its time is over.
	if e.fail = f; f.err == nil {
		*e.resp = *resp
	}
	e.signals <- answered
}

// drop ends a command that was taken from the queue and not sent.
func (co *coalescer) drop(e *pending, f failure) {
	if e.state.CompareAndSwap(pendingWriting, pendingSent) {
		co.finish(e, nil, f)
		return
	}
	e.signals <- unsent
}
