package devserver

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A backgroundQuery writes to each record that it finds, or calls a function on it, after the
// client has been answered (docs/wire-core.md#7.5). It processes the partitions that its node is
// master of, one record at a time.
type backgroundQuery struct {
	walk
	message wire.Message // template of the command on each record
	fields  []wire.Field // fields of the message without the set
	command command
	out     []byte
	err     error
	end     func() // ends the job
}

// maxBackgroundRate limits background queries, in records per second, even if the client sets no
// limit (background-query-max-rps).
const maxBackgroundRate = 10_000

// background starts a background query. The answer means only that it has started.
func (c *conn) background(ns *namespace, m *wire.Message, kind queryKind) {
	b, code := c.newBackground(ns, m, kind)
	if code != protocol.OK {
		c.refuse(code)
		return
	}
	c.process.handlers.Go(b.run)
	c.out = appendBare(c.out, wire.Header{Info3: wire.Info3Last})
}

func (c *conn) newBackground(ns *namespace, m *wire.Message, kind queryKind) (*backgroundQuery, protocol.ResultCode) {
	// The query outlives the request and retains parts of it.
	request := new(wire.Message)
	if _, err := request.Parse(m.AppendTo(nil)); err != nil {
		return nil, protocol.ParameterError
	}
	m = request
	q, code := parseBackground(ns, m, kind)
	if code != protocol.OK {
		return nil, code
	}
	b := &backgroundQuery{walk: walk{query: q, node: c.node, process: c.process}}
	if !b.readRequest(m) {
		return nil, protocol.ParameterError
	}
	b.job, b.end, code = c.beginQuery(q)
	return b, code
}

// parseBackground parses what background queries have in common with other queries.
func parseBackground(ns *namespace, m *wire.Message, kind queryKind) (*query, protocol.ResultCode) {
	if m.Info1&wire.Info1ShortQuery != 0 {
		return nil, protocol.ParameterError
	}
	q := newQuery(ns, m, kind)
	if !q.readSet(m) {
		return nil, protocol.ParameterError
	}
	choice, ok := q.readIndex(m)
	if !ok || !q.readRate(m) {
		return nil, protocol.ParameterError
	}
	switch {
	case q.setName != "" && q.set == nil:
		return nil, protocol.KeyNotFound
	case q.rate > maxBackgroundRate:
		return nil, protocol.ParameterError
	case q.rate == 0:
		q.rate = maxBackgroundRate
	}
	if code := q.useIndex(choice); code != protocol.OK {
		return nil, code
	}
	packed, _ := m.Field(wire.FieldFilterExp)
	var code protocol.ResultCode
	q.filter, code = q.ns.server.parseFilter(packed)
	return q, code
}

// readRequest prepares the command template.
func (b *backgroundQuery) readRequest(m *wire.Message) bool {
	h := wire.Header{Info2: wire.Info2Write | m.Info2&wire.Info2DurableDelete, RecordTTL: m.RecordTTL}
	b.message = wire.Message{Header: h}
	// The command applies the filter to the record as it is at that time.
	b.command.node, b.command.inQuery, b.command.batchFilter = b.node, true, b.filter
	b.filter = nil
	if b.kind == backgroundUDF {
		return b.readFunction(m)
	}
	b.message.Info3 = wire.Info3UpdateOnly | m.Info3&wire.Info3ReplaceOnly
	b.message.Ops = m.Ops
	return m.Info1&wire.Info1Read == 0 && areWrites(m.Ops)
}

// readFunction copies the fields of the function call.
func (b *backgroundQuery) readFunction(request *wire.Message) bool {
	for _, t := range []wire.FieldType{wire.FieldUDFPackage, wire.FieldUDFFunction, wire.FieldUDFArgs} {
		data, ok := request.Field(t)
		if !ok || t != wire.FieldUDFArgs && len(data) > maxUDFName {
			return false
		}
		b.fields = append(b.fields, wire.Field{Type: t, Data: data})
	}
	b.module, b.function = string(b.fields[0].Data), string(b.fields[1].Data)
	return true
}

// areWrites reports whether a background query may execute the operations.
func areWrites(ops []wire.RawOp) bool {
	for i := range ops {
		op := &ops[i]
		if isRead(op.Code) {
			return false
		}
		if op.Code == protocol.OpExpModify {
			if _, code := expression.ParseModify(op.Data); code != protocol.OK {
				return false
			}
		}
	}
	return len(ops) > 0
}

func (b *backgroundQuery) run() {
	defer b.end()
	for pid := range uint16(protocol.PartitionCount) {
		if b.ns.master(pid) != b.node.number {
			continue
		}
		b.partition(pid, b.visit)
		if b.err != nil || b.job.aborted.Load() {
			break
		}
		b.job.partitions.Store(int64(pid) + 1)
	}
	end := completed
	if b.job.aborted.Load() {
		end = aborted
	}
	b.node.queryCounters(b.query).count(end)
}

// visit processes one record, which may have changed since the query found it.
func (b *backgroundQuery) visit(r *record, _ int64) bool {
	if b.err = b.pace(); b.err != nil {
		return false
	}
	b.message.Fields = b.fields
	if r.set != nil {
		set := wire.Field{Type: wire.FieldSet, Data: []byte(r.set.name)}
		b.message.Fields = append(b.fields[:len(b.fields):len(b.fields)], set)
	}
	if b.index != nil {
		b.command.stillMatches = func(now *record) bool {
			v := b.index.value(now)
			return now == r || b.index.target.Matches(b.span, v.particle, v.data)
		}
	}
	b.out = b.command.run(b.out[:0], b.ns, &b.message, r.digest, false)
	switch protocol.ResultCode(b.out[offResultCode]) {
	case protocol.OK:
		b.job.succeeded.Add(1)
	case protocol.KeyNotFound:
	case protocol.FilteredOut:
		b.job.filtered.Add(1)
	default:
		b.job.failed.Add(1)
	}
	return true
}
