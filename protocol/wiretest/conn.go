package wiretest

import (
	"io"
	"net"
	"time"
)

// A Conn is a connection with a peer that has sent everything it will send. It accepts all writes.
type Conn struct {
	unread []byte
	// Keep receives what is written; nil discards it.
	Keep io.Writer
}

// NewConn returns a connection from which a caller reads the bytes and then io.EOF.
func NewConn(bytes []byte) *Conn { return &Conn{unread: bytes} }

// Read reads from the bytes that are left.
func (c *Conn) Read(p []byte) (int, error) {
	if len(c.unread) == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	n := copy(p, c.unread)
	c.unread = c.unread[n:]
	return n, nil
}

// Write writes p to Keep, or discards it.
func (c *Conn) Write(p []byte) (int, error) {
	if c.Keep != nil {
		return c.Keep.Write(p)
	}
	return len(p), nil
}

// Close does nothing. The bytes that are left can still be read.
func (c *Conn) Close() error { return nil }

// LocalAddr returns the address "test".
func (c *Conn) LocalAddr() net.Addr { return nowhere{} }

// RemoteAddr returns the address "test".
func (c *Conn) RemoteAddr() net.Addr { return nowhere{} }

// SetDeadline does nothing: reads and writes never block.
func (c *Conn) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (c *Conn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (c *Conn) SetWriteDeadline(time.Time) error { return nil }

type nowhere struct{}

func (nowhere) Network() string { return "test" }
func (nowhere) String() string  { return "test" }
