package cluster

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aerosql/aerosql/cluster/internal/info"
	"github.com/aerosql/aerosql/cluster/internal/link"
	"github.com/aerosql/aerosql/cluster/internal/session"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// QueryOperate starts a background query: every node applies the operations, which must write, to
// the records that the statement selects. QueryOperate returns when all nodes have started. If the
// operations fail on a record, the record stays unchanged and counts as failed in the task's
// progress. The statement's Bins, Ops and Partitions must be empty.
//
// If a node can't start the query, QueryOperate aborts it on the other nodes. The error has InDoubt
// set if records may have been changed.
func (c *Client) QueryOperate(ctx context.Context, p *BackgroundPolicy, stmt Statement, ops ...protocol.Operation) (*QueryTask, error) {
	return c.background(ctx, p, stmt, &wire.Query{Ops: ops})
}

// QueryExecute is like QueryOperate, but calls a function of a registered module on each record
// instead of applying operations. The function's results are discarded.
func (c *Client) QueryExecute(ctx context.Context, p *BackgroundPolicy, stmt Statement, pkg, function string, args ...protocol.Value) (*QueryTask, error) {
	return c.background(ctx, p, stmt, &wire.Query{UDF: &wire.UDFCall{Package: pkg, Function: function, Args: args}})
}

func (c *Client) background(ctx context.Context, p *BackgroundPolicy, stmt Statement, r *wire.Query) (_ *QueryTask, err error) {
	name := "QueryOperate"
	if r.UDF != nil {
		name = "QueryExecute"
	}
	defer c.about(&err, name, stmt.Namespace, stmt.Set)
	p, err = policyOr(p, &c.env.Policies.Background)
	if err != nil {
		return nil, err
	}
	if err := c.checkWhole(ctx, &stmt, "a background query"); err != nil {
		return nil, err
	}
	r.Scan = wire.Scan{
		Namespace: stmt.Namespace, Set: stmt.Set, Filter: p.Filter, TaskID: rand.Uint64(),
		RecordsPerSecond: uint32(p.RecordsPerSecond), SocketTimeout: uint32(DefaultSocketTimeout.Milliseconds()),
	}
	r.Kind, r.RecordTTL = wire.QueryBackground, uint32(p.TTL)
	if p.TTL == TTLClientDefault {
		r.RecordTTL = uint32(c.env.Policies.Write.TTL)
	}
	if p.DurableDelete {
		r.Info2 |= wire.Info2DurableDelete
	}
	if r.Where, err = stmt.Filter.request(); err != nil {
		return nil, clientError(err)
	}
	message, err := r.AppendMessage(nil)
	if err != nil {
		return nil, clientError(err)
	}
	pr, ctx := c.probe(ctx, CommandStart{Name: name, Family: FamilyQuery, Namespace: stmt.Namespace, Set: stmt.Set})
	task := c.QueryTask(r.TaskID)
	if err = c.startAll(ctx, pr, orDefault(p.Timeout, DefaultTotalTimeout), message); err != nil {
		pr.countInDoubt(stmt.Namespace, err)
		err = c.explainIndex(ctx, stmt.Namespace, stmt.Set, r.Where, task.giveUp(ctx, err))
	}
	pr.end(err, 0)
	if err != nil {
		return nil, err
	}
	return task, nil
}

// checkWhole returns an error if the statement can't be run by whole nodes, as background queries
// and aggregations are.
func (c *Client) checkWhole(ctx context.Context, stmt *Statement, what string) error {
	if err := contextError(ctx); err != nil {
		return clientError(err)
	}
	if err := outsideTxn(ctx); err != nil {
		return err
	}
	if err := c.checkNamespace(stmt.Namespace); err != nil {
		return err
	}
	if len(stmt.Bins)+len(stmt.Ops) > 0 || stmt.NoBins || stmt.Partitions != (PartitionFilter{}) {
		return clientError(configError("Statement has Bins, NoBins, Ops or Partitions, which %s does not support; leave them out", what))
	}
	return nil
}

// startAll sends the message to all nodes. The error is that of one node that has not started the
// query. It has InDoubt set if another node may have started it. A node that does not know the set
// has no records in it, which is not an error.
func (c *Client) startAll(ctx context.Context, pr *probe, timeout time.Duration, message []byte) error {
	if err := c.calls.begin(ctx); err != nil {
		return err
	}
	defer c.calls.end()
	nodes := c.Nodes()
	if len(nodes) == 0 {
		return c.noNode("the cluster has no active node")
	}
	s := newSpan(ctx, &limits{total: timeout})
	var mu sync.Mutex // guards first and begun
	var first *protocol.Error
	begun := false
	each(nodes, func(n *Node) {
		began := time.Now()
		f := n.exchangeMessage(ctx, &s, message)
		pr.recordTry(n, began, &f)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case f.err == nil:
			begun = true
		case f.code == protocol.KeyNotFound:
		default:
			begun = begun || f.code == protocol.OK && (f.sent || f.outcome.Sent())
			first = f.report(n, 1)
		}
	})
	if first == nil {
		return nil
	}
	first.InDoubt = begun
	return first
}

