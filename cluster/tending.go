package cluster

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
)

// An inquiry is a tending exchange with one node. While it is in progress it owns the node's
// connection for tending.
type inquiry struct {
	node   *Node
	cancel context.CancelFunc
	done   chan struct{} // closed when the fields below are set
	took   time.Duration
	take   func() // applies the node's answer; runs on the tender's goroutine
	err    error
}

// settled reports whether no inquiry is in progress. It drops a late one that has ended.
func (t *tending) settled() bool {
	if t.inquiry == nil {
		return true
	}
	select {
	case <-t.inquiry.done:
	default:
		return false
	}
	if t.inquiry.err != nil {
		t.hangUp()
	} else {
		t.answeredAfter(t.inquiry.took)
	}
	t.inquiry = nil
	return true
}

// answeredAfter records how long an answer took. The usual time is that of the slowest recent
// answers.
func (t *tending) answeredAfter(d time.Duration) { t.usual = max(d, t.usual*3/4) }

// tending is the tender's state of a node. Only the tender's goroutine uses it, except conn, which
// the inquiry owns while there is one.
type tending struct {
	conn    *link.Conn    // nil after a failure
	inquiry *inquiry      // in progress, or late and not dropped yet
	usual   time.Duration // how long the slowest recent answers took
	// failures counts the rounds in a row in which the node did not answer as it should.
	failures   int
	referenced bool // another node named it in this round
	peerCount  int  // how many peers it knew when it was last asked for them
	// The generations that were read, and those that the node has now.
	peersSeen, peersWanted int64
	partsSeen, partsWanted int64
	racksSeen, racksWanted int64
}

func (t *tending) hangUp() {
	if t.conn != nil {
		t.conn.Close()
		t.conn = nil
	}
}
