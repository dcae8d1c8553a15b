package cluster

import "time"

const (
	// placeTrip is the round trip for which a node gets one more message in flight. A message costs
	// both sides about 20 to 30 microseconds. Where most of a round trip is spent on the network or
	// on a disk, sending a command at once costs little in comparison, and waiting costs much.
	placeTrip = 250 * time.Microsecond
	// maxPlaces bounds the messages in flight.
	maxPlaces = 16
	// tripWindow is the time for which the shortest round trip counts.
	tripWindow = time.Second
)

// trips has the shortest of the latest round trips to a node. The shortest one shows the distance
// of the node, the others also how busy node and client are.
type trips struct {
	current, last time.Duration // shortest of this window and of the one before; 0 if there was none
	end           time.Time     // of this window
}

// add records a round trip that has just ended.
func (t *trips) add(took time.Duration, now time.Time) {
	switch {
	case now.After(t.end):
		t.last, t.current, t.end = t.current, took, now.Add(tripWindow)
	case took < t.current:
		t.current = took
	}
}

// places returns the number of messages that may be in flight.
func (t *trips) places() int {
	shortest := t.current
	if t.last > 0 {
		shortest = min(shortest, t.last)
	}
	return min(coalescePlaces+int(shortest/placeTrip), maxPlaces)
}
