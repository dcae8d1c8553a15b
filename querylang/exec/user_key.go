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

// keyResult is the prefix of the names of the results of userKeyOps. Bins of statements don't have
// such names.
const keyResult = "\x01key "

// userKeyOps returns operations that read the stored user key, one for each type of key. The server
// does not return the user key of a record that is read by digest.
func userKeyOps() []protocol.Operation {
	return []protocol.Operation{
		exp.Read(keyResult+"int", exp.IntKey(), exp.ReadEvalNoFail),
		exp.Read(keyResult+"string", exp.StringKey(), exp.ReadEvalNoFail),
		exp.Read(keyResult+"blob", exp.BlobKey(), exp.ReadEvalNoFail),
	}
}

// getWithUserKey reads a record by digest with its user key. It returns nil if the record does not
// exist.
func (r *Runner) getWithUserKey(ctx context.Context, key protocol.Key, p querylang.Projection) (*protocol.Record, error) {
	records, err := r.getWithUserKeys(ctx, []protocol.Key{key}, p)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	return records[0], nil
}

// getWithUserKeys reads a batch of digests and returns the records that exist, with their user
// keys. To read all bins it sends a second row for each record, because the server does not
// evaluate expressions together with them.
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
	policy.SendKey = false // only the digests are known
	results, err := r.client.BatchWrite(ctx, &policy, rows)
	if err != nil {
		return nil, err
	}
	for i := range keys {
		if record := results[i].Record; record != nil {
			setUserKey(record)
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

// setUserKey moves the result of userKeyOps from the record's bins to its key.
func setUserKey(record *protocol.Record) {
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
