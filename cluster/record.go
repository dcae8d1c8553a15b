package cluster

import (
	"context"
	"errors"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// Get reads a record with the named bins, or with all bins. Named bins that the record does not
// have are left out. If the record does not exist the error is protocol.KeyNotFound. The record's
// values share one piece of memory, which is the record's own.
func (c *Client) Get(ctx context.Context, p *ReadPolicy, key protocol.Key, bins ...string) (*protocol.Record, error) {
	cmd := wire.NewRead(key, bins...)
	var resp wire.Response
	if err := c.read(ctx, "Get", p, &cmd, &resp); err != nil {
		return nil, err
	}
	return resp.Record(key), nil
}

// GetEncoded is like Get for a caller that decodes the bins, which share the memory of the server's
// response. Only their sizes have been checked.
func (c *Client) GetEncoded(ctx context.Context, p *ReadPolicy, key protocol.Key, bins ...string) (EncodedRecord, error) {
	cmd := wire.NewRead(key, bins...)
	cmd.KeepEncoded = true
	var resp wire.Response
	err := c.read(ctx, "Get", p, &cmd, &resp)
	return EncodedRecord{Bins: resp.Encoded, Generation: resp.Generation, VoidTime: resp.RecordTTL}, err
}

// An EncodedRecord is a record whose bins are not decoded; see protocol.Record.
type EncodedRecord struct {
	Bins                 wire.Encoded
	Generation, VoidTime uint32
}

// GetHeader reads a record's generation and void time. If the record does not exist the error is
// protocol.KeyNotFound.
func (c *Client) GetHeader(ctx context.Context, p *ReadPolicy, key protocol.Key) (*protocol.Record, error) {
	cmd := wire.NewHeaderRead(key)
	var resp wire.Response
	if err := c.read(ctx, "GetHeader", p, &cmd, &resp); err != nil {
		return nil, err
	}
	return resp.Record(key), nil
}

// Exists reports whether a record exists. If the policy's filter excludes it the error is
// protocol.FilteredOut.
func (c *Client) Exists(ctx context.Context, p *ReadPolicy, key protocol.Key) (bool, error) {
	cmd := wire.NewHeaderRead(key)
	var resp wire.Response
	err := c.read(ctx, "Exists", p, &cmd, &resp)
	if errors.Is(err, protocol.KeyNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Put writes bins. A nil value removes its bin, and a record without bins is removed. The policy's
// Exists sets what happens to the other bins of an existing record.
func (c *Client) Put(ctx context.Context, p *WritePolicy, key protocol.Key, bins protocol.Bins) error {
	cmd := wire.NewWrite(protocol.OpWrite, key, bins)
	return c.write(ctx, "Put", p, &cmd, large(bins))
}

// PutEncoded is like Put for bins that the caller has encoded, and returns the record's new
// generation. The bytes are used until PutEncoded returns; all tries send the same.
func (c *Client) PutEncoded(ctx context.Context, p *WritePolicy, key protocol.Key, bins *wire.Encoded) (generation uint32, err error) {
	cmd := wire.NewEncodedWrite(key, bins)
	var resp wire.Response
	err = c.writeFor(ctx, "Put", p, &cmd, bins != nil && len(bins.Ops) > coalesceSize, &resp)
	return resp.Generation, err
}

// Add adds integers or floats to bins of the same type, or creates the bins. Add is not idempotent:
// check InDoubt before repeating it.
func (c *Client) Add(ctx context.Context, p *WritePolicy, key protocol.Key, bins protocol.Bins) error {
	cmd := wire.NewWrite(protocol.OpAdd, key, bins)
	return c.write(ctx, "Add", p, &cmd, large(bins))
}

// Append appends strings or blobs to bins of the same type, or creates the bins. Append is not
// idempotent.
func (c *Client) Append(ctx context.Context, p *WritePolicy, key protocol.Key, bins protocol.Bins) error {
	cmd := wire.NewWrite(protocol.OpAppend, key, bins)
	return c.write(ctx, "Append", p, &cmd, large(bins))
}

// Prepend prepends strings or blobs to bins of the same type, or creates the bins. Prepend is not
// idempotent.
func (c *Client) Prepend(ctx context.Context, p *WritePolicy, key protocol.Key, bins protocol.Bins) error {
	cmd := wire.NewWrite(protocol.OpPrepend, key, bins)
	return c.write(ctx, "Prepend", p, &cmd, large(bins))
}

// Touch sets the record's time to live to the policy's TTL and increments its generation. If the
// record does not exist the error is protocol.KeyNotFound.
func (c *Client) Touch(ctx context.Context, p *WritePolicy, key protocol.Key) error {
	cmd := wire.NewTouch(key)
	return c.write(ctx, "Touch", p, &cmd, false)
}

// Delete removes a record and reports whether it existed. If a retry finds no record, an earlier
// try may have removed it: the error is then protocol.KeyNotFound with InDoubt set.
func (c *Client) Delete(ctx context.Context, p *WritePolicy, key protocol.Key) (existed bool, err error) {
	cmd := wire.NewDelete(key)
	err = c.write(ctx, "Delete", p, &cmd, false)
	if e, ok := errors.AsType[*protocol.Error](err); ok && e.Code == protocol.KeyNotFound && !e.InDoubt {
		return false, nil
	}
	return err == nil, err
}

// Operate applies operations to one record in order, all or none of them, and returns their
// results. The returned record has the new generation. The default number of retries is that of a
// write if any operation writes, otherwise that of a read.
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
		replica: p.Replica, modeSC: p.ReadModeSC, hedge: p.Hedge == HedgeAuto, txn: txnOf(ctx, p.Txn),
	}
	return c.execute(ctx, &cl, cmd, resp)
}

// write runs a command that writes and returns no bins. If alone is set, the command is not
// coalesced.
func (c *Client) write(ctx context.Context, name string, p *WritePolicy, cmd *wire.Command, alone bool) error {
	var resp wire.Response
	return c.writeFor(ctx, name, p, cmd, alone, &resp)
}

// writeFor is write for a caller that needs the response.
func (c *Client) writeFor(ctx context.Context, name string, p *WritePolicy, cmd *wire.Command, alone bool, resp *wire.Response) error {
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
	return c.execute(ctx, &cl, cmd, resp)
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

// large reports whether bins are too large for coalescing. It does not look into collections, but
// counts each element as if it had an average size.
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
