package exec

import (
	"context"
	"errors"
	"fmt"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

var existsActions = [...]cluster.ExistsAction{
	ast.Create: cluster.CreateOnly, ast.Upsert: cluster.Upsert, ast.Replace: cluster.Replace, ast.Ignore: cluster.CreateOnly,
}

// insertChunk is the number of bytes from which the rows of a query are written.
const insertChunk = scanPageBytes

// An inserter runs INSERT, UPSERT and REPLACE.
type inserter struct {
	x      *execution
	plan   *plan.Insert
	policy cluster.WritePolicy
	// togetherPolicy is the policy of commands that create a record or change it.
	togetherPolicy cluster.WritePolicy
	env            *bind.Env // with the frame, for checks and RETURNING
	rows           []newRow
	at             map[protocol.Digest]int // of the rows, by their keys; nil for one row
	bins           protocol.Bins           // space for those of the next rows
	size           int
	writer         *writer // of the conflict clause, nil without
	out            returnedRows
	batch          []cluster.BatchRow    // space for the rows of a batch
	results        []cluster.BatchResult // of the last batch, whose memory is used again
	copying        bool                  // several inserters of the statement send batches at the same time
	last           protocol.Value        // the key of the last row that was written
	any            bool
}

// A newRow is a record to write.
type newRow struct {
	key       protocol.Key
	generated bool             // the key is not a value of the row
	skipped   int              // the number of generated keys that existed
	values    []protocol.Value // of the columns
	bins      protocol.Bins
	out       []protocol.Value // of RETURNING
}

// insert runs INSERT, UPSERT and REPLACE.
func (x *execution) insert(p *plan.Insert) (*Result, error) {
	i, err := x.newInserter(p)
	if err != nil {
		return nil, err
	}
	defer x.close()
	var affected int64
	if p.Insert.Source != nil {
		affected, err = i.insertQuery(x.ctx)
	} else {
		affected, err = i.insertValues(x.ctx)
	}
	if err != nil {
		return nil, err
	}
	result := i.out.result(affected, p.Returning)
	result.Key, result.HasKey = i.last, i.any
	return result, nil
}

func (x *execution) newInserter(p *plan.Insert) (*inserter, error) {
	for id, sub := range p.Subqueries {
		x.blocks[id] = sub
	}
	i := &inserter{x: x, plan: p, env: &bind.Env{Run: x.run}, out: returnedRows{account: account{budget: x.budget, operator: "returning"}}}
	if p.Width > 0 {
		i.env.Row = make([]protocol.Value, p.Width)
	}
	i.policy = x.engine.options.Policies.Write
	err := checkInsertGeneration(p, &i.policy)
	if err == nil {
		err = checkBackground(&x.engine.options)
	}
	i.togetherPolicy = i.policy
	i.policy.Exists = existsActions[p.Verb]
	if err == nil && p.Change != nil {
		i.writer, err = i.conflictWriter()
	}
	return i, err
}

// insertValues writes the rows of VALUES. It checks all rows before it sends the first one. Two
// rows with the same key are an error: the rows of a batch have no order, so either of them could
// be the last.
func (i *inserter) insertValues(ctx context.Context) (affected int64, err error) {
	i.rows = make([]newRow, 0, len(i.plan.Rows))
	width := 0
	if len(i.plan.Rows) > 0 {
		width = len(i.plan.Rows[0])
	}
	source := make([]protocol.Value, width)
	for n, row := range i.plan.Rows {
		if err := evaluate(source, row, i.env); err != nil {
			return 0, err
		}
		added, err := i.add(source, len(i.plan.Rows) > 1)
		if err == nil && !added && i.plan.Verb != ast.Ignore {
			err = i.sameKey()
		}
		if err != nil {
			return 0, i.rowError(n, err)
		}
	}
	if len(i.rows) == 1 {
		return i.flush(ctx)
	}
	rows := i.rows
	err = i.x.atomically(ctx, i.plan.Existing.Namespace, func(ctx context.Context) (err error) {
		i.rows, i.any = rows, false
		i.out.clear()
		affected, err = i.flush(ctx)
		return err
	})
	return affected, err
}

// sameKey returns the error of a row whose key an earlier row of the statement has.
func (i *inserter) sameKey() error {
	if unique := i.plan.Existing.Table.UniqueColumn(); unique != nil {
		return ast.Errorf(ast.ErrArguments, "an earlier row has the same value of the UNIQUE column %s", ast.QuoteName(unique.Name))
	}
	return ast.Errorf(ast.ErrArguments, "an earlier row has the same key")
}

// rowError adds the number of a row to an error.
func (i *inserter) rowError(n int, err error) error {
	if e, ok := errors.AsType[*ast.Error](err); ok {
		if len(i.plan.Rows) > 1 {
			e.Message = fmt.Sprintf("row %d: %s", n+1, e.Message)
		}
		return e
	}
	if len(i.plan.Rows) == 1 {
		return err
	}
	return fmt.Errorf("row %d: %w", n+1, err)
}

// insertQuery writes the rows of a query, in chunks while they arrive, so that its memory is
// limited. A query that reads the set itself is run to its end first.
func (i *inserter) insertQuery(ctx context.Context) (affected int64, err error) {
	b, err := i.x.newBlock(i.plan.Source, nil, false)
	if err != nil {
		return 0, err
	}
	if err := i.x.precheck(b); err != nil {
		return 0, err
	}
	kept := keptRows{account: account{budget: i.x.budget, operator: "insert"}}
	write := func(row []protocol.Value) error {
		n, err := i.addQueried(ctx, row)
		affected += n
		return err
	}
	if !i.plan.SelfRead {
		err = each(ctx, b.root, write)
	} else if err = each(ctx, b.root, kept.add); err == nil {
		for _, row := range kept.rows {
			if err = write(row); err != nil {
				break
			}
		}
	}
	if err == nil {
		err = i.x.run.Err
	}
	if err == nil {
		var n int64
		n, err = i.flush(ctx)
		affected += n
	}
	if err != nil {
		return affected, partial(affected, err)
	}
	return affected, nil
}

// addQueried adds a row of a query, and writes the rows before it if there are enough of them or
// one has the same key.
func (i *inserter) addQueried(ctx context.Context, row []protocol.Value) (affected int64, err error) {
	source := function.CloneAll(row[:len(i.plan.Source.Columns)])
	added, err := i.add(source, true)
	if err == nil && !added {
		if affected, err = i.flush(ctx); err == nil {
			_, err = i.add(source, true)
		}
	}
	if err == nil && (len(i.rows) == batchKeys || i.size >= insertChunk) {
		var n int64
		n, err = i.flush(ctx)
		affected += n
	}
	return affected, err
}

// add computes the record of a row of the source. It returns false if an earlier row has the key.
func (i *inserter) add(source []protocol.Value, several bool) (added bool, err error) {
	r := newRow{}
	if err := i.compute(&r, source); err != nil {
		return false, err
	}
	if several {
		if i.at == nil {
			i.at = make(map[protocol.Digest]int, cap(i.rows))
		}
		for {
			_, known := i.at[r.key.Digest()]
			if known && !r.generated {
				return false, nil
			}
			if !known {
				break
			}
			if err := i.renew(&r); err != nil {
				return false, err
			}
		}
		i.at[r.key.Digest()] = len(i.rows)
	}
	for _, bin := range r.bins {
		i.size += len(bin.Name) + bin.Value.Size()
	}
	i.rows = append(i.rows, r)
	return true, nil
}

// compute computes the key and the bins of a row.
func (i *inserter) compute(r *newRow, source []protocol.Value) (err error) {
	p := i.plan
	r.bins = i.space(p.MostBins())
	keep := i.env.Row != nil
	if keep {
		r.values = make([]protocol.Value, len(p.Columns))
	}
	key, given := protocol.Value{}, false
	parts := i.keyParts()
	hasValue, removes := false, false
	for at := range p.Columns {
		c := &p.Columns[at]
		v, err := i.value(c, source, at == p.Key)
		if err != nil {
			return err
		}
		if keep {
			r.values[at] = v
		}
		if c.UniqueKey {
			key = v
		}
		if c.KeyPart > 0 {
			parts[c.KeyPart-1] = v
		}
		switch {
		case at == p.Key:
			key, given = v, true
		case !v.IsNil():
			hasValue = true
			r.bins = append(r.bins, protocol.Bin{Name: c.Bin, Value: v})
		case p.Verb == ast.Upsert && c.From >= 0: // only an UPSERT can find a bin to remove
			removes = true
			r.bins = append(r.bins, protocol.Bin{Name: c.Bin})
		}
	}
	if parts != nil {
		key = function.CompositeKey(parts)
	}
	if r.key, err = i.key(key, given, r); err != nil {
		return err
	}
	if err := i.mark(r, hasValue, removes); err != nil || !keep {
		return err
	}
	return i.checkRow(r)
}

// space returns space for the bins of a row. Rows of a statement share an allocation.
func (i *inserter) space(most int) protocol.Bins {
	if cap(i.bins)-len(i.bins) < most {
		const shared = 64 // rows, so that a few rows that are kept do not keep the bins of all
		rows := min(max(cap(i.rows)-len(i.rows), 1), shared)
		i.bins = make(protocol.Bins, 0, rows*most)
	}
	from := len(i.bins)
	i.bins = i.bins[:from+most]
	return i.bins[from : from : from+most]
}

// keyParts returns space for the values of a PRIMARY KEY of several columns, or nil.
func (i *inserter) keyParts() []protocol.Value {
	if t := i.plan.Existing.Table; t != nil && t.KeyColumns != nil {
		return make([]protocol.Value, len(t.KeyColumns))
	}
	return nil
}

// value returns the value of a column of a row.
func (i *inserter) value(c *bind.InsertColumn, source []protocol.Value, isKey bool) (v protocol.Value, err error) {
	switch {
	case c.From >= 0:
		v = source[c.From]
	case c.Default != nil:
		v = c.Default.Eval(i.env)
	}
	if err := evaluationError(v, i.env); err != nil {
		return v, err
	}
	return stored(c.Name, c.Type, c.NotNull && !isKey, v)
}

// key returns the key of a row, which is generated if it is NULL. Given means that the key is a
// column of the row.
func (i *inserter) key(v protocol.Value, given bool, r *newRow) (protocol.Key, error) {
	e := i.plan.Existing
	generated := e.Table != nil && e.Table.GeneratedKey
	if v.IsNil() && generated {
		var err error
		if v, err = i.generate(r); err != nil {
			return protocol.Key{}, err
		}
		r.generated = true
		if given && r.values != nil {
			r.values[i.plan.Key] = v
		}
	}
	if v.IsNil() {
		return protocol.Key{}, ast.Errorf(ast.ErrType, "the key must not be NULL")
	}
	key, err := protocol.KeyFromValue(e.Namespace, e.Set, v)
	if err != nil {
		message := err.Error()
		if unique := e.Table.UniqueColumn(); unique != nil {
			message = fmt.Sprintf("the value of the UNIQUE column %s can't be a key: %s", ast.QuoteName(unique.Name), message)
		}
		return key, &ast.Error{Kind: ast.ErrType, Message: message, Cause: err}
	}
	return key, nil
}

// mark sees to it that the record has a bin.
func (i *inserter) mark(r *newRow, hasValue, removes bool) error {
	switch {
	case i.plan.Existing.Table != nil && (removes || !hasValue):
		r.bins = append(r.bins, protocol.Bin{Name: bind.MarkerBin, Value: protocol.Int(1)})
	case !hasValue && !removes:
		return noBins()
	}
	return nil
}

// noBins returns the error of a row that would be a record without bins.
func noBins() *ast.Error {
	return ast.Errorf(ast.ErrArguments, "all columns are NULL: a record has at least one bin")
}

// checkRow checks the constraints of a row and computes its row of RETURNING.
func (i *inserter) checkRow(r *newRow) error {
	i.show(i.env, r)
	if err := checkAll(i.plan.Checks, i.env); err != nil || i.plan.Returning == nil {
		return err
	}
	i.showCreated(r)
	var err error
	r.out, err = returned(i.plan.Returning, i.env)
	return err
}

// showCreated puts a new row into the frame as the existing record, which RETURNING reads.
func (i *inserter) showCreated(r *newRow) {
	for at := range i.plan.Existing.Columns {
		i.env.Row[i.plan.Existing.Base+at] = i.created(&i.plan.Existing.Columns[at], r)
	}
}

// created returns the value that a column of the record has after the row was created. What only
// the server knows is like what it will say.
func (i *inserter) created(c *bind.RelationColumn, r *newRow) protocol.Value {
	switch c.Pseudo {
	case bind.PrimaryKey:
		return r.key.UserKey()
	case bind.Digest:
		digest := r.key.Digest()
		return protocol.Blob(digest[:])
	case bind.Generation, bind.TimeToLive:
		return protocol.Int(1)
	case bind.VoidTime, bind.LastUpdate:
		return protocol.Int(i.x.run.Context.Now.UnixNano())
	case bind.SetName:
		return protocol.String(r.key.Set)
	}
	for at := range i.plan.Columns {
		if c.Bin != "" && i.plan.Columns[at].Bin == c.Bin {
			return r.values[at]
		}
	}
	return protocol.Nil()
}

// show puts a new row into the frame.
func (i *inserter) show(env *bind.Env, r *newRow) {
	base := i.plan.NewRow.Base
	for at, from := range i.plan.Fill {
		switch {
		case from >= 0 && from == i.plan.Key:
			env.Row[base+at] = r.key.UserKey()
		case from >= 0:
			env.Row[base+at] = r.values[from]
		case i.plan.NewRow.Columns[at].Pseudo == bind.PrimaryKey:
			env.Row[base+at] = r.key.UserKey()
		default:
			env.Row[base+at] = protocol.Nil()
		}
	}
}
