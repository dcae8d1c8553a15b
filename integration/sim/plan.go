package sim

import (
	"fmt"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// A Plan is everything that a run does. The same seed gives the same plan.
type Plan struct {
	Seed    uint64
	Cluster devserver.Options
	// Client is the client's configuration, except for what depends on the run: seeds, dial
	// function and logger.
	Client cluster.Config
	// Keys is the number of records that are written during the load, Fixed the number of records
	// that only queries read. Both are numbered from 0. Strong is the number of additional records
	// that are written in a namespace with strong consistency, numbered from firstStrong. It is 0
	// if there is no such namespace.
	Keys, Fixed, Strong int
	// Callers are the operations of each caller.
	Callers [][]Operation
	Faults  []Fault
	// FaultsEnd is when the last fault has ended, counted from the start of the load.
	FaultsEnd time.Duration
	// CloseAt is when the client is closed during the load, 0 for never. Shutdown is how long it
	// then waits for calls to end.
	CloseAt, Shutdown time.Duration
}

// The namespaces, and the sets of records that change and of records that do not.
const (
	namespace = "test"
	strong    = "strong"
	changing  = "changing"
	fixed     = "fixed"
)

// firstStrong is the number of the first record in the namespace with strong consistency.
const firstStrong = 1000

// Bins of the records.
const (
	binKey     = "k" // the record's number
	binToken   = "t" // the token of the last Put
	binLog     = "l" // the tokens of all Pushes
	binBlob    = "b" // the tokens of all Appends, concatenated
	binPadding = "p"
	binCount   = "n" // the counter of the mapper and SQL verbs
)

// key returns the key of a record that changes.
func key(n int) protocol.Key {
	if n >= firstStrong {
		return protocol.MustKey(strong, changing, n)
	}
	return protocol.MustKey(namespace, changing, n)
}

// fixedKey returns the key of a record that does not change.
func fixedKey(n int) protocol.Key { return protocol.MustKey(namespace, fixed, n) }

// numbers returns the numbers of all records that change.
func (p *Plan) numbers() (numbers []int) {
	for n := range p.Keys {
		numbers = append(numbers, n)
	}
	for n := range p.Strong {
		numbers = append(numbers, firstStrong+n)
	}
	return numbers
}

// operations returns the number of operations of all callers.
func (p *Plan) operations() (n int) {
	for _, ops := range p.Callers {
		n += len(ops)
	}
	return n
}

// String returns the plan without its operations, which are printed with the calls.
func (p *Plan) String() string {
	var b strings.Builder
	c := &p.Client
	fmt.Fprintf(&b, "seed %d: %d nodes, %v, %d replicas, migrations every %v; %d callers, %d operations on %d + %d records\n", p.Seed, p.Cluster.Nodes, p.Cluster.Edition,
		p.Cluster.Namespaces[0].ReplicationFactor, p.Cluster.MigrateEvery, len(p.Callers), p.operations(), p.Keys, p.Strong)
	fmt.Fprintf(&b, "client: tend %v, connect %v, conns %d to %d, idle %v, coalesce %d, errors %d in %d, retries %d%% + %d\n", c.TendInterval, c.ConnectTimeout,
		c.MinConnsPerNode, c.MaxConnsPerNode, c.IdleTimeout, c.Coalesce, c.MaxErrorRate, c.ErrorRateWindow, c.RetryPercent, c.RetryReserve)
	if p.CloseAt > 0 {
		fmt.Fprintf(&b, "closed at %v, shutdown %v\n", p.CloseAt, p.Shutdown)
	}
	for i := range p.Faults {
		fmt.Fprintf(&b, "fault %d: %v\n", i, &p.Faults[i])
	}
	return b.String()
}
