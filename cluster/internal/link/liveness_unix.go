//go:build unix

package link

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"syscall"
	"time"
)

// A liveness checks an idle connection by peeking at its socket, without waiting. The connection
// can be reused if neither bytes nor the end of the stream have arrived.
type liveness struct {
	socket syscall.RawConn // nil if the connection is not a socket
	look   func(fd uintptr)
	seen   *arrival
	secure *tls.Conn // nil if the connection does not use TLS
}

// An arrival is what a peek at a socket finds.
type arrival uint8

const (
	theEnd arrival = iota
	nothing
	something
)

func newLiveness(raw net.Conn) liveness {
	secure, _ := raw.(*tls.Conn)
	if secure != nil {
		raw = secure.NetConn()
	}
	tcp, isTCP := raw.(*net.TCPConn)
	if !isTCP {
		return liveness{}
	}
	socket, err := tcp.SyscallConn()
	if err != nil {
		return liveness{}
	}
	seen := new(arrival)
	look := func(fd uintptr) {
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		switch {
		case err == syscall.EAGAIN || err == syscall.EWOULDBLOCK || err == syscall.EINTR:
			*seen = nothing
		case err == nil && n > 0:
			*seen = something
		default:
			*seen = theEnd
		}
	}
	return liveness{socket, look, seen, secure}
}

// unknown reports whether the connection can't be checked.
func (l *liveness) unknown() bool { return l.socket == nil }

// alive reports whether the connection can be used. It returns true if the connection can't be
// checked.
func (l *liveness) alive() bool {
	if l.unknown() {
		return true
	}
	// Control, unlike Read, ignores the deadline that the last command has set.
	if l.socket.Control(l.look) != nil {
		return false
	}
	return *l.seen == nothing || *l.seen == something && l.secure != nil && onlyTLS(l.secure)
}

// onlyTLS reports whether only TLS protocol messages, such as session tickets, have arrived.
func onlyTLS(c *tls.Conn) bool {
	if c.SetReadDeadline(time.Now().Add(tlsMessageTime)) != nil {
		return false
	}
	var b [1]byte
	n, err := c.Read(b[:])
	return n == 0 && errors.Is(err, os.ErrDeadlineExceeded)
}
