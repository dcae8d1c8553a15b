package devserver

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// queryCommands tell about queries and end them (wire-core.md 8.6).
var queryCommands = map[string]func(*infoRequest) string{
	"query-show":      (*infoRequest).queryShow,
	"query-abort":     (*infoRequest).queryAbort,
	"query-abort-all": (*infoRequest).queryAbortAll,
}

// queryID returns the id that a command names; older clients call it trid.
func (r *infoRequest) queryID() (id uint64, failure string) {
	text, failure := r.requiredAs("id", protocol.ParameterError, "id", "trid")
	if failure != "" {
		return 0, failure
	}
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, infoError(protocol.ParameterError, "bad id")
	}
	return id, ""
}

func (r *infoRequest) queryShow() string {
	_, one := r.param("id")
	_, oneOld := r.param("trid")
	if !one && !oneOld {
		var lines []string
		for _, j := range r.node.queries.list() {
			lines = append(lines, j.line())
		}
		return strings.Join(lines, ";")
	}
	id, failure := r.queryID()
	if failure != "" {
		return failure
	}
	if j := r.node.queries.get(id); j != nil {
		return j.line()
	}
	return infoError(protocol.KeyNotFound, "job not found")
}

func (r *infoRequest) queryAbort() string {
	id, failure := r.queryID()
	switch {
	case failure != "":
		return failure
	case r.node.queries.abort(id):
		return infoOK
	}
	return infoError(protocol.KeyNotFound, "id not active")
}

func (r *infoRequest) queryAbortAll() string {
	return "number-of-queries-killed:" + strconv.Itoa(r.node.queries.abortAll())
}

// line is what query-show tells about a query.
func (j *job) line() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	state, progress, ran, since := "active", 0.0, time.Since(j.started), time.Duration(0)
	threads := 1
	if !j.ended.IsZero() {
		state, progress, ran, since = "done", 100, j.ended.Sub(j.started), time.Since(j.ended)
		threads = 0
	}
	set := ""
	if j.setName != "" {
		set = ":set=" + j.setName
	}
	return fmt.Sprintf("trid=%d:ns=%s%s:n-pids-requested=%d:n-keyds-requested=%d:rps=%d:active-threads=%d:status=%s(%s):"+
		"job-progress=%.2f:run-time=%d:time-since-done=%d:recs-throttled=%d:recs-filtered-meta=0:recs-filtered-bins=0:"+
		"recs-succeeded=%d:recs-failed=0:from=%s:job-type=basic:net-io-bytes=%d:net-io-time=0:socket-timeout=%d",
		j.trid, j.namespace, set, j.pids, j.digests, j.rate, threads, state, j.status, progress, ran.Milliseconds(),
		since.Milliseconds(), j.throttled.Load(), j.succeeded.Load(), strings.ReplaceAll(j.client, ":", "+"), j.bytes.Load(),
		j.sendTime.Milliseconds())
}
