package access

import (
	"sync"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A Meter counts what a user does at one node in one direction, reads or writes, and enforces the
// quota. A command counts in the second in which it arrives. A query reserves its records per
// second while it runs.
type Meter struct {
	// mu guards the fields below.
	mu        sync.Mutex
	second    int64
	now, last uint32 // commands in the current and in the previous second
	queryRate uint32 // records per second reserved by queries
	limitless uint32 // running queries without a rate limit
}

// turn advances to the second of the given time. The mutex must be held.
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

// Count counts a command on a record, or returns QuotaExceeded. A quota of 0 means no limit.
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

// Begin starts a query with a rate in records per second, 0 for no limit. A user with a quota must
// set a rate.
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

// End ends a query started by Begin with the same rate.
func (m *Meter) End(rate uint32) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if rate == 0 {
		m.limitless--
		return
	}
	m.queryRate -= rate
}

// Usage returns the user's current rates.
func (m *Meter) Usage(at time.Time, quota uint32) protocol.Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn(at)
	return protocol.Usage{Quota: quota, TPS: m.last, QueryRPS: m.queryRate, Limitless: m.limitless}
}
