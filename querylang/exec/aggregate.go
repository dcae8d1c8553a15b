package exec

import (
	"context"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// aggregate groups the rows of its input. Groups are returned in the order of their first rows.
type aggregate struct {
	input     operator
	groups    []bind.Expr
	calls     []*bind.AggregateCall
	env       *bind.Env // of the input
	account   account
	constants [][]protocol.Value // by call
	table     map[string]*group
	order     []*group
	at        int
	buffer    []byte
	out       []protocol.Value
	interrupter
}

// A group is one group of rows with the states of its aggregates.
type group struct {
	values []protocol.Value
	states []aggregateState
}

// An aggregateState is an aggregate of one group.
type aggregateState struct {
	accumulator function.Accumulator
	size        int // of the accumulator, as it was taken from the budget
	seen        map[string]struct{}
	rows        []sortedRow // for an aggregate with ORDER BY: its keys and the value
}

// star is the value that COUNT(*) counts for each row.
var star = protocol.Bool(true)

func (o *aggregate) open(ctx context.Context) error {
	o.clear()
	o.account.operator = "aggregate"
	o.constants = make([][]protocol.Value, len(o.calls))
	for i, c := range o.calls {
		o.constants[i] = make([]protocol.Value, len(c.Constants))
		if err := evaluate(o.constants[i], c.Constants, o.env); err != nil {
			return err
		}
	}
	if len(o.groups) == 0 {
		if _, err := o.group(); err != nil {
			return err
		}
	}
	return each(ctx, o.input, func([]protocol.Value) error {
		if err := o.check(ctx); err != nil {
			return err
		}
		return o.add()
	})
}

// group returns the group whose values are in o.out, and creates it if there is none.
func (o *aggregate) group() (*group, error) {
	values := o.out[:len(o.groups)]
	o.buffer = function.AppendKeys(o.buffer[:0], values)
	if g := o.table[string(o.buffer)]; g != nil {
		return g, nil
	}
	if err := o.account.take(function.MemoryOf(values) + len(o.buffer) + entrySize + 64*len(o.calls)); err != nil {
		return nil, err
	}
	g := &group{values: function.CloneAll(values), states: make([]aggregateState, len(o.calls))}
	for i, c := range o.calls {
		g.states[i].accumulator = c.Function.New(o.constants[i])
	}
	if o.table == nil {
		o.table = make(map[string]*group)
	}
	o.table[string(o.buffer)] = g
	o.order = append(o.order, g)
	return g, nil
}

// add adds the current row to its group.
func (o *aggregate) add() error {
	if err := evaluate(o.out, o.groups, o.env); err != nil {
		return err
	}
	g, err := o.group()
	if err != nil {
		return err
	}
	for i, c := range o.calls {
		if err := o.addTo(&g.states[i], c); err != nil {
			return err
		}
	}
	return nil
}

// addTo adds the current row to an aggregate.
func (o *aggregate) addTo(s *aggregateState, c *bind.AggregateCall) error {
	if c.Filter != nil {
		holds, isBool := c.Filter.Eval(o.env).Bool()
		if !holds || !isBool || o.env.Run.Err != nil {
			return o.env.Run.Err
		}
	}
	v := star
	if !c.Star {
		if v = c.Arg.Eval(o.env); o.env.Run.Err != nil || v.IsNil() {
			return o.env.Run.Err
		}
	}
	if c.Distinct {
		o.buffer = function.AppendKey(o.buffer[:0], v)
		if _, dup := s.seen[string(o.buffer)]; dup {
			return nil
		}
		if err := o.account.take(len(o.buffer) + entrySize); err != nil {
			return err
		}
		if s.seen == nil {
			s.seen = make(map[string]struct{})
		}
		s.seen[string(o.buffer)] = struct{}{}
	}
	if len(c.Order) > 0 {
		return o.addOrdered(s, c, v)
	}
	return o.accumulate(s, v)
}

// accumulate adds a value and takes the memory that the accumulator needs for it.
func (o *aggregate) accumulate(s *aggregateState, v protocol.Value) error {
	s.accumulator.Add(v)
	size := s.accumulator.Size()
	grown := size - s.size
	s.size = size
	if grown <= 0 {
		o.account.give(-grown)
		return nil
	}
	return o.account.take(grown)
}

// addOrdered keeps a value until the group is complete.
func (o *aggregate) addOrdered(s *aggregateState, c *bind.AggregateCall, v protocol.Value) error {
	kept := sortedRow{values: make([]protocol.Value, 0, len(c.Order)+1), number: int64(len(s.rows))}
	for _, k := range c.Order {
		kept.values = append(kept.values, function.Clone(k.X.Eval(o.env)))
	}
	kept.values = append(kept.values, function.Clone(v))
	s.rows = append(s.rows, kept)
	if o.env.Run.Err != nil {
		return o.env.Run.Err
	}
	return o.account.take(function.MemoryOf(kept.values) + 2*function.ValueSize)
}

func (o *aggregate) next(ctx context.Context) (bool, error) {
	if o.at == len(o.order) {
		return false, nil
	}
	if err := o.check(ctx); err != nil {
		return false, err
	}
	g := o.order[o.at]
	o.at++
	copy(o.out, g.values)
	for i, c := range o.calls {
		s := &g.states[i]
		slices.SortStableFunc(s.rows, func(x, y sortedRow) int { return compareBy(c.Order, x.values, y.values) })
		for _, row := range s.rows {
			if err := o.accumulate(s, row.values[len(c.Order)]); err != nil {
				return false, err
			}
		}
		s.rows = nil
		v, err := s.accumulator.Result()
		if err != nil {
			return false, err
		}
		o.out[len(o.groups)+i] = v
	}
	return true, nil
}

func (o *aggregate) clear() {
	o.account.release()
	o.table, o.order, o.at = nil, nil, 0
}

func (o *aggregate) close() {
	o.input.close()
	o.clear()
}

func (o *aggregate) row() []protocol.Value { return o.out }
