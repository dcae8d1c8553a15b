package sim

import (
	"math/rand/v2"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
)

// A draw is the source of everything that a seed determines.
type draw struct{ *rand.Rand }

// chance returns true with the given probability in percent.
func (d draw) chance(percent int) bool { return d.IntN(100) < percent }

// between returns a number from low to high.
func (d draw) between(low, high int) int { return low + d.IntN(high-low+1) }

// time returns a duration from low to high.
func (d draw) time(low, high time.Duration) time.Duration {
	return low + time.Duration(d.Int64N(int64(high-low)+1))
}

// sometimes returns a duration from low to high with the given probability in percent, and
// otherwise 0.
func (d draw) sometimes(percent int, low, high time.Duration) time.Duration {
	if !d.chance(percent) {
		return 0
	}
	return d.time(low, high)
}

// one returns one of several values.
func one[T any](d draw, of ...T) T { return of[d.IntN(len(of))] }

// Draw returns the plan of a seed.
func Draw(seed uint64) *Plan {
	d := draw{rand.New(rand.NewPCG(seed, 0x5eed))}
	p := &Plan{Seed: seed, Keys: d.between(4, 16), Fixed: d.between(20, 60)}
	if d.chance(40) {
		p.Strong = d.between(3, 8)
	}
	p.Cluster = d.cluster(p.Strong > 0)
	p.Client = d.client()
	p.FaultsEnd = d.time(400*time.Millisecond, 1500*time.Millisecond)
	p.Faults = d.faults(p)
	callers := d.between(4, 24)
	for range callers {
		p.Callers = append(p.Callers, d.operations(p, 380/callers))
	}
	if d.chance(20) {
		p.CloseAt = d.time(p.FaultsEnd/4, p.FaultsEnd)
		p.Shutdown = d.sometimes(50, 0, 200*time.Millisecond)
	}
	return p
}

func (d draw) cluster(withStrong bool) devserver.Options {
	o := devserver.Options{Nodes: one(d, 1, 2, 3, 3, 3, 3, 3, 3), History: true}
	o.Namespaces = []devserver.NamespaceOptions{{Name: namespace, ReplicationFactor: d.between(1, min(2, o.Nodes))}}
	if withStrong {
		o.Namespaces = append(o.Namespaces, devserver.NamespaceOptions{Name: strong, ReplicationFactor: min(2, o.Nodes), StrongConsistency: true})
	}
	if withStrong || d.chance(20) {
		o.Edition = devserver.Enterprise
	}
	if !withStrong {
		o.MigrateEvery = d.sometimes(40, time.Microsecond, 100*time.Microsecond)
	}
	return o
}

func (d draw) client() cluster.Config {
	c := cluster.Config{
		ConnectTimeout: d.time(20*time.Millisecond, 100*time.Millisecond), TendInterval: d.time(50*time.Millisecond, 300*time.Millisecond),
		MaxConnsPerNode: d.between(2, 24), IdleTimeout: one(d, 0, 0, -1, 30*time.Millisecond),
		Coalesce:     one(d, cluster.CoalesceAuto, cluster.CoalesceAuto, cluster.CoalesceOff),
		MaxErrorRate: one(d, 0, -1, 3, 10), ErrorRateWindow: d.between(1, 3),
		RetryPercent: one(d, 0, -1, 10), RetryReserve: one(d, 0, 5),
	}
	c.MinConnsPerNode = d.IntN(min(3, c.MaxConnsPerNode))
	ending := cluster.TxnPolicy{
		TotalTimeout: d.time(30*time.Millisecond, 300*time.Millisecond), SocketTimeout: d.time(10*time.Millisecond, 100*time.Millisecond),
		SleepBetweenRetries: d.time(time.Millisecond, 20*time.Millisecond), MaxRetries: one(d, cluster.NoRetries, 1, 5),
	}
	c.Policies.TxnVerify, c.Policies.TxnRoll = ending, ending
	return c
}

// operations draws the operations of a caller.
func (d draw) operations(p *Plan, n int) []Operation {
	ops := make([]Operation, n)
	for i := range ops {
		ops[i] = d.operation(p)
		// Some operations follow immediately, so that they overlap with those of other callers.
		// Together they take as long as the faults.
		ops[i].Think = one(d, d.time(0, 50*time.Microsecond), d.time(0, 4*p.FaultsEnd/time.Duration(n)))
	}
	return ops
}

