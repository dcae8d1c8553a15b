package cluster

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// An address is where a node listens.
type Address struct {
	Host string
	Port int
	// tlsName is the name that its certificate is for; "" if that was not told.
	TLSName string
}

// same reports whether two addresses are one, whatever is known of the names there.
func (a Address) Same(b Address) bool { return a.Host == b.Host && a.Port == b.Port }

func (a Address) String() string { return net.JoinHostPort(a.Host, strconv.Itoa(a.Port)) }

// parseAddress reads "host", "host:port", "host:tls-name:port", with [v6] for a host too, or a bare IPv6 address.
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

func (a Address) IsLoopback() bool {
	ip := net.ParseIP(a.Host)
	return a.Host == "localhost" || ip != nil && ip.IsLoopback()
}
