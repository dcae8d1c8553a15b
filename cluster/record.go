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
	r := newRequest()
	r.cmd.SetRead(&key, bins)
	return r.record(c.read(ctx, "Get", p, r))
}

// GetEncoded is like Get for a caller that decodes the bins. Only their sizes have been checked. A
// caller that has decoded them can give their memory back; see [wire.Encoded.Release].
func (c *Client) GetEncoded(ctx context.Context, p *ReadPolicy, key protocol.Key, bins ...string) (EncodedRecord, error) {
	r := newRequest()
	r.cmd.SetRead(&key, bins)
	r.cmd.KeepEncoded = true
	err := c.read(ctx, "Get", p, r)
	record := EncodedRecord{Bins: r.resp.Encoded, Generation: r.resp.Generation, VoidTime: r.resp.RecordTTL}
	r.free()
	return record, err
}

// An EncodedRecord is a record whose bins are not decoded; see protocol.Record.
type EncodedRecord struct {
	Bins                 wire.Encoded
	Generation, VoidTime uint32
}

// GetHeader reads a record's generation and void time. If the record does not exist the error is
// protocol.KeyNotFound.
func (c *Client) GetHeader(ctx context.Context, p *ReadPolicy, key protocol.Key) (*protocol.Record, error) {
	r := newRequest()
	r.cmd = wire.NewHeaderRead(key)
	return r.record(c.read(ctx, "GetHeader", p, r))
}

// Exists reports whether a record exists. If the policy's filter excludes it the error is
// protocol.FilteredOut.
func (c *Client) Exists(ctx context.Context, p *ReadPolicy, key protocol.Key) (bool, error) {
	r := newRequest()
	r.cmd = wire.NewHeaderRead(key)
	err := c.read(ctx, "Exists", p, r)
	r.free()
	if errors.Is(err, protocol.KeyNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Put writes bins. A nil value removes its bin, and a record without bins is removed. The policy's
// Exists sets what happens to the other bins of an existing record.
func (c *Client) Put(ctx context.Context, p *WritePolicy, key protocol.Key, bins protocol.Bins) error {
	r := newRequest()
	r.alone = large(bins)
	r.cmd.SetWrite(protocol.OpWrite, &key, bins)
	return c.write(ctx, "Put", p, r)
}

// PutEncoded is like Put for bins that the caller has encoded, and returns the record's new
// generation. The bytes are used until PutEncoded returns; all tries send the same.
func (c *Client) PutEncoded(ctx context.Context, p *WritePolicy, key protocol.Key, bins *wire.Encoded) (generation uint32, err error) {
	r := newRequest()
	r.alone = bins != nil && len(bins.Ops) > coalesceSize
	r.cmd.SetEncodedWrite(&key, bins)
	err = c.send(ctx, "Put", p, r)
	generation = r.resp.Generation
	r.free()
	return generation, err
}

// Add adds integers or floats to bins of the same type, or creates the bins. Add is not idempotent:
// check InDoubt before repeating it.
func (c *Client) Add(ctx context.Context, p *WritePolicy, key protocol.Key, bins protocol.Bins) error {
	r := newRequest()
	r.alone = large(bins)
	r.cmd.SetWrite(protocol.OpAdd, &key, bins)
	return c.write(ctx, "Add", p, r)
}

// Append appends strings or blobs to bins of the same type, or creates the bins. Append is not
// idempotent.
func (c *Client) Append(ctx context.Context, p *WritePolicy, key protocol.Key, bins protocol.Bins) error {
	r := newRequest()
	r.alone = large(bins)
	r.cmd.SetWrite(protocol.OpAppend, &key, bins)
	return c.write(ctx, "Append", p, r)
}

// Prepend prepends strings or blobs to bins of the same type, or creates the bins. Prepend is not
// idempotent.
func (c *Client) Prepend(ctx context.Context, p *WritePolicy, key protocol.Key, bins protocol.Bins) error {
	r := newRequest()
	r.alone = large(bins)
	r.cmd.SetWrite(protocol.OpPrepend, &key, bins)
	return c.write(ctx, "Prepend", p, r)
}

// Touch sets the record's time to live to the policy's TTL and increments its generation. If the
// record does not exist the error is protocol.KeyNotFound.
func (c *Client) Touch(ctx context.Context, p *WritePolicy, key protocol.Key) error {
	r := newRequest()
	r.cmd = wire.NewTouch(key)
	return c.write(ctx, "Touch", p, r)
}

// Delete removes a record and reports whether it existed. If a retry finds no record, an earlier
// try may have removed it: the error is then protocol.KeyNotFound with InDoubt set.
func (c *Client) Delete(ctx context.Context, p *WritePolicy, key protocol.Key) (existed bool, err error) {
	r := newRequest()
	r.cmd = wire.NewDelete(key)
	err = c.write(ctx, "Delete", p, r)
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
	r := newRequest()
	r.cmd = wire.NewOperate(key, ops, wp.RespondAllOps)
	wp.apply(&r.cmd)
	retries := defaultWriteRetries
	if !r.cmd.IsWrite() {
		retries = DefaultReadRetries
	}
	r.call = call{
		name:    "Operate",
		limits:  wp.limits().resolve(DefaultTotalTimeout, DefaultSocketTimeout, retries),
		replica: wp.Replica, modeSC: wp.ReadModeSC, write: r.cmd.IsWrite(), alone: largeOps(ops), txn: txnOf(ctx, wp.Txn),
	}
	return r.record(c.execute(ctx, r))
}

// record returns the record of the answer, or the error, and frees the request.
func (r *request) record(err error) (*protocol.Record, error) {
	defer r.free()
	if err != nil {
		return nil, err
	}
	return r.resp.Record(r.cmd.Key), nil
}

// read runs a command that only reads.
func (c *Client) read(ctx context.Context, name string, p *ReadPolicy, r *request) error {
	p, err := policyOr(p, &c.env.Policies.Read)
	if err != nil {
		return c.aboutKey(err, name, &r.cmd.Key)
	}
	p.apply(&r.cmd)
	p.setLimits(&r.limits)
	r.limits.setDefaults(DefaultTotalTimeout, DefaultSocketTimeout, DefaultReadRetries)
	r.name, r.replica, r.modeSC, r.hedge, r.txn = name, p.Replica, p.ReadModeSC, p.Hedge == HedgeAuto, txnOf(ctx, p.Txn)
	return c.execute(ctx, r)
}

// write runs a command that writes and returns no bins, and frees the request.
func (c *Client) write(ctx context.Context, name string, p *WritePolicy, r *request) error {
	err := c.send(ctx, name, p, r)
	r.free()
	return err
}

// send is write for a caller that needs the answer.
func (c *Client) send(ctx context.Context, name string, p *WritePolicy, r *request) error {
	wp, err := c.writePolicy(p)
	if err != nil {
		return c.aboutKey(err, name, &r.cmd.Key)
	}
	wp.apply(&r.cmd)
	wp.setLimits(&r.limits)
	r.limits.setDefaults(DefaultTotalTimeout, DefaultSocketTimeout, defaultWriteRetries)
	r.name, r.replica, r.write, r.txn = name, wp.Replica, true, txnOf(ctx, wp.Txn)
	return c.execute(ctx, r)
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
