package cluster

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// An address is where a node listens.
type address struct {
	host string
	port int
	// tlsName is the name that its certificate is for; "" if that was not told.
	tlsName string
}

// same reports whether two addresses are one, whatever is known of the names there.
func (a address) same(b address) bool { return a.host == b.host && a.port == b.port }

func (a address) String() string { return net.JoinHostPort(a.host, strconv.Itoa(a.port)) }

// parseAddress reads "host", "host:port", "host:tls-name:port", with [v6] for a host too, or a bare IPv6 address.
func parseAddress(s string, defaultPort int) (address, error) {
	if _, err := netip.ParseAddr(s); err == nil {
		return address{host: s, port: defaultPort}, nil
	}
	host, port, found, tlsName := s, "", false, ""
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		host, port, found = s[:i], s[i+1:], true
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 && i > strings.LastIndexByte(host, ']') {
		if host, tlsName = host[:i], host[i+1:]; tlsName == "" || strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
			return address{}, fmt.Errorf("address %.100q is not host:port, host:tls-name:port or [v6]:port", s)
		}
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if host == "" {
		return address{}, fmt.Errorf("address %.100q has no host", s)
	}
	if !found {
		return address{host: host, port: defaultPort}, nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return address{}, fmt.Errorf("address %.100q has no port between 1 and 65535", s)
	}
	return address{host, int(n), tlsName}, nil
}

func (a address) isLoopback() bool {
	ip := net.ParseIP(a.host)
	return a.host == "localhost" || ip != nil && ip.IsLoopback()
}
