package cluster

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/cursor"
	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/retry"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A queryRun is a running query. It proceeds in rounds. Each round asks every node for those of its
// partitions that are not complete yet.
type queryRun struct {
	client *Client
	op     string // name of the Client's method
	policy *QueryPolicy
	// request is the request to all nodes, without the partitions.
	request *wire.Query
	limits  limits
	span    link.Span
	cursor  *cursor.Cursor
	probe   *probe

	// ctx is canceled when the caller leaves the loop.
	ctx    context.Context
	cancel context.CancelFunc
	err    error // of the query, for the caller
	// spare has the blocks that can be used again. It is nil if the caller may keep records.
	spare chan *block
}

// A queryShare is the request to one node in one round, and its outcome.
type queryShare struct {
	*cursor.Share[*Node]
	fail    failure
	refused int // partitions that the node does not serve
	names   rowNames
	// records and bytes are what the node has returned.
	records, bytes int64
}

// rowNames are the namespace and the set of the last record. They are usually the same for the next
// record, which then needs no new strings.
type rowNames struct{ namespace, set string }

// adopt copies the namespace and the set out of the message body, so that a retained key does not
// retain the body.
func (n *rowNames) adopt(resp *wire.Response) {
	if resp.Namespace != n.namespace {
		n.namespace = strings.Clone(resp.Namespace)
	}
	if resp.Set != n.set {
		n.set = strings.Clone(resp.Set)
	}
	resp.Namespace, resp.Set = n.namespace, n.set
}

func (c *Client) newQuery(ctx context.Context, p *QueryPolicy, stmt Statement, from *Cursor) (*queryRun, error) {
	p, err := policyOr(p, &c.env.Policies.Query)
	if err != nil {
		return nil, err
	}
	if err := contextError(ctx); err != nil {
		return nil, clientError(err)
	}
	v := c.seen()
	space := v.parts.Space(stmt.Namespace)
	if space == nil {
		return nil, c.unknownNamespace(v, stmt.Namespace)
	}
	q := &queryRun{client: c, policy: p}
	q.limits = p.limits().resolve(0, DefaultSocketTimeout, DefaultQueryRetries)
	if q.request, err = stmt.request(p, &q.limits); err == nil {
		err = from.acquire(identity(q.request))
	}
	if err != nil {
		return nil, clientError(err)
	}
	if from.node != "" {
		n := v.node(from.node)
		if n == nil {
			from.release()
			return nil, c.noNode(fmt.Sprintf("no active node is named %q", from.node))
		}
		from.state.Keep(func(p uint16) bool { return space.Node(0, p) == n })
		from.node = ""
	}
	q.cursor = from.state
	q.cursor.Once = q.request.Where != nil && q.request.Where.Several()
	q.cursor.Start(p.MaxRecords)
	q.span = newSpan(ctx, &q.limits)
	c.retries.Earn()
	q.probe, ctx = c.probe(ctx, CommandStart{Name: "Query", Family: FamilyQuery, Namespace: stmt.Namespace, Set: stmt.Set})
	q.ctx, q.cancel = context.WithCancel(ctx)
	return q, nil
}

// run makes rounds until all partitions are complete, or take, which gets the records, returns
// false. It sets the error of the query.
func (q *queryRun) run(take func(*block) bool) {
	defer q.cancel()
	defer func() { q.probe.end(q.err, q.cursor.Records()) }()
	for failed := 0; !q.cursor.Done(); {
		shares, exact := q.plan()
		if !q.round(shares, exact, take) || q.cursor.Full() {
			return
		}
		step, f := q.outcome(shares)
		q.probe.setRetry(f.err != nil)
		if f.err == nil {
			continue
		}
		if failed++; slices.ContainsFunc(shares, func(s *queryShare) bool { return s.Advanced() }) {
			// The node made progress, so partitions that have moved away can be asked for at once.
			failed, step.Costs, step.Sleep = 1, false, f.outcome != retry.Refused
		}
		// The next replica may have the partitions that have moved. If it does not, only a new
		// partition map helps.
		step.Refresh = failed > 1
		if step.Again && failed <= q.limits.retries {
			err := q.client.pause(q.ctx, &q.span, max(q.limits.pause(failed), backOff(failed)), step)
			if err == nil {
				continue
			}
			f.err = fmt.Errorf("%w, after %w", err, f.err)
		}
		q.err = q.client.explainIndex(q.ctx, q.request.Namespace, q.request.Set, q.request.Where, q.incomplete(&f, failed))
		q.client.about(&q.err, q.op, q.request.Namespace, q.request.Set)
		return
	}
}

