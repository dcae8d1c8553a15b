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

// A queryRun is one query under way: rounds, in each of which every node is asked for the partitions that are not done
// and belong to it.
type queryRun struct {
	client *Client
	op     string // name of the Client's method
	policy *QueryPolicy
	// request is what all nodes are asked for, but for the partitions.
	request *wire.Query
	limits  limits
	span    link.Span
	cursor  *cursor.Cursor
	probe   *probe

	// ctx ends when the loop is left.
	ctx    context.Context
	cancel context.CancelFunc
	err    error // that the loop got
}

// A chunk is what a node's goroutine hands on together: records, and in a query by an index their index values.
type chunk struct {
	records []protocol.Record
	bvals   []int64
	errs    []error // why records can't be read, nil for one that can; there is none for the records behind its end
	// taken is closed when the loop has come to the chunk; nil unless it is large. No more is read ahead of a large one.
	taken chan struct{}
}

// err is why the i-th record can't be read.
func (c *chunk) err(i int) error {
	if i >= len(c.errs) {
		return nil
	}
	return c.errs[i]
}

// fail gives the last record an error.
func (c *chunk) fail(n *Node, err error) {
	last := len(c.records) - 1
	c.errs = append(c.errs, make([]error, last-len(c.errs))...)
	c.errs = append(c.errs, &protocol.Error{
		Code: protocol.ClientError, Node: n.name, Attempts: 1, Err: &RecordError{Key: c.records[last].Key, Err: err},
	})
}

// begin notes that the loop has come to the chunk.
func (c *chunk) begin() {
	if c.taken != nil {
		close(c.taken)
	}
}

// bval is the index value of the i-th record.
func (c *chunk) bval(i int) int64 {
	if c.bvals == nil {
		return 0
	}
	return c.bvals[i]
}

// A queryShare is what one node is asked for in one round, and how that ended.
type queryShare struct {
	*cursor.Share[*Node]
	fail    failure
	refused int // partitions that the node does not serve
	names   rowNames
}

// rowNames are the namespace and the set of the last record. The next one's are the same as a rule, and need no memory then.
type rowNames struct{ namespace, set string }

// adopt copies namespace and set out of the message body, so that keeping a key does not keep the body alive.
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

// run goes round until all partitions are done or the loop is left.
func (q *queryRun) run(yield func(*protocol.Record, error) bool) {
	defer q.cancel()
	defer func() { q.probe.end(q.err, q.cursor.Records()) }()
	for failed := 0; !q.cursor.Done(); {
		shares, exact := q.plan()
		if !q.round(shares, exact, yield) || q.cursor.Full() {
			return
		}
		step, f := q.outcome(shares)
		q.probe.setRetry(f.err != nil)
		if f.err == nil {
			continue
		}
		if failed++; slices.ContainsFunc(shares, func(s *queryShare) bool { return s.Advanced() }) {
			// What is left because it has moved can be asked for elsewhere at once.
			failed, step.Costs, step.Sleep = 1, false, f.outcome != retry.Refused
		}
		// The next replica may have what has moved; if nothing comes of that, only a new map helps.
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
		yield(nil, q.err)
		return
	}
}

// backOff is the pause before the n-th retry in a row: a cluster needs a second or two to notice that a
// node is gone, and until then asking again at once would only use up the retries.
func backOff(n int) time.Duration { return min(25*time.Millisecond<<n, time.Second) }

// plan distributes what is missing over the nodes; exact tells that they send no more than is wanted.
func (q *queryRun) plan() (all []*queryShare, exact bool) {
	cl := call{replica: q.policy.Replica.forQuery(), modeSC: ReadAllowReplica}
	shares, exact := cursor.Plan(q.cursor, func(p uint16, turn int) *Node {
		n, _ := q.client.choose(q.request.Namespace, p, &cl, turn)
		return n
	})
	all = make([]*queryShare, len(shares))
	for i, s := range shares {
		all[i] = &queryShare{Share: s}
	}
	return all, exact
}

// round asks the nodes, as many at the same time as the policy allows, and yields what they send. It
// reports false when the loop was left. When it returns, its goroutines have ended.
func (q *queryRun) round(shares []*queryShare, exact bool, yield func(*protocol.Record, error) bool) bool {
	enough := false
	return fanOut(q.cancel, shares, q.policy.MaxConcurrentNodes, q.ask, func(c chunk) bool {
		c.begin()
		for i := 0; i < len(c.records) && !enough; i++ {
			rec := &c.records[i]
			// The loop has a record as soon as it is called with it, also if it leaves then.
			if q.cursor.Note(rec.Key.Digest(), c.bval(i)) && !yield(rec, c.err(i)) {
				return false
			}
			enough = q.cursor.Full()
		}
		// If nodes send no more than is wanted, nothing but the ends of their answers is under way: with them, the
		// connections can be used again.
		return !enough || exact
	})
}

