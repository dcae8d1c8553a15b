package sim

import "time"

// Evidence is everything that is known about a run: what the client reported, and what actually
// happened.
type Evidence struct {
	Plan  *Plan
	Calls []*Call
	Truth *Truth
	// Sent is how often a complete message with the token was sent.
	Sent map[Token]int
	// LastTry is the network's tick at which the last write of a message with the token ended.
	LastTry map[Token]uint64
	// Strikes are the faults that hit messages with the token. Counts is the number of strikes by
	// kind.
	Strikes map[Token][]Strike
	Counts  [faultKindCount]int
	// Closing is the time that closing the client took. Leaks is the number of its connections that
	// were still open afterwards.
	Closing time.Duration
	Leaks   int
	// Broken is the error that kept the run from ending, nil if there was none.
	Broken error
}