// backOff returns the pause before the n-th retry in a row. A cluster needs a second or two to
// notice that a node is gone. Immediate retries would be used up before that.
func backOff(n int) time.Duration { return min(25*time.Millisecond<<n, time.Second) }

// plan distributes the missing partitions over the nodes. exact reports whether the nodes send no
// more records than the query needs.
func (q *queryRun) plan() (all []*queryShare, exact bool) {
	cl := call{replica: q.policy.Replica.forQuery(), modeSC: ReadAllowReplica}
	v := q.client.seen()
	space := v.parts.Space(q.request.Namespace)
	shares, exact := cursor.Plan(q.cursor, func(p uint16, turn int) (n *Node) {
		if space != nil {
			n, _ = q.client.chooseIn(v, space, q.request.Namespace, p, &cl, turn)
		}
		return n
	})
	all = make([]*queryShare, len(shares))
	for i, s := range shares {
		all[i] = &queryShare{Share: s}
	}
	return all, exact
}

// round sends requests to the nodes, as many at the same time as the policy allows, and passes the
// records on. It returns false if take did. Its goroutines have ended when it returns.
func (q *queryRun) round(shares []*queryShare, exact bool, take func(*block) bool) bool {
	return fanOut(q.cancel, shares, q.policy.MaxConcurrentNodes, q.ask, func(b *block) bool {
		b.begin()
		if !q.cursor.Full() && !take(b) {
			return false
		}
		q.reuse(b)
		// If the nodes send no more than is needed, only the ends of their answers are left. After
		// reading those, the connections can be reused.
		return !q.cursor.Full() || exact
	})
}

// outcome returns the worst failure of a round and how to proceed, or a zero failure.
func (q *queryRun) outcome(shares []*queryShare) (step retry.Step, f failure) {
	for _, s := range shares {
		s.Close(s.fail.err == nil)
	}
	for _, s := range shares {
		switch {
		case s.fail.err != nil && (s.fail.final || !retry.Query(s.fail.outcome, s.fail.code)):
			s.fail.node = s.Node
			return retry.Step{}, s.fail
		case s.fail.err != nil:
			f, f.node = s.fail, s.Node
			step.Again, step.Sleep = true, true
			step.Costs = step.Costs || f.outcome.Costs()
		case s.refused > 0:
			f = failure{err: protocol.PartitionUnavailable, outcome: retry.Refused, code: protocol.PartitionUnavailable, node: s.Node}
			step.Again, step.Sleep, step.Costs = true, true, true
		}
	}
	if len(shares) == 0 || f.err == nil && !q.planned(shares) {
		f = failure{err: ErrNoNode, outcome: retry.NoNode}
		step.Again, step.Sleep = true, true
	}
	if step.Again {
		// A node that failed may be gone. The pause is long enough to update the partition map.
		q.client.tender.refreshSoon()
	}
	return step, f
}

// planned reports whether every partition that was missing had a node.
func (q *queryRun) planned(shares []*queryShare) bool {
	if q.cursor.Done() {
		return true
	}
	for _, s := range shares {
		if s.MaxRecords > 0 && s.Records() >= s.MaxRecords {
			return true
		}
	}
	return false
}

// incomplete returns the error of a query that ends before all partitions are complete.
func (q *queryRun) incomplete(f *failure, attempts int) error {
	e := f.report(f.node, attempts)
	if missing := q.cursor.Missing(); e.Message == "" {
		e.Message = fmt.Sprintf("the query is incomplete: %d partitions are missing, the first is %d", len(missing), missing[0])
	}
	return e
}

// ask requests a share from its node.
func (q *queryRun) ask(s *queryShare, blocks chan<- *block) {
	if q.ctx.Err() != nil {
		s.fail = ended(contextError(q.ctx), false)
		return
	}
	began := time.Now()
	s.fail = q.stream(s, blocks)
	if s.fail.err != nil && s.fail.outcome == retry.Stale {
		s.fail = q.stream(s, blocks)
	}
	q.probe.recordAnswer(s.Node, began, &s.fail, s.records, s.bytes)
}

