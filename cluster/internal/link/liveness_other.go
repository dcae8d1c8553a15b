//go:build !unix

package link

import "net"

// A liveness can't check connections on this system.
type liveness struct{}

func newLiveness(net.Conn) liveness { return liveness{} }

func (liveness) unknown() bool { return true }

func (liveness) alive() bool { return true }
