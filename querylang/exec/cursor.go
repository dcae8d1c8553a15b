package exec

import (
	"context"
	"errors"
	"io"
	"iter"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// A cursor gives the records of a source, before any filter.
type cursor interface {
	// next returns a record, io.EOF after the last. Bins and user key of the record are of protocol.KindInvalid
	// where they can't be read.
	next() (*protocol.Record, error)
	// close ends the work on the cluster. It can be called twice.
	close()
}

// batchKeys is how many records travel in a batch.
const batchKeys = 1000

// open starts to read the records of a source. At most maxRecords are needed, 0 for all.
func (r *Runner) open(ctx context.Context, s *querylang.Source, p querylang.Projection, args []protocol.Value, maxRecords int64) (cursor, error) {
	switch s.Access {
	case querylang.AccessKey:
		record, err := r.get(ctx, s, p, args)
		if err != nil {
			return nil, err
		}
		return &sliceCursor{records: record}, nil
	case querylang.AccessKeys:
		keys, err := keysOf(s, args)
		if err != nil {
			return nil, err
		}
		return &batchCursor{runner: r, ctx: ctx, keys: keys, projection: p}, nil
	case querylang.AccessScan:
		return r.scan(ctx, s, p, maxRecords), nil
	}
	return &sliceCursor{}, nil
}

// keyOf returns the key of a source with a single one; ok is false if no record can have it.
func keyOf(s *querylang.Source, args []protocol.Value) (key protocol.Key, ok bool, err error) {
	return s.KeyOf(querylang.Eval(s.Keys[0], &querylang.Env{Args: args}))
}

// keysOf returns the keys of a source, each once.
func keysOf(s *querylang.Source, args []protocol.Value) ([]protocol.Key, error) {
	values := querylang.ExpandList(s.Keys, &querylang.Env{Args: args})
	keys, seen := make([]protocol.Key, 0, len(values)), make(map[protocol.Digest]bool, len(values))
	for _, v := range values {
		key, ok, err := s.KeyOf(v)
		if err != nil {
			return nil, err
		}
		if ok && !seen[key.Digest()] {
			seen[key.Digest()] = true
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// get reads the one record of a source; there may be none.
func (r *Runner) get(ctx context.Context, s *querylang.Source, p querylang.Projection, args []protocol.Value) ([]*protocol.Record, error) {
	key, ok, err := keyOf(s, args)
	if err != nil || !ok {
		return nil, err
	}
	record, err := r.getKey(ctx, key, p)
	if record == nil || err != nil {
		return nil, err
	}
	return []*protocol.Record{record}, nil
}

// getKey reads a record; it returns nil if there is none.
func (r *Runner) getKey(ctx context.Context, key protocol.Key, p querylang.Projection) (record *protocol.Record, err error) {
	if p.UserKey {
		return r.getWithUserKey(ctx, key, p)
	}
	if !p.AllBins && len(p.Bins) == 0 {
		record, err = r.client.GetHeader(ctx, &r.options.Policies.Read, key)
	} else {
		record, err = r.client.Get(ctx, &r.options.Policies.Read, key, p.Bins...)
	}
	if refused(err, protocol.KeyNotFound) {
		return nil, nil
	}
	return record, err
}

// A sliceCursor gives records that are there already.
type sliceCursor struct {
	records []*protocol.Record
}

func (c *sliceCursor) next() (*protocol.Record, error) {
	if len(c.records) == 0 {
		return nil, io.EOF
	}
	record := c.records[0]
	c.records = c.records[1:]
	return record, nil
}

func (c *sliceCursor) close() { c.records = nil }

// A batchCursor reads records by their keys, a batch at a time, in the order of the keys.
type batchCursor struct {
	runner     *Runner
	ctx        context.Context
	keys       []protocol.Key
	projection querylang.Projection
	page       sliceCursor
}

func (c *batchCursor) next() (*protocol.Record, error) {
	for {
		if record, err := c.page.next(); err == nil {
			return record, nil
		}
		if len(c.keys) == 0 {
			return nil, io.EOF
		}
		n := min(len(c.keys), batchKeys)
		records, err := c.runner.getKeys(c.ctx, c.keys[:n], c.projection)
		if err != nil {
			return nil, err
		}
		c.keys, c.page.records = c.keys[n:], records
	}
}

func (c *batchCursor) close() { c.keys, c.page.records = nil, nil }

// getKeys reads the records that exist of a batch of keys.
func (r *Runner) getKeys(ctx context.Context, keys []protocol.Key, p querylang.Projection) ([]*protocol.Record, error) {
	if p.UserKey {
		return r.getWithUserKeys(ctx, keys, p)
	}
	var results []cluster.BatchResult
	var err error
	if !p.AllBins && len(p.Bins) == 0 {
		results, err = r.client.BatchExists(ctx, &r.batchRead, keys)
	} else {
		results, err = r.client.BatchRead(ctx, &r.batchRead, keys, p.Bins...)
	}
	if err != nil {
		return nil, err
	}
	return recordsOf(results), nil
}

// recordsOf returns the records that exist.
func recordsOf(results []cluster.BatchResult) []*protocol.Record {
	records := make([]*protocol.Record, 0, len(results))
	for _, result := range results {
		if result.Err == nil && result.Record != nil {
			records = append(records, result.Record)
		}
	}
	return records
}

// scan starts to read a set.
func (r *Runner) scan(ctx context.Context, s *querylang.Source, p querylang.Projection, maxRecords int64) cursor {
	policy := r.options.Policies.Query
	policy.MaxRecords = maxRecords
	next, stop := iter.Pull2(r.client.Query(ctx, &policy, scanStatement(s, p)))
	return &scanCursor{ctx: ctx, pull: next, stop: stop}
}

// scanStatement returns what a scan asks the client for.
func scanStatement(s *querylang.Source, p querylang.Projection) cluster.Statement {
	statement := cluster.Statement{Namespace: s.Namespace, Set: s.Set}
	if !p.AllBins {
		statement.Bins, statement.NoBins = p.Bins, len(p.Bins) == 0
	}
	return statement
}

// A scanCursor pulls the records of a scan as they are asked for.
type scanCursor struct {
	ctx  context.Context
	pull func() (*protocol.Record, error, bool)
	stop func()
}

func (c *scanCursor) next() (*protocol.Record, error) {
	// What has arrived already is no reason to go on.
	if err := c.ctx.Err(); err != nil {
		return nil, &protocol.Error{Code: protocol.ClientError, Err: err}
	}
	record, err, ok := c.pull()
	if !ok {
		return nil, io.EOF
	}
	if err = streamError(record, err); err != nil {
		return nil, err
	}
	return record, nil
}

func (c *scanCursor) close() { c.stop() }

// streamError returns the error that a query gave with a record, or nil if it is about a value of the
// record: that matters only where the value is asked for.
func streamError(record *protocol.Record, err error) error {
	if err == nil || record == nil {
		return err
	}
	if _, odd := errors.AsType[*cluster.RecordError](err); odd {
		return nil
	}
	return err
}
