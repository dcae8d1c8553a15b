package devserver

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// newPipe returns the two ends of an in-memory connection. Unlike net.Pipe it has a buffer in each
// direction, like a socket, so a peer may write several requests before it reads an answer.
func newPipe(address string) (client, server net.Conn) {
	up, down := newStream(), newStream()
	far, near := pipeAddr(address), pipeAddr("memory")
	return &pipeConn{in: down, out: up, local: near, remote: far}, &pipeConn{in: up, out: down, local: far, remote: near}
}

type pipeAddr string

func (pipeAddr) Network() string  { return "memory" }
func (a pipeAddr) String() string { return string(a) }

type pipeConn struct {
	in, out       *stream
	local, remote net.Addr
}

func (c *pipeConn) Read(p []byte) (int, error)  { return c.in.read(p) }
func (c *pipeConn) Write(p []byte) (int, error) { return c.out.write(p) }
func (c *pipeConn) LocalAddr() net.Addr         { return c.local }
func (c *pipeConn) RemoteAddr() net.Addr        { return c.remote }

func (c *pipeConn) Close() error {
	c.in.end(true)
	c.out.end(false)
	return nil
}

// reset breaks the connection. Data in transit in either direction is lost, and both ends get an
// error.
func (c *pipeConn) reset() {
	c.in.fail()
	c.out.fail()
}

// cutInput allows n more bytes of input and breaks the connection when the client writes more.
func (c *pipeConn) cutInput(n int) { c.in.cut(n) }

// writeSlices writes p in pieces of n bytes. The peer must read each piece before the next one is
// written.
func (c *pipeConn) writeSlices(p []byte, n int) error {
	for len(p) > 0 {
		piece := p[:min(n, len(p))]
		if _, err := c.out.write(piece); err != nil {
			return err
		}
		if err := c.out.drained(); err != nil {
			return err
		}
		p = p[len(piece):]
	}
	return nil
}

func (c *pipeConn) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

func (c *pipeConn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.readDeadline, t)
	return nil
}

func (c *pipeConn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(&c.out.writeDeadline, t)
	return nil
}

// streamLimit is how many unread bytes a stream holds before its writer blocks.
const streamLimit = 256 << 10

// A stream is one direction of a connection.
type stream struct {
	mu      sync.Mutex
	changed sync.Cond // signals any change of the fields below

	buf                         []byte // buf[off:] is unread
	off                         int
	readerGone, writerGone      bool
	broken                      bool // by a reset
	limited                     bool // the stream breaks after room more bytes
	room                        int
	readDeadline, writeDeadline deadline
}

func newStream() *stream {
	s := &stream{}
	s.changed.L = &s.mu
	return s
}

func (s *stream) read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.readerGone:
			return 0, io.ErrClosedPipe
		case s.broken:
			return 0, syscall.ECONNRESET
		case s.readDeadline.passed():
			return 0, os.ErrDeadlineExceeded
		case s.off < len(s.buf) || len(p) == 0:
			n := copy(p, s.buf[s.off:])
			s.off += n
			if s.off == len(s.buf) {
				if s.buf, s.off = s.buf[:0], 0; cap(s.buf) > idleSize {
					s.buf = nil
				}
			}
			s.changed.Broadcast()
			return n, nil
		case s.writerGone:
			return 0, io.EOF
		}
		s.changed.Wait()
	}
}

func (s *stream) write(p []byte) (written int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.broken && !s.writerGone, s.limited && s.room == 0 && len(p) > 0:
			return written, s.breakOff()
		case s.writerGone || s.readerGone:
			return written, io.ErrClosedPipe
		case s.writeDeadline.passed():
			return written, os.ErrDeadlineExceeded
		case len(p) == 0:
			return written, nil
		}
		if room := streamLimit - (len(s.buf) - s.off); room > 0 {
			n := min(room, len(p))
			if s.limited {
				n = min(n, s.room)
				s.room -= n
			}
			s.compact()
			s.buf = append(s.buf, p[:n]...)
			written, p = written+n, p[n:]
			s.changed.Broadcast()
			continue
		}
		s.changed.Wait()
	}
}

// breakOff breaks the stream as a reset does. The lock must be held.
func (s *stream) breakOff() error {
	s.broken = true
	s.buf, s.off = nil, 0
	s.changed.Broadcast()
	return syscall.ECONNRESET
}

func (s *stream) fail() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.breakOff()
}

func (s *stream) cut(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limited, s.room = true, max(n-(len(s.buf)-s.off), 0)
}

// drained waits until the reader has read everything that was written.
func (s *stream) drained() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.off < len(s.buf) {
		switch {
		case s.broken || s.writerGone || s.readerGone:
			return io.ErrClosedPipe
		case s.writeDeadline.passed():
			return os.ErrDeadlineExceeded
		}
		s.changed.Wait()
	}
	return nil
}

// compact moves the unread bytes to the front so that the buffer does not grow.
func (s *stream) compact() {
	if s.off > streamLimit/2 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.off:])]
		s.off = 0
	}
}

// end closes one side of the stream. If the writer closes it, the reader still gets what was
// written.
func (s *stream) end(reader bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if reader {
		s.readerGone = true
		s.readDeadline.stop()
	} else {
		s.writerGone = true
		s.writeDeadline.stop()
	}
	s.changed.Broadcast()
}

func (s *stream) setDeadline(d *deadline, t time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.at = t
	switch {
	case t.IsZero():
		d.stop()
	case d.timer == nil:
		d.timer = time.AfterFunc(time.Until(t), s.wake)
	default:
		d.timer.Reset(time.Until(t))
	}
	s.changed.Broadcast()
}

func (s *stream) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed.Broadcast()
}

// A deadline is a time with a timer that wakes blocked calls.
type deadline struct {
	at    time.Time
	timer *time.Timer
}

func (d *deadline) passed() bool { return !d.at.IsZero() && !time.Now().Before(d.at) }

func (d *deadline) stop() {
	if d.timer != nil {
		d.timer.Stop()
	}
}
