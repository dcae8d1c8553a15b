package bind

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
)

// maxInlineArgs is the number of arguments of a call that need no allocation.
const maxInlineArgs = 4

// Eval calls the function.
func (e *Call) Eval(env *Env) protocol.Value {
	var inline [maxInlineArgs]protocol.Value
	args := inline[:0]
	for i, a := range e.Args {
		v := a.Eval(env)
		p := e.Function.Params[min(i, len(e.Function.Params)-1)]
		if e.Function.Strict && (v.IsNil() || p.Kinds&(1<<v.Kind()) == 0) {
			return protocol.Nil()
		}
		args = append(args, v)
	}
	return e.Function.Eval(&env.Run.Context, args)
}

// Eval follows the path. A step that leads nowhere gives NULL.
func (e *Path) Eval(env *Env) protocol.Value {
	v := e.X.Eval(env)
	for i, s := range e.Steps {
		if e.Through != nil && e.Through[i]&(1<<v.Kind()) == 0 {
			return protocol.Nil()
		}
		if v = step(v, s.Eval(env)); v.IsNil() {
			break
		}
	}
	return v
}

// step returns the element of a list at an index, counted from the end if it is negative, or the
// value of a key of a map.
func step(v, at protocol.Value) protocol.Value {
	if elements, ok := v.List(); ok {
		i, ok := at.Int()
		if i < 0 {
			i += int64(len(elements))
		}
		if !ok || i < 0 || i >= int64(len(elements)) {
			return protocol.Nil()
		}
		return elements[i]
	}
	pairs, _ := v.Map()
	for _, p := range pairs {
		if p.Key.Kind() == at.Kind() && protocol.Compare(p.Key, at) == 0 {
			return p.Value
		}
	}
	return protocol.Nil()
}

// Eval returns a list of the elements.
func (e *Array) Eval(env *Env) protocol.Value {
	elements := make([]protocol.Value, len(e.Elements))
	for i, x := range e.Elements {
		elements[i] = x.Eval(env)
	}
	return protocol.List(elements...)
}

// Eval returns a map that is ordered by key. NULL as a key gives NULL. Of equal keys the last one
// counts.
func (e *MapLiteral) Eval(env *Env) protocol.Value {
	pairs := make([]protocol.Pair, 0, len(e.Keys))
	for i, k := range e.Keys {
		key := k.Eval(env)
		if !key.CanBeMapKey() {
			return protocol.Nil()
		}
		p := protocol.Pair{Key: key, Value: e.Values[i].Eval(env)}
		at, found := slices.BinarySearchFunc(pairs, p, func(x, y protocol.Pair) int { return protocol.Compare(x.Key, y.Key) })
		if found {
			pairs[at] = p
			continue
		}
		pairs = slices.Insert(pairs, at, p)
	}
	return protocol.MapWithOrder(protocol.Ordered, pairs)
}
