package replay

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/aerosql/aerosql/protocol/wire"
)

// addresses replaces the addresses that nodes report. secure asks for a TLS address, which is "" if
// there is none.
type addresses interface {
	// own returns the address of the node that answers with the reported address.
	own(reported string, secure bool) string
	// named returns the address of the node with the name and the reported TLS name and addresses.
	named(name, tlsName string, reported []string, secure bool) string
	// listed returns the address of the node with the reported address.
	listed(reported string, secure bool) string
	// tls returns the TLS name of the nodes, and whether they have TLS addresses.
	tls() (name string, ok bool)
}

// aboutAddresses matches the info commands that nodes answer with addresses of one kind.
var aboutAddresses = regexp.MustCompile(`(?m)^(service|peers|alumni)-(clear|tls)-(std|alt)$`)

// asksOther returns an info request in which the commands about addresses ask for those with TLS,
// or for those without. If it changes the request it also returns the commands about addresses as
// they were.
func asksOther(f frame, secure bool) (changed frame, asked []string) {
	if f.proto() != wire.ProtoInfo {
		return f, nil
	}
	body := f.body()
	for _, command := range aboutAddresses.FindAll(body, -1) {
		asked = append(asked, string(command))
	}
	kind := "clear"
	if secure {
		kind = "tls"
	}
	other := aboutAddresses.ReplaceAll(body, []byte("$1-"+kind+"-$3"))
	if bytes.Equal(other, body) {
		return f, nil
	}
	return newFrame(wire.ProtoInfo, other), asked
}

// replaceAddresses returns the answer to an info request with other addresses of nodes. asked are
// the commands about addresses that the client sent, if the node got others.
func replaceAddresses(f frame, asked []string, a addresses) frame {
	if f.proto() != wire.ProtoInfo {
		return f
	}
	var body bytes.Buffer
	changed := false
	for line := range bytes.Lines(f.body()) {
		command, value, ok := strings.Cut(strings.TrimSuffix(string(line), "\n"), "\t")
		sent := command
		if len(asked) > 0 && aboutAddresses.MatchString(command) {
			sent, asked = asked[0], asked[1:]
		}
		if replaced := replaceValue(sent, value, a); ok && (replaced != value || sent != command) {
			body.WriteString(sent + "\t" + replaced + "\n")
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
	secure := strings.Contains(name, "-tls-")
	switch name {
	case "service", "service-clear-std", "service-clear-alt", "service-tls-std", "service-tls-alt":
		return a.own(value, secure)
	case "services", "services-alternate", "services-alumni":
		list := strings.Split(value, ";")
		for i := range list {
			if list[i] != "" {
				list[i] = a.listed(list[i], false)
			}
		}
		return strings.Join(list, ";")
	case "peers-clear-std", "peers-clear-alt", "alumni-clear-std", "alumni-clear-alt",
		"peers-tls-std", "peers-tls-alt", "alumni-tls-std", "alumni-tls-alt":
		return replacePeers(value, secure, a)
	}
	return value
}

// peerEntry matches a node in a list of peers: its name, its TLS name, and its addresses. IPv6
// addresses are in brackets.
var peerEntry = regexp.MustCompile(`\[([^,\[\]]+),([^,\[\]]*),\[((?:\[[^\[\]]+\][^,\[\]]*|[^,\[\]]+)(?:,(?:\[[^\[\]]+\][^,\[\]]*|[^,\[\]]+))*)\]\]`)

// replacePeers replaces the addresses and TLS names in a list of peers (docs/wire-core.md#8.3).
// Addresses without a port have the default port of the list. The list becomes empty if the nodes
// have no such addresses.
func replacePeers(value string, secure bool, a addresses) string {
	head := strings.SplitN(value, ",", 3)
	if len(head) < 3 {
		return value
	}
	tlsName, ok := a.tls()
	switch {
	case secure && !ok:
		return head[0] + ",,[]"
	case !secure:
		tlsName = ""
	}
	return peerEntry.ReplaceAllStringFunc(value, func(entry string) string {
		m := peerEntry.FindStringSubmatch(entry)
		reported := strings.Split(m[3], ",")
		for i, address := range reported {
			if !hasPort(address) && head[1] != "" {
				reported[i] = address + ":" + head[1]
			}
		}
		return "[" + m[1] + "," + tlsName + ",[" + a.named(m[1], m[2], reported, secure) + "]]"
	})
}

// hasPort reports whether the address ends with a port.
func hasPort(address string) bool {
	colon := strings.LastIndexByte(address, ':')
	return colon > strings.LastIndexByte(address, ']') && (strings.HasPrefix(address, "[") || strings.Count(address, ":") == 1)
}
