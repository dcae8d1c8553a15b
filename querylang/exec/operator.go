package exec

import (
	"context"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
)

// An operator computes the rows of a node of a plan. It can be opened again after it was closed,
// for another row of the enclosing block.
type operator interface {
	// open starts the operator. It must be closed even if open fails.
	open(ctx context.Context) error
	// next computes the next row, and returns false after the last one. The row is valid until the
	// next call of next.
	next(ctx context.Context) (bool, error)
	// close stops the work on the cluster and frees the memory. It can be called twice.
	close()
	// row returns the buffer that rows are in. It is always the same one.
	row() []protocol.Value
}

// checkEvery is the number of rows after which operators that don't read from the network check the
// context.
const checkEvery = 256

// An interrupter checks a context every checkEvery rows.
type interrupter struct{ n uint }

func (i *interrupter) check(ctx context.Context) error {
	i.n++
	if i.n%checkEvery != 0 {
		return nil
	}
	return contextError(ctx)
}

// meets reports whether all conditions are true.
func meets(conditions []bind.Expr, env *bind.Env) (bool, error) {
	for _, c := range conditions {
		holds, isBool := c.Eval(env).Bool()
		if env.Run.Err != nil {
			return false, env.Run.Err
		}
		if !holds || !isBool {
			return false, nil
		}
	}
	return true, nil
}

// evaluate stores the values of expressions in dst.
func evaluate(dst []protocol.Value, exprs []bind.Expr, env *bind.Env) error {
	for i, x := range exprs {
		dst[i] = x.Eval(env)
	}
	return env.Run.Err
}

// keptRows are rows in memory.
type keptRows struct {
	account account
	rows    [][]protocol.Value
}

// add keeps a copy of a row.
func (k *keptRows) add(row []protocol.Value) error {
	if err := k.account.take(function.MemoryOf(row) + function.ValueSize); err != nil {
		return err
	}
	k.rows = append(k.rows, function.CloneAll(row))
	return nil
}

// clear drops the rows.
func (k *keptRows) clear() {
	k.account.release()
	k.rows = nil
}

// each opens an operator, calls f for each of its rows, and closes it.
func each(ctx context.Context, input operator, f func(row []protocol.Value) error) error {
	defer input.close()
	if err := input.open(ctx); err != nil {
		return err
	}
	for {
		more, err := input.next(ctx)
		if err != nil || !more {
			return err
		}
		if err := f(input.row()); err != nil {
			return err
		}
	}
}
