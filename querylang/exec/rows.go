package exec

import (
	"io"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

// starPage is the number of rows that are read ahead for the columns of SELECT *.
const starPage = 64

// Rows are the rows of a result. They must be closed unless they have been read to the end. They
// are not safe for concurrent use.
type Rows struct {
	columns []string
	exprs   []querylang.Expr // of the columns; evaluated on records
	filter  querylang.Expr
	limit   int64 // remaining rows, -1 for no limit
	eval    *evaluator
	cursor  cursor
	ahead   []*protocol.Record // read ahead and filtered, not returned yet

	fixed [][]protocol.Value // rows that are not records
	err   error              // io.EOF or the error that ended the rows
}

// Columns returns the names of the columns.
func (r *Rows) Columns() []string { return r.columns }

// Kind returns the kind of a column's values, from the column itself or from the rows that were
// read ahead. It is protocol.KindInvalid if nothing is known. It is a hint, because bins have no
// declared types; see [Rows.KindIsCertain].
func (r *Rows) Kind(column int) protocol.Kind {
	for _, row := range r.fixed {
		if !row[column].IsNil() {
			return row[column].Kind()
		}
	}
	if column >= len(r.exprs) {
		return protocol.KindInvalid
	}
	if c, ok := r.exprs[column].(*querylang.Column); ok {
		switch c.Pseudo {
		case querylang.Generation, querylang.TimeToLive:
			return protocol.KindInt
		case querylang.Digest:
			return protocol.KindBlob
		case querylang.SetName:
			return protocol.KindString
		}
	}
	for _, record := range r.ahead {
		if v := querylang.Eval(r.exprs[column], r.eval.on(record)); !v.IsNil() {
			return v.Kind()
		}
	}
	return protocol.KindInvalid
}

// KindIsCertain reports whether the column's value is of [Rows.Kind] in every row, and never NULL.
func (r *Rows) KindIsCertain(column int) bool {
	if len(r.fixed) > 0 {
		kind := r.Kind(column)
		for _, row := range r.fixed {
			if row[column].Kind() != kind {
				return false
			}
		}
		return true
	}
	if column >= len(r.exprs) {
		return false
	}
	c, ok := r.exprs[column].(*querylang.Column)
	return ok && c.Pseudo != querylang.NoPseudo && c.Pseudo != querylang.PrimaryKey
}

// Next stores the next row in dest, which must have an element for each column. It returns io.EOF
// after the last row. The values share the memory of the server's response. A value that can't be
// decoded ends the rows with an error that wraps a [*cluster.RecordError], if a column or a
// condition uses the value.
func (r *Rows) Next(dest []protocol.Value) error {
	if len(r.fixed) > 0 {
		copy(dest, r.fixed[0])
		r.fixed = r.fixed[1:]
		return nil
	}
	record, err := r.nextRecord()
	if err != nil {
		return err
	}
	env := r.eval.on(record)
	for i, e := range r.exprs {
		dest[i] = querylang.Eval(e, env)
	}
	if err := r.eval.err(); err != nil {
		r.end(err)
		return err
	}
	return nil
}

// nextRecord returns the next record of the result.
func (r *Rows) nextRecord() (record *protocol.Record, err error) {
	switch {
	case r.limit == 0:
		r.end(io.EOF)
		return nil, r.err
	case len(r.ahead) > 0:
		record, r.ahead = r.ahead[0], r.ahead[1:]
	default:
		if record, err = r.fetch(); err != nil {
			return nil, err
		}
	}
	if r.limit > 0 {
		r.limit--
	}
	return record, nil
}

// fetch reads the next record that matches the filter.
func (r *Rows) fetch() (*protocol.Record, error) {
	for r.err == nil && r.cursor != nil {
		record, err := r.cursor.next()
		if err != nil {
			r.end(err)
			break
		}
		matches, err := r.eval.matches(r.filter, record)
		if err != nil {
			r.end(err)
			break
		}
		if matches {
			return record, nil
		}
	}
	if r.err == nil {
		r.err = io.EOF
	}
	return nil, r.err
}

// end records why there are no more rows and stops the work on the cluster.
func (r *Rows) end(err error) {
	if r.err == nil {
		r.err = err
	}
	if r.cursor != nil {
		r.cursor.close()
	}
}

// Close stops the work on the cluster and discards the remaining rows. Closing twice is allowed.
func (r *Rows) Close() error {
	r.end(io.EOF)
	r.ahead, r.fixed = nil, nil
	return nil
}

// expandStar reads rows ahead and replaces * by their bins.
func (r *Rows) expandStar(columns []querylang.OutputColumn) error {
	for len(r.ahead) < starPage && (r.limit < 0 || int64(len(r.ahead)) < r.limit) {
		record, err := r.fetch()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		r.ahead = append(r.ahead, record)
	}
	names := binNames(r.ahead)
	for _, c := range columns {
		if !c.Star {
			r.addColumn(c.Name, c.Expr)
			continue
		}
		for _, name := range names {
			r.addColumn(name, &querylang.Column{Name: name})
		}
	}
	return nil
}

func (r *Rows) addColumn(name string, e querylang.Expr) {
	r.columns, r.exprs = append(r.columns, name), append(r.exprs, e)
}

// binNames returns the sorted names of all bins of the records.
func binNames(records []*protocol.Record) []string {
	var names []string
	seen := make(map[string]bool)
	for _, record := range records {
		for _, bin := range record.Bins {
			if !seen[bin.Name] {
				seen[bin.Name] = true
				names = append(names, bin.Name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// valuesRows computes the row of a SELECT without a table.
func valuesRows(p *querylang.ValuesPlan, args []protocol.Value) *Rows {
	rows, row := &Rows{}, []protocol.Value{}
	for _, c := range p.Columns {
		rows.columns = append(rows.columns, c.Name)
		row = append(row, querylang.Eval(c.Expr, &querylang.Env{Args: args}))
	}
	rows.fixed = [][]protocol.Value{row}
	return rows
}

// explainRows returns a row for each line of a plan.
func explainRows(p *querylang.ExplainPlan) *Rows {
	rows := &Rows{columns: []string{"plan"}}
	for _, line := range p.Explain() {
		rows.fixed = append(rows.fixed, []protocol.Value{protocol.String(line)})
	}
	return rows
}
