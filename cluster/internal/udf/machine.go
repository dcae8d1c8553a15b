package udf

import (
	"context"
	"errors"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/protocol"
)

// Limits of one run of a function. The real server has none for memory but its own.
const (
	maxMemory = 128 << 20 // bytes by which the heap may grow
	// maxCallDepth is below what the real server's stack would hold: gopher-lua reports an overflow in a time that grows with the
	// square of the depth, and nothing can interrupt it.
	maxCallDepth = 1 << 12
	maxRegisters = 1_000_000
	valueCost    = 16 // bytes that an element of a list is counted as
)

// A machine is a state of Lua with the server's libraries. It runs one function at
// a time; what functions leave in global variables stays for the next one.
type machine struct {
	state         *lua.LState
	metatables    map[string]*lua.LTable
	stringMethods *lua.LTable
	host          Host
	system        *lua.LUserData // the object aerospike
	budget        budget
	most          int // bytes by which the heap may grow while a function runs
	nested        int // protected calls and coroutines under way
}

// A Host is what functions reach outside of their record.
type Host struct {
	// Now gives the time in milliseconds since 1970.
	Now func() int64
	// Log takes what functions log: level 1 is a warning, 2 information, 3 and
	// more are details. It may be nil.
	Log func(level int64, message string)
}

func newMachine(most int) *machine {
	m := &machine{most: most, state: lua.NewState(lua.Options{
		SkipOpenLibs: true, MinimizeStackMemory: true, CallStackSize: maxCallDepth,
		RegistrySize: 1 << 10, RegistryMaxSize: maxRegisters, RegistryGrowStep: 1 << 12,
	}), metatables: make(map[string]*lua.LTable)}
	m.openLibraries()
	return m
}

func (m *machine) log(level int64, message string) {
	if m.host.Log != nil {
		m.host.Log(level, message)
	}
}

func (m *machine) now() int64 {
	if m.host.Now == nil {
		return 0
	}
	return m.host.Now()
}

// openLibraries puts the libraries in place.
func (m *machine) openLibraries() {
	for _, class := range []string{"List", "Map", "Bytes", "GeoJSON", "Record", "Aerospike", "Stream"} {
		t := m.state.NewTable()
		t.RawSetString("__name", lua.LString(class))
		m.metatables[class] = t
	}
	for _, class := range []string{"Map", "List", "Bytes"} {
		m.state.SetGlobal(class, m.metatables[class])
	}
	m.openStandard()
	m.openObject("list", m.listLibrary(), m.listConstruct)
	m.openObject("map", m.mapLibrary(), m.mapConstruct)
	m.openObject("bytes", m.bytesLibrary(), m.bytesConstruct)
	m.openObject("geojson", nil, m.geoConstruct)
	m.openObject("record", m.recordLibrary(), nil)
	m.openObject("stream", m.streamLibrary(), nil)
	methods := m.table(m.systemLibrary())
	m.metatables["Aerospike"].RawSetString("__index", methods)
	m.system = m.box(system{methods})
	for _, code := range written() {
		m.state.Push(m.load(code))
		m.state.Call(0, 0)
	}
}

// openObject makes the global table of a class, which can be called if construct is given.
func (m *machine) openObject(name string, functions library, construct func(call) int) {
	t := m.table(functions)
	if construct != nil {
		meta := m.state.NewTable()
		meta.RawSetString("__call", m.function(name, construct))
		meta.RawSetString("__metatable", t)
		t.Metatable = meta
	}
	m.state.SetGlobal(name, t)
}

// A RunError is why a function did not return a value: its text is what Lua says
// about it, or stands for an error that is no text.
type RunError struct {
	Text   string
	raised lua.LValue // what the error was raised with, nil if that is Text
}

// Error gives the text.
func (e *RunError) Error() string { return e.Text }

// unexpected stands for errors that are no text (docs/wire-cdt-exp.md#10.2).
const unexpected = "result value type unexpected"

// call calls a function and takes what it returns, which may itself fail, under the limits of ctx.
func (m *machine) call(ctx context.Context, host Host, f lua.LValue, arguments []lua.LValue, take func(lua.LValue)) error {
	return m.run(ctx, host, m.state.NewFunction(func(L *lua.LState) int {
		L.Insert(f, 1)
		L.Call(L.GetTop()-1, 1)
		take(L.Get(-1))
		return 0
	}), arguments...)
}

// run calls a function under the limits of ctx.
func (m *machine) run(ctx context.Context, host Host, f lua.LValue, arguments ...lua.LValue) error {
	m.budget, m.host = budget{ctx: ctx, left: stepsAtOnce, looks: looksAtOnce, last: time.Now()}, host
	m.state.SetContext(&watch{context.Background(), m, m.state})
	defer m.state.RemoveContext()
	m.state.Push(f)
	for _, a := range arguments {
		m.state.Push(a)
	}
	if err := m.state.PCall(len(arguments), 0, nil); err != nil {
		raised := failureValue(err)
		return &RunError{failureText(raised), raised}
	}
	return nil
}

// failureText gives the text of an error that a function has ended with.
func failureText(raised lua.LValue) string {
	text, ok := raised.(lua.LString)
	if !ok {
		return unexpected
	}
	return cString(string(text))
}

// failureValue gives what an error of gopher-lua was raised with. Of its own errors, those about its stacks have the words
// of Lua 5.4.
func failureValue(err error) lua.LValue {
	const stack, registry = "stack overflow", "registry overflow"
	var failure *lua.ApiError
	if !errors.As(err, &failure) {
		return lua.LString(err.Error())
	}
	if failure.Type == lua.ApiErrorPanic || failure.Object == nil {
		text := failure.Error()
		if strings.Contains(text, "overflow") {
			text = stack
		}
		return lua.LString(text)
	}
	if text, ok := failure.Object.(lua.LString); ok && strings.HasSuffix(string(text), registry) {
		return lua.LString(strings.TrimSuffix(string(text), registry) + stack)
	}
	return failure.Object
}

// arguments gives values to Lua.
func (m *machine) arguments(values []protocol.Value) []lua.LValue {
	list := make([]lua.LValue, len(values))
	for i, v := range values {
		list[i] = m.fromValue(v)
	}
	return list
}
