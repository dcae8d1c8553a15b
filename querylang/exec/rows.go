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
	point   *pointRead         // whose memory the session uses again; nil for all other rows
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
		if row, err := r.fetch(); err != nil {
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
	row, err := r.Row()
	if err == nil {
		copy(dest, row)
	}
	return err
}

// Row is like Next, and returns the row itself. It must not be changed, and is valid until the next
// call of Row, Next or Close; its values can be kept.
func (r *Rows) Row() ([]protocol.Value, error) {
	if row := r.ahead; row != nil {
		r.ahead = nil
		return row, nil
	}
	if r.err != nil {
		return nil, r.err
	}
	row, err := r.fetch()
	if err != nil {
		r.end(err)
		return nil, r.err
	}
	return row, nil
}

// fetch computes the next row.
func (r *Rows) fetch() ([]protocol.Value, error) {
	if r.root == nil {
		if len(r.fixed) == 0 {
			return nil, io.EOF
		}
		row := r.fixed[0][:len(r.columns)]
		r.fixed = r.fixed[1:]
		return row, nil
	}
	if err := contextError(r.x.ctx); err != nil {
		return nil, err
	}
	more, err := r.root.next(r.x.ctx)
	if err == nil {
		err = r.x.run.Err
	}
	if err != nil {
		return nil, err
	}
	if !more {
		return nil, io.EOF
	}
	row := r.root.row()[:len(r.columns)]
	return row, undecodableIn(row)
}

// undecodableIn returns the error of the first value of a row that can't be decoded.
func undecodableIn(row []protocol.Value) error {
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

// Close stops the work on the cluster and discards the remaining rows. Closing twice is allowed,
// but not in a session that reuses memory, see [Session.ReuseMemory].
func (r *Rows) Close() error {
	r.end(io.EOF)
	r.ahead, r.fixed = nil, nil
	if r.point != nil {
		r.point.release()
	}
	return nil
}

// close frees what the subqueries keep.
func (x *execution) close() {
	for _, s := range x.subqueries {
		s.free()
	}
	clear(x.subqueries)
}
