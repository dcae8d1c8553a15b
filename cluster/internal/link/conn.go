package link

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

const (
	// ReadBufferSize is large enough for most answers to single commands, so that reading one takes
	// a single system call.
	ReadBufferSize = 4 << 10
	// shortBody is the size of a body that is lent from the read buffer. It leaves room for a byte
	// that may follow the body.
	shortBody = ReadBufferSize - 1
	// MaxKept is the maximum size in bytes of a buffer of requests, or of answers, that is kept for
	// the next command: that of a bin of 64 KiB with the rest of its message.
	MaxKept = 72 << 10
)

// longAgo is a deadline that interrupts pending reads and writes.
var longAgo = time.Unix(1, 0)

// A Conn is one connection to a node. It serves one command at a time.
type Conn struct {
	raw  net.Conn
	live liveness
	// Traffic counts the connection's bytes; nil counts nothing.
	Traffic *Traffic
	used    time.Time // when the connection was opened or its last command began

	auth  *Authenticator // nil in tests
	epoch uint64         // authentication epoch; see Authenticator.valid

	Request []byte // the request being written; its memory is reused
	in      [ReadBufferSize]byte
	r, w    int    // in[r:w] has been received but not consumed
	body    []byte // for bodies that are lent and too large for in; its memory is reused

	Span     Span // of the current command
	idle     bool // the deadline is the socket timeout's, which restarts when bytes arrive
	arrived  bool // bytes have arrived since the deadline was set
	served   bool // the connection has served a command
	Reused   bool // it served a command before the current one, or was idle for at least IdleCheckAge
	Unusable bool // it must not serve another command
	owed     int  // bytes of the current body that have not arrived

	// interrupted is set before a deadline in the past is set, and never reset. Code that sets a
	// deadline checks it afterwards, so no interruption is lost. interrupt is a field so that the
	// function is allocated only once.
	interrupted atomic.Bool
	interrupt   func()
}

// NewConn returns a Conn that uses a newly opened connection.
func NewConn(raw net.Conn) *Conn {
	c := &Conn{raw: raw, live: newLiveness(raw), used: time.Now()}
	c.interrupt = func() {
		c.interrupted.Store(true)
		c.raw.SetDeadline(longAgo)
	}
	return c
}

// Close closes the connection.
func (c *Conn) Close() { c.raw.Close() }

// Interrupted reports whether the connection was interrupted, by the end of a context or by closing
// the pool.
func (c *Conn) Interrupted() bool { return c.interrupted.Load() }

// Alive reports whether the connection looks usable. It checks the socket without waiting.
func (c *Conn) Alive() bool { return c.live.alive() }

// LastUsed returns when the last command began, or when the connection was opened.
func (c *Conn) LastUsed() time.Time { return c.used }

// Auth returns the Authenticator of the connection's node.
func (c *Conn) Auth() *Authenticator { return c.auth }

// BeginLimited starts a command that may take at most limit.
func (c *Conn) BeginLimited(limit time.Duration) {
	now := time.Now()
	c.Begin(&Span{Start: now, Deadline: now.Add(limit)}, now)
}

// Begin starts a command on the connection.
func (c *Conn) Begin(s *Span, now time.Time) {
	c.Reused, c.served = c.served || now.Sub(c.used) >= IdleCheckAge, true
	c.Span, c.used = *s, now
	c.Arm(now)
}

// Arm sets the connection's deadline to the command's deadline or the end of the socket timeout,
// whichever comes first.
func (c *Conn) Arm(now time.Time) {
	d := c.Span.Deadline
	c.idle, c.arrived = false, false
	if c.Span.Socket > 0 {
		if t := now.Add(c.Span.Socket); d.IsZero() || t.Before(d) {
			d, c.idle = t, true
		}
	}
	c.raw.SetDeadline(d)
	if c.interrupted.Load() {
		c.raw.SetDeadline(longAgo)
	}
}

