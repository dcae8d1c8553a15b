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
	// fewCommands is the number of commands up to which a message is small.
	fewCommands = 8
	// lateMargin is how many usual round trips a command must have left to be sent: round trips
	// vary, and an answer that comes too late is worth nothing.
	lateMargin = 1.5
	// usualShare is the number of round trips that the moving average remembers, roughly.
	usualShare = 8
)

// trips has the latest round trips to a node. The shortest one shows the distance of the node, the
// others also how busy node and client are.
type trips struct {
	current, last time.Duration // shortest of this window and of the one before; 0 if there was none
	end           time.Time     // of this window
	usual         time.Duration // moving average; 0 if it is not known
	updated       time.Time     // when usual was updated
}

// spare reports whether a command with so much time left can be answered in time.
func (t *trips) spare(left time.Duration) bool { return float64(left) > lateMargin*float64(t.usual) }

// add records a round trip of a message with a number of commands that has just ended. A node that
// is busy with many commands is not far away, so only small messages show the distance.
func (t *trips) add(took time.Duration, commands int, now time.Time) {
	t.usual, t.updated = t.usual+(took-t.usual)/usualShare, now
	switch {
	case commands > fewCommands:
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

// tooLong is called if no command has enough time left for the usual round trip. If no message has
// shown for a while whether that is still right, shorter ones are tried.
func (t *trips) tooLong(now time.Time) {
	if now.Sub(t.updated) > 2*t.usual {
		t.usual, t.updated = t.usual/2, now
	}
}

// patience returns how long a queue may stand still before messages are probably stuck.
func (t *trips) patience() time.Duration { return max(coalescePatience, 4*t.usual) }
