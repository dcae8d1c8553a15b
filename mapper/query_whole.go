package mapper

import (
	"context"
	"io"
	"iter"
	"unsafe"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// readsAll reports whether reads need all bins of a record, also those without a field.
func (p *plan) readsAll() bool { return len(p.bins) == 0 && (p.strict || p.rest != nil) }

// wholeBatch is the number of records that wholeRows reads at once.
const wholeBatch = 100

// wholeRows is rows for a type that needs all bins of a record, which a query of SQL can't name.
// The query finds the digests, and batches read the records. A record that is gone by then is left
// out.
func (q *query) wholeRows(ctx context.Context, next func() (base unsafe.Pointer, isNew bool)) iter.Seq[error] {
	return func(yield func(error) bool) {
		more := true
		for keys, err := range q.digests(ctx) {
			if err != nil {
				yield(err)
				return
			}
			if more, err = q.readWhole(ctx, keys, next, yield); err != nil {
				yield(err)
				return
			}
			if !more {
				return
			}
		}
	}
}

// digests returns the keys of the records that the query finds, in batches.
func (q *query) digests(ctx context.Context) iter.Seq2[[]protocol.Key, error] {
	return func(yield func([]protocol.Key, error) bool) {
		rows, namespace, err := q.open(ctx, []ast.SelectItem{{Expr: word("__digest")}, {Expr: word("PK")}})
		if err != nil {
			yield(nil, err)
			return
		}
		defer rows.Close()
		var values [2]protocol.Value
		var keys []protocol.Key
		for {
			err := rows.Next(values[:])
			if err == io.EOF { //nolint:errorlint // Rows.Next returns it unwrapped
				if len(keys) > 0 {
					yield(keys, nil)
				}
				return
			}
			if err != nil {
				yield(nil, q.fail(err))
				return
			}
			key, err := keyOfRow(namespace, q.source.set, values)
			if err != nil {
				yield(nil, err)
				return
			}
			if keys = append(keys, key); len(keys) == wholeBatch {
				if !yield(keys, nil) {
					return
				}
				keys = nil
			}
		}
	}
}

// keyOfRow returns the key of a row, with its user key if that is stored.
func keyOfRow(namespace, set string, values [2]protocol.Value) (protocol.Key, error) {
	if user := values[1]; !user.IsNil() {
		return protocol.NewKey(namespace, set, user)
	}
	bytes, _ := values[0].Bytes()
	var digest protocol.Digest
	copy(digest[:], bytes)
	return protocol.KeyFromDigest(namespace, set, digest)
}

// readWhole reads a batch of records. It reports false if the loop has ended.
func (q *query) readWhole(
	ctx context.Context, keys []protocol.Key, next func() (unsafe.Pointer, bool), yield func(error) bool,
) (more bool, err error) {
	b, err := q.source.bind(ctx)
	if err != nil {
		return false, err
	}
	batch := newBatch[protocol.Key](len(keys))
	for i, key := range keys {
		batch.add(i, key, nil)
	}
	results, err := b.records.BatchRead(ctx, q.source.batch, keys)
	more = true
	err = batch.finish(results, err, func(i int, res *cluster.BatchResult) error {
		if !more || isMissing(res.Err) {
			return nil
		}
		err := q.store.wrapError(res.Key, nil, res.Err)
		if err == nil {
			base, isNew := next()
			if err = q.store.decodeRecord(base, keys[i], res.Record, isNew); err == nil {
				err = q.store.afterFind(ctx, base)
			}
		}
		more = yield(err)
		return nil
	})
	return more, err
}
