package sim

import "time"

// Evidence is all that is known of a run when it has ended: what the client said, and what truly happened.
type Evidence struct {
	Plan  *Plan
	Calls []*Call
	Truth *Truth
	// Sent is how many messages with a token have left as a whole.
	Sent map[Token]int
	// Tried is when the last message with a token was no longer being written, by the ticks of the wire.
	Tried map[Token]uint64
	// Strikes are the faults that have hit messages with a token, and Counts how often each kind has struck.
	Strikes map[Token][]Strike
	Counts  [faultKindCount]int
	// Closing is how long closing the client took, Leaks the number of its connections that were still open then.
	Closing time.Duration
	Leaks   int
	// Broken is what kept the run from coming to its end, nil if nothing has.
	Broken error
}
