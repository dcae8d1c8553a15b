package exec

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
)

// entrySize is the memory of an entry of a hash table besides its key.
const entrySize = 48

// A keySet is a set of rows by their values. Values that are equal for DISTINCT are equal in it.
type keySet struct {
	account account
	counts  map[string]int
	buffer  []byte
}

// add adds one of a row and reports whether it is the first.
func (s *keySet) add(values []protocol.Value) (first bool, err error) {
	s.buffer = function.AppendKeys(s.buffer[:0], values)
	if n, ok := s.counts[string(s.buffer)]; ok {
		s.counts[string(s.buffer)] = n + 1
		return false, nil
	}
	if err := s.account.take(len(s.buffer) + entrySize); err != nil {
		return false, err
	}
	if s.counts == nil {
		s.counts = make(map[string]int)
	}
	s.counts[string(s.buffer)] = 1
	return true, nil
}

// remove removes one of a row and reports whether there was one.
func (s *keySet) remove(values []protocol.Value) bool {
	s.buffer = function.AppendKeys(s.buffer[:0], values)
	n := s.counts[string(s.buffer)]
	if n > 0 {
		s.counts[string(s.buffer)] = n - 1
	}
	return n > 0
}

// has reports whether the set has a row.
func (s *keySet) has(values []protocol.Value) bool {
	s.buffer = function.AppendKeys(s.buffer[:0], values)
	return s.counts[string(s.buffer)] > 0
}

func (s *keySet) clear() {
	s.account.release()
	s.counts = nil
}

// distinct drops rows that are equal to an earlier one.
type distinct struct {
	input operator
	width int
	seen  keySet
	interrupter
}

func (o *distinct) open(ctx context.Context) error {
	o.seen.clear()
	o.seen.account.operator = "distinct"
	return o.input.open(ctx)
}

func (o *distinct) next(ctx context.Context) (bool, error) {
	for {
		more, err := o.input.next(ctx)
		if err != nil || !more {
			return false, err
		}
		if first, err := o.seen.add(o.input.row()[:o.width]); first || err != nil {
			return first, err
		}
		if err := o.check(ctx); err != nil {
			return false, err
		}
	}
}

func (o *distinct) close() {
	o.input.close()
	o.seen.clear()
}

func (o *distinct) row() []protocol.Value { return o.input.row() }

// setOperation combines the rows of two inputs. UNION streams. EXCEPT and INTERSECT keep the right
// input in memory, and without ALL also what they have returned.
type setOperation struct {
	op            ast.SetOperator
	all           bool
	left, right   operator
	width         int
	onRight       bool // UNION reads its right input
	rights, given keySet
	out           []protocol.Value
	interrupter
}

func (o *setOperation) open(ctx context.Context) error {
	o.onRight = false
	o.rights.clear()
	o.given.clear()
	name := map[ast.SetOperator]string{ast.Union: "UNION", ast.Except: "EXCEPT", ast.Intersect: "INTERSECT"}[o.op]
	o.rights.account.operator, o.given.account.operator = name, name
	if o.op != ast.Union {
		if err := each(ctx, o.right, func(row []protocol.Value) error {
			_, err := o.rights.add(row[:o.width])
			return err
		}); err != nil {
			return err
		}
	}
	return o.left.open(ctx)
}

func (o *setOperation) next(ctx context.Context) (bool, error) {
	for {
		row, err := o.fetch(ctx)
		if err != nil || row == nil {
			return false, err
		}
		if err := o.check(ctx); err != nil {
			return false, err
		}
		keeps, err := o.keeps(row)
		if err != nil {
			return false, err
		}
		if keeps {
			copy(o.out, row)
			return true, nil
		}
	}
}

// fetch returns the next row of the inputs that are streamed, or nil after the last one.
func (o *setOperation) fetch(ctx context.Context) ([]protocol.Value, error) {
	if !o.onRight {
		more, err := o.left.next(ctx)
		if err != nil {
			return nil, err
		}
		if more {
			return o.left.row()[:o.width:o.width], nil
		}
		if o.op != ast.Union {
			return nil, nil
		}
		o.left.close()
		o.onRight = true
		if err := o.right.open(ctx); err != nil {
			return nil, err
		}
	}
	more, err := o.right.next(ctx)
	if err != nil || !more {
		return nil, err
	}
	return o.right.row()[:o.width:o.width], nil
}

// keeps reports whether a row belongs to the result.
func (o *setOperation) keeps(row []protocol.Value) (bool, error) {
	switch {
	case o.op == ast.Union && o.all:
		return true, nil
	case o.op == ast.Except && o.all:
		return !o.rights.remove(row), nil
	case o.op == ast.Intersect && o.all:
		return o.rights.remove(row), nil
	case o.op == ast.Except && o.rights.has(row), o.op == ast.Intersect && !o.rights.has(row):
		return false, nil
	}
	return o.given.add(row)
}

func (o *setOperation) close() {
	o.left.close()
	o.right.close()
	o.rights.clear()
	o.given.clear()
}

func (o *setOperation) row() []protocol.Value { return o.out }
