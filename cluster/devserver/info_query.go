package devserver

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// queryCommands list and abort queries (docs/wire-core.md#8.6).
var queryCommands = map[string]func(*infoRequest) string{
	"query-show":      (*infoRequest).queryShow,
	"query-abort":     (*infoRequest).queryAbort,
	"query-abort-all": (*infoRequest).queryAbortAll,
}

// queryID returns the id parameter. Older clients call it trid.
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

// line returns the query in the form of query-show.
func (j *job) line() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	state, ran, since, threads := "active", time.Since(j.started), time.Duration(0), 1
	progress := float64(min(j.partitions.Load()+1, protocol.PartitionCount)) * 100 / protocol.PartitionCount
	if !j.ended.IsZero() {
		state, progress, ran, since, threads = "done", 100, j.ended.Sub(j.started), time.Since(j.ended), 0
	}
	return fmt.Sprintf("trid=%d:ns=%s%s:rps=%d:active-threads=%d:status=%s(%s):"+
		"job-progress=%.2f:run-time=%d:time-since-done=%d:recs-throttled=%d:recs-filtered-meta=0:recs-filtered-bins=%d:"+
		"recs-succeeded=%d:recs-failed=%d:from=%s:job-type=%s%s",
		j.trid, j.namespace, j.subject(), j.rate, threads, state, j.status, progress, ran.Milliseconds(), since.Milliseconds(),
		j.throttled.Load(), j.filtered.Load(), j.succeeded.Load(), j.failed.Load(), strings.ReplaceAll(j.client, ":", "+"), j.kind, j.traffic())
}

// subject returns the set, index and partitions of the query.
func (j *job) subject() string {
	var b strings.Builder
	if j.setName != "" {
		b.WriteString(":set=" + j.setName)
	}
	if j.indexName != "" {
		b.WriteString(":sindex-name=" + j.indexName)
	}
	if j.pids != 0 {
		fmt.Fprintf(&b, ":n-pids-requested=%d:n-keyds-requested=%d", j.pids, j.digests)
	}
	return b.String()
}

// backgroundSendTime is the socket timeout that query-show reports for background queries.
const backgroundSendTime = 10 * time.Second

// traffic returns the statistics about sent data. A background query sends only one header.
func (j *job) traffic() string {
	sent := fmt.Sprintf(":net-io-bytes=%d:socket-timeout=%d", wire.ProtoHeaderSize+wire.HeaderSize, backgroundSendTime.Milliseconds())
	switch j.kind {
	case backgroundOps:
		return sent + ":ops-active=0"
	case backgroundUDF:
		return sent + ":udf-filename=" + j.module + ":udf-function=" + j.function + ":udf-active=0"
	}
	return fmt.Sprintf(":net-io-bytes=%d:net-io-time=0:socket-timeout=%d", j.bytes.Load(), j.sendTime.Milliseconds())
}