// stream sends the request for a share and passes on the records.
func (q *queryRun) stream(s *queryShare, blocks chan<- *block) (f failure) {
	now := time.Now()
	if f = s.Node.admit(now); f.err != nil {
		return f
	}
	defer func() {
		if f.err != nil {
			s.Node.withdraw(now)
		}
	}()
	write := func(buf []byte) ([]byte, error) { return q.appendMessage(buf, s, now) }
	return s.Node.exchange(q.ctx, &q.span, now, write, func(c *link.Conn) failure { return q.receive(c, s, blocks) })
}

// appendMessage appends the request for a node's share of the query.
func (q *queryRun) appendMessage(buf []byte, s *queryShare, now time.Time) ([]byte, error) {
	query := *q.request
	// The server refuses an id that was used recently.
	query.TaskID = rand.Uint64()
	query.Partitions, query.Resume, query.MaxRecords = s.Partitions, s.Resume, uint64(s.MaxRecords)
	if query.Where != nil {
		query.BValues = s.BValues
	}
	if query.Info1&wire.Info1ShortQuery != 0 {
		query.TimeBudget = q.span.Budget(now)
	}
	return query.AppendMessage(buf)
}

// receive reads the bodies of an answer up to its last message.
func (q *queryRun) receive(c *link.Conn, s *queryShare, blocks chan<- *block) failure {
	in := link.NewPieces(c)
	for {
		body, err := in.Next()
		if err != nil {
			return s.Node.failed(q.ctx, c, err)
		}
		s.bytes += int64(len(body))
		b := q.newBlock()
		if len(body) > link.PieceSize {
			b.taken = make(chan struct{})
		}
		end, rest, err := s.parse(body, b, q.request.Where != nil)
		s.records += int64(b.count)
		// Records that were read must be passed on even if the next message is malformed.
		if !q.hand(b, blocks) {
			c.Unusable = true
			return ended(q.ended(), true)
		}
		switch {
		case err == nil && end != nil:
			if len(rest) > 0 || in.Drained() != nil {
				c.Unusable = true
			}
			return verdict(end)
		case err != nil:
			c.Unusable = true
			return failure{err: err, outcome: retry.Broken}
		}
		// The caller's loop may have been slow, and the node could not send meanwhile.
		c.Arm(time.Now())
	}
}

// hand passes records to the loop. It returns false if the query has ended.
func (q *queryRun) hand(b *block, blocks chan<- *block) bool {
	if b.count == 0 {
		q.reuse(b)
		return true
	}
	taken := b.taken // the loop may be done with the block once it is sent
	select {
	case blocks <- b:
	case <-q.ctx.Done():
		return false
	case <-q.client.done:
		return false
	}
	if taken == nil {
		return true
	}
	select {
	case <-taken:
		return true
	case <-q.ctx.Done():
	case <-q.client.done:
	}
	return false
}

// ended returns why the query has ended.
func (q *queryRun) ended() error {
	if err := contextError(q.ctx); err != nil {
		return err
	}
	return ErrClosed
}

// parse adds the records of whole messages to a block. If the answer ends, end is its last message,
// and rest the bytes after it.
func (s *queryShare) parse(body []byte, b *block, indexed bool) (end *wire.Response, rest []byte, err error) {
	var resp wire.Response
	for len(body) > 0 {
		most := 1 + len(body)/wire.HeaderSize
		if body, err = b.space.Parse(&resp, body, min(most, chunkRecords), false); err != nil {
			return nil, nil, err
		}
		switch {
		case resp.Last() || resp.ResultCode != protocol.OK && resp.Info3&wire.Info3PartitionDone == 0:
			last := resp // a copy, so that resp itself does not escape to the heap
			return &last, body, nil
		case resp.Info3&wire.Info3PartitionDone != 0:
			if resp.ResultCode != protocol.OK {
				s.refused++
				err = s.Unavailable(resp.Generation)
			}
		default:
			if err = s.Arrived(&resp.Digest); err == nil {
				s.names.adopt(&resp)
				b.add(s.Node, &resp, indexed, most)
			}
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, nil
}
