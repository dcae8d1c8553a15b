package exec

import (
	"context"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang"
)

// keyResult begins the names under which a server answers the stored user key; no statement can
// write a bin of such a name by accident.
const keyResult = "\x01key "

// userKeyOps read the user key that is stored with a record, whatever its type is. The server
// answers a record by digest without it.
func userKeyOps() []protocol.Operation {
	return []protocol.Operation{
		exp.Read(keyResult+"int", exp.IntKey(), exp.ReadEvalNoFail),
		exp.Read(keyResult+"string", exp.StringKey(), exp.ReadEvalNoFail),
		exp.Read(keyResult+"blob", exp.BlobKey(), exp.ReadEvalNoFail),
	}
}

// getWithUserKey reads a record by digest, with its user key; it returns nil if there is none.
func (r *Runner) getWithUserKey(ctx context.Context, key protocol.Key, p querylang.Projection) (*protocol.Record, error) {
	records, err := r.getWithUserKeys(ctx, []protocol.Key{key}, p)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	return records[0], nil
}

// getWithUserKeys reads the records that exist of a batch of digests, with their user keys. All bins
// need a second row for each record: the server evaluates no expression beside them.
func (r *Runner) getWithUserKeys(ctx context.Context, keys []protocol.Key, p querylang.Projection) ([]*protocol.Record, error) {
	ops := make([]protocol.Operation, 0, len(p.Bins)+3)
	for _, bin := range p.Bins {
		ops = append(ops, protocol.GetBin(bin))
	}
	ops = append(ops, userKeyOps()...)
	rows := make([]cluster.BatchRow, 0, 2*len(keys))
	for _, key := range keys {
		rows = append(rows, cluster.OperateRow(&cluster.WritePolicy{}, key, ops...))
	}
	if p.AllBins {
		for _, key := range keys {
			rows = append(rows, cluster.ReadRow(key))
		}
	}
	policy := r.batchRead
	policy.SendKey = false // there is none to send
	results, err := r.client.BatchWrite(ctx, &policy, rows)
	if err != nil {
		return nil, err
	}
	for i := range keys {
		if record := results[i].Record; record != nil {
			adoptUserKey(record)
			if p.AllBins && results[len(keys)+i].Record != nil {
				results[len(keys)+i].Record.Key = record.Key
			}
		}
	}
	if p.AllBins {
		results = results[len(keys):]
	}
	return recordsOf(results), nil
}

// adoptUserKey moves the answer of userKeyOps from the record's bins to its key.
func adoptUserKey(record *protocol.Record) {
	record.Bins = slices.DeleteFunc(record.Bins, func(bin protocol.Bin) bool {
		if !strings.HasPrefix(bin.Name, keyResult) {
			return false
		}
		key, err := protocol.NewKey(record.Key.Namespace, record.Key.Set, bin.Value)
		if err == nil && key.Digest() == record.Key.Digest() {
			record.Key = key
		}
		return true
	})
}
