package cluster

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/partmap"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A batchRun is a running batch. It proceeds in rounds. Each round sends every node those of its
// rows that are still open.
type batchRun struct {
	client *Client
	name   string // of the Client's method
	policy *BatchPolicy
	limits limits
	span   link.Span
	probe  *probe
	rows   []batchRow
	// Either all rows share a command, or commands has one for each.
	shared   wire.Command
	commands []wire.Command
	results  []BatchResult
}

// batch runs commands as a batch.
func (c *Client) batch(ctx context.Context, name string, p *BatchPolicy, commands batchCommands) (_ []BatchResult, err error) {
	defer func() {
		if e, ok := err.(*protocol.Error); ok {
			c.describe(e, name, &e.Key)
		}
	}()
	if err := c.calls.begin(ctx); err != nil {
		return nil, err
	}
	defer c.calls.end()
	p, err = policyOr(p, &c.env.Policies.Batch)
	if err != nil {
		return nil, err
	}
	if err := contextError(ctx); err != nil {
		return nil, clientError(err)
	}
	n := commands.n
	if n == 0 {
		return nil, clientError(ErrEmptyBatch)
	}
	b := &batchRun{client: c, name: name, policy: p, rows: c.batchRows.take(n), results: slices.Grow(commands.earlier[:0], n)[:n]}
	defer func() { c.batchRows.put(b.rows, b.commands) }()
	b.limits = p.limits().resolve(DefaultTotalTimeout, DefaultSocketTimeout, DefaultReadRetries)
	b.span = newSpan(ctx, &b.limits)
	c.retries.Earn()
	txn := txnOf(ctx, p.Txn)
	if txn != nil {
		commands.keys = nil // each row has fields of its own
	}
	if err := b.setCommands(commands); err != nil {
		return nil, err
	}
	open := b.prepare()
	if txn != nil {
		ctx = withinCall(ctx)
		if err := b.enter(ctx, name, txn); err != nil {
			return nil, err
		}
		defer b.leave(txn)
	}
	first := &b.results[0].Key
	b.probe, ctx = c.probe(ctx, CommandStart{Name: name, Family: FamilyBatch, Namespace: first.Namespace, Set: first.Set, Rows: n})
	b.run(ctx, open)
	err = b.verdict()
	b.probe.end(err, 0)
	return b.results, err
}

// verdict returns the batch's error, nil if every row has succeeded or has no record.
func (b *batchRun) verdict() error {
	failed := 0
	for i := range b.results {
		if rowFailed(b.results[i].Err) {
			failed++
		}
	}
	if failed == 0 {
		return nil
	}
	return &BatchError{Results: b.results, Failed: failed}
}

// run makes rounds until no row is open.
func (b *batchRun) run(ctx context.Context, open []int) {
	for round := 1; len(open) > 0; round++ {
		b.send(ctx, b.distribute(open))
		var again []int
		var next retry.Step
		for _, i := range open {
			row := &b.rows[i]
			if row.fail.err == nil {
				continue
			}
			step := b.client.advance(&row.state, &row.fail)
			if !step.Again {
				b.fail(i)
				continue
			}
			if step.NextReplica {
				row.turn++
			}
			next.Sleep = next.Sleep || step.Sleep
			next.Refresh = next.Refresh || step.Refresh
			next.Costs = next.Costs || step.Costs
			again = append(again, i)
		}
		if open = again; len(open) == 0 {
			return
		}
		if err := b.client.pause(ctx, &b.span, b.limits.pause(round), next); err != nil {
			for _, i := range open {
				b.rows[i].fail.err = fmt.Errorf("%w, after %w", err, b.rows[i].fail.err)
				b.fail(i)
			}
			return
		}
		b.probe.setRetry(true)
	}
}

// fail sets the error of a row.
func (b *batchRun) fail(i int) {
	row := &b.rows[i]
	cmd := b.command(i)
	b.results[i].Err = b.client.failed(&row.state, &row.fail, row.node, b.name, &cmd)
	b.probe.countInDoubt(cmd.Key.Namespace, b.results[i].Err)
}

