package sim

import "time"

// tripFactor bounds the time that a client keeps for a round trip, as a multiple of the longest
// call until then: a message that timed out may count twice, and the client may add half of that.
const tripFactor = 3

// overload checks that a command that waited for others was not dropped while there was time for an
// answer. That it was not sent, and is not in doubt, is checked as for every call.
func (c *checker) overload(call *Call, o *Outcome) {
	left := c.shortest(call) - o.took()
	if call.Deadline > 0 {
		left = min(left, call.Deadline-(o.Ended.At-call.Begun.At))
	}
	if longest := c.longest(o.Ended.At); left > tripFactor*longest+slack {
		c.breach(ImpossibleCause, call, "%v, but at least %v were left, and no call has taken longer than %v", o.Err, left, longest)
	}
}

// longest returns the longest time that a call took until a time. A call whose context was canceled
// counts with its limit, because its message is still sent.
func (c *checker) longest(until time.Duration) (d time.Duration) {
	for _, call := range c.Calls {
		switch {
		case call.Begun.At > until:
		case call.Cancel != 0 || call.Deadline != 0:
			d = max(d, min(call.Limits.Total, until-call.Begun.At))
		default:
			d = max(d, min(call.took(), until-call.Begun.At))
		}
	}
	return d
}
