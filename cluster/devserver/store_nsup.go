package devserver

import (
	"fmt"
	"sync/atomic"
	"time"
)

// Records that have expired are gone for readers at once. Their space is given back by whoever writes them anew or by the
// namespace's supervisor, nsup, which goes through all partitions now and then.

// An expiry is what a node tells about the work of the supervisor on its copies.
type expiry struct {
	expired       atomic.Int64 // records that it has removed
	nonExpirable  atomic.Int64 // records that never expire, as it has last counted them
	cycleDuration atomic.Int64 // milliseconds that the last round took
}

// RemoveExpired removes the records of the namespace that have expired by Options.Clock, as nsup does, and returns
// how many they were, replicas not counted.
func (s *Server) RemoveExpired(namespace string) (int, error) {
	ns := s.namespace([]byte(namespace))
	if ns == nil {
		return 0, fmt.Errorf("devserver: no namespace %q", namespace)
	}
	return ns.removeExpired(), nil
}

// removeExpired makes a round over all copies of all partitions.
func (ns *namespace) removeExpired() (removed int) {
	began := time.Now()
	now := ns.server.clock.seconds()
	var nonExpirable [maxNodes]int64
	removed = ns.sweep(WasExpired, func(node int, r *record) bool {
		switch {
		case r.tombstone:
		case r.voidTime == 0:
			nonExpirable[node]++
		case r.expired(now) && !r.provisional() && !r.isMonitor():
			ns.expiry[node].expired.Add(1)
			return true
		}
		return false
	})
	for node := range ns.expiry {
		ns.expiry[node].nonExpirable.Store(nonExpirable[node])
		ns.expiry[node].cycleDuration.Store(time.Since(began).Milliseconds())
	}
	return removed
}

// supervise has expired records removed each time that a period has passed, until the server is closed. The
// period, which may be changed at any time, runs by the clock of the process; 0 is never.
func (ns *namespace) supervise() {
	for {
		var due <-chan time.Time
		stop := func() bool { return true }
		if period := ns.config().NsupPeriod; period > 0 {
			timer := time.NewTimer(period)
			due, stop = timer.C, timer.Stop
		}
		select {
		case <-ns.server.closed:
			stop()
			return
		case <-ns.periodChanged:
			stop()
		case <-due:
			ns.removeExpired()
		}
	}
}

// tell puts the figures under the names that a server has for them.
func (e *expiry) tell(live map[string]string) {
	live["expired_objects"] = count(e.expired.Load())
	live["non_expirable_objects"] = count(e.nonExpirable.Load())
	live["nsup_cycle_duration"] = count(e.cycleDuration.Load())
}