// distribute finds the node of each open row. Rows without a node fail in this round.
func (b *batchRun) distribute(open []int) []*batchPart {
	var parts []*batchPart
	byNode := make(map[*Node]*batchPart)
	v, each := b.client.seen(), len(open)
	if nodes := len(v.nodes); nodes > 1 {
		each = 2 * each / nodes
	}
	var space *partmap.Space[*Node]
	namespace := ""     // of space
	var part *batchPart // of the previous row
	cl := call{replica: b.policy.Replica, modeSC: b.policy.ReadModeSC}
	for _, i := range open {
		row, key := &b.rows[i], &b.results[i].Key
		cl.write = row.state.Write
		if ns := key.Namespace; space == nil || ns != namespace {
			space, namespace = v.parts.Space(ns), ns
		}
		var node *Node
		var refusal *protocol.Error
		if space == nil {
			node, refusal = b.client.choose(namespace, key.Partition(), &cl, row.turn)
		} else {
			node, refusal = b.client.chooseIn(v, space, namespace, key.Partition(), &cl, row.turn)
		}
		row.node, row.asked = node, nil
		switch {
		case refusal != nil:
			row.fail = ended(refusal.Err, false)
			row.fail.code, row.fail.detail = max(refusal.Code, protocol.OK), refusal.Message
			continue
		case node == nil:
			row.fail = failure{outcome: retry.NoNode, err: ErrNoNode}
			continue
		}
		if part == nil || part.node != node {
			if part = byNode[node]; part == nil {
				part = &batchPart{node: node, rows: make([]int, 0, each)}
				byNode[node] = part
				parts = append(parts, part)
			}
		}
		part.rows = append(part.rows, i)
	}
	return parts
}

// batchRequest is the approximate maximum size in bytes of a request with several rows. Larger
// batches are split into several requests, sent one after the other, so that large values are not
// in memory twice.
const batchRequest = 4 << 20

// ask sends a node its rows, in as many requests as they need.
func (b *batchRun) ask(ctx context.Context, part *batchPart) {
	for rows := part.rows; len(rows) > 0; {
		n, size := b.fitting(rows)
		if n == len(part.rows) {
			part.size = size
			b.askTogether(ctx, part)
			return
		}
		b.askTogether(ctx, &batchPart{node: part.node, rows: rows[:n], size: size})
		rows = rows[n:]
	}
}

// fitting returns how many of the rows fit into one request, at least one, and their approximate
// size in bytes.
func (b *batchRun) fitting(rows []int) (n, size int) {
	var previous *wire.Command
	for n, i := range rows {
		cmd := b.rows[i].cmd
		more := cmd.RowSize(previous)
		if size+more > batchRequest && n > 0 {
			return n, size
		}
		size += more
		previous = cmd
	}
	return len(rows), size
}

// askTogether sends a node rows in one request and records the outcome of each.
func (b *batchRun) askTogether(ctx context.Context, part *batchPart) {
	now := time.Now()
	if f := part.node.admit(now); f.err != nil {
		for _, i := range part.rows {
			b.rows[i].fail = f
		}
		b.probe.recordTry(part.node, now, &f)
		return
	}
	if len(part.rows) == 1 {
		b.askOne(ctx, part, now)
		return
	}
	c, f := part.node.acquire(ctx, &b.span, now)
	if f.err != nil {
		b.markAsked(part)
		b.conclude(part, now, f)
		return
	}
	if b.begin(ctx, part, c, now) {
		b.finish(ctx, part)
	}
}

// markAsked marks the rows of a part as sent and not answered.
func (b *batchRun) markAsked(part *batchPart) {
	for _, i := range part.rows {
		b.rows[i].asked, b.rows[i].fail = part, failure{}
	}
}

