package exec

import (
	"errors"
	"math"
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/plan"
)

// markerOperation writes the marker bin; see bind.MarkerBin.
func markerOperation() protocol.Operation {
	return protocol.Operation{Code: protocol.OpWrite, Bin: bind.MarkerBin, Value: protocol.Int(1)}
}

var operationCodes = [...]protocol.OpCode{
	plan.BinPut: protocol.OpWrite, plan.BinAdd: protocol.OpAdd, plan.BinAppend: protocol.OpAppend, plan.BinPrepend: protocol.OpPrepend,
}

// operandsOf appends the operands of the operations of the server that make up a change: each
// number is added on its own, in the order of the expression, because sums of floats depend on it.
// It returns false if there are none that give the same result.
func operandsOf(values []protocol.Value, s *plan.BinChange, env *bind.Env) (all []protocol.Value, ok bool, err error) {
	if s.Op != plan.BinAdd {
		v, err := joined(s, env)
		return append(values, v), true, err
	}
	for i := range s.Operands {
		v := s.Operands[i].X.Eval(env)
		if err := evaluationError(v, env); err != nil {
			return nil, false, err
		}
		if !isNumber(v) {
			return nil, false, ast.Errorf(ast.ErrType, "%v can't be added to the column %s: a number is needed", v, s.Name)
		}
		if s.Operands[i].Negative {
			if n, isInt := v.Int(); isInt && n == math.MinInt64 {
				return nil, false, nil // it has no positive integer, but a float minus it is one plus 2^63
			}
			v = function.Negate(v)
		}
		if i > 0 && i < s.Before {
			values[0] = function.Arithmetic(ast.OpAdd, values[0], v)
		} else {
			values = append(values, v)
		}
	}
	return values, true, nil
}

func isNumber(v protocol.Value) bool {
	_, isInt := v.Int()
	return isInt || v.Kind() == protocol.KindFloat
}

// joined returns the concatenation of the operands.
func joined(s *plan.BinChange, env *bind.Env) (protocol.Value, error) {
	parts := make([]protocol.Value, len(s.Operands))
	for i := range s.Operands {
		parts[i] = s.Operands[i].X.Eval(env)
		if err := evaluationError(parts[i], env); err != nil {
			return parts[i], err
		}
		if k := parts[i].Kind(); k != protocol.KindString && k != protocol.KindBlob {
			return parts[i], ast.Errorf(ast.ErrType, "%v can't be joined to the column %s: a string or blob is needed", parts[i], s.Name)
		}
	}
	v := function.ConcatAll(parts)
	if v.IsNil() {
		return v, ast.Errorf(ast.ErrType, "strings and blobs, or too long ones, can't be joined to the column %s", s.Name)
	}
	return v, nil
}

// evaluationError returns the error of an evaluation.
func evaluationError(v protocol.Value, env *bind.Env) error {
	if env.Run.Err != nil {
		return env.Run.Err
	}
	if err := v.Err(); err != nil {
		return &ast.Error{Kind: ast.ErrArguments, Message: err.Error(), Cause: err}
	}
	return nil
}

// assigned returns a value as the column stores it.
func assigned(s *plan.BinChange, v protocol.Value, env *bind.Env) (protocol.Value, error) {
	if err := evaluationError(v, env); err != nil {
		return v, err
	}
	if len(s.Path) > 0 {
		return v, nil
	}
	return stored(s.Name, s.Type, s.NotNull, v)
}

// stored returns a value as a column of a type stores it.
func stored(name string, t function.Type, notNull bool, v protocol.Value) (protocol.Value, error) {
	if v.IsNil() {
		if notNull {
			return v, ast.Errorf(ast.ErrType, "the column %s can't be NULL", name)
		}
		return protocol.Nil(), nil
	}
	if t.Family == function.Undeclared {
		return v, nil
	}
	converted, err := function.Coerce(v, t)
	if err != nil {
		message := err.Error()
		if e, ok := errors.AsType[*ast.Error](err); ok {
			message = e.Message
		}
		return v, ast.Errorf(ast.ErrType, "the column %s: %s", name, message)
	}
	return converted, nil
}

