package exec

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
)

// derived puts the output rows of a query into its relation's part of the frame.
type derived struct {
	input      operator
	relation   *bind.Relation
	conditions []bind.Expr
	env        *bind.Env // of the enclosing block
	interrupter
}

func (o *derived) open(ctx context.Context) error { return o.input.open(ctx) }

func (o *derived) next(ctx context.Context) (bool, error) {
	for {
		more, err := o.input.next(ctx)
		if err != nil || !more {
			return false, err
		}
		row := o.input.row()
		for i, c := range o.relation.Columns {
			o.env.Row[o.relation.Base+i] = row[c.Output]
		}
		if holds, err := meets(o.conditions, o.env); holds || err != nil {
			return holds, err
		}
		if err := o.check(ctx); err != nil {
			return false, err
		}
	}
}

func (o *derived) close()                { o.input.close() }
func (o *derived) row() []protocol.Value { return o.env.Row }

// unnest returns, for each row of its input, a row for each element of a list or pair of a map. A
// list has the columns element and ordinality, a map the columns key, value and ordinality; see
// RelationColumn.Output.
type unnest struct {
	input      operator // nil for the first item of FROM
	relation   *bind.Relation
	x          bind.Expr
	ordinality bool
	outer      bool
	on         []bind.Expr
	env        *bind.Env
	value      protocol.Value
	at, length int
	matched    bool
	active     bool
	done       bool
	interrupter
}

func (o *unnest) open(ctx context.Context) error {
	o.active, o.done = false, false
	if o.input == nil {
		return nil
	}
	return o.input.open(ctx)
}

func (o *unnest) next(ctx context.Context) (bool, error) {
	for {
		for o.active && o.at < o.length {
			o.put(o.at)
			o.at++
			if err := o.check(ctx); err != nil {
				return false, err
			}
			holds, err := meets(o.on, o.env)
			if holds || err != nil {
				o.matched = true
				return holds, err
			}
		}
		if o.active && o.outer && !o.matched {
			o.active = false
			clear(o.env.Row[o.relation.Base : o.relation.Base+len(o.relation.Columns)])
			return true, nil
		}
		more, err := o.advance(ctx)
		if err != nil || !more {
			return false, err
		}
	}
}

// advance goes to the next row of the input.
func (o *unnest) advance(ctx context.Context) (bool, error) {
	if o.input == nil {
		if o.done {
			return false, nil
		}
		o.done = true
	} else if more, err := o.input.next(ctx); err != nil || !more {
		return false, err
	}
	o.value = o.x.Eval(o.env)
	if o.env.Run.Err != nil {
		return false, o.env.Run.Err
	}
	o.active, o.matched, o.at, o.length = true, false, 0, 0
	switch o.value.Kind() {
	case protocol.KindList, protocol.KindMap:
		o.length = o.value.Len()
	}
	return true, nil
}

// put stores an element or pair in the frame.
func (o *unnest) put(i int) {
	var values [3]protocol.Value
	n := 1
	if elements, ok := o.value.List(); ok {
		values[0] = elements[i]
	} else {
		pairs, _ := o.value.Map()
		values[0], values[1], n = pairs[i].Key, pairs[i].Value, 2
	}
	if o.ordinality {
		values[n] = protocol.Int(int64(i) + 1)
	}
	for j, c := range o.relation.Columns {
		o.env.Row[o.relation.Base+j] = protocol.Nil()
		if c.Output < len(values) {
			o.env.Row[o.relation.Base+j] = values[c.Output]
		}
	}
}

func (o *unnest) close() {
	if o.input != nil {
		o.input.close()
	}
}

func (o *unnest) row() []protocol.Value { return o.env.Row }
