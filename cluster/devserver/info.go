package devserver

import (
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// An infoRequest is one command of an info request.
type infoRequest struct {
	conn   *conn
	node   *node
	server *Server
	args   string // what follows the name and ':', '/' or ';'
}

// maxInfoName is the length of the longest command name.
const maxInfoName = 31

// answerInfo appends the answer to an info request: each command as it was sent, with its value
// (docs/wire-core.md#8.1). A command without a newline is ignored.
func (c *conn) answerInfo(dst, body []byte) []byte {
	c.node.counters.info.Add(1)
	if code := c.identity.authenticated(); code != protocol.OK {
		return appendInfo(dst, infoSecurityError(code)+"\n")
	}
	return answerInfoWith(dst, body, c.infoValue)
}

// appendInfo appends an answer that consists of text.
func appendInfo(dst []byte, text string) []byte {
	dst = wire.ProtoHeader{Type: wire.ProtoInfo, Size: len(text)}.AppendTo(dst)
	return append(dst, text...)
}

// answerInfoWith answers each command with the result of value. It stops before an answer that
// would exceed the maximum size of a message.
func answerInfoWith(dst, body []byte, value func(command string) string) []byte {
	start := len(dst)
	dst = append(dst, make([]byte, wire.ProtoHeaderSize)...)
	text := string(body)
	if text == "" {
		text = strings.Join(infoSummary, "\n") + "\n"
	}
	for line := range strings.Lines(text) {
		command, whole := strings.CutSuffix(line, "\n")
		if !whole || command == "" {
			continue
		}
		answered := len(dst)
		dst = append(dst, command...)
		dst = append(dst, '\t')
		dst = append(dst, value(command)...)
		dst = append(dst, '\n')
		if len(dst)-start-wire.ProtoHeaderSize > protocol.MaxProtoSize {
			dst = dst[:answered]
			break
		}
	}
	size := len(dst) - start - wire.ProtoHeaderSize
	wire.ProtoHeader{Type: wire.ProtoInfo, Size: size}.AppendTo(dst[start:start])
	return dst
}

func (c *conn) infoValue(command string) string { return c.runInfo(command, (*infoRequest).forbidden) }

// runInfo runs a command unless refuse returns an error for its name.
func (c *conn) runInfo(command string, refuse func(r *infoRequest, name string) string) string {
	name, args := command, ""
	if i := strings.IndexAny(command, ":/;"); i >= 0 {
		name, args = command[:i], command[i+1:]
	}
	if c.node.server.lacks("user-agent-set") && (name == "user-agent-set" || name == "user-agents") {
		name = "" // older versions do not know them
	}
	if run := infoCommands[name]; run != nil && len(name) <= maxInfoName {
		r := &infoRequest{conn: c, node: c.node, server: c.node.server, args: args}
		if refusal := refuse(r, name); refusal != "" {
			return refusal
		}
		return run(r)
	}
	return infoError(protocol.ParameterError, "unrecognized command")
}

func infoError(code protocol.ResultCode, text string) string {
	return fmt.Sprintf("ERROR:%d:%s", int(code), text)
}

const infoOK = "ok"

// param returns a parameter from the form key=value;key=value.
func (r *infoRequest) param(key string) (value string, ok bool) {
	for part := range strings.SplitSeq(r.args, ";") {
		if k, v, found := strings.Cut(part, "="); found && k == key {
			return v, true
		}
	}
	return "", false
}

// required returns a mandatory parameter, or the error to answer if it is missing.
func (r *infoRequest) required(key string) (value, failure string) {
	return r.requiredAs(key, protocol.ParameterError, key)
}

func (r *infoRequest) requiredAs(name string, code protocol.ResultCode, keys ...string) (value, failure string) {
	for _, key := range keys {
		if value, ok := r.param(key); ok {
			if value == "" {
				return "", infoError(code, "missing '"+name+"' value")
			}
			return value, ""
		}
	}
	return "", infoError(code, "missing '"+name+"'")
}

// namespaceName returns the namespace parameter. Older clients call it ns.
func (r *infoRequest) namespaceName() (name, failure string) {
	return r.requiredAs("namespace", protocol.InvalidNamespace, "namespace", "ns")
}

const noNamespace = "namespace not found on node"

// namespace returns the namespace that the parameter names, or the error to answer.
func (r *infoRequest) namespace() (*namespace, string) {
	name, failure := r.namespaceName()
	if failure != "" {
		return nil, failure
	}
	if ns := r.server.namespace([]byte(name)); ns != nil {
		return ns, ""
	}
	return nil, infoError(protocol.InvalidNamespace, noNamespace)
}

// fixed returns a command with a constant answer.
func fixed(value string) func(*infoRequest) string {
	return func(*infoRequest) string { return value }
}
