package udf

import (
	"context"
	"iter"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/protocol"
)

// maxAggregate is the number of values after which an accumulator is emitted and a new one begins
// (docs/wire-cdt-exp.md#10.6).
const maxAggregate = 1000

// A side says which part of a stream function runs: the server's or the client's.
type side uint8

const (
	serverSide side = iota
	clientSide
)

// reducing is the operation at which the two parts meet. Both run it (docs/wire-cdt-exp.md#10.6).
const reducing = "reduce"

// operationsFor returns the operations that a side runs: the server those up to the first reduce,
// the client those from there on.
func operationsFor(s side, all []operation) []operation {
	first := slices.IndexFunc(all, func(o operation) bool { return o.name == reducing })
	switch {
	case s == serverSide && first >= 0:
		return all[:first+1]
	case s == serverSide:
		return all
	case first >= 0:
		return all[first:]
	}
	return nil
}

// Stream calls a function on a stream of records and runs the server's part of it: everything up to
// its first reduce. The records of one partition make a stream. Stream calls emit with each result
// until emit returns false. A record among the results becomes nil. The error is a *RunError.
func (s *Modules) Stream(ctx context.Context, c Call, records iter.Seq[*Record], emit func(protocol.Value) bool) error {
	return stream(ctx, s, serverSide, c, records, func(m *machine, r *Record) lua.LValue {
		r.machine = m
		return m.box(r)
	}, emit)
}

// Finish calls a function on the results of Stream, from all partitions, and runs the client's part
// of it: everything from its first reduce on. A nil among the values ends the stream.
func (s *Modules) Finish(ctx context.Context, c Call, values iter.Seq[protocol.Value], emit func(protocol.Value) bool) error {
	return stream(ctx, s, clientSide, c, values, (*machine).fromValue, emit)
}

// stream runs one side of a function on a stream of inputs. input converts each to Lua.
func stream[T any](ctx context.Context, s *Modules, side side, c Call, inputs iter.Seq[T], input func(*machine, T) lua.LValue, emit func(protocol.Value) bool) error {
	mod, m, f, err := s.prepare(ctx, c)
	if err != nil {
		if text := err.(*RunError).Text; text != noModule {
			err = &RunError{Text: streamFailure + text}
		}
		return err
	}
	defer mod.release(m)
	next, stop := iter.Pull(inputs)
	defer stop()
	p := &pipeline{machine: m, side: side, emit: emit, inputs: func(*lua.LState) lua.LValue {
		v, ok := next()
		if !ok {
			return lua.LNil
		}
		return input(m, v)
	}}
	arguments := append([]lua.LValue{f}, m.arguments(c.Arguments)...)
	if err := m.run(ctx, c.Host, m.state.NewFunction(p.run), arguments...); err != nil {
		return &RunError{Text: streamFailure + err.(*RunError).Text}
	}
	return nil
}

// A pipeline runs a stream through the operations of a function.
type pipeline struct {
	machine *machine
	side    side
	inputs  source
	emit    func(protocol.Value) bool
}

// An operation is one step of a stream. Lua holds it as a userdata in the list ops of a stream
// object.
type operation struct {
	name      string
	arguments []lua.LValue
}

// A source returns the values of a stream one by one, then nil.
type source func(L *lua.LState) lua.LValue

// steps maps the names of operations to functions that apply one to a source.
var steps = map[string]func(p *pipeline, from source, arguments []lua.LValue) source{
	"filter": (*pipeline).filter, "map": (*pipeline).transform, reducing: (*pipeline).reduce, "aggregate": (*pipeline).aggregate,
}

// run calls the function, which returns a description of the operations, and runs them.
func (p *pipeline) run(L *lua.LState) int {
	f := L.Get(1)
	L.Remove(1)
	count := L.GetTop()
	arguments := make([]lua.LValue, count)
	for i := range arguments {
		arguments[i] = L.Get(i + 1)
	}
	described := invoke(L, 0, "f", f, append([]lua.LValue{p.machine.newStream()}, arguments...)...)
	from := p.inputs
	for _, o := range operationsFor(p.side, operationsOf(L, described)) {
		from = steps[o.name](p, from, o.arguments)
	}
	for v := from(L); v != lua.LNil; v = from(L) {
		if isStorable(v) && !p.emit(returned(v)) {
			return 0
		}
	}
	return 0
}

// invoke calls a function for one value. An error is reported at the line of the server's own code
// that makes the call, with the name that the function has there.
func invoke(L *lua.LState, line int, name string, f lua.LValue, arguments ...lua.LValue) lua.LValue {
	if !isCallable(L, f) {
		raiseAt(L, streamChunk, line, "attempt to call a "+typeName(L, f)+" value (upvalue '"+name+"')")
	}
	L.Push(f)
	for _, a := range arguments {
		L.Push(a)
	}
	L.Call(len(arguments), 1)
	v := L.Get(-1)
	L.Pop(1)
	return v
}

// operationsOf returns the operations of the stream object that a function returned. It should be
// the one that the function received.
func operationsOf(L *lua.LState, stream lua.LValue) []operation {
	t, ok := stream.(*lua.LTable)
	if !ok {
		raiseAt(L, applyChunk, 33, "attempt to index a "+typeName(L, stream)+" value (global 'result')")
	}
	var list []operation
	ops, _ := t.RawGetString("ops").(*lua.LTable)
	for i := 1; ops != nil; i++ {
		u, ok := ops.RawGetInt(i).(*lua.LUserData)
		if !ok {
			break
		}
		if o, ok := u.Value.(operation); ok {
			list = append(list, o)
		}
	}
	return list
}

