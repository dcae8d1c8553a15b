package devserver

import (
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// scanChunk is the size above which rows are sent and a new message is begun.
const scanChunk = 1 << 20

// A scan is a query on its way through the partitions.
type scan struct {
	*query
	conn    *conn
	job     *job
	start   int // of the message in conn.out, whose proto header is not yet filled in
	records []*record
	respond bool // every operation of the projection has its place in a row
}

// scan sends the records of the wanted partitions. Each partition is copied
// under its lock, a list of pointers, and sent without it.
func (c *conn) scan(q *query) error {
	j, ok := c.node.queries.begin(q, c.nc.RemoteAddr().String())
	if !ok {
		c.refuse(protocol.ParameterError)
		return nil
	}
	defer c.node.queries.end(j)
	s := &scan{query: q, conn: c, job: j, respond: c.message.Info2&protocol.Info2RespondAllOps != 0}
	s.begin()
	for pid := range uint16(protocol.PartitionCount) {
		if !q.wanted[pid] {
			continue
		}
		if err := s.partition(pid); err != nil {
			j.abandon("abandoned-response-error")
			return err
		}
	}
	return s.finish()
}

func (s *scan) begin() {
	s.start = len(s.conn.out)
	s.conn.out = append(s.conn.out, make([]byte, protocol.ProtoHeaderSize)...)
}

// send completes the message and sends it.
func (s *scan) send() error {
	c := s.conn
	if len(c.out) == s.start+protocol.ProtoHeaderSize {
		c.out = c.out[:s.start]
	} else {
		closeProto(c.out, s.start)
	}
	s.job.sent(len(c.out) - s.start)
	return c.flushWithin(s.sendTime)
}

func (s *scan) partition(pid uint16) error {
	c := s.conn
	p := &s.ns.partitions[pid]
	p.mu.Lock()
	x := p.copies[c.node.number]
	if x == nil {
		p.mu.Unlock()
		h := protocol.Header{Info3: protocol.Info3PartitionDone, ResultCode: protocol.PartitionUnavailable, Generation: uint32(pid)}
		c.out = h.AppendTo(c.out)
		return nil
	}
	if s.done() {
		p.mu.Unlock()
		return nil
	}
	s.records = x.appendDescending(s.records[:0], s.resume[pid])
	p.mu.Unlock()
	now := s.ns.server.clock.seconds()
	for _, r := range s.records {
		if s.done() {
			return nil
		}
		if s.set != nil && r.set != s.set || r.doomed(s.ns, now) {
			continue
		}
		if s.filter != nil && s.filter.check(r) != protocol.OK {
			continue
		}
		if err := s.record(r); err != nil {
			return err
		}
	}
	clear(s.records)
	return nil
}

// done reports whether no further record is due.
func (s *scan) done() bool {
	return s.setName != "" && s.set == nil || s.maximum != 0 && s.job.succeeded.Load() >= s.maximum || s.job.aborted.Load()
}

// record adds a row, sends what has gathered if that is enough, and keeps to the wanted pace.
func (s *scan) record(r *record) error {
	c := s.conn
	c.out = s.appendRow(c.out, r)
	s.job.succeeded.Add(1)
	if len(c.out)-s.start > scanChunk {
		if err := s.send(); err != nil {
			return err
		}
		s.begin()
	}
	return s.pace()
}

// appendRow appends a record (wire-core.md 7.4). A record that has none of the
// wanted bins is left out, though it counts.
func (s *scan) appendRow(dst []byte, r *record) []byte {
	start := len(dst)
	h := protocol.Header{Generation: uint32(r.generation), RecordTTL: r.voidTime, FieldCount: 2}
	if r.set != nil {
		h.FieldCount++
	}
	if r.key != nil {
		h.FieldCount++
	}
	if s.noBins {
		h.Info1 = protocol.Info1NoBins
	}
	dst = h.AppendTo(dst)
	dst = protocol.AppendField(dst, protocol.FieldNamespace, s.ns.name)
	dst = protocol.AppendField(dst, protocol.FieldDigest, r.digest[:])
	if r.set != nil {
		dst = protocol.AppendField(dst, protocol.FieldSet, r.set.name)
	}
	if r.key != nil {
		dst = protocol.AppendField(dst, protocol.FieldKey, r.key)
	}
	count := 0
	switch {
	case s.noBins:
	case len(s.ops) == 0:
		dst, count = append(dst, r.bins...), r.binCount
	default:
		if dst, count = s.appendProjection(dst, r); count == 0 {
			return dst[:start]
		}
	}
	setHeader(dst[start:], protocol.OK, h.Generation, h.RecordTTL, count)
	return dst
}

func (s *scan) appendProjection(dst []byte, r *record) ([]byte, int) {
	count := 0
	for i := range s.ops {
		op := &s.ops[i]
		b, wire := findBin(r.bins, op.Name)
		switch {
		case wire != nil:
			dst = append(dst, wire...)
		case s.respond:
			dst = appendBin(dst, op.Code, op.Name, b.particle, nil)
		default:
			continue
		}
		count++
	}
	return dst, count
}

// paceStep bounds how long a scan waits at once, so that it notices its end soon.
const (
	paceStep = 10 * time.Millisecond
	paceMin  = time.Millisecond
)

// pace waits while the scan is ahead of its records per second.
func (s *scan) pace() error {
	if s.rate == 0 || s.short {
		return nil
	}
	due := time.Duration(s.job.succeeded.Load()) * time.Second / time.Duration(s.rate)
	wait := min(due-time.Since(s.job.started), paceStep)
	if wait <= paceMin {
		return nil
	}
	s.job.throttled.Add(1)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-s.ns.server.closed:
		return ErrClosed
	}
}

// finish sends what is left and the end: inside the last message if the query is a short
// one, else as a message of its own.
func (s *scan) finish() error {
	c := s.conn
	last := protocol.Header{Info3: protocol.Info3Last}
	stats := &s.ns.counters[c.node.number]
	if s.job.aborted.Load() {
		last.ResultCode = protocol.QueryAborted
		stats.scansAborted.Add(1)
	} else {
		stats.scans.Add(1)
	}
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
