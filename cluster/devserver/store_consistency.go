package devserver

import "github.com/aerosql/aerosql/protocol/wire"

// firstRegime is the first regime of a namespace with strong consistency. Other namespaces have the
// regime 0, by which clients distinguish them.
const firstRegime = 2

// regime returns the number of rebalances of a namespace with strong consistency. Clients use it to
// detect stale partition maps.
func (ns *namespace) regime() int {
	if ns.strong() {
		return firstRegime - 1 + int(ns.rebalances.Load())
	}
	return 0
}

// asksMaster reports whether the partition's master must answer a read. With strong consistency it
// must, unless the client permits relaxed reads (docs/wire-core.md#1.5).
func (c *command) asksMaster() bool {
	return c.ns.strong() && c.message.Info3&wire.Info3SCReadRelax == 0
}

// linearized reports whether the command asks for a linearized read. The Community Edition refuses
// it in every namespace.
func (c *command) linearized() bool {
	const mask = wire.Info3SCReadRelax | wire.Info3SCReadType
	return c.message.Info3&mask == wire.Info3SCReadType
}

// Generations have 16 bits. With strong consistency, six of the bits hold the regime.
const (
	maxGeneration       = 1<<16 - 1
	maxStrongGeneration = 1<<10 - 1
)

// nextGeneration returns the generation after g. It wraps to 1, because 0 means that there is no
// record.
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