// begin sends a node rows over a connection. If that fails it records the outcome of the rows and
// reports false; otherwise finish must be called.
func (b *batchRun) begin(ctx context.Context, part *batchPart, c *link.Conn, now time.Time) bool {
	b.markAsked(part)
	var invalid error
	var request []byte
	sent, f := part.node.begin(ctx, c, func(buf []byte) ([]byte, error) {
		if len(part.rows) == 1 {
			cmd := b.single(part.rows[0])
			request, invalid = cmd.AppendMessage(buf, b.span.Budget(now))
		} else {
			request, invalid = b.appendMessage(b.client.frames.take(buf, part.size), part, b.span.Budget(now))
		}
		return request, invalid
	})
	b.client.frames.put(request)
	switch {
	case invalid != nil:
		part.node.withdraw(now)
		b.unwritable(ctx, part)
	case f.err != nil:
		b.conclude(part, now, f)
	default:
		part.sent, part.began = sent, now
		return true
	}
	return false
}

// finish reads the answer to the rows of a part.
func (b *batchRun) finish(ctx context.Context, part *batchPart) {
	sent := part.sent
	part.sent = exchange{}
	if len(part.rows) == 1 {
		var resp wire.Response
		f := sent.finish(ctx, func(c *link.Conn) failure { return part.node.readAnswer(ctx, c, &resp, false) })
		b.concludeOne(part, part.began, &resp, f)
		return
	}
	b.conclude(part, part.began, sent.finish(ctx, func(c *link.Conn) failure { return b.receive(ctx, c, part) }))
}

// conclude records the outcome of a request for the rows that were not answered.
func (b *batchRun) conclude(part *batchPart, now time.Time, f failure) {
	b.probe.recordAnswer(part.node, now, &f, b.records(part), 0)
	if f.err != nil {
		part.node.withdraw(now)
	} else {
		f = failure{err: errNoRow, outcome: retry.Broken}
	}
	for _, i := range part.rows {
		if row := &b.rows[i]; row.asked != nil {
			row.asked, row.fail = nil, f
		}
	}
}

// records returns the number of rows of a part that were read.
func (b *batchRun) records(part *batchPart) (n int64) {
	if b.probe == nil {
		return 0
	}
	for _, i := range part.rows {
		if row := &b.rows[i]; row.asked == nil && row.fail.err == nil && !row.cmd.IsWrite() {
			n++
		}
	}
	return n
}

func (b *batchRun) appendMessage(dst []byte, part *batchPart, budget uint32) ([]byte, error) {
	rows := make([]wire.BatchRow, len(part.rows))
	for at, i := range part.rows {
		rows[at] = wire.BatchRow{Index: uint32(i), Command: b.rows[i].cmd, Key: &b.results[i].Key}
	}
	batch := wire.Batch{Flags: b.policy.flags(), Filter: b.policy.Filter}
	if b.policy.Compress {
		batch.Info1 |= wire.Info1CompressResponses
	}
	return batch.AppendMessage(dst, rows, budget)
}

// askOne sends a single row as a single-record command, as the official clients do.
func (b *batchRun) askOne(ctx context.Context, part *batchPart, now time.Time) {
	cmd := b.single(part.rows[0])
	var resp wire.Response
	f := part.node.do(ctx, &b.span, now, &cmd, &resp)
	b.concludeOne(part, now, &resp, f)
}

// single returns the single-record command that does the same as a row.
func (b *batchRun) single(i int) wire.Command {
	cmd := b.command(i)
	if cmd.Filter == nil {
		cmd.Filter = b.policy.Filter
	}
	if cmd.IsWrite() && !cmd.EndsTransaction() && cmd.Info2&wire.Info2Delete == 0 && cmd.Info1&wire.Info1GetAll == 0 && !cmd.IsUDF() {
		// Rows of a batch always set this flag. A single row must get the same answer.
		cmd.Info2 |= wire.Info2RespondAllOps
	}
	if cmd.EndsTransaction() {
		// The official clients send the end of a transaction only in rows of batches, which have no
		// deadline.
		txn := *cmd.Transaction
		txn.Deadline = 0
		cmd.Transaction = &txn
	}
	return cmd
}

// concludeOne records the outcome of a row that was sent as a single-record command.
func (b *batchRun) concludeOne(part *batchPart, now time.Time, resp *wire.Response, f failure) {
	i := part.rows[0]
	row := &b.rows[i]
	row.asked, row.fail = nil, f
	records := int64(0)
	if f.err == nil && !row.cmd.IsWrite() {
		records = 1
	}
	b.probe.recordAnswer(part.node, now, &f, records, 0)
	row.version, row.hasVersion = resp.Version, resp.HasVersion
	if f.err != nil {
		part.node.withdraw(now)
		return
	}
	dropEmptyAnswers(row.cmd, resp)
	rec := b.record(i, resp)
	b.results[i].Record = &rec
}