// Arrives waits for the answer, but not longer than limit. It reports whether some of it has
// arrived, or reading fails.
func (c *Conn) Arrives(limit time.Duration) bool {
	if c.r < c.w {
		return true
	}
	d := time.Now().Add(limit)
	if end := c.Span.Deadline; !end.IsZero() && end.Before(d) {
		return true
	}
	c.readBefore(d)
	err := c.fill(1)
	early := errors.Is(err, os.ErrDeadlineExceeded) && !c.interrupted.Load()
	if early {
		c.Unusable = false
	}
	c.Arm(time.Now())
	return !early
}

// AllowArrived makes sure that an answer that has arrived can be read: if the deadline or the
// socket timeout has passed, the answer may begin within the given time from now.
func (c *Conn) AllowArrived(d time.Duration) {
	now := time.Now()
	if c.Span.Over(now) {
		c.Span.Deadline = now.Add(d)
		c.Arm(now)
	} else if c.Span.Socket > 0 && now.Sub(c.used) >= c.Span.Socket {
		c.Arm(now)
		c.readBefore(now.Add(d))
	}
}

// readBefore sets the deadline of the next read.
func (c *Conn) readBefore(d time.Time) {
	c.raw.SetReadDeadline(d)
	if c.interrupted.Load() {
		c.raw.SetDeadline(longAgo)
	}
}

// Watch arranges for the connection to be interrupted when the context ends. The caller must pass
// stop to Unwatch.
func (c *Conn) Watch(ctx context.Context) (stop func() bool) {
	if ctx.Done() == nil {
		return nil
	}
	return context.AfterFunc(ctx, c.interrupt)
}

// Unwatch ends Watch.
func (c *Conn) Unwatch(stop func() bool) {
	if stop != nil && !stop() {
		// The interruption has begun and could affect the next command.
		c.Unusable = true
	}
}

// Send writes the request and returns the number of bytes written. If it wrote all of them it
// returns a nil error, even if the connection failed afterwards.
func (c *Conn) Send() (int, error) {
	n, err := c.raw.Write(c.Request)
	c.Traffic.sent(n)
	if err != nil {
		c.Unusable = true
		if n >= len(c.Request) {
			err = nil
		}
	}
	return n, err
}

// Trim releases the memory of an unusually large request.
func (c *Conn) Trim() {
	if cap(c.Request) > MaxKept {
		c.Request = nil
	}
}

// fill reads until n bytes are in the buffer. n is at most ReadBufferSize.
func (c *Conn) fill(n int) error {
	if c.r == c.w {
		c.r, c.w = 0, 0
	} else if len(c.in)-c.r < n {
		c.w = copy(c.in[:], c.in[c.r:c.w])
		c.r = 0
	}
	for c.w-c.r < n {
		k, err := c.read(c.in[c.w:])
		c.w += k
		if err != nil && c.w-c.r < n {
			return err
		}
	}
	return nil
}

// read calls Read on the connection once. The end of the stream is io.ErrUnexpectedEOF, because an
// answer is expected.
func (c *Conn) read(p []byte) (int, error) {
	if c.idle && c.arrived {
		c.Arm(time.Now())
	}
	n, err := c.raw.Read(p)
	c.Traffic.received(n)
	if err != nil {
		c.Unusable = true
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return n, err
	}
	c.arrived = true
	return n, nil
}

// Compress compresses the request if it is larger than the span's threshold.
func (c *Conn) Compress() error {
	if c.Span.Compress == 0 || len(c.Request) <= c.Span.Compress {
		return nil
	}
	request, err := wire.AppendCompressed(nil, c.Request)
	if err == nil {
		c.Request = request
	}
	return err
}

// ReadMessage reads the body of a message, which may be compressed. The body is valid as described
// at ReadProto.
func (c *Conn) ReadMessage() ([]byte, error) { return c.readMessage(0, nil) }

// ReadLent is like ReadMessage, but a body of at most limit bytes is valid only until the next
// read. lent reports whether this is such a body.
func (c *Conn) ReadLent(limit int) (body []byte, lent bool, err error) {
	return c.ReadInto(nil, limit)
}