// outcome sums a round up: its worst failure and how to go on, or none.
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
		// A node that failed may be gone, so the map is worth a look; the pause is long enough for it.
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

// incomplete is the error of a query that ends before its partitions are done.
func (q *queryRun) incomplete(f *failure, attempts int) error {
	e := f.report(f.node, attempts)
	if missing := q.cursor.Missing(); e.Message == "" {
		e.Message = fmt.Sprintf("the query is incomplete: %d partitions are missing, the first is %d", len(missing), missing[0])
	}
	return e
}

// ask asks one node for its share.
func (q *queryRun) ask(s *queryShare, chunks chan<- chunk) {
	if q.ctx.Err() != nil {
		s.fail = ended(contextError(q.ctx), false)
		return
	}
	began := time.Now()
	s.fail = q.stream(s, chunks)
	if s.fail.err != nil && s.fail.outcome == retry.Stale {
		s.fail = q.stream(s, chunks)
	}
	q.probe.recordTry(s.Node, began, &s.fail)
}

// stream sends the request for a share and hands on what comes.
func (q *queryRun) stream(s *queryShare, chunks chan<- chunk) (f failure) {
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
	return s.Node.exchange(q.ctx, &q.span, now, write, func(c *link.Conn) failure { return q.receive(c, s, chunks) })
}

// appendMessage appends the request for a node's share of the query.
func (q *queryRun) appendMessage(buf []byte, s *queryShare, now time.Time) ([]byte, error) {
	query := *q.request
	// The server refuses an id that it has seen lately.
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
func (q *queryRun) receive(c *link.Conn, s *queryShare, chunks chan<- chunk) failure {
	in := link.NewPieces(c)
	for {
		body, err := in.Next()
		if err != nil {
			return s.Node.failed(q.ctx, c, err)
		}
		large := len(body) > link.PieceSize
		for len(body) > 0 {
			var part chunk
			var end *wire.Response
			part, end, body, err = s.parse(body, q.request.Where != nil)
			if large {
				part.taken = make(chan struct{})
			}
			// What has come must be handed on even if the message behind it is broken.
			if !q.hand(part, chunks) {
				c.Unusable = true
				return ended(q.ended(), true)
			}
			switch {
			case err == nil && end != nil:
				if len(body) > 0 || in.Drained() != nil {
					c.Unusable = true
				}
				return verdict(end)
			case err != nil:
				c.Unusable = true
				return failure{err: err, outcome: retry.Broken}
			}
			// The loop may have taken its time, and the node has had no chance to send meanwhile.
			c.Arm(time.Now())
		}
	}
}

// hand passes records to the loop. It returns false if the query has ended.
func (q *queryRun) hand(c chunk, chunks chan<- chunk) bool {
	if len(c.records) == 0 {
		return true
	}
	select {
	case chunks <- c:
	case <-q.ctx.Done():
		return false
	case <-q.client.done:
		return false
	}
	if c.taken == nil {
		return true
	}
	select {
	case <-c.taken:
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

// parse reads messages up to a chunk of records, the end of the body or of the answer, which it returns.
func (s *queryShare) parse(body []byte, indexed bool) (c chunk, end *wire.Response, rest []byte, err error) {
	for len(body) > 0 && len(c.records) < chunkRecords {
		var resp wire.Response
		if resp, body, err = wire.ParseResponse(body); err != nil {
			return c, nil, nil, err
		}
		switch {
		case resp.Last() || resp.ResultCode != protocol.OK && resp.Info3&wire.Info3PartitionDone == 0:
			last := resp // a copy, or each message would take memory of its own
			return c, &last, body, nil
		case resp.Info3&wire.Info3PartitionDone != 0:
			if resp.ResultCode != protocol.OK {
				s.refused++
				err = s.Unavailable(resp.Generation)
			}
		default:
			if err = s.Arrived(resp.Digest); err == nil {
				s.names.adopt(&resp)
				c.add(&resp, indexed, 1+len(body)/wire.HeaderSize)
				if resp.Err != nil {
					c.fail(s.Node, resp.Err)
				}
			}
		}
		if err != nil {
			return c, nil, nil, err
		}
	}
	return c, nil, body, nil
}

// add appends a record. With those that may follow it in the same body there are most.
func (c *chunk) add(resp *wire.Response, indexed bool, most int) {
	if c.records == nil {
		c.records = make([]protocol.Record, 0, min(chunkRecords, most))
	}
	c.records = append(c.records, *resp.QueryRecord())
	if indexed {
		c.bvals = append(c.bvals, resp.BValue)
	}
}
