package access

import (
	"sync"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A Meter counts what a user does at one node in one direction and keeps it within the quota. Commands
// count in the second in which they come; a query takes its records a second out of the quota
// for as long as it runs.
type Meter struct {
	// mu guards what follows.
	mu        sync.Mutex
	second    int64
	now, last uint32 // commands in this second and in the one before
	queryRate uint32 // records a second that queries have reserved
	limitless uint32 // queries under way without such a limit
}

// turn moves on to the second of a time. The mutex is held.
func (m *Meter) turn(at time.Time) {
	switch s := at.Unix(); {
	case s == m.second:
		return
	case s == m.second+1:
		m.last = m.now
		m.second, m.now = s, 0
	default:
		m.second, m.now, m.last = s, 0, 0
	}
}

// Count counts a command on a record, unless that would exceed the quota; 0 is none.
func (m *Meter) Count(at time.Time, quota uint32) protocol.ResultCode {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn(at)
	if quota > 0 && uint64(m.now)+uint64(m.queryRate) >= uint64(quota) {
		return protocol.QuotaExceeded
	}
	m.now++
	return protocol.OK
}

// Begin lets a query of so many records a second begin, 0 for no limit, which a user with a quota must not have.
func (m *Meter) Begin(rate, quota uint32) protocol.ResultCode {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case quota > 0 && (rate == 0 || uint64(m.queryRate)+uint64(rate) > uint64(quota)):
		return protocol.QuotaExceeded
	case rate == 0:
		m.limitless++
	default:
		m.queryRate += rate
	}
	return protocol.OK
}

// End ends a query that has begun.
func (m *Meter) End(rate uint32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if rate == 0 {
		m.limitless--
		return
	}
	m.queryRate -= rate
}

// Usage returns what there is to tell.
func (m *Meter) Usage(at time.Time, quota uint32) protocol.Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn(at)
	return protocol.Usage{Quota: quota, TPS: m.last, QueryRPS: m.queryRate, Limitless: m.limitless}
}