// ReadInto is like ReadLent, but a larger body is in the memory of keep, which can be nil, if that
// is large enough.
func (c *Conn) ReadInto(keep []byte, limit int) (body []byte, lent bool, err error) {
	body, err = c.readMessage(limit, keep)
	return body, len(body) <= limit, err
}

// readMessage is ReadMessage and ReadLent.
func (c *Conn) readMessage(lend int, keep []byte) ([]byte, error) {
	body, err := c.readProto(wire.ProtoMessage, lend, keep)
	if err == errCompressed {
		if body, err = wire.Decompress(body); err == nil {
			body = body[wire.ProtoHeaderSize:]
		}
	}
	if err == nil && len(body) == 0 {
		err = errEmptyBody
	}
	if err != nil {
		c.Unusable = true
		return nil, err
	}
	return body, nil
}

// errEmptyBody is the error for an empty body. A server could send empty bodies forever.
var errEmptyBody = fmt.Errorf("%w: an empty body", protocol.ErrMalformed)

// errCompressed means that the body returned with it is compressed.
var errCompressed = errors.New("compressed body")

// ReadProto reads one proto of the wanted type and returns its body. If a compressed message
// arrives instead of a plain one, ReadProto returns its body with errCompressed. A body of exactly
// the size of a message header is in the connection's buffer and is valid until the next read. Any
// other body has its own memory, of its exact size.
func (c *Conn) ReadProto(want wire.ProtoType) ([]byte, error) { return c.readProto(want, 0, nil) }

// readProto is ReadProto, except that bodies of at most lend bytes are valid until the next read,
// and others are in keep if it is large enough.
func (c *Conn) readProto(want wire.ProtoType, lend int, keep []byte) ([]byte, error) {
	h, err := c.readHeader(want)
	compressed := err == errCompressed
	if err != nil && !compressed {
		return nil, err
	}
	var body []byte
	switch {
	case h.Size == wire.HeaderSize || h.Size <= min(lend, shortBody):
		if err := c.fill(h.Size); err != nil {
			c.owed, c.r = h.Size-(c.w-c.r), c.w
			return nil, err
		}
		c.r += h.Size
		body = c.in[c.r-h.Size : c.r]
	case h.Size <= lend:
		if body, err = c.readBody(h.Size, c.body); err == nil && cap(body) <= MaxKept {
			c.body = body
		}
	default:
		body, err = c.readBody(h.Size, keep)
	}
	if err != nil && err != errCompressed {
		return nil, err
	}
	if compressed {
		err = errCompressed
	}
	return body, err
}

// readHeader reads the header of a proto of the wanted type. It returns errCompressed if the proto
// is compressed.
func (c *Conn) readHeader(want wire.ProtoType) (wire.ProtoHeader, error) {
	if err := c.fill(wire.ProtoHeaderSize); err != nil {
		return wire.ProtoHeader{}, err
	}
	h, err := wire.ParseProtoHeader(c.in[c.r:c.w])
	compressed := h.Type == wire.ProtoCompressed && want == wire.ProtoMessage
	if err == nil && h.Type != want && !compressed {
		err = fmt.Errorf("%w: a body of type %d in place of %d", protocol.ErrMalformed, h.Type, want)
	}
	if err != nil {
		c.Unusable = true
		return h, err
	}
	c.r += wire.ProtoHeaderSize
	if compressed {
		err = errCompressed
	}
	return h, err
}

// readFull fills p, whose capacity must be larger than its length. If last is true, p is the end of
// a body, and readSpace handles a byte after it.
func (c *Conn) readFull(p []byte, last bool) error {
	n := copy(p, c.in[c.r:c.w])
	c.r += n
	for n < len(p) {
		space := p[n:]
		if !last {
			space = p[n:len(p):len(p)]
		}
		k, err := c.readSpace(space)
		if n += k; err != nil && n < len(p) {
			return err
		}
	}
	return nil
}

// trustFactor is how many times the bytes that have arrived a body may be large so that memory for
// it is taken at once.
const trustFactor = 32

