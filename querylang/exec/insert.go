package exec

import (
	"context"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

var existsActions = [...]cluster.ExistsAction{
	querylang.Create: cluster.CreateOnly, querylang.Upsert: cluster.Upsert, querylang.Replace: cluster.Replace,
}

// An insertion is a record to write.
type insertion struct {
	key  protocol.Key
	bins protocol.Bins
}

// insert runs INSERT, UPSERT and REPLACE. It checks all rows before it sends the first one.
func (r *Runner) insert(ctx context.Context, p *querylang.InsertPlan, args []protocol.Value) (int64, error) {
	policy := r.options.Policies.Write
	policy.Exists = existsActions[p.Verb]
	insertions, err := insertionsOf(p, args)
	if err != nil {
		return 0, err
	}
	if len(insertions) == 1 {
		if err := r.client.Put(ctx, &policy, insertions[0].key, insertions[0].bins); err != nil {
			return 0, err
		}
		return 1, nil
	}
	rows := make([]cluster.BatchRow, len(insertions))
	for i, in := range insertions {
		rows[i] = cluster.PutRow(&policy, in.key, in.bins)
	}
	return r.writeBatches(ctx, rows)
}

// insertionsOf computes the records to write. Two rows with the same key are an error: the rows of
// a batch have no order, so either of them could be the last.
func insertionsOf(p *querylang.InsertPlan, args []protocol.Value) ([]insertion, error) {
	insertions := make([]insertion, 0, len(p.Rows))
	seen := make(map[protocol.Digest]bool, len(p.Rows))
	env := &querylang.Env{Args: args}
	for i, row := range p.Rows {
		key, err := querylang.UserKey(p.Namespace, p.Set, querylang.Eval(row.Key, env))
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		if seen[key.Digest()] {
			return nil, &querylang.Error{Kind: querylang.ErrArguments, Message: fmt.Sprintf("row %d: an earlier row has the same key", i+1)}
		}
		seen[key.Digest()] = true
		bins := make(protocol.Bins, 0, len(p.Bins))
		stored := false
		for j, name := range p.Bins {
			v := querylang.Eval(row.Values[j], env)
			stored = stored || !v.IsNil()
			// NULL removes a bin. Only an UPSERT can find one to remove.
			if !v.IsNil() || p.Verb == querylang.Upsert {
				bins = append(bins, protocol.Bin{Name: name, Value: v})
			}
		}
		if !stored {
			return nil, &querylang.Error{
				Kind:    querylang.ErrArguments,
				Message: fmt.Sprintf("row %d: all columns are NULL: a record has at least one bin", i+1),
			}
		}
		insertions = append(insertions, insertion{key, bins})
	}
	return insertions, nil
}

// writeBatches sends rows that write, in batches, and returns the number of successful rows. It
// stops after the first batch with a failure.
func (r *Runner) writeBatches(ctx context.Context, rows []cluster.BatchRow) (affected int64, err error) {
	for len(rows) > 0 {
		n := min(len(rows), batchKeys)
		results, err := r.client.BatchWrite(ctx, &r.options.Policies.Batch, rows[:n])
		for _, result := range results {
			if result.Err == nil {
				affected++
			}
		}
		if err != nil {
			return affected, &PartialError{RowsAffected: affected, Err: err}
		}
		rows = rows[n:]
	}
	return affected, nil
}
