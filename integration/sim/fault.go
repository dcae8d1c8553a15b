package sim

import (
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// A Fault is something that goes wrong for a while. All its fields are data that a seed has drawn: it does the same
// whenever the seed is run.
type Fault struct {
	Kind FaultKind
	// Node is the number of the node that it befalls, -1 for all.
	Node int
	// From and To bound it, counted from the begin of the load.
	From, To time.Duration
	// On are the requests that it may hit; of these it hits one in Every, by a lot that depends on the request alone.
	On    devserver.Kind
	Every int
	// N is the number of bytes where something is cut or of which pieces have, or which of several forms a fault takes.
	N int
	// Delay is how long something waits.
	Delay time.Duration
	// Code is what a node refuses with.
	Code protocol.ResultCode
}

// A FaultKind is a kind of faults.
type FaultKind uint8

// The kinds. The first are about nodes, the cluster and connections and last from From to To, the others are about single requests.
const (
	Kill          FaultKind = iota // the node ends, and is started again
	Freeze                         // the node stops, and goes on
	Join                           // another node comes, and stays
	Move                           // partitions get other masters
	RefuseConnect                  // connections are refused
	SilentConnect                  // connections are opened, take what is sent, and break in the end
	SlowConnect                    // connections take time to be opened
	NarrowLink                     // the client's bytes leave in pieces with pauses in between
	SlowRequest                    // waits before it is executed
	SlowAnswer                     // waits after it was executed
	IgnoreRequest                  // is neither executed nor answered
	DropAnswer                     // is executed and not answered
	CutRequest                     // the next request on the connection breaks off
	CutAnswer                      // is executed, its answer breaks off
	BreakBefore                    // the connection breaks before it is executed
	BreakAfter                     // the connection breaks after it was executed
	Refuse                         // is answered with a result code
	RefuseRow                      // one row of a batch is
	ServerTimeout                  // is executed and answered with the code that says that nobody knows
	RepeatAnswer                   // the answer comes twice
	TrailAnswer                    // bytes follow the answer
	SliceAnswer                    // the answer comes in pieces
	NoAnswer                       // something that is no answer comes in its place
	StrangeAnswer                  // the answer to a batch has a row too many
	StalePeers                     // the node tells of other peers than it has
	OtherName                      // another node answers in its place
	OddPartitions                  // the node's partitions can't be read
	faultKindCount
)

var faultNames = [faultKindCount]string{
	Kill: "kill", Freeze: "freeze", Join: "join", Move: "move", RefuseConnect: "refuse connections", SilentConnect: "silent connections",
	SlowConnect: "slow connections", NarrowLink: "narrow link", SlowRequest: "slow request", SlowAnswer: "slow answer",
	IgnoreRequest: "ignore request", DropAnswer: "drop answer", CutRequest: "cut request", CutAnswer: "cut answer",
	BreakBefore: "break before", BreakAfter: "break after", Refuse: "refuse", RefuseRow: "refuse row",
	ServerTimeout: "server timeout", RepeatAnswer: "repeat answer", TrailAnswer: "trailing bytes", SliceAnswer: "slices",
	NoAnswer: "no answer", StrangeAnswer: "strange row", StalePeers: "stale peers", OtherName: "other name",
	OddPartitions: "odd partitions",
}

// String returns the kind in words.
func (k FaultKind) String() string { return faultNames[k] }

// String tells all about the fault.
func (f *Fault) String() string {
	s := fmt.Sprintf("%v on node %d from %v to %v", f.Kind, f.Node, f.From, f.To)
	if f.Every > 0 {
		s += fmt.Sprintf(", requests %07b, one in %d", f.On, f.Every)
	}
	if f.N != 0 {
		s += fmt.Sprintf(", %d", f.N)
	}
	if f.Delay != 0 {
		s += fmt.Sprintf(", %v", f.Delay)
	}
	if f.Code != protocol.OK {
		s += fmt.Sprintf(", %v", f.Code)
	}
	return s
}

// inForce reports whether the fault may strike a node at a time.
func (f *Fault) inForce(node int, now time.Duration) bool {
	return (f.Node < 0 || f.Node == node) && f.From <= now && now < f.To
}

// ofNode reports whether the fault is one that befalls a node as a whole.
func (f *Fault) ofNode() bool { return f.Kind == Kill || f.Kind == Freeze }

// fits reports whether a request can be hit by the kind of fault.
func (f *Fault) fits(r *devserver.Request) bool {
	if r.Kind&f.On == 0 || r.InBatch != (f.Kind == RefuseRow) {
		return false
	}
	switch f.Kind {
	case StalePeers:
		return r.Asks("peers-generation") || r.Asks("peers-clear-std")
	case OtherName:
		return r.Asks("node")
	case OddPartitions:
		return r.Asks("partition-generation")
	}
	return true
}
