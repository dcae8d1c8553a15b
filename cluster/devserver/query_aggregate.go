package devserver

import (
	"context"
	"iter"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/udf"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// An aggregationQuery returns the results of a function over the records that it finds, partition
// by partition (docs/wire-core.md#7.6).
type aggregationQuery struct {
	scan
	call udf.Call
}

// streamBudget limits a function's run time per partition. A real server has no limit.
const streamBudget = 10 * time.Second

func (c *conn) aggregate(ns *namespace, m *wire.Message) error {
	q, call, code := c.parseAggregation(ns, m)
	if code != protocol.OK {
		c.refuse(code)
		return nil
	}
	j, end, code := c.beginQuery(q)
	if code != protocol.OK {
		c.refuse(code)
		return nil
	}
	defer end()
	a := &aggregationQuery{scan: scan{walk: walk{query: q, node: c.node, process: c.process, job: j}, conn: c}, call: call}
	return a.run()
}

func (c *conn) parseAggregation(ns *namespace, m *wire.Message) (q *query, call udf.Call, code protocol.ResultCode) {
	q = newQuery(ns, m, aggregation)
	_, hasFilter := m.Field(wire.FieldFilterExp)
	switch {
	case m.Info1&wire.Info1ShortQuery != 0:
		return nil, call, protocol.ParameterError
	case hasFilter:
		return nil, call, protocol.UnsupportedFeature
	case !q.readSet(m):
		return nil, call, protocol.ParameterError
	}
	choice, ok := q.readIndex(m)
	switch {
	case !ok || !q.readRate(m):
		return nil, call, protocol.ParameterError
	case q.setName != "" && q.set == nil:
		return nil, call, protocol.KeyNotFound
	}
	if code := q.useIndex(choice); code != protocol.OK {
		return nil, call, code
	}
	if !q.readLimits(m) {
		return nil, call, protocol.ParameterError
	}
	if call, ok = readUDF(m); !ok {
		return nil, call, protocol.ParameterError
	}
	return q, call, protocol.OK
}

// run answers with the results of all partitions that the node is master of.
func (a *aggregationQuery) run() error {
	a.begin()
	for pid := range uint16(protocol.PartitionCount) {
		if a.ns.master(pid) != a.node.number {
			continue
		}
		if !a.slice(pid) {
			break
		}
		a.job.partitions.Store(int64(pid) + 1)
	}
	if a.err != nil {
		a.job.setStatus(statusUnread)
		a.node.queryCounters(a.query).count(failed)
		return a.err
	}
	return a.finish()
}

// slice runs the function over the matching records of a partition, if there are any, and answers
// with a separate message. It reports whether to continue.
func (a *aggregationQuery) slice(pid uint16) bool {
	var records []*record
	a.partition(pid, func(r *record, _ int64) bool {
		records = append(records, r)
		a.job.succeeded.Add(1)
		a.err = a.pace()
		return a.err == nil
	})
	if a.err != nil || len(records) == 0 || a.job.aborted.Load() {
		return a.err == nil && !a.job.aborted.Load()
	}
	err := a.apply(records)
	if a.err == nil && err != nil && !a.job.aborted.Load() {
		a.emit(udfFailure, bin{particle: protocol.ParticleString, value: []byte(err.Error())})
		a.failure = protocol.ServerError
		a.job.setStatus(statusUnknown)
		return false
	}
	if a.err == nil {
		a.nextMessage()
	}
	return a.err == nil && !a.job.aborted.Load()
}

// apply runs the function. The error text is meant for the client.
func (a *aggregationQuery) apply(records []*record) error {
	ctx, cancel := context.WithTimeout(a.job.running, streamBudget)
	defer cancel()
	a.call.Host = a.ns.server.udfHost()
	return a.ns.server.modules.code.Stream(ctx, a.call, a.streamed(records), func(v protocol.Value) bool {
		c := &a.conn.command
		b, code := c.pack(v, protocol.OK)
		if code != protocol.OK {
			return true
		}
		ok := a.emit(udfSuccess, b)
		c.scratch = c.scratch[:0]
		return ok
	})
}

// streamed passes records to a function.
func (a *aggregationQuery) streamed(records []*record) iter.Seq[*udf.Record] {
	return func(yield func(*udf.Record) bool) {
		for _, r := range records {
			if !yield(&udf.Record{Bins: storedBins{r}, Metadata: r.udfMetadata(a.ns), Open: true, Live: true, Unreadable: r.binCount > maxUDFBins}) {
				return
			}
		}
	}
}

// emit appends a value to the answer, and sends the answer when it is large enough.
func (a *aggregationQuery) emit(name string, b bin) bool {
	c := a.conn
	start := len(c.out)
	c.out = appendBin(appendBlankHeader(c.out), protocol.OpRead, []byte(name), b.particle, b.value)
	setHeader(c.out[start:], protocol.OK, 0, 0, 1)
	if len(c.out)-a.start > scanChunk {
		a.flushMessage()
	}
	return a.err == nil
}

// nextMessage completes the message, and sends the answer when it is large enough.
func (a *aggregationQuery) nextMessage() {
	c := a.conn
	switch {
	case len(c.out) == a.start+wire.ProtoHeaderSize: // the message is empty
	case len(c.out) > scanChunk:
		a.flushMessage()
	default:
		closeProto(c.out, a.start)
		a.job.sent(len(c.out) - a.start)
		a.begin()
	}
}

func (a *aggregationQuery) flushMessage() {
	if a.err = a.send(); a.err == nil {
		a.begin()
	}
}
