package exec

import (
	"container/heap"
	"context"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// A sorter is ORDER BY. Rows with equal keys keep their order. With a limit it keeps only as many
// rows as are needed.
type sorter struct {
	input         operator
	keys          []bind.OrderKey
	limit, offset bind.Expr
	env           *bind.Env
	account       account
	rows          []sortedRow
	most          int64 // number of rows to keep, -1 for all
	at            int
	skip          int64
	key           []protocol.Value // of the current row
	interrupter
}

// A sortedRow is a kept row. Its values are the keys and then the row.
type sortedRow struct {
	values []protocol.Value
	number int64 // in the input
	size   int
}

func (o *sorter) open(ctx context.Context) error {
	o.rows, o.at = nil, 0
	if o.key == nil {
		o.key = make([]protocol.Value, len(o.keys))
	}
	n, skip, err := bounds(o.limit, o.offset, o.env)
	if err != nil || n == 0 {
		return err
	}
	if o.most, o.skip = n, skip; n > 0 {
		if o.most = n + skip; o.most < 0 {
			o.most = -1 // an overflow: more than there can be
		}
	}
	o.account.operator = "sort"
	number := int64(0)
	if err := each(ctx, o.input, func(row []protocol.Value) error {
		number++
		if err := o.check(ctx); err != nil {
			return err
		}
		return o.add(row, number)
	}); err != nil {
		return err
	}
	slices.SortFunc(o.rows, o.compare)
	o.at = int(min(o.skip, int64(len(o.rows))))
	return nil
}

// add keeps a row if it can be among the first ones.
func (o *sorter) add(row []protocol.Value, number int64) error {
	for i, k := range o.keys {
		o.key[i] = k.X.Eval(o.env)
	}
	if o.env.Run.Err != nil {
		return o.env.Run.Err
	}
	full := o.most >= 0 && int64(len(o.rows)) == o.most
	if full && o.compareKeys(o.key, o.rows[0].values) >= 0 {
		return nil
	}
	size := function.MemoryOf(o.key) + function.MemoryOf(row) + function.ValueSize
	if full {
		o.account.give(o.rows[0].size)
	}
	if err := o.account.take(size); err != nil {
		return err
	}
	kept := sortedRow{number: number, size: size}
	if full {
		kept.values = o.rows[0].values[:0]
	} else {
		kept.values = make([]protocol.Value, 0, len(o.key)+len(row))
	}
	for _, v := range o.key {
		kept.values = append(kept.values, function.Clone(v))
	}
	for _, v := range row {
		kept.values = append(kept.values, function.Clone(v))
	}
	switch {
	case full:
		o.rows[0] = kept
		heap.Fix((*largestFirst)(o), 0)
	case o.most >= 0:
		heap.Push((*largestFirst)(o), kept)
	default:
		o.rows = append(o.rows, kept)
	}
	return nil
}

// compare is the order of the result.
func (o *sorter) compare(x, y sortedRow) int {
	if c := o.compareKeys(x.values, y.values); c != 0 {
		return c
	}
	return int(x.number - y.number)
}

// compareKeys compares the keys at the start of two slices.
func (o *sorter) compareKeys(x, y []protocol.Value) int { return compareBy(o.keys, x, y) }

// compareBy compares the values of ORDER BY.
func compareBy(keys []bind.OrderKey, x, y []protocol.Value) int {
	for i := range keys {
		k := &keys[i]
		xNull, yNull := x[i].IsNil(), y[i].IsNil()
		switch {
		case xNull && yNull:
			continue
		case xNull || yNull:
			if xNull == k.NullsFirst {
				return -1
			}
			return 1
		}
		if c := function.Order(x[i], y[i]); c != 0 {
			if k.Descending {
				return -c
			}
			return c
		}
	}
	return 0
}

func (o *sorter) next(ctx context.Context) (bool, error) {
	if o.at >= len(o.rows) {
		return false, nil
	}
	if err := o.check(ctx); err != nil {
		return false, err
	}
	copy(o.input.row(), o.rows[o.at].values[len(o.keys):])
	o.at++
	return true, nil
}

func (o *sorter) close() {
	o.input.close()
	o.account.release()
	o.rows = nil
}

func (o *sorter) row() []protocol.Value { return o.input.row() }

// largestFirst is a heap of the rows of a sorter with the last row of the result at the top.
type largestFirst sorter

func (h *largestFirst) Len() int           { return len(h.rows) }
func (h *largestFirst) Swap(i, j int)      { h.rows[i], h.rows[j] = h.rows[j], h.rows[i] }
func (h *largestFirst) Less(i, j int) bool { return (*sorter)(h).compare(h.rows[i], h.rows[j]) > 0 }
func (h *largestFirst) Push(x any)         { h.rows = append(h.rows, x.(sortedRow)) }

func (h *largestFirst) Pop() any {
	last := h.rows[len(h.rows)-1]
	h.rows = h.rows[:len(h.rows)-1]
	return last
}
