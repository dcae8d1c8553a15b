//go:build unix

package cluster

import (
	"net"
	"syscall"
)

// A liveness tells whether an idle connection can be used again, by looking at
// its socket without waiting: nothing must have arrived, neither bytes nor the end.
type liveness struct {
	socket syscall.RawConn // nil if the connection is no socket
	look   func(fd uintptr)
	ok     *bool
}

func newLiveness(raw net.Conn) liveness {
	// Only plain TCP: a TLS connection may have messages of its own in between.
	tcp, isTCP := raw.(*net.TCPConn)
	if !isTCP {
		return liveness{}
	}
	socket, err := tcp.SyscallConn()
	if err != nil {
		return liveness{}
	}
	ok := new(bool)
	look := func(fd uintptr) {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		*ok = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK || err == syscall.EINTR
	}
	return liveness{socket, look, ok}
}

// unknown reports whether nothing can be told.
func (l *liveness) unknown() bool { return l.socket == nil }

// alive is true where nothing can be told.
func (l *liveness) alive() bool {
	if l.unknown() {
		return true
	}
	// Control, unlike Read, does not care for the deadline that the last command has left behind.
	return l.socket.Control(l.look) == nil && *l.ok
}
