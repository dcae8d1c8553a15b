package sim

import (
	"fmt"
	"time"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// A Fault is something that goes wrong for some time. All its fields are data from the seed, so it
// does the same whenever the seed is run.
type Fault struct {
	Kind FaultKind
	// Node is the number of the affected node, -1 for all.
	Node int
	// From and To limit it in time, counted from the start of the load.
	From, To time.Duration
	// On are the kinds of requests that it may hit. It hits one in Every, chosen by a hash of the
	// request.
	On    devserver.Kind
	Every int
	// N is the number of bytes before a cut or in each piece, or the variant of the fault.
	N int
	// Delay is how long something is delayed.
	Delay time.Duration
	// Code is the result code of a refusal.
	Code protocol.ResultCode
}

// A FaultKind is a kind of fault.
type FaultKind uint8

// The kinds. The first ones affect nodes, the cluster and connections, and last from From to To.
// The others affect single requests.
const (
	Kill              FaultKind = iota // the node stops and is restarted
	Freeze                             // the node pauses and continues
	Join                               // another node joins and stays
	Move                               // partitions get other masters
	RefuseConnect                      // connections are refused
	SilentConnect                      // connections open, accept what is sent, and eventually break
	SlowConnect                        // connections open slowly
	NarrowLink                         // the client's bytes are sent in pieces with pauses between them
	SlowRequest                        // is delayed before it is executed
	SlowAnswer                         // is delayed after it was executed
	IgnoreRequest                      // is neither executed nor answered
	DropAnswer                         // is executed and not answered
	CutRequest                         // the next request on the connection is cut off
	CutAnswer                          // is executed, and its response is cut off
	BreakBefore                        // the connection breaks before it is executed
	BreakAfter                         // the connection breaks after it was executed
	Refuse                             // is answered with a result code
	RefuseRow                          // one row of a batch is
	ServerTimeout                      // is executed and answered with the server's timeout code
	RepeatAnswer                       // the response comes twice
	TrailAnswer                        // extra bytes follow the response
	SliceAnswer                        // the response comes in pieces
	InvalidAnswer                      // bytes that are not a valid response come instead
	ExtraRow                           // the response to a batch has one row too many
	StalePeers                         // the node reports wrong peers
	OtherName                          // another node answers in its place
	InvalidPartitions                  // the node's partition map cannot be parsed
	faultKindCount
)

var faultNames = [faultKindCount]string{
	Kill: "kill", Freeze: "freeze", Join: "join", Move: "move", RefuseConnect: "refuse connections", SilentConnect: "silent connections",
	SlowConnect: "slow connections", NarrowLink: "narrow link", SlowRequest: "slow request", SlowAnswer: "slow answer",
	IgnoreRequest: "ignore request", DropAnswer: "drop answer", CutRequest: "cut request", CutAnswer: "cut answer",
	BreakBefore: "break before", BreakAfter: "break after", Refuse: "refuse", RefuseRow: "refuse row",
	ServerTimeout: "server timeout", RepeatAnswer: "repeat answer", TrailAnswer: "trailing bytes", SliceAnswer: "slices",
	InvalidAnswer: "invalid answer", ExtraRow: "extra row", StalePeers: "stale peers", OtherName: "other name",
	InvalidPartitions: "invalid partitions",
}

// String returns the kind in words.
func (k FaultKind) String() string { return faultNames[k] }

// String returns the complete fault.
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

// ofNode reports whether the fault affects a whole node.
func (f *Fault) ofNode() bool { return f.Kind == Kill || f.Kind == Freeze }

// fits reports whether this kind of fault can hit a request.
func (f *Fault) fits(r *devserver.Request) bool {
	if r.Kind&f.On == 0 || r.InBatch != (f.Kind == RefuseRow) {
		return false
	}
	switch f.Kind {
	case StalePeers:
		return r.Asks("peers-generation") || r.Asks("peers-clear-std")
	case OtherName:
		return r.Asks("node")
	case InvalidPartitions:
		return r.Asks("partition-generation")
	}
	return true
}
