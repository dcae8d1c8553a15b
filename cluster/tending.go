package cluster

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
)

// An inquiry is an exchange of tending with one node. While it is under way the node's connection
// for tending belongs to it.
type inquiry struct {
	node   *Node
	cancel context.CancelFunc
	done   chan struct{} // closed when what follows is known
	took   time.Duration
	take   func() // takes over what the node has answered; runs on the tender's goroutine
	err    error
}

// settled reports whether no inquiry is under way. One that was late and has ended is forgotten.
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

// answeredAfter notes how long an answer took. The usual time is that of the slowest answers of
// late.
func (t *tending) answeredAfter(d time.Duration) { t.usual = max(d, t.usual*3/4) }

// tending is what the tender knows of a node. Only the tender's goroutine uses it; conn belongs to
// the inquiry while there is one.
type tending struct {
	conn    *link.Conn    // nil after a failure
	inquiry *inquiry      // under way, or late and not forgotten yet
	usual   time.Duration // how long the slowest answers of late took
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
