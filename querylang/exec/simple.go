package exec

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
)

// oneRow returns one row without columns.
type oneRow struct {
	frame []protocol.Value
	done  bool
}

func (o *oneRow) open(context.Context) error { o.done = false; return nil }

func (o *oneRow) next(context.Context) (bool, error) {
	more := !o.done
	o.done = true
	return more, nil
}

func (o *oneRow) close()                {}
func (o *oneRow) row() []protocol.Value { return o.frame }

// valuesRows returns the rows of VALUES.
type valuesRows struct {
	rows [][]bind.Expr
	env  *bind.Env
	out  []protocol.Value
	at   int
	interrupter
}

func (o *valuesRows) open(context.Context) error { o.at = 0; return nil }

func (o *valuesRows) next(ctx context.Context) (bool, error) {
	if o.at == len(o.rows) {
		return false, nil
	}
	if err := o.check(ctx); err != nil {
		return false, err
	}
	o.at++
	return true, evaluate(o.out, o.rows[o.at-1], o.env)
}

func (o *valuesRows) close()                {}
func (o *valuesRows) row() []protocol.Value { return o.out }

// filter keeps the rows that meet conditions.
type filter struct {
	input      operator
	conditions []bind.Expr
	once       bool
	env        *bind.Env
	closed     bool // the conditions without columns are not met
	interrupter
}

func (o *filter) open(ctx context.Context) error {
	o.closed = false
	if o.once {
		holds, err := meets(o.conditions, o.env)
		if err != nil || !holds {
			o.closed = true
			return err
		}
	}
	return o.input.open(ctx)
}

func (o *filter) next(ctx context.Context) (bool, error) {
	if o.closed {
		return false, nil
	}
	for {
		more, err := o.input.next(ctx)
		if err != nil || !more || o.once {
			return more, err
		}
		if holds, err := meets(o.conditions, o.env); holds || err != nil {
			return holds, err
		}
		if err := o.check(ctx); err != nil {
			return false, err
		}
	}
}

func (o *filter) close()                { o.input.close() }
func (o *filter) row() []protocol.Value { return o.input.row() }

// project computes the output row.
type project struct {
	input operator
	items []bind.Expr
	env   *bind.Env // of the input
	out   []protocol.Value
}

func (o *project) open(ctx context.Context) error { return o.input.open(ctx) }

func (o *project) next(ctx context.Context) (bool, error) {
	more, err := o.input.next(ctx)
	if err != nil || !more {
		return false, err
	}
	return true, evaluate(o.out, o.items, o.env)
}

func (o *project) close()                { o.input.close() }
func (o *project) row() []protocol.Value { return o.out }

// limit drops the rows before the offset and after the limit.
type limit struct {
	input         operator
	limit, offset bind.Expr
	env           *bind.Env
	left, skip    int64
}

func (o *limit) open(ctx context.Context) error {
	var err error
	if o.left, o.skip, err = bounds(o.limit, o.offset, o.env); err != nil || o.left == 0 {
		return err
	}
	return o.input.open(ctx)
}

// next closes the input after the last row that is needed, so that the servers stop.
func (o *limit) next(ctx context.Context) (bool, error) {
	for o.left != 0 {
		more, err := o.input.next(ctx)
		if err != nil || !more {
			return false, err
		}
		if o.skip > 0 {
			o.skip--
			continue
		}
		if o.left > 0 {
			o.left--
		}
		return true, nil
	}
	o.input.close()
	return false, nil
}

func (o *limit) close()                { o.input.close() }
func (o *limit) row() []protocol.Value { return o.input.row() }

// bounds returns the values of LIMIT and OFFSET. The limit is -1 if there is none.
func bounds(limit, offset bind.Expr, env *bind.Env) (n, skip int64, err error) {
	if n, err = bound(limit, "LIMIT", -1, env); err != nil {
		return 0, 0, err
	}
	skip, err = bound(offset, "OFFSET", 0, env)
	return n, skip, err
}

func bound(x bind.Expr, clause string, without int64, env *bind.Env) (int64, error) {
	if x == nil {
		return without, nil
	}
	v := x.Eval(env)
	if env.Run.Err != nil {
		return 0, env.Run.Err
	}
	n, ok := v.Int()
	if !ok || n < 0 {
		return 0, ast.Errorf(ast.ErrArguments, "%s must be a non-negative integer, not %v", clause, v)
	}
	return n, nil
}
