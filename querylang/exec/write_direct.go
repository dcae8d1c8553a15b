package exec

import (
	"slices"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// directOperations are the operations of a change that does not read the record.
type directOperations struct {
	ops []protocol.Operation
	// lists are bins that must be lists: an operation on an element by its index would create a
	// list where the bin is missing.
	lists []string
}

// directOperationsOf returns the operations of a change that does not read the record, without
// those of RETURNING. It returns ok false if the server would not compute what SELECT does.
func directOperationsOf(c *plan.Change, env *bind.Env) (d directOperations, ok bool, err error) {
	if c.Delete {
		return d, true, nil
	}
	d.ops = make([]protocol.Operation, 0, len(c.Set)+1)
	null := false
	for i := range c.Set {
		s := &c.Set[i]
		op := protocol.Operation{Code: protocol.OpWrite, Bin: s.Bin}
		switch {
		case s.Op == plan.BinPut:
			op.Value, err = assigned(s, s.Value.Eval(env), env)
			null = null || op.Value.IsNil()
			ok = true
		case s.Op == plan.BinCall:
			if ok, err = d.calls(s, env); ok && err == nil {
				continue
			}
		case s.Op == plan.BinPath:
			op, ok, err = d.element(s, s.Value.Eval(env), env)
		default:
			if ok, err = d.operands(s, env); ok && err == nil {
				continue
			}
		}
		if err != nil || !ok {
			return directOperations{}, false, err
		}
		d.ops = append(d.ops, op)
	}
	if null && c.Declared {
		d.ops = append(d.ops, markerOperation())
	}
	return d, true, nil
}

// operands adds the operations that add numbers to a number, or join texts or blobs. It returns
// false if there are none.
func (d *directOperations) operands(s *plan.BinChange, env *bind.Env) (ok bool, err error) {
	var inline [4]protocol.Value
	values, ok, err := operandsOf(inline[:0], s, env)
	if !ok || err != nil {
		return false, err
	}
	for _, v := range values {
		op := protocol.Operation{Code: operationCodes[s.Op], Bin: s.Bin, Value: v}
		if len(s.Path) > 0 {
			if v.Kind() != protocol.KindInt {
				return false, nil // an integer to which a float is added would stay one
			}
			if op, ok, err = d.element(s, v, env); !ok || err != nil {
				return false, err
			}
		}
		d.ops = append(d.ops, op)
	}
	return true, nil
}

// element returns the operation that stores a value as an element of a list or map, or adds a
// number to it, as changedPath does. It returns false if there is none. If the record does not have
// the lists and maps on the way, the operation fails, but for maps that changedPath creates.
func (d *directOperations) element(s *plan.BinChange, v protocol.Value, env *bind.Env) (op protocol.Operation, ok bool, err error) {
	if err := evaluationError(v, env); err != nil {
		return op, false, err
	}
	steps, ok, err := samePath(s, env)
	if !ok || err != nil {
		return op, false, err
	}
	last := len(steps) - 1
	in := make(cdt.Context, last)
	for i, step := range steps[:last] {
		if in[i], ok = contextStep(step, isText(steps[i+1])); !ok {
			return op, false, nil
		}
	}
	if isText(steps[last]) {
		policy := cdt.MapPolicy{Order: protocol.Ordered}
		if s.Op == plan.BinAdd {
			return cdt.MapIncrement(s.Bin, steps[last], v, policy, in), true, nil
		}
		return cdt.MapPut(s.Bin, steps[last], v, policy, in), true, nil
	}
	n, isInt := steps[last].Int()
	if !isInt || n != int64(int(n)) {
		return op, false, nil
	}
	if last == 0 {
		d.lists = append(d.lists, s.Bin)
	}
	policy := cdt.ListPolicy{Flags: cdt.InsertBounded}
	if s.Op == plan.BinAdd {
		return cdt.ListIncrement(s.Bin, int(n), v, policy, in), true, nil
	}
	return cdt.ListSet(s.Bin, int(n), v, policy, in), true, nil
}

// samePath returns the steps of the path of a change. It returns false if the value changes another
// element.
func samePath(s *plan.BinChange, env *bind.Env) (steps []protocol.Value, same bool, err error) {
	if steps, err = stepsOf(s.Path, env); err != nil {
		return nil, false, err
	}
	from, err := stepsOf(s.From, env)
	if err != nil {
		return nil, false, err
	}
	return steps, s.From == nil || slices.EqualFunc(steps, from, func(x, y protocol.Value) bool {
		return x.Kind() == y.Kind() && protocol.Compare(x, y) == 0
	}), nil
}

// calls adds the operations that change a value as functions do. It returns false if there are
// none.
func (d *directOperations) calls(s *plan.BinChange, env *bind.Env) (ok bool, err error) {
	steps, ok, err := samePath(s, env)
	if !ok || err != nil {
		return false, err
	}
	var in cdt.Context
	for i, step := range steps {
		next, ok := contextStep(step, i+1 < len(steps) && isText(steps[i+1]))
		if !ok {
			return false, nil
		}
		in = append(in, next)
	}
	for _, call := range s.Calls {
		args := make([]protocol.Value, len(call.Args)-1)
		for i := range args {
			args[i] = call.Args[i+1].Eval(env)
			if err := evaluationError(args[i], env); err != nil {
				return false, err
			}
		}
		op, ok := call.Function.Change(s.Bin, args, in)
		if !ok {
			return false, nil
		}
		d.ops = append(d.ops, op)
	}
	return true, nil
}

func isText(v protocol.Value) bool { return v.Kind() == protocol.KindString }

// contextStep returns the step to the element of a list or map. A map on the way to the key of a
// map is created.
func contextStep(v protocol.Value, toMap bool) (cdt.Step, bool) {
	if isText(v) && toMap {
		return cdt.MapKeyCreate(v, protocol.Ordered), true
	}
	if isText(v) {
		return cdt.MapKey(v), true
	}
	n, isInt := v.Int()
	return cdt.ListIndex(int(n)), isInt && n == int64(int(n))
}

// restrict adds the condition that the bins of lists are lists to the filter of a policy. It
// returns false if the policy has another filter.
func (d *directOperations) restrict(p *cluster.WritePolicy) (ok bool, err error) {
	switch {
	case len(d.lists) == 0:
		return true, nil
	case p.Filter != nil:
		return false, nil
	}
	p.Filter, err = d.filter()
	return true, err
}

// filter returns the packed condition that the bins of lists are lists.
func (d *directOperations) filter() ([]byte, error) {
	conditions := make([]exp.Bool, len(d.lists))
	for i, bin := range d.lists {
		conditions[i] = exp.Eq(exp.BinType(bin), exp.IntVal(int64(protocol.ParticleList)))
	}
	if len(conditions) == 1 {
		return exp.Pack(conditions[0])
	}
	return exp.Pack(exp.And(conditions...))
}

// otherType reports whether the server could not compute an operation of a change, for example
// because a bin has another type. Nothing is written then, and the client computes the change, as
// SELECT would.
func otherType(c *plan.Change, err error) bool {
	if !refused(err, protocol.BinTypeError, protocol.OpNotApplicable, protocol.ParameterError, protocol.ElementNotFound, protocol.BinNotFound) {
		return false
	}
	binType := refused(err, protocol.BinTypeError)
	for i := range c.Set {
		if s := &c.Set[i]; s.Op == plan.BinCall || len(s.Path) > 0 || s.Op != plan.BinPut && binType {
			return true
		}
	}
	return false
}
