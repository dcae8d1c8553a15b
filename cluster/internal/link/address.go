package link

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// An Address is an address on which a node listens.
type Address struct {
	Host string
	Port int
	// TLSName is the name in the node's certificate; "" if unknown.
	TLSName string
}

// Same reports whether a and b have the same host and port.
func (a Address) Same(b Address) bool { return a.Host == b.Host && a.Port == b.Port }

// String returns "host:port".
func (a Address) String() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

// ParseAddress parses "host", "host:port" or "host:tls-name:port", where host may be "[v6]", or a
// bare IPv6 address.
func ParseAddress(s string, defaultPort int) (Address, error) {
	if _, err := netip.ParseAddr(s); err == nil {
		return Address{Host: s, Port: defaultPort}, nil
	}
	host, port, found, tlsName := s, "", false, ""
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		host, port, found = s[:i], s[i+1:], true
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 && i > strings.LastIndexByte(host, ']') {
		if host, tlsName = host[:i], host[i+1:]; tlsName == "" || strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
			return Address{}, fmt.Errorf("address %.100q is not host:port, host:tls-name:port or [v6]:port", s)
		}
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if host == "" {
		return Address{}, fmt.Errorf("address %.100q has no host", s)
	}
	if !found {
		return Address{Host: host, Port: defaultPort}, nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return Address{}, fmt.Errorf("address %.100q has no port between 1 and 65535", s)
	}
	return Address{host, int(n), tlsName}, nil
}

// IsLoopback reports whether the host is the local machine.
func (a Address) IsLoopback() bool {
	ip := net.ParseIP(a.Host)
	return a.Host == "localhost" || ip != nil && ip.IsLoopback()
}