// readBody reads a body, into the memory of keep if that is large enough. Other memory is taken at
// once if a good part of the body has arrived, and otherwise grows as bytes arrive.
func (c *Conn) readBody(size int, keep []byte) ([]byte, error) {
	body := wire.NewBody(size, min(trustedSize, trustFactor*(c.w-c.r)), keep)
	n := copy(body.Space(), c.in[c.r:c.w])
	c.r += n
	body.Arrived(n)
	for space := body.Space(); len(space) > 0; space = body.Space() {
		k, err := c.readSpace(space)
		n += k
		if body.Arrived(k); err != nil && n < size {
			c.owed = size - n
			return nil, err
		}
	}
	return body.Bytes(), nil
}

// readSpace calls read once to fill the space of a body. The buffer must be empty. If a byte after
// the body has already arrived, it is put in the buffer: it may be the start of another response to
// the same request, or else Drained finds it and marks the connection unusable.
func (c *Conn) readSpace(space []byte) (int, error) {
	n, err := c.read(space[:min(len(space)+1, cap(space))])
	if n > len(space) {
		n--
		c.in[0] = space[:n+1][n]
		c.r, c.w = 0, 1
	}
	return n, err
}

// skipAnswer reads and discards the rest of the answer to a single command.
func (c *Conn) skipAnswer() error {
	if c.owed == 0 {
		_, err := c.ReadMessage()
		return err
	}
	for c.owed > 0 {
		n, err := c.read(c.in[:])
		c.r, c.w = min(n, c.owed), n
		if c.owed -= c.r; err != nil && c.owed > 0 {
			return err
		}
	}
	return nil
}

// Drained checks that no bytes follow the answer. If there are any, it marks the connection
// unusable and returns an error.
func (c *Conn) Drained() error {
	if c.r == c.w {
		return nil
	}
	c.Unusable = true
	return fmt.Errorf("%w: %d bytes after the answer", protocol.ErrMalformed, c.w-c.r)
}

// Info sends info commands and returns the answers in the same order.
func (c *Conn) Info(commands ...string) ([]wire.InfoAnswer, error) {
	request, err := wire.AppendInfo(c.Request[:0], commands...)
	if err != nil {
		return nil, err
	}
	c.Request = request
	if _, err = c.Send(); err != nil {
		return nil, err
	}
	c.Trim()
	body, err := c.ReadProto(wire.ProtoInfo)
	if err != nil {
		return nil, err
	}
	answers, err := parseAnswers(commands, body)
	if err == nil {
		err = c.Drained()
	}
	if err != nil {
		c.Unusable = true
		return nil, err
	}
	return answers, nil
}

// parseAnswers parses the answers to commands. It allocates nothing if the body has too many lines.
func parseAnswers(commands []string, body []byte) ([]wire.InfoAnswer, error) {
	if len(commands) == 1 && info.HasSetNames(commands[0]) {
		// Set names may contain newlines.
		value, ok := bytes.CutPrefix(body, []byte(commands[0]+"\t"))
		if value, complete := bytes.CutSuffix(value, []byte{'\n'}); ok && complete {
			return []wire.InfoAnswer{{Command: commands[0], Value: string(value)}}, nil
		}
	}
	if lines := bytes.Count(body, []byte{'\n'}); lines > len(commands) {
		return nil, fmt.Errorf("%w: %d answers to %d info commands", protocol.ErrMalformed, lines, len(commands))
	}
	answers, err := wire.ParseInfo(body)
	if err == nil {
		err = matchAnswers(commands, answers)
	}
	return answers, err
}

// matchAnswers checks that there is one answer to each command, in order.
func matchAnswers(commands []string, answers []wire.InfoAnswer) error {
	if len(answers) == 1 && answers[0].Command == "" {
		if e, ok := wire.ParseInfoError(answers[0].Value); ok {
			return e
		}
	}
	if len(answers) != len(commands) {
		return fmt.Errorf("%w: %d answers to %d info commands", protocol.ErrMalformed, len(answers), len(commands))
	}
	for i, a := range answers {
		if a.Command != commands[i] {
			return fmt.Errorf("%w: an answer to info command %.60q in place of %.60q", protocol.ErrMalformed, a.Command, commands[i])
		}
	}
	return nil
}
