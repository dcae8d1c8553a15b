package devserver

import (
	"context"
	"log/slog"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Refused requests are logged at debug level, with their reason. A real server warns.

// debugs reports whether debug messages are logged, so that nothing is formatted otherwise.
func (s *Server) debugs() bool {
	return s.options.Logger.Enabled(context.Background(), slog.LevelDebug)
}

// logRefusal logs that a request as a whole was refused.
func (c *conn) logRefusal(what string, code protocol.ResultCode) {
	if s := c.node.server; s.debugs() {
		s.options.Logger.Debug(what+" refused", "node", c.node.name, "client", c.clientAddress(),
			"result", code.String(), "reason", code.Error())
	}
}

// logFault logs what a fault does to a request.
func (c *conn) logFault(r *Request, a *Action) {
	if s := c.node.server; !a.isZero() && s.debugs() {
		s.options.Logger.Debug("fault", "node", r.Node, "client", c.clientAddress(), "request", r.Number, "action", a.String())
	}
}

func (c *conn) clientAddress() string {
	if a := c.nc.RemoteAddr(); a != nil {
		return a.String()
	}
	return ""
}

// logRefusal logs that the command on a record was refused. That a record does not exist or does
// not match a filter is not worth a message.
func (c *command) logRefusal(code protocol.ResultCode) {
	if code == protocol.OK || code == protocol.KeyNotFound || code == protocol.FilteredOut || !c.ns.server.debugs() {
		return
	}
	attrs := []any{
		"node", c.node.name, "namespace", c.ns.name, "set", string(c.setName), "digest", c.digest.String(),
		"result", code.String(), "reason", code.Error(),
	}
	if c.conn != nil {
		attrs = append(attrs, "client", c.conn.clientAddress())
	}
	if op := c.failedOp; op != nil {
		attrs = append(attrs, "operation", int(op.Code), "bin", string(op.Name), "particle", int(op.Type))
	}
	what := "read refused"
	if c.message.Info2&wire.Info2Write != 0 {
		what = "write refused"
	}
	c.ns.server.options.Logger.Debug(what, attrs...)
}
