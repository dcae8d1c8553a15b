package exec

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// withAnswers adds the operations that read what RETURNING needs after those that write.
func withAnswers(ops []protocol.Operation, answers []plan.Answer) []protocol.Operation {
	for i := range answers {
		if answers[i].Op.Code != 0 {
			ops = append(ops, answers[i].Op)
		}
	}
	return ops
}

// withReadBack adds the operations that read what RETURNING needs to those of a direct change. A
// DELETE reads before it deletes.
func withReadBack(c *plan.Change, ops []protocol.Operation) []protocol.Operation {
	switch {
	case !c.ReadBack:
		return ops
	case c.Delete:
		return append(withAnswers(nil, c.Answers), protocol.DeleteRecord())
	}
	return withAnswers(ops, c.Answers)
}

// fillAnswers puts what the server's answer to a write gives into the frame.
func fillAnswers(frame []protocol.Value, r *bind.Relation, answers []plan.Answer, record *protocol.Record) {
	for i := range answers {
		a := &answers[i]
		var v protocol.Value
		switch r.Columns[a.Column].Pseudo {
		case bind.PrimaryKey:
			v = record.Key.UserKey()
		case bind.Digest:
			digest := record.Key.Digest()
			v = protocol.Blob(digest[:])
		case bind.SetName:
			v = protocol.String(record.Key.Set)
		case bind.Generation:
			v = protocol.Int(int64(record.Generation))
		case bind.VoidTime:
			v = voidTime(record)
		default:
			v = lastBin(record, a.Op.Bin)
		}
		frame[r.Base+a.Column] = v
	}
}

// lastBin returns the last value of a bin: an operation that writes an element can have a result,
// and the bin itself is read after it.
func lastBin(record *protocol.Record, name string) protocol.Value {
	for i := len(record.Bins) - 1; i >= 0; i-- {
		if record.Bins[i].Name == name {
			return record.Bins[i].Value
		}
	}
	return protocol.Nil()
}

// readBack returns the row of RETURNING of a record that was written by operations withReadBack.
func readBack(c *plan.Change, env *bind.Env, record *protocol.Record) ([]protocol.Value, error) {
	fillAnswers(env.Row, c.Scan.Relation, c.Answers, record)
	return afterWrite(returned(c.Returning, env))
}

// afterWrite returns the row of RETURNING that was computed after the record had been written.
func afterWrite(row []protocol.Value, err error) ([]protocol.Value, error) {
	if err != nil {
		err = fmt.Errorf("the record was written, but RETURNING failed: %w", err)
	}
	return row, err
}

// completed returns the row of RETURNING of a record that was read and written: the row that was
// computed before, or a new one if it needs the answer. The frame is that of the row.
func (w *writer) completed(row []protocol.Value, record *protocol.Record) ([]protocol.Value, error) {
	if row == nil || w.change.Delete || len(w.change.Answers) == 0 {
		return row, nil
	}
	return readBack(w.change, w.env, record)
}

// completed returns the row of RETURNING of a row that was inserted.
func (i *inserter) completed(r *newRow, record *protocol.Record) ([]protocol.Value, error) {
	if len(i.plan.Answers) == 0 {
		return r.out, nil
	}
	i.showCreated(r)
	fillAnswers(i.env.Row, i.plan.Existing, i.plan.Answers, record)
	return afterWrite(returned(i.plan.Returning, i.env))
}

// putOperations returns the operations that store the bins of a row and read what RETURNING needs.
func (i *inserter) putOperations(r *newRow) []protocol.Operation {
	ops := make([]protocol.Operation, len(r.bins), len(r.bins)+len(i.plan.Answers))
	for at, bin := range r.bins {
		ops[at] = protocol.Operation{Code: protocol.OpWrite, Bin: bin.Name, Value: bin.Value}
	}
	return withAnswers(ops, i.plan.Answers)
}
