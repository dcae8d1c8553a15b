package replay

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/aerosql/aerosql/protocol/wire"
)

// addresses replaces the addresses that nodes report.
type addresses interface {
	// own returns the address of the node that answers with the reported address.
	own(reported string) string
	// named returns the address of the node with the name and the reported addresses.
	named(name string, reported []string) string
	// listed returns the address of the node with the reported address.
	listed(reported string) string
}

// replaceAddresses returns the answer to an info request with other addresses of nodes. Lists of
// TLS addresses become empty, because a proxy has none.
func replaceAddresses(f frame, a addresses) frame {
	if f.proto() != wire.ProtoInfo {
		return f
	}
	var body bytes.Buffer
	changed := false
	for line := range bytes.Lines(f.body()) {
		command, value, ok := strings.Cut(strings.TrimSuffix(string(line), "\n"), "\t")
		if replaced := replaceValue(command, value, a); ok && replaced != value {
			body.WriteString(command + "\t" + replaced + "\n")
			changed = true
			continue
		}
		body.Write(line)
	}
	if !changed {
		return f
	}
	return newFrame(wire.ProtoInfo, body.Bytes())
}

// replaceValue returns the answer to one info command with other addresses.
func replaceValue(command, value string, a addresses) string {
	name := command
	if i := strings.IndexAny(command, ":/"); i >= 0 {
		name = command[:i]
	}
	if value == "" || strings.HasPrefix(value, "ERROR") || strings.HasPrefix(value, "FAIL") {
		return value
	}
	switch name {
	case "service", "service-clear-std", "service-clear-alt":
		return a.own(value)
	case "services", "services-alternate", "services-alumni":
		list := strings.Split(value, ";")
		for i := range list {
			if list[i] != "" {
				list[i] = a.listed(list[i])
			}
		}
		return strings.Join(list, ";")
	case "peers-clear-std", "peers-clear-alt", "alumni-clear-std", "alumni-clear-alt":
		return replacePeers(value, a)
	case "service-tls-std", "service-tls-alt":
		return ""
	case "peers-tls-std", "peers-tls-alt", "alumni-tls-std", "alumni-tls-alt":
		generation, _, _ := strings.Cut(value, ",")
		return generation + ",,[]"
	}
	return value
}

// peerEntry matches a node in a list of peers: its name, its TLS name, and its addresses. IPv6
// addresses are in brackets.
var peerEntry = regexp.MustCompile(`\[([^,\[\]]+),([^,\[\]]*),\[((?:\[[^\[\]]+\][^,\[\]]*|[^,\[\]]+)(?:,(?:\[[^\[\]]+\][^,\[\]]*|[^,\[\]]+))*)\]\]`)

// replacePeers replaces the addresses in a list of peers (docs/wire-core.md#8.3). Addresses without
// a port have the default port of the list.
func replacePeers(value string, a addresses) string {
	head := strings.SplitN(value, ",", 3)
	if len(head) < 3 {
		return value
	}
	return peerEntry.ReplaceAllStringFunc(value, func(entry string) string {
		m := peerEntry.FindStringSubmatch(entry)
		reported := strings.Split(m[3], ",")
		for i, address := range reported {
			if !hasPort(address) && head[1] != "" {
				reported[i] = address + ":" + head[1]
			}
		}
		return "[" + m[1] + "," + m[2] + ",[" + a.named(m[1], reported) + "]]"
	})
}

// hasPort reports whether the address ends with a port.
func hasPort(address string) bool {
	colon := strings.LastIndexByte(address, ':')
	return colon > strings.LastIndexByte(address, ']') && (strings.HasPrefix(address, "[") || strings.Count(address, ":") == 1)
}
