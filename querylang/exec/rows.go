package exec

import (
	"io"
	"math/bits"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
)

// Rows are the rows of a result. They must be closed unless they have been read to the end. They
// are not safe for concurrent use.
type Rows struct {
	x       *execution
	columns []bind.OutputColumn
	root    operator
	ahead   []protocol.Value   // a row that Kind has read ahead, or nil
	fixed   [][]protocol.Value // rows that are in memory
	err     error              // io.EOF or the error that ended the rows
}

// Columns returns the columns.
func (r *Rows) Columns() []bind.OutputColumn { return r.columns }

// Kind returns the kind of a column's values, from the column itself or from the first row, which
// it reads ahead if it must. It is protocol.KindInvalid if nothing is known. It is a hint, because
// bins have no declared types; see [Rows.KindIsCertain].
func (r *Rows) Kind(column int) protocol.Kind {
	if kind, ok := onlyKind(&r.columns[column]); ok {
		return kind
	}
	if len(r.fixed) > 0 {
		return hintOf(r.fixed[0][column])
	}
	if r.ahead == nil && r.err == nil {
		row := make([]protocol.Value, len(r.columns))
		if err := r.fetch(row); err != nil {
			r.end(err)
		} else {
			r.ahead = row
		}
	}
	if r.ahead == nil {
		return protocol.KindInvalid
	}
	return hintOf(r.ahead[column])
}

// hintOf returns the kind of a value; NULL says nothing.
func hintOf(v protocol.Value) protocol.Kind {
	if v.IsNil() {
		return protocol.KindInvalid
	}
	return v.Kind()
}

// onlyKind returns the only kind that the values of a column can have besides NULL.
func onlyKind(c *bind.OutputColumn) (protocol.Kind, bool) {
	kinds := uint32(c.Kinds) &^ (1 << protocol.KindNil)
	if bits.OnesCount32(kinds) != 1 {
		return protocol.KindInvalid, false
	}
	return protocol.Kind(bits.TrailingZeros32(kinds)), true
}

// KindIsCertain reports whether the column's value is of [Rows.Kind] in every row, and never NULL.
func (r *Rows) KindIsCertain(column int) bool {
	c := &r.columns[column]
	_, only := onlyKind(c)
	return only && uint32(c.Kinds)&(1<<protocol.KindNil) == 0
}

// Next stores the next row in dest, which must have an element for each column. It returns io.EOF
// after the last row. The values may share the memory of the server's response. A value that can't
// be decoded ends the rows with an error that wraps a [*cluster.RecordError], if a column or a
// condition uses the value.
func (r *Rows) Next(dest []protocol.Value) error {
	if r.ahead != nil {
		copy(dest, r.ahead)
		r.ahead = nil
		return nil
	}
	if r.err != nil {
		return r.err
	}
	if err := r.fetch(dest); err != nil {
		r.end(err)
	}
	return r.err
}

// fetch computes the next row.
func (r *Rows) fetch(dest []protocol.Value) error {
	if r.root == nil {
		if len(r.fixed) == 0 {
			return io.EOF
		}
		copy(dest, r.fixed[0])
		r.fixed = r.fixed[1:]
		return nil
	}
	if err := contextError(r.x.ctx); err != nil {
		return err
	}
	more, err := r.root.next(r.x.ctx)
	if err == nil {
		err = r.x.run.Err
	}
	if err != nil {
		return err
	}
	if !more {
		return io.EOF
	}
	return output(dest, r.root.row()[:len(r.columns)])
}

// output copies a row to dest and returns the error of a value that can't be decoded.
func output(dest, row []protocol.Value) error {
	copy(dest, row)
	for i := range row {
		if row[i].Kind() == protocol.KindInvalid {
			return row[i].Err()
		}
	}
	return nil
}

// end keeps the error that ended the rows and stops the work on the cluster.
func (r *Rows) end(err error) {
	if r.err == nil {
		r.err = err
	}
	if r.root != nil {
		r.root.close()
		r.x.close()
	}
}

// Close stops the work on the cluster and discards the remaining rows. Closing twice is allowed.
func (r *Rows) Close() error {
	r.end(io.EOF)
	r.ahead, r.fixed = nil, nil
	return nil
}

// close frees what the subqueries keep.
func (x *execution) close() {
	for _, s := range x.subqueries {
		s.free()
	}
	clear(x.subqueries)
}
