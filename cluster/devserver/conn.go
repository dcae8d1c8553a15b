package devserver

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

const (
	// sendTimeout is how long a client may leave an answer unread before its connection is closed
	// (docs/wire-core.md#11.1).
	sendTimeout = 10 * time.Second
	readBuffer  = 16 << 10
	// flushSize is the size of answers to pipelined requests that are collected before they are
	// sent.
	flushSize = 64 << 10
)

// A conn is one client's connection. It handles one request at a time, in order, as a real server
// does (docs/wire-core.md#11.1).
type conn struct {
	node            *node
	process         *process
	nc              net.Conn
	number          int // of the connection within the process
	requests        int // number of requests so far
	in              *bufio.Reader
	body            []byte // of the current request
	out             []byte // answers not sent yet
	hasReadDeadline bool   // whether a read deadline is set
	inBody          bool   // whether part of a request's body has been read
	cut             cut
	fault           intercepted

	message   wire.Message
	command   command
	rows      batch
	identity  identity
	userAgent string // in base64, "" if the client has not sent one
}

func newConn(n *node, nc net.Conn) *conn {
	c := &conn{node: n, process: n.process, nc: nc}
	c.in = bufio.NewReaderSize(flushFirst{c}, readBuffer)
	c.identity.conn = c
	c.command.node, c.command.conn = n, c
	return c
}

// flushFirst reads from the connection. Before it blocks it sends pending answers, because a client
// that reads its answers one by one must not wait for the next request. It also releases memory
// that is not needed while the connection is idle.
type flushFirst struct{ c *conn }

func (f flushFirst) Read(p []byte) (int, error) {
	if err := f.c.flush(); err != nil {
		return 0, err
	}
	if f.c.inBody {
		if err := f.c.expectWithin(requestTimeout); err != nil {
			return 0, err
		}
	} else {
		f.c.trim()
	}
	return f.c.read(p)
}

