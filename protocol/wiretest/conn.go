package wiretest

import (
	"io"
	"net"
	"time"
)

// A Conn is a connection whose peer has said all that it will say, and takes whatever it is told.
type Conn struct {
	unread []byte
	// Keep, if set, gets what is written.
	Keep io.Writer
}

// NewConn returns a connection from which the bytes can be read, and then io.EOF.
func NewConn(bytes []byte) *Conn { return &Conn{unread: bytes} }

// Read gives what is left.
func (c *Conn) Read(p []byte) (int, error) {
	if len(c.unread) == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	n := copy(p, c.unread)
	c.unread = c.unread[n:]
	return n, nil
}

// Write takes everything.
func (c *Conn) Write(p []byte) (int, error) {
	if c.Keep != nil {
		return c.Keep.Write(p)
	}
	return len(p), nil
}

// Close does nothing: what is left can still be read.
func (c *Conn) Close() error { return nil }

// LocalAddr returns an address that means nothing.
func (c *Conn) LocalAddr() net.Addr { return nowhere{} }

// RemoteAddr returns an address that means nothing.
func (c *Conn) RemoteAddr() net.Addr { return nowhere{} }

// SetDeadline has no effect: nothing ever waits.
func (c *Conn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline has no effect.
func (c *Conn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline has no effect.
func (c *Conn) SetWriteDeadline(time.Time) error { return nil }

type nowhere struct{}

func (nowhere) Network() string { return "test" }
func (nowhere) String() string  { return "test" }
