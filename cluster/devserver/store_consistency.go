package devserver

import "github.com/aerosql/aerosql/protocol/wire"

// firstRegime is the number by which clients tell a namespace with strong consistency
// from others, whose regime is 0.
const firstRegime = 2

// regime counts the rebalances of a namespace with strong consistency, so that clients can tell an older map from a newer one.
func (ns *namespace) regime() int {
	if ns.strong() {
		return firstRegime - 1 + int(ns.rebalances.Load())
	}
	return 0
}

// asksMaster reports whether a read must be answered by the partition's master: with strong
// consistency, unless the client takes what a replica has (docs/wire-core.md#1.5).
func (c *command) asksMaster() bool {
	return c.ns.strong() && c.message.Info3&wire.Info3SCReadRelax == 0
}

// linearized reports whether a read must be in one order with those of all clients, which only the Enterprise Edition can
// promise; the other refuses it in any namespace.
func (c *command) linearized() bool {
	const mask = wire.Info3SCReadRelax | wire.Info3SCReadType
	return c.message.Info3&mask == wire.Info3SCReadType
}

// Generations have 16 bits. With strong consistency six of them are the regime's.
const (
	maxGeneration       = 1<<16 - 1
	maxStrongGeneration = 1<<10 - 1
)

// nextGeneration counts writes; 0 stands for no record and is left out.
func (ns *namespace) nextGeneration(g uint16) uint16 {
	limit := uint16(maxGeneration)
	if ns.strong() {
		limit = maxStrongGeneration
	}
	if g >= limit {
		return 1
	}
	return g + 1
}
