package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/balance"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// route decides whether the command can be executed, either by the node that received it or by the
// working master that it is proxied to. If the master does not answer, the command times out.
func (c *command) route() protocol.ResultCode {
	o := c.ns.owners(c.pid)
	switch {
	case o.Place(c.node.number) < 0 || o.Working == balance.NoNode || !c.node.belongs():
		return protocol.PartitionUnavailable
	case c.executesHere(o):
		return protocol.OK
	case !c.node.server.nodes()[o.Working].process.answers():
		return protocol.ServerTimeout
	}
	return protocol.OK
}

// executesHere reports whether the node that received the command executes it.
func (c *command) executesHere(o *balance.Ownership) bool {
	return o.Working == c.node.number ||
		c.message.Info2&wire.Info2Write == 0 && !c.asksMaster() && o.Reads(c.node.number)
}