// recordOperations returns the operations of a change of the record that is in the frame. If there
// are constraints or a RETURNING, the frame holds the new values then.
func recordOperations(c *plan.Change, env *bind.Env) ([]protocol.Operation, error) {
	ops := make([]protocol.Operation, 0, len(c.Set)+1)
	null := false
	for i := range c.Set {
		s := &c.Set[i]
		at := -1
		if len(s.Path) > 0 {
			at = slices.IndexFunc(ops, func(op protocol.Operation) bool { return op.Bin == s.Bin })
		}
		if at >= 0 { // another path into the same bin
			v, err := changedPath(c, s, ops[at].Value, env)
			if err != nil {
				return nil, err
			}
			ops[at].Value = v
			continue
		}
		v, err := newValue(c, s, env)
		if err == nil {
			v, err = assigned(s, v, env)
		}
		if err != nil {
			return nil, err
		}
		null = null || v.IsNil()
		ops = append(ops, protocol.Operation{Code: protocol.OpWrite, Bin: s.Bin, Value: v})
	}
	if len(c.Checks) > 0 || c.Returning != nil {
		showChanged(c, ops, env)
	}
	if null && c.Declared {
		ops = append(ops, markerOperation())
	}
	return ops, checkAll(c.Checks, env)
}

// showChanged puts the new values and the new generation of a record into the frame.
func showChanged(c *plan.Change, ops []protocol.Operation, env *bind.Env) {
	for _, op := range ops {
		for i := range c.Set {
			if t := c.Set[i].Target; t != nil && c.Set[i].Bin == op.Bin {
				env.Row[t.Slot] = op.Value
			}
		}
	}
	r := c.Scan.Relation
	for i := range r.Columns {
		if r.Columns[i].Pseudo != bind.Generation {
			continue
		}
		n, _ := env.Row[r.Base+i].Int()
		env.Row[r.Base+i] = protocol.Int(n%maxGeneration + 1)
	}
}

// maxGeneration is the largest generation of a record; 1 follows.
const maxGeneration = 0xFFFF

// checkAll returns an error if a CHECK constraint is false. An unknown one is met.
func checkAll(checks []bind.Check, env *bind.Env) error {
	for i := range checks {
		v := checks[i].X.Eval(env)
		if env.Run.Err != nil {
			return env.Run.Err
		}
		if holds, isBool := v.Bool(); isBool && !holds {
			return &CheckError{Check: checks[i].Text}
		}
	}
	return nil
}

// A CheckError means that a row does not meet a CHECK constraint.
type CheckError struct{ Check string }

// Error returns the constraint.
func (e *CheckError) Error() string { return "the row does not meet CHECK (" + e.Check + ")" }

// newValue computes the value of an assignment from the record in the frame. In an undeclared set,
// a value that is NULL only because a bin is missing is an error.
func newValue(c *plan.Change, s *plan.BinChange, env *bind.Env) (protocol.Value, error) {
	if len(s.Path) > 0 {
		return changedPath(c, s, env.Row[s.Target.Slot], env)
	}
	v := startedValue(s, env)
	if !v.IsNil() || env.Run.Err != nil {
		return v, nil
	}
	return v, lostValue(c, s, env)
}

// startedValue computes a value in which a missing bin counts as 0 or an empty string.
func startedValue(s *plan.BinChange, env *bind.Env) protocol.Value {
	if s.Start.IsNil() || s.Target == nil || !env.Row[s.Target.Slot].IsNil() {
		return s.Value.Eval(env)
	}
	defer func() { env.Row[s.Target.Slot] = protocol.Nil() }()
	env.Row[s.Target.Slot] = s.Start
	v := s.Value.Eval(env)
	if v.IsNil() && s.Start.Kind() == protocol.KindString {
		env.Row[s.Target.Slot] = protocol.Blob([]byte{})
		v = s.Value.Eval(env)
	}
	return v
}
