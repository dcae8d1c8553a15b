package sim

import (
	"context"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// A caller executes operations one after the other and records their results.
type caller struct {
	number int
	client Client
	native *cluster.Client // for package mapper
	server *devserver.Server
	wire   *network
	start  time.Time
	closed *closing
	// seen has the last generation that the caller has seen of each record.
	seen  map[int]uint32
	calls []*Call
}

func (c *caller) now() Moment { return Moment{c.server.LastEvent(), time.Since(c.start)} }

func (c *caller) ended(s *Span) { s.Ended, s.Tick = c.now(), c.wire.tick() }

// run executes all operations.
func (c *caller) run(ops []Operation) {
	for i := range ops {
		time.Sleep(ops[i].Think)
		c.do(&ops[i])
	}
}

// do executes one operation.
func (c *caller) do(op *Operation) *Call {
	call := &Call{Caller: c.number, Index: len(c.calls), Operation: op, Outcomes: make([]Outcome, len(op.Commands))}
	for i := range op.Commands {
		o, cmd := &call.Outcomes[i], &op.Commands[i]
		if cmd.Verb.Writes() {
			o.Token = newToken(c.number, call.Index, i)
		}
		if cmd.Verb == Swap {
			o.Expected = c.seen[cmd.Key]
		}
	}
	ctx, stop := op.context()
	defer stop()
	call.Begun = c.now()
	call.ClosedBefore = c.closed.before(call.Begun.At)
	switch {
	case op.Transaction != nil:
		c.transaction(ctx, call)
	case op.Query != nil:
		call.query(ctx, c.client)
	case op.Batch:
		call.batch(ctx, c.client)
	case op.isHighLevel():
		c.highLevel(ctx, call)
	default:
		call.single(ctx, c.client)
	}
	c.ended(&call.Span)
	call.Closed = c.closed.begun()
	for i := range call.Outcomes {
		if op.Transaction == nil {
			call.Outcomes[i].Span = call.Span
		}
		if r := call.Outcomes[i].Record; r != nil {
			c.seen[op.Commands[i].Key] = r.Generation
		}
	}
	c.calls = append(c.calls, call)
	return call
}

// context returns the context of the call.
func (op *Operation) context() (context.Context, func()) {
	ctx, stop := context.Background(), func() {}
	if op.Deadline > 0 {
		ctx, stop = context.WithTimeout(ctx, op.Deadline)
	}
	if op.Cancel == 0 {
		return ctx, stop
	}
	ctx, cancel := context.WithCancel(ctx)
	if op.Cancel < 0 {
		cancel()
		return ctx, stop
	}
	timer := time.AfterFunc(op.Cancel, cancel)
	return ctx, func() {
		timer.Stop()
		cancel()
		stop()
	}
}

// single executes an operation of one command.
func (c *Call) single(ctx context.Context, client Client) {
	cmd, o := &c.Commands[0], &c.Outcomes[0]
	k, wp, rp := key(cmd.Key), c.writePolicy(cmd, o), c.readPolicy()
	switch cmd.Verb {
	case Put, Create, Replace, Update, Swap:
		o.Err = client.Put(ctx, wp, k, cmd.bins(o.Token))
	case Append:
		o.Err = client.Append(ctx, wp, k, cmd.bins(o.Token))
	case Touch:
		o.Err = client.Touch(ctx, wp, k)
	case Delete:
		o.exists(client.Delete(ctx, wp, k))
	case Push, Erase, Look:
		o.Record, o.Err = client.Operate(ctx, wp, k, cmd.ops(o.Token)...)
	case Get:
		o.Record, o.Err = client.Get(ctx, rp, k)
	case GetSome:
		o.Record, o.Err = client.Get(ctx, rp, k, someBins...)
	case Header:
		o.Record, o.Err = client.GetHeader(ctx, rp, k)
	case Exists:
		o.exists(client.Exists(ctx, rp, k))
	}
}

// batch executes an operation of many commands.
func (c *Call) batch(ctx context.Context, client Client) {
	p := &cluster.BatchPolicy{
		TotalTimeout: c.Limits.Total, SocketTimeout: c.Limits.Socket, SleepBetweenRetries: c.Limits.Sleep, MaxRetries: c.Limits.Retries,
		Replica: c.Limits.Replica, Compress: c.Limits.Compress,
	}
	var results []cluster.BatchResult
	switch c.uniform() {
	case Get:
		results, c.Err = client.BatchRead(ctx, p, c.keys())
	case Exists:
		results, c.Err = client.BatchExists(ctx, p, c.keys())
	default:
		rows := make([]cluster.BatchRow, len(c.Commands))
		for i := range rows {
			rows[i] = c.row(&c.Commands[i], &c.Outcomes[i])
		}
		results, c.Err = client.BatchWrite(ctx, p, rows)
	}
	for i := range c.Outcomes {
		o := &c.Outcomes[i]
		o.Batch = true
		if len(results) != len(c.Outcomes) {
			o.Err = c.Err // nothing was done; otherwise the checker reports it
			continue
		}
		o.Record, o.Err = results[i].Record, results[i].Err
	}
}

// uniform returns the verb of all commands, or verbCount if they differ.
func (c *Call) uniform() Verb {
	for i := range c.Commands {
		if c.Commands[i].Verb != c.Commands[0].Verb {
			return verbCount
		}
	}
	return c.Commands[0].Verb
}

func (c *Call) keys() []protocol.Key {
	keys := make([]protocol.Key, len(c.Commands))
	for i := range keys {
		keys[i] = key(c.Commands[i].Key)
	}
	return keys
}

// row returns a row of a batch.
func (c *Call) row(cmd *Command, o *Outcome) cluster.BatchRow {
	k, wp := key(cmd.Key), c.writePolicy(cmd, o)
	switch cmd.Verb {
	case Put, Create, Replace, Update, Swap:
		return cluster.PutRow(wp, k, cmd.bins(o.Token))
	case Append, Touch, Push, Erase, Look:
		return cluster.OperateRow(wp, k, cmd.ops(o.Token)...)
	case Delete:
		return cluster.DeleteRow(wp, k)
	case GetSome:
		return cluster.ReadRow(k, someBins...)
	case Header, Exists:
		return cluster.HeaderRow(k)
	}
	return cluster.ReadRow(k)
}
