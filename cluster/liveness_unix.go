//go:build unix

package cluster

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"syscall"
	"time"
)

// A liveness tells whether an idle connection can be used again, by looking at
// its socket without waiting: nothing must have arrived, neither bytes nor the end.
type liveness struct {
	socket syscall.RawConn // nil if the connection is no socket
	look   func(fd uintptr)
	seen   *arrival
	secure *tls.Conn // nil if the connection is no TLS one
}

// An arrival is what waits at a socket.
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

// unknown reports whether nothing can be told.
func (l *liveness) unknown() bool { return l.socket == nil }

// alive is true where nothing can be told.
func (l *liveness) alive() bool {
	if l.unknown() {
		return true
	}
	// Control, unlike Read, does not care for the deadline that the last command has left behind.
	if l.socket.Control(l.look) != nil {
		return false
	}
	return *l.seen == nothing || *l.seen == something && l.secure != nil && onlyTLS(l.secure)
}

// onlyTLS reports whether what has arrived are messages of TLS itself, such as tickets for further sessions, and not its end.
func onlyTLS(c *tls.Conn) bool {
	if c.SetReadDeadline(time.Now().Add(tlsMessageTime)) != nil {
		return false
	}
	var b [1]byte
	n, err := c.Read(b[:])
	return n == 0 && errors.Is(err, os.ErrDeadlineExceeded)
}
