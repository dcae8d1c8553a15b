package devserver

import (
	"context"
	"iter"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/udf"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// An aggregationQuery answers with what a function makes of the records that it finds, partition by
// partition (docs/wire-core.md#7.6).
type aggregationQuery struct {
	scan
	call udf.Call
}

// streamBudget is how long a function may take over the records of one partition. A real
// server lets it run for ever.
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

// run answers with the values of all partitions of which the node is the master.
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
		a.job.abandon(statusUnread)
		a.node.queryCounters(a.query).count(failed)
		return a.err
	}
	return a.finish()
}

// slice runs the function over a partition, if it has records that the query
// asks for, and answers in a message of its own. It reports whether to go on.
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
		a.job.abandon(statusUnknown)
		return false
	}
	if a.err == nil {
		a.nextMessage()
	}
	return a.err == nil && !a.job.aborted.Load()
}

// apply runs the function; the error's text is for the client to read.
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

// streamed gives records to a function.
func (a *aggregationQuery) streamed(records []*record) iter.Seq[*udf.Record] {
	return func(yield func(*udf.Record) bool) {
		for _, r := range records {
			if !yield(&udf.Record{Bins: storedBins{r}, Metadata: r.udfMetadata(a.ns), Open: true, Live: true, Unreadable: r.binCount > maxUDFBins}) {
				return
			}
		}
	}
}

// emit adds a value to the answer and sends what has gathered if that is enough.
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

// nextMessage ends the message, and sends what has gathered if that is enough.
func (a *aggregationQuery) nextMessage() {
	c := a.conn
	switch {
	case len(c.out) == a.start+wire.ProtoHeaderSize: // it is empty
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