// exchangeMessage sends a message whose answer is a single header.
func (n *Node) exchangeMessage(ctx context.Context, s *link.Span, message []byte) (f failure) {
	now := time.Now()
	if f = n.admit(now); f.err != nil {
		return f
	}
	defer func() {
		if f.err != nil {
			n.withdraw(now)
		}
	}()
	for again := true; ; again = false {
		write := func(buf []byte) ([]byte, error) { return append(buf, message...), nil }
		f = n.exchange(ctx, s, now, write, func(c *link.Conn) failure { return n.readAnswer(ctx, c, new(wire.Response), false) })
		if !again || !session.Lost(f.code) {
			return f
		}
	}
}

// A QueryTask is a background query. It is safe for concurrent use. The query continues if the task
// is not used any more.
type QueryTask struct {
	client *Client
	id     uint64
}

// QueryTask returns the background query with the id. Another client may have started it.
func (c *Client) QueryTask(id uint64) *QueryTask { return &QueryTask{c, id} }

// ID returns the query's id, which is the same on all nodes.
func (t *QueryTask) ID() uint64 { return t.id }

// A TaskProgress is the progress of a query on all nodes.
type TaskProgress struct {
	// Percent is the mean progress of the nodes, from 0 to 100.
	Percent float64
	// Succeeded and Failed count the records that were changed and those that could not be.
	// Throttled counts the records that were delayed by RecordsPerSecond.
	Succeeded, Failed, Throttled int64
	// Done is set if the query runs on no node any more.
	Done bool
	// Aborted is set if a node aborted the query.
	Aborted bool
}

// Progress asks all nodes for the progress of the query. A node that does not know the query counts
// as done: it has finished the query some time ago, or has joined the cluster after its start.
func (t *QueryTask) Progress(ctx context.Context) (TaskProgress, error) {
	p := TaskProgress{}
	if t.client == nil {
		return p, clientError(errNoTask)
	}
	answers, err := t.ask(ctx, "query-show")
	if err != nil {
		return p, err
	}
	nodes := 0
	known, err := answers.All(func(answer string) (bool, error) {
		job, err := info.ParseJob(answer)
		if errors.Is(err, protocol.KeyNotFound) {
			job, err = info.Job{Progress: 100, Status: info.DoneStatus}, nil
		}
		if err != nil {
			return false, err
		}
		nodes++
		p.Percent += job.Progress
		p.Succeeded += job.Succeeded
		p.Failed += job.Failed
		p.Throttled += job.Throttled
		p.Aborted = p.Aborted || info.JobAborted(job.Status)
		return !info.JobActive(job.Status), nil
	})
	if ctxErr := contextError(ctx); err == nil && !known && ctxErr != nil {
		err = clientError(ctxErr)
	}
	if nodes > 0 {
		p.Percent /= float64(nodes)
	}
	p.Done = known
	return p, err
}

// Done reports whether the query has ended on all nodes. The error is protocol.QueryAborted if the
// query was aborted.
func (t *QueryTask) Done(ctx context.Context) (bool, error) {
	p, err := t.Progress(ctx)
	if err == nil && p.Done && p.Aborted {
		err = &protocol.Error{Code: protocol.QueryAborted, Attempts: 1, InDoubt: true,
			Message: fmt.Sprintf("background query %d, %d records were changed", t.id, p.Succeeded)}
	}
	return p.Done, err
}

// Wait waits until the query has ended on all nodes, the context ends or the client is closed. The
// error is protocol.QueryAborted if the query was aborted.
func (t *QueryTask) Wait(ctx context.Context) error { return info.Await(ctx, t.client.wait, t.Done) }

// Abort aborts the query on all nodes. Changes that it has made are not undone. If the query has
// ended already, Abort returns nil.
func (t *QueryTask) Abort(ctx context.Context) error {
	if t.client == nil {
		return clientError(errNoTask)
	}
	answers, err := t.ask(ctx, "query-abort")
	if err != nil {
		return err
	}
	_, err = answers.Known(func(string, string) error { return nil })
	return err
}

// errNoTask is the error of a QueryTask that no Client has returned.
var errNoTask = fmt.Errorf("%w: the task was not returned by a Client", ErrArgument)

// ask sends a command about the query to all nodes.
func (t *QueryTask) ask(ctx context.Context, command string) (info.Answers, error) {
	command = info.JobCommand(command, t.id, t.client.since(8, 1))
	all, err := t.client.InfoAll(ctx, nil, command)
	answers := make(info.Answers, len(all))
	for node, a := range all {
		answers[node] = info.Answer{Text: a.Values[command], Err: a.Err}
	}
	return answers, err
}

// giveUp aborts a query that not all nodes have started.
func (t *QueryTask) giveUp(ctx context.Context, cause error) error {
	if e, ok := errors.AsType[*protocol.Error](cause); !ok || !e.InDoubt {
		return cause
	}
	// The query must be aborted even if the context has ended, which may be why it did not start.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), DefaultInfoTimeout)
	defer cancel()
	if err := t.Abort(ctx); err != nil && !t.client.isClosed() {
		return errors.Join(cause, fmt.Errorf("aborting the query also failed: %w", err))
	}
	return cause
}
