package devserver

import (
	"io"
	"net"
	"syscall"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// An intercepted is the state of a request that interceptors have decided about. Its whole answer
// is collected before it is sent.
type intercepted struct {
	on      bool
	action  Action
	arrived time.Time // when the request arrived, before any delay
}

// arrival returns the time at which the current request arrived.
func (c *conn) arrival() time.Time {
	if c.fault.on {
		return c.fault.arrived
	}
	return time.Now()
}

// handleIntercepted handles a request as the interceptors decide.
func (c *conn) handleIntercepted(t wire.ProtoType, body []byte) error {
	if err := c.flush(); err != nil {
		return err
	}
	arrived := time.Now()
	request := c.newRequest(t, body)
	a := c.node.server.faults.decide(request)
	c.logFault(request, &a)
	if err := c.process.wait(a.Delay, a.Hold); err != nil {
		return err
	}
	c.fault = intercepted{on: true, action: a, arrived: arrived}
	err := c.executeUnder(&a, t, body)
	a = c.fault.action // a row of a batch may have changed it
	c.fault = intercepted{}
	if err != nil {
		return err
	}
	if err := c.process.wait(a.DelayAnswer, a.HoldAnswer); err != nil {
		return err
	}
	return c.answerUnder(&a)
}

func (c *conn) executeUnder(a *Action, t wire.ProtoType, body []byte) error {
	switch {
	case a.executes():
		return c.handle(t, body)
	case a.Code != protocol.OK:
		c.answerCode(t, body, a.Code)
	}
	return nil
}

// answerCode answers a request of any type with only a result code.
func (c *conn) answerCode(t wire.ProtoType, body []byte, code protocol.ResultCode) {
	switch t {
	case wire.ProtoInfo:
		c.out = answerInfoWith(c.out, body, func(string) string { return infoError(code, code.String()) })
	case wire.ProtoAdmin:
		c.out = appendAdminCode(c.out, code)
	default:
		h := wire.Header{ResultCode: code}
		if kind := c.newRequest(t, body).Kind; kind == Batches || kind == Queries {
			h.Info3 = wire.Info3Last
		}
		c.out = appendBare(c.out, h)
	}
}

// answerOtherwise answers a request with Options.Answer.
func (c *conn) answerOtherwise(t wire.ProtoType, body []byte) error {
	answered := c.node.server.options.Answer(c.newRequest(t, body))
	c.out = append(c.out, answered.Answer...)
	switch {
	case !answered.Close:
		return nil
	case c.fault.on:
		c.fault.action.Close = true
		return nil
	}
	if err := c.flush(); err != nil {
		return err
	}
	return io.EOF
}

// answerUnder sends the collected answer as the action says.
func (c *conn) answerUnder(a *Action) error {
	if a.Edit != nil {
		c.out = a.Edit(c.out)
	}
	if a.CutNext != 0 {
		// Cut before the client gets the answer, because it may then send the next request.
		c.cutNext(a.CutNext)
	}
	if err := c.sendSliced(a.Slice); err != nil {
		return err
	}
	switch {
	case a.Reset:
		reset(c.nc)
		return net.ErrClosed
	case a.Close:
		return io.EOF
	}
	return nil
}

// A slicer is a connection that can wait until its peer has read each piece.
type slicer interface {
	writeSlices(p []byte, n int) error
}

func (c *conn) sendSliced(n int) error {
	if n == 0 {
		return c.flush()
	}
	if err := c.process.proceed(); err != nil {
		return err
	}
	if err := c.node.server.acknowledge(); err != nil {
		return err
	}
	if err := c.nc.SetWriteDeadline(time.Now().Add(sendTimeout)); err != nil {
		return err
	}
	answer := c.out
	c.out = c.out[:0]
	if s, ok := c.nc.(slicer); ok {
		return s.writeSlices(answer, n)
	}
	for len(answer) > 0 {
		piece := answer[:min(n, len(answer))]
		if _, err := c.nc.Write(piece); err != nil {
			return err
		}
		answer = answer[len(piece):]
	}
	return nil
}

// interceptRow asks the interceptors about one command of a batch. If the returned code is not OK,
// the command is answered with it and not executed.
func (c *conn) interceptRow(row *wire.ParsedRow) (protocol.ResultCode, error) {
	r := &Request{
		Node: c.node.name, Conn: c.number, Number: c.requests, Kind: kindOfCommand(&row.Message), InBatch: true,
		Size: wire.ProtoHeaderSize + len(c.body), Message: &row.Message, Digest: row.Digest,
	}
	a := c.node.server.faults.decide(r)
	if err := c.process.wait(a.Delay, a.Hold); err != nil {
		return protocol.OK, err
	}
	if all := &c.fault.action; all.isZero() {
		*all = a
		all.Delay, all.Hold, all.Code, all.Skip = 0, nil, protocol.OK, false
	}
	if a.Skip {
		return protocol.ServerTimeout, nil // as if it had timed out before execution
	}
	return a.Code, nil
}

// A cut limits how many more bytes are read from a connection.
type cut struct {
	on   bool
	left int
}

// An inputCutter is a connection whose peer's write fails at the cut.
type inputCutter interface {
	cutInput(n int)
}

// cutNext resets the connection when n bytes have arrived after the current request.
func (c *conn) cutNext(n int) {
	left := max(n-c.in.Buffered(), 0)
	c.cut = cut{on: true, left: left}
	if p, ok := c.nc.(inputCutter); ok {
		p.cutInput(left)
	}
}

// read reads from the client, up to the cut if there is one.
func (c *conn) read(p []byte) (int, error) {
	if !c.cut.on {
		return c.nc.Read(p)
	}
	if c.cut.left == 0 {
		reset(c.nc)
		return 0, syscall.ECONNRESET
	}
	n, err := c.nc.Read(p[:min(len(p), c.cut.left)])
	c.cut.left -= n
	return n, err
}

// reset closes a connection so that the peer gets a reset.
func reset(nc net.Conn) {
	if tls, ok := nc.(interface{ NetConn() net.Conn }); ok {
		nc = tls.NetConn()
	}
	switch nc := nc.(type) {
	case *net.TCPConn:
		_ = nc.SetLinger(0)
		_ = nc.Close()
	case *pipeConn:
		nc.reset()
	default:
		_ = nc.Close()
	}
}
