package devserver

import (
	"cmp"
	"time"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// scanChunk is the size above which rows are sent and a new message is begun.
const scanChunk = 1 << 20

// A scan is a query on its way to a client.
type scan struct {
	walk
	conn  *conn
	start int // of the message in conn.out, whose proto header is not yet filled in
	err   error
	// failure is the verdict on the whole query.
	failure protocol.ResultCode
	// deadline of a short query.
	deadline time.Time
}

// shortQueryBudget is how long a short query may take whose client does not say.
const shortQueryBudget = time.Second

// scan sends the records of the wanted partitions.
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
			j.abandon(statusUnread)
			c.node.queryCounters(q).count(failed)
			return s.err
		}
		j.partitions.Store(int64(pid) + 1)
	}
	return s.finish()
}

// slice answers with a partition's records, or that the node does not have them.
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
	s.conn.takeOut()
	s.start = len(s.conn.out)
	s.conn.out = append(s.conn.out, make([]byte, wire.ProtoHeaderSize)...)
}

// send completes the message and sends it.
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

// done reports whether no further record is due.
func (s *scan) done() bool {
	return s.overdue() || s.setName != "" && s.set == nil || s.maximum != 0 && s.job.succeeded.Load() >= s.maximum || s.job.aborted.Load()
}

// overdue reports whether a short query has run out of time, which is the verdict on it then.
func (s *scan) overdue() bool {
	if s.short && !time.Now().Before(s.deadline) {
		s.failure = protocol.ServerTimeout
	}
	return s.failure == protocol.ServerTimeout
}

// row adds a row, sends what has gathered if that is enough, and keeps to the wanted pace. It
// reports whether to go on.
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

// finish sends what is left and the end: inside the last message if the query is a short
// one, else as a message of its own.
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