// newStream returns the object with which a function describes its operations.
func (m *machine) newStream() *lua.LTable {
	methods := m.state.NewTable()
	for name := range steps {
		methods.RawSetString(name, m.function(name, func(c call) int {
			var arguments []lua.LValue
			for i := 2; i <= c.GetTop(); i++ {
				arguments = append(arguments, c.Get(i))
			}
			return m.addOperation(c, operation{name, arguments})
		}))
	}
	methods.RawSetString("groupby", m.function("groupby", m.groupBy))
	meta := m.state.NewTable()
	meta.RawSetString("__index", methods)
	s := m.state.NewTable()
	s.RawSetString("ops", m.state.NewTable())
	s.Metatable = meta
	return s
}

func (m *machine) addOperation(c call, o operation) int {
	s := c.table(1)
	if ops, ok := s.RawGetString("ops").(*lua.LTable); ok {
		u := m.state.NewUserData()
		u.Value = o
		ops.Append(u)
	}
	return c.push(s)
}

// groupBy collects the values of each key in a list, and concatenates the lists in its reduce.
func (m *machine) groupBy(c call) int {
	f := c.Get(2)
	gather := m.function("groupby", func(c call) int {
		groups, v := objectAt[*dictionary](c, 1), c.Get(2)
		key := lua.LValue(lua.LNil)
		if f != lua.LNil {
			key = invoke(c.LState, 0, "f", f, v)
		}
		old := groups.lookup(key)
		u, isList := old.(*lua.LUserData)
		if !isList {
			u = m.box(m.listOf(nil))
			groups.put(key, u)
		}
		l := u.Value.(*list)
		l.insert(c, len(l.elements), v)
		return c.push(c.Get(1))
	})
	join := m.function("groupby", m.listMerge)
	merge := m.function("groupby", func(c call) int {
		c.SetTop(2)
		c.Push(join)
		return m.mapMerge(c)
	})
	m.addOperation(c, operation{"aggregate", []lua.LValue{m.box(&dictionary{machine: m}), gather}})
	return m.addOperation(c, operation{reducing, []lua.LValue{merge}})
}

func argument(arguments []lua.LValue, i int) lua.LValue {
	if i < len(arguments) {
		return arguments[i]
	}
	return lua.LNil
}

func (p *pipeline) filter(from source, arguments []lua.LValue) source {
	f := argument(arguments, 0)
	return func(L *lua.LState) lua.LValue {
		for v := from(L); v != lua.LNil; v = from(L) {
			if lua.LVAsBool(invoke(L, 36, "p", f, v)) {
				return v
			}
		}
		return lua.LNil
	}
}

// transform implements map. A nil result ends the stream.
func (p *pipeline) transform(from source, arguments []lua.LValue) source {
	f := argument(arguments, 0)
	return func(L *lua.LState) lua.LValue {
		v := from(L)
		if v == lua.LNil {
			return lua.LNil
		}
		return invoke(L, 50, "f", f, v)
	}
}

func (p *pipeline) reduce(from source, arguments []lua.LValue) source {
	f, done := argument(arguments, 0), false
	return func(L *lua.LState) lua.LValue {
		if done {
			return lua.LNil
		}
		done = true
		result := from(L)
		if result == lua.LNil {
			return result
		}
		for v := from(L); v != lua.LNil; v = from(L) {
			result = invoke(L, 63, "f", f, result, v)
		}
		return result
	}
}

func (p *pipeline) aggregate(from source, arguments []lua.LValue) source {
	initial, f, done := argument(arguments, 0), argument(arguments, 1), false
	return func(L *lua.LState) lua.LValue {
		if done {
			return lua.LNil
		}
		result := p.machine.copyOf(initial)
		for v := from(L); v != lua.LNil; v = from(L) {
			result = invoke(L, 76, "f", f, result, v)
			if n, ok := numberOf(result); ok && n.asFloat() >= maxAggregate {
				return result
			}
		}
		done = true
		return result
	}
}

// copyOf returns a copy of a value, so that changes do not affect the original.
func (m *machine) copyOf(v lua.LValue) lua.LValue {
	switch v := v.(type) {
	case *lua.LTable:
		t := m.state.NewTable()
		v.ForEach(func(key, element lua.LValue) { t.RawSet(key, element) })
		return t
	case *lua.LUserData:
		switch o := v.Value.(type) {
		case *dictionary:
			pairs := slices.DeleteFunc(slices.Clone(o.pairs), func(p pair) bool { return p.element == lua.LNil })
			return m.box(&dictionary{machine: m, pairs: pairs})
		case *list:
			return m.box(m.listOf(slices.Clone(o.untilNil())))
		}
		return lua.LNil
	}
	return v
}

// streamLibrary returns the functions of the global table stream. They report the end of the stream
// at once, because a function has no stream of its own to read or write.
func (m *machine) streamLibrary() library {
	return library{
		"read":     func(c call) int { return c.push(lua.LNil) },
		"write":    func(c call) int { return c.push(lua.LNumber(-1)) },
		"readable": func(c call) int { return c.push(lua.LFalse) },
		"writable": func(c call) int { return c.push(lua.LFalse) },
	}
}
