package exec

import (
	"context"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
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

// operate reads a batch of records with operations: computed columns, or the stored user keys. To
// read all bins it sends a second row for each record, because the server does not evaluate
// expressions together with them.
func (r *reader) operate(ctx context.Context, policy *cluster.BatchPolicy, keys []protocol.Key) ([]*protocol.Record, error) {
	ops := r.operations()
	if r.access.UserKey {
		ops = append(ops, userKeyOps()...)
	}
	rows := make([]cluster.BatchRow, 0, 2*len(keys))
	for _, key := range keys {
		rows = append(rows, cluster.OperateRow(&cluster.WritePolicy{}, key, ops...))
	}
	if r.access.AllBins {
		for _, key := range keys {
			rows = append(rows, cluster.ReadRow(key))
		}
	}
	policy.SendKey = false // the digests are enough
	results, err := r.engine.client.BatchWriteInto(ctx, policy, rows, nil)
	if err != nil && !onlyFiltered(results, err) {
		return nil, err
	}
	for i := range keys {
		if record := results[i].Record; record != nil {
			setUserKey(record)
			if r.access.AllBins && results[len(keys)+i].Record != nil {
				results[len(keys)+i].Record.Key = record.Key
			}
		}
	}
	if r.access.AllBins {
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
