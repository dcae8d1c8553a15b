package sim

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/protocol/wire"
)

// A network is the network on the client's side. It records what was sent without using the
// client's own count: a message counts as sent when the connection has accepted its last byte.
type network struct {
	dialer func(ctx context.Context, network, address string) (net.Conn, error)
	faults *injector // nil while there are none

	mu   sync.Mutex
	sent map[Token]int // messages sent, by the tokens in them
	// ticks counts the events here, so that they can be ordered. tried is the tick at which the
	// last write of a message with the token ended.
	ticks uint64
	tried map[Token]uint64
	open  map[*link]struct{}
	made  int // connections
}

func newNetwork(dialer func(context.Context, string, string) (net.Conn, error)) *network {
	return &network{dialer: dialer, sent: make(map[Token]int), tried: make(map[Token]uint64), open: make(map[*link]struct{})}
}

// dial is a client's dial function.
func (w *network) dial(ctx context.Context, network, address string) (net.Conn, error) {
	nc, err := w.dialer(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made++
	l := &link{Conn: nc, wire: w, number: w.made, deadlineChanged: make(chan struct{}, 1)}
	w.open[l] = struct{}{}
	if w.faults != nil {
		if until, ok := w.faults.mutedUntil(l.number); ok {
			l.mute.Store(true)
			time.AfterFunc(time.Until(until), l.breakOff)
		}
	}
	return l, nil
}

// tick returns the next tick.
func (w *network) tick() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ticks++
	return w.ticks
}

// wrote records that the write of a message with the tokens has ended.
func (w *network) wrote(tokens []Token) {
	if len(tokens) == 0 {
		return
	}
	now := w.tick()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range tokens {
		w.tried[t] = now
	}
}

// connections returns the number of open connections.
func (w *network) connections() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.open)
}

// breakOff breaks all connections.
func (w *network) breakOff() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for l := range w.open {
		l.breakOff()
	}
}

// A link is a connection of a client. Only one goroutine writes at a time.
type link struct {
	net.Conn
	wire            *network
	number          int
	messages        int
	partial         []byte        // the part that was sent of an incomplete message
	deadlineChanged chan struct{} // signals that a deadline changed or the connection was closed
	deadline        atomic.Int64  // in Unix nanoseconds, 0 for none
	mute            atomic.Bool   // discard what is written
	closed          sync.Once
}

// Write writes p, possibly in pieces.
func (l *link) Write(p []byte) (int, error) {
	var tokens []Token
	if h, err := wire.ParseProtoHeader(p); err == nil {
		tokens = bodyTokens(nil, p[wire.ProtoHeaderSize:], h.Type == wire.ProtoCompressed)
	}
	defer l.wire.wrote(tokens)
	if l.mute.Load() {
		l.took(p)
		return len(p), nil
	}
	piece, pause := len(p), time.Duration(0)
	if l.wire.faults != nil {
		if n, d := l.wire.faults.narrow(l.number, l.messages, tokens); n > 0 {
			piece, pause = n, d
		}
	}
	return l.write(p, piece, pause)
}

// write writes p in pieces, with pauses between them.
func (l *link) write(p []byte, piece int, pause time.Duration) (written int, err error) {
	select {
	case <-l.deadlineChanged: // discard earlier signals: this write sees those changes anyway
	default:
	}
	for {
		n, err := l.Conn.Write(p[written:min(len(p), written+piece)])
		l.took(p[written : written+n])
		written += n
		if err != nil || written == len(p) {
			return written, err
		}
		l.wait(pause)
	}
}

// breakOff breaks the connection as a network does, even if it was mute.
func (l *link) breakOff() {
	l.mute.Store(false)
	l.Conn.Close()
}

// wait sleeps, but not beyond the deadline or a change of it. The next write handles either.
func (l *link) wait(d time.Duration) {
	if at := l.deadline.Load(); at != 0 {
		d = min(d, time.Until(time.Unix(0, at)))
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.deadlineChanged:
	}
}

func (l *link) signalDeadline() {
	select {
	case l.deadlineChanged <- struct{}{}:
	default:
	}
}

// SetDeadline makes a waiting write use the new deadline.
func (l *link) SetDeadline(t time.Time) error {
	defer l.signalDeadline()
	l.deadline.Store(0)
	if !t.IsZero() {
		l.deadline.Store(t.UnixNano())
	}
	return l.Conn.SetDeadline(t)
}

// Close closes the connection.
func (l *link) Close() error {
	l.closed.Do(func() {
		l.wire.mu.Lock()
		delete(l.wire.open, l)
		l.wire.mu.Unlock()
	})
	defer l.signalDeadline()
	return l.Conn.Close()
}

// took records bytes that were sent.
func (l *link) took(p []byte) {
	if len(l.partial) > 0 {
		l.partial = append(l.partial, p...)
		p = l.partial
	}
	for len(p) >= wire.ProtoHeaderSize {
		h, err := wire.ParseProtoHeader(p)
		if err != nil || len(p) < wire.ProtoHeaderSize+h.Size {
			break
		}
		l.sent(h.Type, p[wire.ProtoHeaderSize:wire.ProtoHeaderSize+h.Size])
		p = p[wire.ProtoHeaderSize+h.Size:]
	}
	l.partial = append(l.partial[:0], p...)
}

// sent records a complete message.
func (l *link) sent(t wire.ProtoType, body []byte) {
	l.messages++
	tokens := bodyTokens(nil, body, t == wire.ProtoCompressed)
	l.wire.mu.Lock()
	defer l.wire.mu.Unlock()
	for _, t := range tokens {
		l.wire.sent[t]++
	}
}
