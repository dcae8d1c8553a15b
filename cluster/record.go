package cluster

import (
	"context"
	"errors"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Get reads a record: the named bins, or all of them. A named bin that the record does not have
// is left out. A missing record is an error that is protocol.KeyNotFound. Values of the
// record share the memory of the answer that they came in.
func (c *Client) Get(ctx context.Context, p *ReadPolicy, key protocol.Key, bins ...string) (*protocol.Record, error) {
	cmd := wire.NewRead(key, bins...)
	var resp wire.Response
	if err := c.read(ctx, "Get", p, &cmd, &resp); err != nil {
		return nil, err
	}
	return resp.Record(key), nil
}

// GetHeader reads generation and void time of a record. A missing record is an
// error that is protocol.KeyNotFound.
func (c *Client) GetHeader(ctx context.Context, p *ReadPolicy, key protocol.Key) (*protocol.Record, error) {
	cmd := wire.NewHeaderRead(key)
	var resp wire.Response
	if err := c.read(ctx, "GetHeader", p, &cmd, &resp); err != nil {
		return nil, err
	}
	return resp.Record(key), nil
}

// Exists reports whether there is a record under the key. A record that the
// policy's filter hides is an error that is protocol.FilteredOut.
func (c *Client) Exists(ctx context.Context, p *ReadPolicy, key protocol.Key) (bool, error) {
	cmd := wire.NewHeaderRead(key)
	var resp wire.Response
	err := c.read(ctx, "Exists", p, &cmd, &resp)
	if errors.Is(err, protocol.KeyNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Put writes bins; a nil value removes its bin, and a record without bins is removed. What
// happens to the other bins of a record that exists is the policy's Exists.
func (c *Client) Put(ctx context.Context, p *WritePolicy, key protocol.Key, bins protocol.Bins) error {
	cmd := wire.NewWrite(protocol.OpWrite, key, bins)
	return c.write(ctx, "Put", p, &cmd, large(bins))
}

// Add adds integers or floats to bins of their type, or creates the bins. It is not
// idempotent: see InDoubt before repeating it.
func (c *Client) Add(ctx context.Context, p *WritePolicy, key protocol.Key, bins protocol.Bins) error {
	cmd := wire.NewWrite(protocol.OpAdd, key, bins)
	return c.write(ctx, "Add", p, &cmd, large(bins))
}

// Append adds strings or blobs at the end of bins of their type, or creates the bins.
func (c *Client) Append(ctx context.Context, p *WritePolicy, key protocol.Key, bins protocol.Bins) error {
	cmd := wire.NewWrite(protocol.OpAppend, key, bins)
	return c.write(ctx, "Append", p, &cmd, large(bins))
}

// Prepend adds strings or blobs at the front of bins of their type, or creates the bins.
func (c *Client) Prepend(ctx context.Context, p *WritePolicy, key protocol.Key, bins protocol.Bins) error {
	cmd := wire.NewWrite(protocol.OpPrepend, key, bins)
	return c.write(ctx, "Prepend", p, &cmd, large(bins))
}

// Touch renews the record's time to live, to that of the policy, and raises its
// generation. A missing record is an error that is protocol.KeyNotFound.
func (c *Client) Touch(ctx context.Context, p *WritePolicy, key protocol.Key) error {
	cmd := wire.NewTouch(key)
	return c.write(ctx, "Touch", p, &cmd, false)
}

// Delete removes a record and reports whether there was one. If it was tried more than once, and the record was gone then, an
// earlier try may have removed it: the error is protocol.KeyNotFound and InDoubt.
func (c *Client) Delete(ctx context.Context, p *WritePolicy, key protocol.Key) (existed bool, err error) {
	cmd := wire.NewDelete(key)
	err = c.write(ctx, "Delete", p, &cmd, false)
	if e, ok := errors.AsType[*protocol.Error](err); ok && e.Code == protocol.KeyNotFound && !e.InDoubt {
		return false, nil
	}
	return err == nil, err
}

// Operate applies operations to one record in their order, all of them or none, and
// returns what they answered; the record's Generation is the new one. It has the
// retries of a write if one of the operations writes, else those of a read, unless the policy says otherwise.
func (c *Client) Operate(ctx context.Context, p *WritePolicy, key protocol.Key, ops ...protocol.Operation) (*protocol.Record, error) {
	wp, err := c.writePolicy(p)
	if err != nil {
		return nil, c.aboutKey(err, "Operate", &key)
	}
	cmd := wire.NewOperate(key, ops, wp.RespondAllOps)
	wp.apply(&cmd)
	retries := defaultWriteRetries
	if !cmd.IsWrite() {
		retries = DefaultReadRetries
	}
	cl := call{
		name:    "Operate",
		limits:  wp.limits().resolve(DefaultTotalTimeout, DefaultSocketTimeout, retries),
		replica: wp.Replica, modeSC: wp.ReadModeSC, write: cmd.IsWrite(), alone: largeOps(ops), txn: txnOf(ctx, wp.Txn),
	}
	var resp wire.Response
	if err := c.execute(ctx, &cl, &cmd, &resp); err != nil {
		return nil, err
	}
	return resp.Record(key), nil
}

// read runs a command that only reads.
func (c *Client) read(ctx context.Context, name string, p *ReadPolicy, cmd *wire.Command, resp *wire.Response) error {
	p, err := policyOr(p, &c.env.Policies.Read)
	if err != nil {
		return c.aboutKey(err, name, &cmd.Key)
	}
	p.apply(cmd)
	cl := call{
		name:    name,
		limits:  p.limits().resolve(DefaultTotalTimeout, DefaultSocketTimeout, DefaultReadRetries),
		replica: p.Replica, modeSC: p.ReadModeSC, txn: txnOf(ctx, p.Txn),
	}
	return c.execute(ctx, &cl, cmd, resp)
}

// write runs a command that writes and whose answer is a header alone. Alone is for a large one.
func (c *Client) write(ctx context.Context, name string, p *WritePolicy, cmd *wire.Command, alone bool) error {
	wp, err := c.writePolicy(p)
	if err != nil {
		return c.aboutKey(err, name, &cmd.Key)
	}
	wp.apply(cmd)
	cl := call{
		name:    name,
		limits:  wp.limits().resolve(DefaultTotalTimeout, DefaultSocketTimeout, defaultWriteRetries),
		replica: wp.Replica, write: true, alone: alone, txn: txnOf(ctx, wp.Txn),
	}
	var resp wire.Response
	return c.execute(ctx, &cl, cmd, &resp)
}

func (c *Client) writePolicy(p *WritePolicy) (*WritePolicy, error) {
	p, err := policyOr(p, &c.env.Policies.Write)
	if err != nil {
		return nil, err
	}
	if p.TTL == TTLClientDefault {
		own := *p
		own.TTL = c.env.Policies.Write.TTL
		p = &own
	}
	return p, nil
}

// large reports whether bins are so large that their command travels alone. What is in
// collections is not looked at: each of their elements counts as if it were of a middle size.
func large(bins protocol.Bins) bool {
	size := 0
	for i := range bins {
		size += valueSize(bins[i].Value)
	}
	return size > coalesceSize
}

func largeOps(ops []protocol.Operation) bool {
	size := 0
	for i := range ops {
		size += valueSize(ops[i].Value)
	}
	return size > coalesceSize
}

func valueSize(v protocol.Value) int {
	const element = 64
	switch v.Kind() {
	case protocol.KindList, protocol.KindMap:
		return element * v.Len()
	}
	return v.Len()
}
