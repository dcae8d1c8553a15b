package exec

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/plan"
)

// changedPath returns a collection after an assignment to a path in it. A key that a map does not
// have is added, and a missing bin or map below a string key is created. An index must be that of
// an element, or the length of the list, which appends one. NULL is stored as the element.
func changedPath(c *plan.Change, s *plan.BinChange, in protocol.Value, env *bind.Env) (protocol.Value, error) {
	steps, err := stepsOf(s.Path, env)
	if err != nil {
		return in, err
	}
	v, err := elementValue(s, steps, env)
	if err != nil {
		return v, err
	}
	if v.IsNil() {
		if err := lostValue(c, s, env); err != nil {
			return v, err
		}
	}
	return withElement(in, steps, v, s.Name)
}

// stepsOf returns the values of the steps of a path.
func stepsOf(path []bind.Expr, env *bind.Env) ([]protocol.Value, error) {
	steps := make([]protocol.Value, len(path))
	for i, step := range path {
		steps[i] = step.Eval(env)
		if err := evaluationError(steps[i], env); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

// elementValue computes the new value of an element, in which a missing element counts as the Start
// of the change.
func elementValue(s *plan.BinChange, steps []protocol.Value, env *bind.Env) (protocol.Value, error) {
	v := s.Value.Eval(env)
	if err := evaluationError(v, env); err != nil || !v.IsNil() || s.Start.IsNil() {
		return v, err
	}
	old := env.Row[s.Target.Slot]
	if element := (&bind.Path{X: s.Target, Steps: s.Path}).Eval(env); !element.IsNil() {
		return v, nil
	}
	started, err := withElement(old, steps, s.Start, s.Name)
	if err != nil {
		return v, err
	}
	defer func() { env.Row[s.Target.Slot] = old }()
	env.Row[s.Target.Slot] = started
	v = s.Value.Eval(env)
	return v, evaluationError(v, env)
}

// withElement returns a copy of a collection with the element that steps lead to replaced.
func withElement(in protocol.Value, steps []protocol.Value, v protocol.Value, name string) (protocol.Value, error) {
	if len(steps) == 0 {
		return v, nil
	}
	if in.Kind() == protocol.KindInvalid {
		return in, in.Err()
	}
	at := steps[0]
	if elements, isList := in.List(); isList {
		return withListElement(in, elements, steps, v, name)
	}
	pairs, isMap := in.Map()
	if !isMap && !in.IsNil() {
		return in, ast.Errorf(ast.ErrType, "the path in the column %s leads to a value of the kind %v", name, in.Kind())
	}
	if !at.CanBeMapKey() || in.IsNil() && at.Kind() != protocol.KindString {
		return in, ast.Errorf(ast.ErrType, "the path in the column %s: %v can't be a key of a map", name, at)
	}
	i := slices.IndexFunc(pairs, func(p protocol.Pair) bool { return p.Key.Kind() == at.Kind() && protocol.Compare(p.Key, at) == 0 })
	var old protocol.Value
	if i >= 0 {
		old = pairs[i].Value
	}
	changed, err := withElement(old, steps[1:], v, name)
	if err != nil {
		return in, err
	}
	pairs = slices.Clone(pairs)
	if i >= 0 {
		pairs[i].Value = changed
	} else {
		pairs = append(pairs, protocol.Pair{Key: at, Value: changed})
		slices.SortStableFunc(pairs, func(x, y protocol.Pair) int { return protocol.Compare(x.Key, y.Key) })
	}
	order := in.Order()
	if in.IsNil() {
		order = protocol.Ordered
	}
	return protocol.MapWithOrder(order, pairs), nil
}

func withListElement(in protocol.Value, elements, steps []protocol.Value, v protocol.Value, name string) (protocol.Value, error) {
	n, isInt := steps[0].Int()
	if n < 0 {
		n += int64(len(elements))
	}
	if !isInt || n < 0 || n > int64(len(elements)) {
		return in, ast.Errorf(ast.ErrArguments, "the path in the column %s: %v is not an index of a list of %d elements", name, steps[0], len(elements))
	}
	elements = slices.Clone(elements)
	if n == int64(len(elements)) {
		elements = append(elements, protocol.Nil())
	}
	changed, err := withElement(elements[n], steps[1:], v, name)
	if err != nil {
		return in, err
	}
	elements[n] = changed
	return protocol.ListWithOrder(in.Order(), elements), nil
}