// serve answers requests until the client disconnects, the server closes or the client sends an
// invalid header. opening is the action for the opening of the connection.
func (c *conn) serve(opening *Action) {
	defer c.identity.clearUser()
	defer c.forgetUserAgent()
	defer func() {
		// Last resort: no input from a client may crash the program under test.
		if p := recover(); p != nil {
			c.node.server.options.Logger.Error("bug in devserver", "node", c.node.name, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	if opening.CutNext != 0 {
		c.cutNext(opening.CutNext)
	}
	err := c.handshake()
	if err == nil && opening.Skip {
		if _, err = io.Copy(io.Discard, c.in); err == nil {
			err = io.EOF
		}
	}
	for err == nil {
		err = c.next()
	}
	if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
		c.node.server.options.Logger.Debug("connection ends", "node", c.node.name, "client", c.nc.RemoteAddr(), "error", err)
	}
}

// next reads one request and answers it. An invalid header closes the connection without a response
// (docs/wire-core.md#1.1).
func (c *conn) next() error {
	var head [wire.ProtoHeaderSize]byte
	if err := c.awaitRequest(len(head)); err != nil {
		return err
	}
	if _, err := io.ReadFull(c.in, head[:]); err != nil {
		return err
	}
	if head[0] == 0 && wire.ProtoType(head[1]) == wire.ProtoAdmin {
		head[0] = 2 // older clients send version 0 in the security protocol
	}
	h, err := wire.ParseProtoHeader(head[:])
	if err != nil {
		return err
	}
	if err := c.readBody(h.Size); err != nil {
		return err
	}
	if err := c.process.proceed(); err != nil {
		return err
	}
	c.requests++
	handle := c.handle
	if c.node.server.faults.active.Load() {
		handle = c.handleIntercepted
	}
	if err := handle(h.Type, c.body); err != nil {
		return err
	}
	if len(c.out) >= flushSize {
		return c.flush()
	}
	return nil
}

// readBody reads n bytes into c.body. It allocates memory as bytes arrive, not by the announced
// size.
func (c *conn) readBody(n int) error {
	c.inBody = true
	defer func() { c.inBody = false }()
	if n > cap(c.body) && n > idleSize {
		c.body = c.node.server.buffers.take()
	}
	body := wire.NewBody(n, 0, c.body)
	for space := body.Space(); len(space) > 0; space = body.Space() {
		if _, err := io.ReadFull(c.in, space); err != nil {
			return err
		}
		body.Arrived(len(space))
	}
	c.body = body.Bytes()
	return nil
}

func (c *conn) handle(t wire.ProtoType, body []byte) error {
	if c.node.server.options.Answer != nil {
		return c.answerOtherwise(t, body)
	}
	switch t {
	case wire.ProtoInfo:
		c.out = c.answerInfo(c.out, body)
		return nil
	case wire.ProtoAdmin:
		c.out = c.answerAdmin(c.out, body)
		return nil
	case wire.ProtoMessage:
		return c.handleMessage(body)
	case wire.ProtoCompressed:
		return c.handleCompressed(body)
	}
	return fmt.Errorf("%w: a body of type %d", protocol.ErrMalformed, t)
}

// handleCompressed handles a compressed request. The Community Edition refuses it
// (docs/wire-core.md#10.3).
func (c *conn) handleCompressed(body []byte) error {
	if c.node.server.options.Edition != Enterprise {
		c.refuse(protocol.EnterpriseOnly)
		return nil
	}
	message, err := wire.Decompress(body)
	if err != nil {
		c.refuse(protocol.ServerError)
		return nil
	}
	return c.handleMessage(message[wire.ProtoHeaderSize:])
}

// handleMessage dispatches batches, queries and commands on one record.
func (c *conn) handleMessage(body []byte) error {
	if len(body) < wire.HeaderSize {
		c.refuse(protocol.ParameterError)
		return nil
	}
	if wire.Info1(body[1])&wire.Info1Batch != 0 {
		return c.handleBatch(body)
	}
	if code := c.identity.authenticated(); code != protocol.OK {
		c.refuse(code)
		return nil
	}
	m := &c.message
	if rest, err := m.Parse(body); err != nil || len(rest) != 0 {
		c.refuse(protocol.ParameterError)
		return nil
	}
	name, ok := m.Field(wire.FieldNamespace)
	ns := c.node.server.namespace(name)
	if !ok || ns == nil {
		c.refuse(protocol.InvalidNamespace)
		return nil
	}
	digest, ok := m.Field(wire.FieldDigest)
	if !ok {
		return c.handleQuery(ns, m)
	}
	if len(digest) != len(protocol.Digest{}) {
		c.refuse(protocol.ParameterError)
		return nil
	}
	start := len(c.out)
	c.out = append(c.out, make([]byte, wire.ProtoHeaderSize)...)
	c.out = c.command.run(c.out, ns, m, protocol.Digest(digest), false)
	closeProto(c.out, start)
	return nil
}

// refuse answers a message with only a result code.
func (c *conn) refuse(code protocol.ResultCode) {
	c.logRefusal("request", code)
	c.out = appendBare(c.out, wire.Header{ResultCode: code})
}

// flush sends pending answers.
func (c *conn) flush() error { return c.flushWithin(sendTimeout) }

// flushWithin sends pending answers. It returns an error if the client has not read them within the
// limit. A limit of 0 means no limit.
func (c *conn) flushWithin(limit time.Duration) error {
	if len(c.out) == 0 || c.fault.on {
		return nil
	}
	if err := c.process.proceed(); err != nil {
		return err
	}
	if err := c.node.server.acknowledge(); err != nil {
		return err
	}
	var until time.Time
	if limit > 0 {
		until = time.Now().Add(limit)
	}
	if err := c.nc.SetWriteDeadline(until); err != nil {
		return err
	}
	_, err := c.nc.Write(c.out)
	if c.out = c.out[:0]; cap(c.out) > retainSize {
		c.out = nil
	}
	return err
}
