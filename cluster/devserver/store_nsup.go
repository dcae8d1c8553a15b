package devserver

import (
	"fmt"
	"sync/atomic"
	"time"
)

// Readers don't see expired records. Their space is reclaimed by a write of the same record, or by
// the namespace's supervisor, nsup, which periodically sweeps all partitions.

// An expiry holds the supervisor's statistics for one node.
type expiry struct {
	expired       atomic.Int64 // records removed
	nonExpirable  atomic.Int64 // records without an expiration time, as of the last cycle
	cycleDuration atomic.Int64 // of the last cycle, in milliseconds
}

// RemoveExpired removes the expired records of a namespace, as nsup does. Options.Clock defines the
// time. It returns the number of removed records, not counting replicas.
func (s *Server) RemoveExpired(namespace string) (int, error) {
	ns := s.namespace([]byte(namespace))
	if ns == nil {
		return 0, fmt.Errorf("devserver: %w %q", ErrNoNamespace, namespace)
	}
	return ns.removeExpired(), nil
}

// removeExpired sweeps all copies of all partitions.
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

// supervise removes expired records periodically until the server is closed. The period uses the
// process clock and can be changed at any time. 0 means never.
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

// report adds the statistics to live under their info names.
func (e *expiry) report(live map[string]string) {
	live["expired_objects"] = count(e.expired.Load())
	live["non_expirable_objects"] = count(e.nonExpirable.Load())
	live["nsup_cycle_duration"] = count(e.cycleDuration.Load())
}
