package udf

import (
	"context"
	"errors"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/protocol"
)

// Limits of one call of a function. A real server limits only its own memory.
const (
	maxMemory = 128 << 20 // bytes by which the heap may grow
	// maxCallDepth is lower than what a real server's stack can hold. gopher-lua needs time
	// quadratic in the depth to report an overflow, and nothing can interrupt it.
	maxCallDepth = 1 << 12
	maxRegisters = 1_000_000
	valueCost    = 16 // bytes charged for one element of a list
)

// A machine is a Lua state with the server's libraries. It runs one function at a time. Global
// variables keep their values from one function to the next.
type machine struct {
	state         *lua.LState
	metatables    map[string]*lua.LTable
	stringMethods *lua.LTable
	host          Host
	system        *lua.LUserData // the global object aerospike
	budget        budget
	memoryLimit   int // bytes by which the heap may grow while a function runs
	nested        int // active protected calls and coroutines
	indexCalls    int // calls of __index functions
	binders       [2]lua.LValue
}

// A Host provides what functions can reach besides their record.
type Host struct {
	// Now returns the time in milliseconds since 1970.
	Now func() int64
	// Log receives the messages that functions log: level 1 is a warning, 2 is information, 3 and
	// above are details. It may be nil.
	Log func(level int64, message string)
}

func newMachine(most int) *machine {
	m := &machine{memoryLimit: most, state: lua.NewState(lua.Options{
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

// openLibraries installs the libraries.
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
	for _, code := range serverChunks() {
		m.state.Push(m.load(m.state, code))
		m.state.Call(0, 0)
	}
}

// openObject creates the global table of a class. The table can be called if construct is not nil.
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

// A RunError reports why a function did not return a value. Text is Lua's message, or a fixed text
// if the function raised a value that is not a string.
type RunError struct {
	Text   string
	raised lua.LValue // the value that the error was raised with, nil if that is Text
}

// Error returns Text.
func (e *RunError) Error() string { return e.Text }

// unexpected is the text of errors that are not strings (docs/wire-cdt-exp.md#10.2).
const unexpected = "result value type unexpected"

// call calls f and passes its result to take, under the limits of ctx. take may raise errors too.
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
	m.budget, m.host = budget{ctx: ctx, left: clockInterval, clockChecks: memoryInterval, checked: time.Now()}, host
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

// failureText returns the text of an error that ended a function.
func failureText(raised lua.LValue) string {
	text, ok := raised.(lua.LString)
	if !ok {
		return unexpected
	}
	return cString(string(text))
}

// failureValue returns the value that an error of gopher-lua was raised with. Its errors about
// stack overflows get the words of Lua 5.4.
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

// arguments converts values to Lua.
func (m *machine) arguments(values []protocol.Value) []lua.LValue {
	list := make([]lua.LValue, len(values))
	for i, v := range values {
		list[i] = m.fromValue(v)
	}
	return list
}
