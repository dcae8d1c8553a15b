package devserver

import (
	"iter"

	"github.com/aerosql/aerosql/protocol"
)

// A streamFunction runs a function over the records of one partition (wire-cdt-exp.md 10.6)
// and gives each value that comes out at the other end to emit, as the particle that a bin would
// hold, until that returns false. An error's text is for the client to read.
type streamFunction func(records iter.Seq[*record], emit func(t protocol.ParticleType, data []byte) bool) error

// streamFunction returns the function that a request names. Functions are not run:
// the answer is that of a server where they are disabled.
func (s *Server) streamFunction(*protocol.Message) (streamFunction, protocol.ResultCode) {
	return nil, protocol.Forbidden
}

// An aggregationQuery answers with what a function makes of the records that it finds, partition by
// partition (wire-core.md 7.6).
type aggregationQuery struct {
	scan
	function streamFunction
}

// Names of the bins in which an aggregation answers.
const aggregationValue = "SUCCESS"

func (c *conn) aggregate(ns *namespace, m *protocol.Message) error {
	q, function, code := c.parseAggregation(ns, m)
	if code != protocol.OK {
		c.refuse(code)
		return nil
	}
	j, code := c.node.queries.begin(q.queryFacts, false, c.nc.RemoteAddr().String())
	if code != protocol.OK {
		c.refuse(code)
		return nil
	}
	defer c.node.queries.end(j)
	a := &aggregationQuery{scan: scan{walk: walk{query: q, node: c.node, process: c.process, job: j}, conn: c}, function: function}
	return a.run()
}

func (c *conn) parseAggregation(ns *namespace, m *protocol.Message) (*query, streamFunction, protocol.ResultCode) {
	function, code := c.node.server.streamFunction(m)
	if code == protocol.Forbidden {
		return nil, nil, code
	}
	q := newQuery(ns, m, aggregation)
	_, hasFilter := m.Field(protocol.FieldFilterExp)
	switch {
	case m.Info1&protocol.Info1ShortQuery != 0:
		return nil, nil, protocol.ParameterError
	case hasFilter:
		return nil, nil, protocol.UnsupportedFeature
	case !q.readSet(m):
		return nil, nil, protocol.ParameterError
	}
	choice, ok := q.readIndex(m)
	switch {
	case !ok || !q.readRate(m):
		return nil, nil, protocol.ParameterError
	case q.setName != "" && q.set == nil:
		return nil, nil, protocol.KeyNotFound
	}
	if code := q.useIndex(choice); code != protocol.OK {
		return nil, nil, code
	}
	if !q.readLimits(m) {
		return nil, nil, protocol.ParameterError
	}
	return q, function, code
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
// asks for. It reports whether to go on.
func (a *aggregationQuery) slice(pid uint16) bool {
	var records []*record
	a.partition(pid, func(r *record, _ int64) bool {
		records = append(records, r)
		return true
	})
	if len(records) == 0 || a.job.aborted.Load() {
		return !a.job.aborted.Load()
	}
	err := a.function(a.paced(records), func(t protocol.ParticleType, data []byte) bool {
		return a.emit(aggregationValue, t, data)
	})
	if err != nil {
		a.emit(udfFailure, protocol.ParticleString, []byte(err.Error()))
		a.failure = protocol.ServerError
		a.job.abandon(statusUnknown)
		return false
	}
	return a.err == nil
}

// paced gives records at the pace that the query asks for.
func (a *aggregationQuery) paced(records []*record) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		for _, r := range records {
			if a.job.aborted.Load() {
				return
			}
			a.job.succeeded.Add(1)
			if a.err = a.pace(); a.err != nil || !yield(r) {
				return
			}
		}
	}
}

// emit adds a value to the answer and sends what has gathered if that is enough.
func (a *aggregationQuery) emit(name string, t protocol.ParticleType, data []byte) bool {
	c := a.conn
	start := len(c.out)
	c.out = appendBin(appendBlankHeader(c.out), protocol.OpRead, []byte(name), t, data)
	setHeader(c.out[start:], protocol.OK, 0, 0, 1)
	if len(c.out)-a.start > scanChunk {
		if a.err = a.send(); a.err != nil {
			return false
		}
		a.begin()
	}
	return true
}
