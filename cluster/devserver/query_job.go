package devserver

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// finishedJobs is how many ended queries a node lists.
const finishedJobs = 100

// A queryManager lists the active queries of a node and those that ended last.
type queryManager struct {
	mu       sync.Mutex
	active   []*job
	finished []*job // oldest first
	lastID   uint64 // last id that the server assigned
}

// A job is the state of a query that info commands report (docs/wire-core.md#8.6). Jobs of short
// queries are not listed.
type job struct {
	queryFacts
	client  string
	started time.Time

	succeeded, failed, filtered, throttled, bytes atomic.Uint64

	partitions atomic.Int64 // number of partitions processed
	aborted    atomic.Bool
	running    context.Context // canceled when the query must end or has ended
	cancel     context.CancelFunc

	mu     sync.Mutex // guards the fields below
	status string
	ended  time.Time // zero while the query runs
}

// Final status of a query.
const (
	statusOK      = "ok"
	statusAborted = "user-aborted"
	statusUnread  = "abandoned-response-error"
	statusUnknown = "abandoned-unknown"
)

// maxQueries is how many queries a node runs at the same time.
const maxQueries = 128

// begin adds a query, whose context derives from running. It returns an error if the id is in use
// or too many queries are active.
func (m *queryManager) begin(running context.Context, facts queryFacts, short bool, client string) (*job, protocol.ResultCode) {
	j := &job{queryFacts: facts, client: client, started: time.Now(), status: statusOK}
	if short {
		j.running, j.cancel = context.WithCancel(running)
		return j, protocol.OK
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.active) >= maxQueries {
		return nil, protocol.Forbidden
	}
	if j.trid == 0 {
		m.lastID++
		j.trid = m.lastID
	}
	if m.find(j.trid) != nil {
		return nil, protocol.ParameterError
	}
	j.running, j.cancel = context.WithCancel(running)
	m.active = append(m.active, j)
	return j, protocol.OK
}

// find returns the query with the given id, nil if there is none. The lock must be held.
func (m *queryManager) find(trid uint64) *job {
	for _, j := range slices.Concat(m.active, m.finished) {
		if j.trid == trid {
			return j
		}
	}
	return nil
}

func (m *queryManager) end(j *job) {
	j.cancel()
	j.mu.Lock()
	j.ended = time.Now()
	j.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.Index(m.active, j)
	if i < 0 {
		return
	}
	m.active = slices.Delete(m.active, i, i+1)
	if m.finished = append(m.finished, j); len(m.finished) > finishedJobs {
		m.finished = slices.Delete(m.finished, 0, 1)
	}
}

// list returns all listed queries, active ones first.
func (m *queryManager) list() []*job {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Concat(m.active, m.finished)
}

// get returns the query with the given id, nil if there is none.
func (m *queryManager) get(trid uint64) *job {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.find(trid)
}

// abort ends an active query. It returns false if the query is not active.
func (m *queryManager) abort(trid uint64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, j := range m.active {
		if j.trid == trid {
			j.stop()
			return true
		}
	}
	return false
}

// abortAll ends all active queries and returns their number.
func (m *queryManager) abortAll() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, j := range m.active {
		j.stop()
	}
	return len(m.active)
}

func (j *job) stop() {
	j.aborted.Store(true)
	j.cancel()
	j.setStatus(statusAborted)
}

func (j *job) setStatus(status string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.status = status
}

func (j *job) sent(bytes int) { j.bytes.Add(uint64(bytes)) }
