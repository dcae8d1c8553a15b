package devserver

import (
	"cmp"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// scanChunk is the message size, in bytes, above which rows are sent and a new message is started.
const scanChunk = 1 << 20

// A scan is a query that sends records to a client.
type scan struct {
	walk
	conn  *conn
	start int // of the message in conn.out; its proto header is not written yet
	err   error
	// failure is the result of the whole query, OK if it has not failed.
	failure protocol.ResultCode
	// deadline is set for short queries.
	deadline time.Time
}

// shortQueryBudget limits a short query whose client sets no time budget.
const shortQueryBudget = time.Second

// scan sends the records of the requested partitions.
func (c *conn) scan(ns *namespace, m *wire.Message) error {
	q, code := parseQuery(ns, m)
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
	s := &scan{walk: walk{query: q, node: c.node, process: c.process, job: j}, conn: c}
	if q.short {
		s.deadline = c.arrival().Add(cmp.Or(time.Duration(m.TransactionTTL)*time.Millisecond, shortQueryBudget))
	}
	s.begin()
	for pid := range uint16(protocol.PartitionCount) {
		if !q.wanted[pid] {
			continue
		}
		if s.slice(pid); s.err != nil {
			j.setStatus(statusUnread)
			c.node.queryCounters(q).count(failed)
			return s.err
		}
		j.partitions.Store(int64(pid) + 1)
	}
	return s.finish()
}

// slice answers with a partition's records, or with an error if the node does not have the
// partition.
func (s *scan) slice(pid uint16) {
	if s.done() {
		if !s.node.serves(s.ns, pid) {
			s.unavailable(pid)
		}
		return
	}
	if !s.partition(pid, s.row) {
		s.unavailable(pid)
	}
}

func (s *scan) unavailable(pid uint16) {
	h := wire.Header{Info3: wire.Info3PartitionDone, ResultCode: protocol.PartitionUnavailable, Generation: uint32(pid)}
	s.conn.out = h.AppendTo(s.conn.out)
}

func (s *scan) begin() {
	s.conn.takeOutBuffer()
	s.start = len(s.conn.out)
	s.conn.out = append(s.conn.out, make([]byte, wire.ProtoHeaderSize)...)
}

// send completes and sends the message.
func (s *scan) send() error {
	c := s.conn
	if len(c.out) == s.start+wire.ProtoHeaderSize {
		c.out = c.out[:s.start]
	} else {
		closeProto(c.out, s.start)
	}
	s.job.sent(len(c.out) - s.start)
	return c.flushWithin(s.sendTime)
}

// done reports whether no more records are to be sent.
func (s *scan) done() bool {
	return s.overdue() || s.setName != "" && s.set == nil || s.maximum != 0 && s.job.succeeded.Load() >= s.maximum || s.job.aborted.Load()
}

// overdue reports whether a short query has exceeded its time budget. If so, the query fails.
func (s *scan) overdue() bool {
	if s.short && !time.Now().Before(s.deadline) {
		s.failure = protocol.ServerTimeout
	}
	return s.failure == protocol.ServerTimeout
}

// row appends a row, sends the message if it is large enough, and limits the rate. It reports
// whether to continue.
func (s *scan) row(r *record, value int64) bool {
	c := s.conn
	out, ok := s.appendRow(c.out, r, value)
	if c.out = out; !ok {
		s.job.failed.Add(1)
		return true
	}
	s.job.succeeded.Add(1)
	if len(c.out)-s.start > scanChunk {
		if s.err = s.send(); s.err != nil {
			return false
		}
		s.begin()
	}
	if s.done() {
		return false
	}
	if !s.short {
		s.err = s.pace()
	}
	return s.err == nil
}

// finish sends the remaining rows and the end marker. For a short query the marker is in the last
// message, otherwise in a separate one.
func (s *scan) finish() error {
	c := s.conn
	last := wire.Header{Info3: wire.Info3Last}
	end := completed
	switch {
	case s.failure != protocol.OK:
		last.ResultCode, end = s.failure, failed
	case s.job.aborted.Load():
		last.ResultCode, end = protocol.QueryAborted, aborted
	}
	c.node.queryCounters(s.query).count(end)
	if s.short {
		c.out = last.AppendTo(c.out)
		return s.send()
	}
	if err := s.send(); err != nil {
		return err
	}
	c.out = appendBare(c.out, last)
	return c.flushWithin(s.sendTime)
}
