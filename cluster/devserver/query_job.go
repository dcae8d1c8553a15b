package devserver

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// finishedJobs is how many ended queries a node remembers.
const finishedJobs = 100

// A queryManager knows the queries that run on a node and those that ran last.
type queryManager struct {
	mu       sync.Mutex
	active   []*job
	finished []*job // the oldest first
	lastID   uint64 // of those that clients left to the server
}

// A job is what a node tells about a query (docs/wire-core.md#8.6). Short queries have none
// that is listed.
type job struct {
	queryFacts
	client  string
	started time.Time

	succeeded, failed, filtered, throttled, bytes atomic.Uint64

	partitions atomic.Int64 // that the query has come to
	aborted    atomic.Bool
	running    context.Context // until the query is to end, or has ended
	cancel     context.CancelFunc

	mu     sync.Mutex // guards what follows
	status string
	ended  time.Time // zero while it runs
}

// How a query ended, or why.
const (
	statusOK      = "ok"
	statusAborted = "user-aborted"
	statusUnread  = "abandoned-response-error"
	statusUnknown = "abandoned-unknown"
)

// maxQueries is how many queries a node works on at one time.
const maxQueries = 128

// begin lists a query that runs as long as the context, unless one of its id is known already or too many are under way.
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

// find returns the query of an id, nil if there is none; the lock must be held.
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

// list returns all known queries, those under way first.
func (m *queryManager) list() []*job {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Concat(m.active, m.finished)
}

// get returns the query of an id, nil if it is not known.
func (m *queryManager) get(trid uint64) *job {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.find(trid)
}

// abort ends a query that is under way and reports whether it was.
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

// abortAll ends all queries that are under way and returns how many they were.
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
	j.abandon(statusAborted)
}

func (j *job) abandon(status string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.status = status
}

func (j *job) sent(bytes int) { j.bytes.Add(uint64(bytes)) }