func (d draw) operation(p *Plan) Operation {
	op := Operation{Limits: d.limits(p)}
	switch lot := d.IntN(100); {
	case lot < 3:
		op.Query = d.query(p)
		op.Limits.Total = d.time(50*time.Millisecond, time.Second)
	case lot < 15:
		op.Batch = true
		op.Commands = d.rows(d.numbers(p))
	case lot >= 88:
		op.Commands = []Command{{Verb: firstHighLevel + Verb(d.IntN(int(firstRead-firstHighLevel))), Key: d.IntN(p.Keys)}}
	case lot < 30 && p.Strong > 0:
		op.Transaction, op.Commands = d.transaction(p)
	default:
		op.Commands = []Command{d.command(d.numbers(p), d.chance(60))}
	}
	switch lot := d.IntN(100); {
	case lot < 5:
		op.Cancel = d.time(1, 5*time.Millisecond)
	case lot < 8:
		op.Cancel = d.time(1, 60*time.Millisecond)
	case lot < 9:
		op.Cancel = -1
	case lot < 14:
		op.Deadline = d.time(1, 40*time.Millisecond)
	}
	if op.isHighLevel() && op.Deadline == 0 {
		op.Deadline = d.time(20*time.Millisecond, 200*time.Millisecond) // each of its commands has its own limits
	}
	return op
}

func (d draw) limits(p *Plan) Limits {
	l := Limits{
		Total: d.time(20*time.Millisecond, 200*time.Millisecond), Socket: d.sometimes(40, 3*time.Millisecond, 40*time.Millisecond),
		Sleep: d.sometimes(30, time.Microsecond, 10*time.Millisecond), Delay: d.sometimes(20, time.Millisecond, 50*time.Millisecond),
		Retries: one(d, 0, 0, 0, cluster.NoRetries, 1, 2),
		Replica: one(d, cluster.ReplicaSequence, cluster.ReplicaSequence, cluster.ReplicaMaster, cluster.ReplicaMasterProles, cluster.ReplicaRandom),
	}
	l.Compress = p.Cluster.Edition == devserver.Enterprise && d.chance(20)
	return l
}

// numbers returns the records of one of the namespaces.
func (d draw) numbers(p *Plan) []int {
	all := p.numbers()
	if p.Strong > 0 && d.chance(30) {
		return all[p.Keys:]
	}
	return all[:p.Keys]
}

func (d draw) command(numbers []int, write bool) Command {
	c := Command{Key: one(d, numbers...)}
	if !write {
		c.Verb = Verb(d.between(int(firstRead), int(verbCount)-1))
		return c
	}
	// Verbs that remove records are rarer, so that some records exist.
	c.Verb = Verb(d.IntN(int(firstHighLevel)))
	if c.Verb.removes() && d.chance(60) {
		c.Verb = one(d, Put, Push)
	}
	if c.Verb == Put && d.chance(5) {
		c.Padding = d.between(100, 20_000)
	}
	return c
}

// rows draws the commands of a batch, all of the same verb or of any verb, on any records.
func (d draw) rows(numbers []int) []Command {
	rows := make([]Command, d.between(1, 8))
	same, verb := d.chance(40), d.command(numbers, d.chance(60)).Verb
	for i := range rows {
		if rows[i] = d.command(numbers, d.chance(60)); same {
			rows[i].Verb = verb
		}
	}
	return rows
}

// longestTransaction is the longest timeout of a transaction.
const longestTransaction = 2 * time.Second

// transaction draws a transaction and its commands. It uses only verbs whose result differs from
// the previous version.
func (d draw) transaction(p *Plan) (*Transaction, []Command) {
	t := &Transaction{
		Timeout: d.time(time.Second, longestTransaction), Pause: d.sometimes(60, time.Microsecond, 20*time.Millisecond),
		Abort: d.chance(15), CommitAnyway: d.chance(30),
	}
	strongNumbers := p.numbers()[p.Keys:]
	var all []Command
	for range d.between(1, 4) {
		step := make([]Command, one(d, 1, 1, 1, 2, 3))
		for i := range step {
			for step[i] = d.command(strongNumbers, d.chance(60)); step[i].Verb == Touch || step[i].Verb == Swap; {
				step[i] = d.command(strongNumbers, true)
			}
		}
		t.Steps = append(t.Steps, len(step))
		all = append(all, step...)
	}
	return t, all
}

func (d draw) query(p *Plan) *Query {
	q := &Query{Namespace: namespace, Set: one(d, changing, fixed, fixed)}
	if p.Strong > 0 && d.chance(20) {
		q.Namespace, q.Set = strong, changing
	}
	if q.Set == fixed && d.chance(40) {
		q.First = d.IntN(p.Fixed)
		q.Last = d.between(max(q.First, 1), p.Fixed)
	}
	if d.chance(20) {
		q.Begin = d.IntN(4096)
		q.Count = d.between(1, 4096-q.Begin)
	}
	switch lot := d.IntN(100); {
	case lot < 30:
		q.Page = int64(d.between(5, 30))
	case lot < 45:
		q.Leave = d.between(1, 10)
	}
	q.Pause = d.sometimes(20, time.Microsecond, 3*time.Millisecond)
	return q
}
