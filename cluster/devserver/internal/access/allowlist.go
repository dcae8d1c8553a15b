package access

import (
	"net/netip"

	"github.com/aerosql/aerosql/protocol"
)

// An allowlist is a list of allowed client addresses. An empty list allows all addresses.
type allowlist []netip.Prefix

// parseAllowlist parses addresses and prefixes. Prefixes must not have bits set after their length.
func parseAllowlist(texts []string) (allowlist, protocol.ResultCode) {
	var list allowlist
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			var a netip.Addr
			if a, err = netip.ParseAddr(text); err == nil {
				prefix, err = a.Unmap().Prefix(a.Unmap().BitLen())
			}
		}
		if err != nil || prefix != prefix.Masked() {
			return nil, protocol.InvalidAllowlist
		}
		list = append(list, prefix)
	}
	return list, protocol.OK
}

func (l allowlist) allows(a netip.Addr) bool {
	for _, prefix := range l {
		if prefix.Contains(a.Unmap()) {
			return true
		}
	}
	return len(l) == 0
}
