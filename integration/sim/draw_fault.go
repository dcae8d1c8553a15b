package sim

import (
	"slices"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// commands are the requests that callers cause.
const commands = devserver.Reads | devserver.Writes | devserver.Batches | devserver.Queries

// targets has the requests that each kind of fault hits, 0 for none, and the weight of the kind.
var targets = [faultKindCount]struct {
	on     devserver.Kind
	weight int
}{
	Kill: {0, 3}, Freeze: {0, 2}, Join: {0, 1}, Move: {0, 2}, RefuseConnect: {devserver.Connects, 1}, SilentConnect: {0, 1}, SlowConnect: {devserver.Connects, 1},
	NarrowLink: {0, 2}, SlowRequest: {commands | devserver.Infos, 2}, SlowAnswer: {commands | devserver.Infos, 2}, IgnoreRequest: {commands | devserver.Infos, 2},
	DropAnswer: {commands | devserver.Infos, 2}, CutRequest: {commands | devserver.Infos, 2}, CutAnswer: {commands | devserver.Infos, 2},
	BreakBefore: {commands | devserver.Infos, 2}, BreakAfter: {commands | devserver.Infos, 2}, Refuse: {commands | devserver.Infos, 4},
	RefuseRow: {devserver.Reads | devserver.Writes, 3}, ServerTimeout: {commands, 2}, RepeatAnswer: {commands | devserver.Infos, 2},
	TrailAnswer: {commands | devserver.Infos, 2}, SliceAnswer: {commands | devserver.Infos, 1}, InvalidAnswer: {commands | devserver.Infos, 2},
	ExtraRow: {devserver.Batches, 1}, StalePeers: {devserver.Infos, 1}, OtherName: {devserver.Infos, 1}, InvalidPartitions: {devserver.Infos, 1},
}

// faults draws the faults of a plan. With strong consistency at most one node is down at a time and
// comes back with its data, so that nothing is lost: transactions can only be torn by clients.
func (d draw) faults(p *Plan) (faults []Fault) {
	for range d.between(6, 24) {
		f := d.fault(p)
		if f.ofNode() && (p.Strong > 0 && p.Cluster.Nodes == 1 || slices.ContainsFunc(faults, func(o Fault) bool { return o.clashes(&f, p.Strong > 0) })) {
			continue
		}
		if p.Strong > 0 && f.Kind == Kill {
			f.N &^= cameBackEmpty
		}
		faults = append(faults, f)
	}
	return faults
}

// clashes reports whether two faults cannot happen at the same time: on the same node, or, if
// careful, on any two nodes of a cluster that must not lose data.
func (f *Fault) clashes(o *Fault, careful bool) bool {
	return f.ofNode() && o.ofNode() && (careful || f.Node == o.Node) && f.From <= o.To && o.From <= f.To
}

func (d draw) fault(p *Plan) Fault {
	f := Fault{Kind: d.faultKind(), Node: d.between(-1, p.Cluster.Nodes-1)}
	switch {
	case f.ofNode():
		f.Node = max(f.Node, 0)
	case f.Kind == NarrowLink || f.Kind == SilentConnect || f.Kind == Join || f.Kind == Move:
		f.Node = -1 // it happens on the client's side, or to the whole cluster
	}
	f.From = d.time(0, p.FaultsEnd*3/4)
	f.To = min(f.From+d.time(20*time.Millisecond, 800*time.Millisecond), p.FaultsEnd)
	f.On = targets[f.Kind].on
	if f.On&commands != 0 && d.chance(50) {
		// Only one kind of request, mostly writes.
		f.On &= one(d, devserver.Writes, devserver.Writes, devserver.Reads, devserver.Batches, devserver.Queries, devserver.Infos)
		if f.On == 0 {
			f.On = targets[f.Kind].on
		}
	}
	if !f.ofNode() && f.Kind != Join && f.Kind != Move {
		f.Every = one(d, 1, 2, 2, 3)
	}
	d.details(&f)
	return f
}

// faultKind draws a kind by its weight.
func (d draw) faultKind() FaultKind {
	sum := 0
	for _, t := range targets {
		sum += t.weight
	}
	n := d.IntN(sum)
	for k, t := range targets {
		if n -= t.weight; n < 0 {
			return FaultKind(k)
		}
	}
	panic("sim: weights don't add up")
}

func (d draw) details(f *Fault) {
	switch f.Kind {
	case Kill:
		f.N = d.IntN(killForms)
	case Freeze:
		f.N = d.IntN(unnoticed + 1)
	case Move:
		f.N, f.Delay = d.IntN(1000), d.time(2*time.Millisecond, 50*time.Millisecond)
	case SlowConnect, SlowRequest, SlowAnswer:
		f.Delay = one(d, d.time(time.Millisecond, 10*time.Millisecond), d.time(10*time.Millisecond, 200*time.Millisecond))
	case NarrowLink:
		f.N, f.Delay = d.between(1, 200), d.time(10*time.Microsecond, 2*time.Millisecond)
	case CutRequest:
		f.N = one(d, d.between(1, 40), d.between(1, 400))
	case CutAnswer:
		f.N = one(d, d.between(0, 32), d.between(0, 400))
	case SliceAnswer:
		f.N = d.between(1, 16)
	case TrailAnswer, InvalidAnswer, StalePeers, InvalidPartitions:
		f.N = d.between(0, 9)
	case Refuse, RefuseRow:
		f.Code = one(d, refusals...)
	}
	switch f.Kind {
	case StalePeers, OtherName, InvalidPartitions:
		f.Every = 1 // what a node reports about itself stays the same for some time
	}
}

// refusals are the result codes of faults: codes that a server may return at any time, among them
// its timeout, overload, and a code that no client knows.
var refusals = []protocol.ResultCode{
	protocol.ServerTimeout, protocol.ServerTimeout, protocol.PartitionUnavailable, protocol.PartitionUnavailable, protocol.DeviceOverload,
	protocol.DeviceOverload, protocol.KeyBusy, protocol.ServerError, protocol.Forbidden, protocol.BatchQueuesFull, 199,
}
