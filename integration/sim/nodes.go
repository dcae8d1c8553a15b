package sim

import (
	"fmt"
	"slices"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// A nodeAction is an action on the cluster at a given time.
type nodeAction struct {
	at time.Duration
	do func() error
}

// runNodeFaults carries out the faults of whole nodes and of the cluster at their times, and
// returns when the last one has ended.
func (in *injector) runNodeFaults(server *devserver.Server) error {
	var turns []nodeAction
	for i := range in.faults {
		f := &in.faults[i]
		switch f.Kind {
		case Kill:
			turns = append(turns, in.kill(server, f)...)
		case Freeze:
			turns = append(turns, in.freeze(server, f)...)
		case Join:
			turns = append(turns, nodeAction{f.From, func() error {
				in.strike(f)
				_, err := server.AddNode()
				return err
			}})
		case Move:
			turns = append(turns, in.move(server, f)...)
		}
	}
	slices.SortStableFunc(turns, func(a, b nodeAction) int { return int(a.at - b.at) })
	for _, t := range turns {
		time.Sleep(t.at - time.Since(in.start))
		if err := t.do(); err != nil {
			return fmt.Errorf("the faults of the plan conflict: %w", err)
		}
	}
	return nil
}

// Variants of a node's failure: the other nodes notice at once, or only when it is back; it comes
// back with its data, without it, or at another address.
const (
	unnoticed = 1 << iota
	cameBackEmpty
	cameBackElsewhere
	killForms
)

// address returns the address at which a node comes back. It is different for each fault.
func (f *Fault) address() string {
	return fmt.Sprintf("10.0.0.2:%d", 10000+int(f.From/time.Microsecond)%50000)
}

// assignAddresses gives non-loopback addresses to the nodes that will move. Clients treat a
// loopback address as forwarded and keep using it.
func assignAddresses(server *devserver.Server, faults []Fault) error {
	settled := make(map[int]bool)
	for i := range faults {
		f := &faults[i]
		if f.Kind != Kill || f.N&cameBackElsewhere == 0 || settled[f.Node] {
			continue
		}
		settled[f.Node] = true
		name := server.NodeNames()[f.Node]
		if err := server.KillNode(name); err != nil {
			return err
		}
		if err := server.RestartNode(name, devserver.At(fmt.Sprintf("10.0.0.1:%d", 3000+f.Node))); err != nil {
			return err
		}
	}
	return nil
}

func (in *injector) kill(server *devserver.Server, f *Fault) []nodeAction {
	node := in.nodes[f.Node]
	release := func() {}
	begin := func() error {
		in.strike(f)
		if f.N&unnoticed != 0 {
			release = server.HoldCluster()
		}
		return server.KillNode(node)
	}
	end := func() error {
		var options []devserver.RestartOption
		if f.N&cameBackEmpty != 0 {
			options = append(options, devserver.Empty())
		}
		if f.N&cameBackElsewhere != 0 {
			options = append(options, devserver.At(f.address()))
		}
		err := server.RestartNode(node, options...)
		release()
		return err
	}
	return []nodeAction{{f.From, begin}, {f.To, end}}
}

// freeze pauses a node. If the other nodes are to notice, they do so half-way.
func (in *injector) freeze(server *devserver.Server, f *Fault) []nodeAction {
	node := in.nodes[f.Node]
	turns := []nodeAction{
		{f.From, func() error { in.strike(f); return server.FreezeNode(node) }},
		{f.To, func() error { return server.ThawNode(node) }},
	}
	if f.N&unnoticed == 0 {
		turns = append(turns, nodeAction{(f.From + f.To) / 2, func() error { return server.LoseNode(node) }})
	}
	return turns
}

// move makes nodes the masters of partitions with records, one after the other.
func (in *injector) move(server *devserver.Server, f *Fault) (turns []nodeAction) {
	for at := f.From; at < f.To; at += f.Delay {
		turns = append(turns, nodeAction{at, func() error {
			in.strike(f)
			members := server.MemberNames()
			if len(members) == 0 {
				return nil // all are down
			}
			n := hash(in.seed, uint64(at), uint64(f.N))
			return server.MovePartition(namespace, in.partitions[n%uint64(len(in.partitions))], members[n>>32%uint64(len(members))])
		}})
	}
	return turns
}

func (in *injector) strike(f *Fault) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.counts[f.Kind]++
}
