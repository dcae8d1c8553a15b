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

// A cursor reads the records of a source. It does not filter them.
type cursor interface {
	// next returns the next record, or io.EOF after the last one. Bins and user keys that can't be
	// decoded are of protocol.KindInvalid.
	next() (*protocol.Record, error)
	// close stops the work on the cluster. It can be called twice.
	close()
}

// batchKeys is the maximum number of records in a batch.
const batchKeys = 1000

// open starts to read the records of a source, at most maxRecords of them, or all if it is 0.
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

// keyOf returns the key of a source with one key. ok is false if the key is NULL.
func keyOf(s *querylang.Source, args []protocol.Value) (key protocol.Key, ok bool, err error) {
	return s.KeyOf(querylang.Eval(s.Keys[0], &querylang.Env{Args: args}))
}

// keysOf returns the keys of a source without duplicates.
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

// get reads the record of a source with one key. The result is empty if there is no such record.
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

// getKey reads a record. It returns nil if the record does not exist.
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

// A sliceCursor returns records from a slice.
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

// A batchCursor reads records by their keys in batches. It returns them in the order of the keys.
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

// getKeys reads a batch of keys and returns the records that exist.
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

// recordsOf returns the records of the successful results.
func recordsOf(results []cluster.BatchResult) []*protocol.Record {
	records := make([]*protocol.Record, 0, len(results))
	for _, result := range results {
		if result.Err == nil && result.Record != nil {
			records = append(records, result.Record)
		}
	}
	return records
}

// scan starts a scan of a set.
func (r *Runner) scan(ctx context.Context, s *querylang.Source, p querylang.Projection, maxRecords int64) cursor {
	policy := r.options.Policies.Query
	policy.MaxRecords = maxRecords
	next, stop := iter.Pull2(r.client.Query(ctx, &policy, scanStatement(s, p)))
	return &scanCursor{ctx: ctx, pull: next, stop: stop}
}

// scanStatement returns the client's statement for a scan.
func scanStatement(s *querylang.Source, p querylang.Projection) cluster.Statement {
	statement := cluster.Statement{Namespace: s.Namespace, Set: s.Set}
	if !p.AllBins {
		statement.Bins, statement.NoBins = p.Bins, len(p.Bins) == 0
	}
	return statement
}

// A scanCursor reads the records of a scan on demand.
type scanCursor struct {
	ctx  context.Context
	pull func() (*protocol.Record, error, bool)
	stop func()
}

func (c *scanCursor) next() (*protocol.Record, error) {
	// Stop even if more records have arrived already.
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

// streamError returns the error that a query returned with a record. It returns nil for a value
// that can't be decoded, which is an error only if the statement uses the value.
func streamError(record *protocol.Record, err error) error {
	if err == nil || record == nil {
		return err
	}
	if _, undecodable := errors.AsType[*cluster.RecordError](err); undecodable {
		return nil
	}
	return err
}
