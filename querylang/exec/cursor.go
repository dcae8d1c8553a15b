package exec

import (
	"context"
	"errors"
	"slices"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/plan"
)

// batchKeys is the maximum number of records in a batch.
const batchKeys = 1000

// A cursor reads the records of an access. It does not check the conditions that servers don't.
type cursor interface {
	// next returns the next record, or nil after the last one. The record is valid until the next
	// call; its values and its key can be kept. Bins and user keys that can't be decoded are of
	// protocol.KindInvalid.
	next(ctx context.Context) (*protocol.Record, error)
	// close stops the work on the cluster. It can be called twice.
	close()
}

// A reader reads records for one scan of an execution.
type reader struct {
	engine   *Engine
	access   *plan.Access
	counters *plan.Counters
	nodes    *nodeObserver // nil unless the plan is analyzed
	account  account       // of the digests
}

// open starts to read.
func (r *reader) open(ctx context.Context, namespace, set string) (cursor, error) {
	switch r.access.Method {
	case plan.OneKey, plan.Keys:
		if len(r.access.Keys) == 1 {
			record, err := r.get(ctx, r.access.Keys[0])
			if err != nil || record == nil {
				return &sliceCursor{}, err
			}
			return &sliceCursor{records: []*protocol.Record{record}}, nil
		}
		return &batchCursor{reader: r, keys: r.access.Keys}, nil
	case plan.IndexScan:
		if len(r.access.Both) > 0 {
			return r.intersect(ctx, namespace, set)
		}
	case plan.SetScan:
	default:
		return &sliceCursor{}, nil
	}
	c, err := r.queries(namespace, set, r.access.Ranges, false)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// onlyMetadata reports whether no bins are read.
func (r *reader) onlyMetadata() bool {
	return !r.access.AllBins && len(r.access.Bins) == 0 && len(r.access.Reads) == 0
}

// get reads a record. It returns nil if the record does not exist or does not meet the filter.
func (r *reader) get(ctx context.Context, key protocol.Key) (record *protocol.Record, err error) {
	ctx = r.sent(ctx)
	if r.access.UserKey && key.UserKey().IsNil() || len(r.access.Reads) > 0 {
		records, err := r.getAll(ctx, []protocol.Key{key})
		if err != nil || len(records) == 0 {
			return nil, err
		}
		return records[0], nil
	}
	policy := &r.engine.options.Policies.Read
	if r.access.Filter != nil || len(r.access.Options) > 0 {
		changed := *policy
		policy = &changed
		if r.access.Filter != nil {
			policy.Filter = r.access.Filter.Packed
		}
		if err := readOptions(r.access.Options, &policy.Replica, &policy.ReadModeAP, &policy.ReadModeSC); err != nil {
			return nil, err
		}
		if err := timeoutOptions(r.access.Options, &policy.TotalTimeout, &policy.SocketTimeout); err != nil {
			return nil, err
		}
	}
	if r.onlyMetadata() {
		record, err = r.engine.client.GetHeader(ctx, policy, key)
	} else {
		record, err = r.engine.client.Get(ctx, policy, key, r.access.Bins...)
	}
	if refused(err, protocol.KeyNotFound, protocol.FilteredOut) {
		return nil, nil
	}
	return record, err
}

// batchPolicy returns the policy of batches that read.
func (r *reader) batchPolicy() (*cluster.BatchPolicy, error) {
	policy := r.engine.batchRead
	if r.access.Filter != nil {
		policy.Filter = r.access.Filter.Packed
	}
	if err := timeoutOptions(r.access.Options, &policy.TotalTimeout, &policy.SocketTimeout); err != nil {
		return nil, err
	}
	return &policy, readOptions(r.access.Options, &policy.Replica, &policy.ReadModeAP, &policy.ReadModeSC)
}

// getAll reads a batch of keys and returns the records that exist and meet the filter.
func (r *reader) getAll(ctx context.Context, keys []protocol.Key) ([]*protocol.Record, error) {
	policy, err := r.batchPolicy()
	if err != nil {
		return nil, err
	}
	withoutKey := func(k protocol.Key) bool { return k.UserKey().IsNil() }
	ctx = r.sent(ctx)
	var results []cluster.BatchResult
	switch {
	case r.access.UserKey && slices.ContainsFunc(keys, withoutKey), len(r.access.Reads) > 0:
		return r.operate(ctx, policy, keys)
	case r.onlyMetadata():
		results, err = r.engine.client.BatchExists(ctx, policy, keys)
	default:
		results, err = r.engine.client.BatchRead(ctx, policy, keys, r.access.Bins...)
	}
	if err != nil && !onlyFiltered(results, err) {
		return nil, err
	}
	return recordsOf(results), nil
}

// onlyFiltered reports whether the rows of a batch failed only because records do not exist or do
// not meet the filter.
func onlyFiltered(results []cluster.BatchResult, err error) bool {
	if _, isBatch := errors.AsType[*cluster.BatchError](err); !isBatch {
		return false
	}
	return !slices.ContainsFunc(results, func(b cluster.BatchResult) bool {
		return b.Err != nil && !refused(b.Err, protocol.KeyNotFound, protocol.FilteredOut)
	})
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

// sent counts a command and returns its context.
func (r *reader) sent(ctx context.Context) context.Context {
	if r.counters == nil {
		return ctx
	}
	r.counters.Commands++
	return r.nodes.within(ctx, r.engine.client)
}

// queries returns a cursor over the queries that read some index ranges, or the set if there are
// none.
func (r *reader) queries(namespace, set string, ranges []plan.IndexRange, onlyDigests bool) (*queryCursor, error) {
	policy, page, err := r.queryPolicy()
	if err != nil {
		return nil, err
	}
	c := &queryCursor{reader: r, policy: *policy, page: page, left: policy.MaxRecords, unique: len(ranges) > 1}
	base := cluster.Statement{Namespace: namespace, Set: set, Bins: r.access.Bins, NoBins: onlyDigests || r.onlyMetadata()}
	if r.access.AllBins || base.NoBins {
		base.Bins = nil
	}
	if (len(r.access.Reads) > 0 || r.access.Operations) && !onlyDigests {
		base.Bins, base.NoBins, base.Ops = nil, false, r.operations()
	}
	if len(ranges) == 0 {
		c.add(base, r.access.Partitions)
	}
	for _, ir := range ranges {
		statement := base
		statement.Filter = IndexFilter(&ir)
		c.add(statement, r.access.Partitions)
	}
	return c, nil
}

// operations returns the operations that replace reading bins.
func (r *reader) operations() []protocol.Operation {
	ops := make([]protocol.Operation, 0, len(r.access.Bins)+len(r.access.Reads))
	for _, bin := range r.access.Bins {
		ops = append(ops, protocol.GetBin(bin))
	}
	for _, read := range r.access.Reads {
		ops = append(ops, read.Op)
	}
	return ops
}

// IndexFilter returns the client's filter for a range.
func IndexFilter(r *plan.IndexRange) cluster.Filter {
	f := cluster.FilterContains(r.Index.Bin, r.Index.Collection, r.Begin)
	if begin, isInt := r.Begin.Int(); isInt {
		end, _ := r.End.Int()
		f = cluster.FilterContainsRange(r.Index.Bin, r.Index.Collection, begin, end)
	}
	if r.Index.Expression != nil {
		return f.ByExpression(r.Index.Expression)
	}
	if len(r.Index.Context) > 0 {
		f = f.At(r.Index.Context)
	}
	return f
}

// queryPolicy returns the policy of queries, and the number of records of a page, or 0.
func (r *reader) queryPolicy() (*cluster.QueryPolicy, int64, error) {
	policy := r.engine.options.Policies.Query
	if r.access.Filter != nil {
		policy.Filter = r.access.Filter.Packed
	}
	policy.MaxRecords = r.access.MaxRecords
	most := r.engine.options.MaxRecords
	if _, given := r.access.Options[optionMaxRecords]; !given && most > 0 && (policy.MaxRecords == 0 || most < policy.MaxRecords) {
		policy.MaxRecords = most
	}
	page, err := queryOptions(r.access.Options, &policy)
	if page == 0 {
		page = r.engine.options.FetchRows
	}
	return &policy, page, err
}

// A sliceCursor returns records from a slice.
type sliceCursor struct{ records []*protocol.Record }

func (c *sliceCursor) next(context.Context) (*protocol.Record, error) {
	if len(c.records) == 0 {
		return nil, nil
	}
	record := c.records[0]
	c.records = c.records[1:]
	return record, nil
}

func (c *sliceCursor) close() { c.records = nil }

// A batchCursor reads records by their keys in batches, in the order of the keys.
type batchCursor struct {
	reader *reader
	keys   []protocol.Key
	page   sliceCursor
}

func (c *batchCursor) next(ctx context.Context) (*protocol.Record, error) {
	for {
		if record, _ := c.page.next(ctx); record != nil || len(c.keys) == 0 {
			return record, nil
		}
		n := min(len(c.keys), batchKeys)
		records, err := c.reader.getAll(ctx, c.keys[:n])
		if err != nil {
			return nil, err
		}
		c.keys, c.page.records = c.keys[n:], records
	}
}

func (c *batchCursor) close() { c.keys, c.page.records = nil, nil }

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

// contextError returns the error of a context that has ended.
func contextError(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return &protocol.Error{Code: protocol.ClientError, Err: err}
	}
	return nil
}

// refused reports whether a command failed with one of the codes and without doubt.
func refused(err error, codes ...protocol.ResultCode) bool {
	if err == nil {
		return false // errors.As would allocate its target
	}
	var e *protocol.Error
	return errors.As(err, &e) && !e.InDoubt && slices.Contains(codes, e.Code)
}