// unwritable fails the rows that can't be encoded and sends the others. If every row can be
// encoded, they are too large for one request, and unwritable sends them in two parts.
func (b *batchRun) unwritable(ctx context.Context, part *batchPart) {
	var good []int
	for _, i := range part.rows {
		row := &b.rows[i]
		row.asked = nil
		cmd := b.command(i)
		if _, err := cmd.AppendMessage(nil, 0); err != nil {
			row.fail = unwritable(err)
			continue
		}
		good = append(good, i)
	}
	half := len(good)
	if half == len(part.rows) {
		half /= 2
	}
	for _, rows := range [][]int{good[:half], good[half:]} {
		if len(rows) > 0 {
			b.ask(ctx, &batchPart{node: part.node, rows: rows})
		}
	}
}

// receive reads the rows of an answer. Records of one piece of the answer share its memory, so they
// also share that of their bins, and the records themselves one allocation.
func (b *batchRun) receive(ctx context.Context, c *link.Conn, part *batchPart) failure {
	in := link.NewPieces(c)
	var resp wire.Response
	for left := len(part.rows); ; {
		body, err := in.Next()
		if err != nil {
			return part.node.failed(ctx, c, err)
		}
		var records []protocol.Record
		var space wire.BinSpace
		for len(body) > 0 {
			most := max(min(left, chunkRecords, 1+len(body)/wire.HeaderSize), 1)
			if body, err = space.Parse(&resp, body, most, b.dropsNil(body)); err == nil && resp.Last() {
				return b.trailer(c, &in, &resp, body)
			}
			if err == nil {
				left--
				err = b.take(part, &resp, &records, most)
			}
			if err != nil {
				c.Unusable = true
				return failure{err: err, outcome: retry.Broken}
			}
		}
	}
}

// trailer reads the end of an answer. Rows that are still open after it have failed.
func (b *batchRun) trailer(c *link.Conn, in *link.Pieces, resp *wire.Response, rest []byte) failure {
	if len(rest) > 0 || in.Drained() != nil {
		c.Unusable = true
	}
	if code := resp.ResultCode; code != protocol.OK {
		return refusedTogether(code)
	}
	return failure{}
}

// dropsNil reports whether the nil results of the row that body begins with are dropped. The row
// may be another node's: the last message of an answer has index 0. So only its command is read,
// which does not change.
func (b *batchRun) dropsNil(body []byte) bool {
	i := int(wire.RowIndex(body))
	return i < len(b.rows) && dropsNil(b.rows[i].cmd)
}

// take records the answer to one row. Records are allocated for as many rows as may follow.
func (b *batchRun) take(part *batchPart, resp *wire.Response, records *[]protocol.Record, most int) error {
	i := int(resp.TransactionTTL)
	if i >= len(b.rows) || b.rows[i].asked != part {
		return errUnexpectedRow
	}
	row := &b.rows[i]
	row.asked = nil
	row.version, row.hasVersion = resp.Version, resp.HasVersion
	if resp.ResultCode != protocol.OK {
		row.fail = part.node.refused(resp)
		b.probe.countRefusedRow(part.node, b.results[i].Key.Namespace, resp.ResultCode)
		return nil
	}
	if resp.Err != nil {
		row.fail = unreadable(resp)
		return nil
	}
	record := row.spare
	if record == nil {
		if len(*records) == cap(*records) {
			*records = make([]protocol.Record, 0, most)
		}
		*records = (*records)[:len(*records)+1]
		record = &(*records)[len(*records)-1]
	}
	*record = b.record(i, resp)
	b.results[i].Record = record
	return nil
}

// record returns the record in the answer to a row.
func (b *batchRun) record(i int, resp *wire.Response) protocol.Record {
	return protocol.Record{Key: b.results[i].Key, Bins: resp.Bins, Generation: resp.Generation, VoidTime: resp.RecordTTL}
}
