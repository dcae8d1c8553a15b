package udf

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/protocol"
)

// Suffix is the suffix of Lua file names. Commands name modules without it.
const Suffix = ".lua"

// Errors that do not come from Lua (docs/wire-cdt-exp.md#10.2 and 10.6).
const (
	noModule      = "UDF: Execution Error 1"
	streamFailure = "UDF: Execution Error 2 : "
	noFunction    = "function not found"
	// maxArguments is the maximum number of arguments. The stack needs room for them twice. A real
	// server accepts up to 999,900.
	maxArguments     = 400_000
	tooManyArguments = "UDF: Execution Error 2"
	// noMessage is the message if a module fails to load with an error that is neither a string nor
	// a number.
	noMessage = "(Null error message returned by lua)"
)

// machines is the number of machines per module. A call takes the machine that has been idle
// longest. maxWaiting is the maximum number of idle machines, which can exceed machines after
// concurrent calls. As on a real server, a later call sees the global variables of an earlier one
// only if it gets the same machine.
const (
	machines = 10
	maxIdle  = 128
)

// Modules holds registered modules, by name without suffix. The zero value is empty. It is safe for
// concurrent use.
type Modules struct {
	mu          sync.Mutex
	modules     map[string]*module
	memoryLimit int // bytes that a function may allocate, 0 means maxMemory
}

// A module is compiled code, with machines that have loaded it.
type module struct {
	code    *lua.FunctionProto // nil if the file does not compile
	cleared bool               // machines are no longer reused

	mu   sync.Mutex
	made int
	idle []*machine
}

// Check compiles a file and runs it once, as registration requires. file is its name with suffix.
// The file can use other modules only through require.
func (s *Modules) Check(ctx context.Context, file string, source []byte) *CompileError {
	name := chunkName(file)
	m := newMachine(cmp.Or(s.memoryLimit, maxMemory))
	defer m.state.Close()
	m.openRequire(s)
	var failure *CompileError
	err := m.run(ctx, Host{}, m.function("load", func(c call) int {
		code, problem := compile(string(source), name, &guard{c}, 0)
		if failure = problem; failure != nil {
			return 0
		}
		c.Push(m.load(c.LState, code))
		c.Call(0, 0)
		return 0
	}))
	if failure != nil {
		if failure.Line > 0 {
			failure.File = nameInChunk(name)
		}
		return failure
	}
	var problem *RunError
	if !errors.As(err, &problem) {
		return nil
	}
	message, ok := asText(problem.raised)
	if !ok {
		message = noMessage
	}
	return splitMessage(cString(message))
}

// nameInChunk returns the quoted part of a chunk name.
func nameInChunk(name string) string {
	if parts := strings.Split(name, `"`); len(parts) > 1 {
		return parts[1]
	}
	return ""
}

// splitMessage parses a message as the server does: [string "file"]:line: text.
func splitMessage(text string) *CompileError {
	if strings.HasPrefix(text, "[") {
		head, message, okMessage := strings.Cut(text, "]:")
		line, message, okLine := strings.Cut(message, ":")
		if n, err := strconv.Atoi(line); okMessage && okLine && err == nil {
			return &CompileError{File: nameInChunk(head), Line: n, Message: strings.TrimPrefix(message, " ")}
		}
	}
	first, _, _ := strings.Cut(text, "\n")
	return &CompileError{Message: first}
}

// Put registers a file that Check accepted. A file that does not compile is kept too, but calls of
// its functions fail.
func (s *Modules) Put(file string, source []byte) {
	code, _ := compile(string(source), pathName(Path+file), nil, 0)
	s.change(func() { s.modules[strings.TrimSuffix(file, Suffix)] = &module{code: code} }, false)
}

// Remove removes a file.
func (s *Modules) Remove(file string) {
	s.change(func() { delete(s.modules, strings.TrimSuffix(file, Suffix)) }, false)
}

// Clear discards all machines, and with them the global variables of all modules. From then on each
// call gets a new machine, until its module is registered again.
func (s *Modules) Clear() { s.change(func() {}, true) }

// change modifies the modules. It discards all machines, because they may have loaded other
// modules.
func (s *Modules) change(f func(), clear bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.modules == nil {
		s.modules = make(map[string]*module)
	}
	f()
	for name, old := range s.modules {
		s.modules[name] = &module{code: old.code, cleared: old.cleared || clear}
	}
}

func (s *Modules) get(name string) *module {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.modules[cString(name)]
}

// oldestIdle returns the machine that has been idle longest, nil if a new one must be created.
func (mod *module) oldestIdle() *machine {
	mod.mu.Lock()
	defer mod.mu.Unlock()
	if mod.made < machines && !mod.cleared {
		mod.made++
		return nil
	}
	if len(mod.idle) == 0 {
		return nil
	}
	m := mod.idle[0]
	mod.idle = mod.idle[1:]
	return m
}

// take returns a machine that has loaded the module, nil if loading fails.
func (s *Modules) take(ctx context.Context, mod *module) *machine {
	if mod.code == nil {
		return nil
	}
	if m := mod.oldestIdle(); m != nil {
		return m
	}
	m := newMachine(cmp.Or(s.memoryLimit, maxMemory))
	m.openRequire(s)
	if err := m.run(ctx, Host{}, m.load(m.state, mod.code)); err != nil {
		m.state.Close()
		return nil
	}
	m.state.SetGlobal("aerospike", m.system)
	return m
}

func (mod *module) release(m *machine) {
	mod.mu.Lock()
	defer mod.mu.Unlock()
	if len(mod.idle) < maxIdle && !mod.cleared {
		mod.idle = append(mod.idle, m)
		return
	}
	m.state.Close()
}

// openRequire defines require, which loads other registered modules.
func (m *machine) openRequire(s *Modules) {
	loaded := make(map[string]lua.LValue)
	m.state.SetGlobal("require", m.function("require", func(c call) int {
		name := c.text(1)
		if v, ok := loaded[name]; ok {
			return c.push(v)
		}
		if v := m.state.GetGlobal(name); v.Type() == lua.LTTable {
			return c.push(v)
		}
		mod := s.get(name)
		if mod == nil || mod.code == nil {
			c.RaiseError("module '%s' not found:%s", name, searchedPaths(name))
		}
		loaded[name] = lua.LTrue
		c.Push(m.load(c.LState, mod.code))
		c.Push(lua.LString(name))
		c.Call(1, 1)
		if v := c.Get(-1); v != lua.LNil {
			loaded[name] = v
		}
		return c.push(loaded[name])
	}))
}

// scriptPath and libraryPath are the paths that a real server searches for modules. This package
// finds only registered modules.
var (
	scriptPath = []string{
		"/usr/local/share/lua/5.4/?.lua", "/usr/local/share/lua/5.4/?/init.lua",
		"/usr/local/lib/lua/5.4/?.lua", "/usr/local/lib/lua/5.4/?/init.lua", "./?.lua", "./?/init.lua", Path + "?.lua",
	}
	libraryPath = []string{"/usr/local/lib/lua/5.4/?.so", "/usr/local/lib/lua/5.4/loadall.so", "./?.so", Path + "?.so"}
)

// searchedPaths lists where a real server would have searched for a module.
func searchedPaths(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n\tno field package.preload['%s']", name)
	look := func(path []string, name string) {
		for _, template := range path {
			fmt.Fprintf(&b, "\n\tno file '%s'", strings.ReplaceAll(template, "?", strings.ReplaceAll(name, ".", "/")))
		}
	}
	look(scriptPath, name)
	look(libraryPath, name)
	if root, _, nested := strings.Cut(name, "."); nested {
		look(libraryPath, root)
	}
	return b.String()
}

// A Call names a function and has its arguments.
type Call struct {
	Module    string // without suffix
	Function  string
	Arguments []protocol.Value
	Host      Host
}

// Apply calls a function on a record and returns the function's result. The error is a *RunError.
// The fields of r report what happened to the record. After an error the caller must not store
// anything.
func (s *Modules) Apply(ctx context.Context, c Call, r *Record) (protocol.Value, error) {
	mod, m, f, err := s.prepare(ctx, c)
	if err != nil {
		return protocol.Nil(), err
	}
	defer mod.release(m)
	r.machine = m
	arguments := append([]lua.LValue{m.box(r)}, m.arguments(c.Arguments)...)
	result := protocol.Nil()
	err = m.call(ctx, c.Host, f, arguments, func(v lua.LValue) { result = returned(v) })
	m.state.SetGlobal("success", lua.LBool(err == nil))
	return result, err
}

// prepare returns a machine of the module, and the function in it.
func (s *Modules) prepare(ctx context.Context, c Call) (*module, *machine, lua.LValue, error) {
	mod := s.get(c.Module)
	switch {
	case mod == nil:
		return nil, nil, nil, &RunError{Text: noModule}
	case len(c.Arguments) > maxArguments:
		return nil, nil, nil, &RunError{Text: tooManyArguments}
	}
	m := s.take(ctx, mod)
	if m == nil {
		return nil, nil, nil, &RunError{Text: noModule}
	}
	f := m.state.GetGlobal(cString(c.Function))
	switch {
	case f == lua.LNil:
		mod.release(m)
		return nil, nil, nil, &RunError{Text: noFunction}
	case !isCallable(m.state, f):
		mod.release(m)
		return nil, nil, nil, &RunError{Text: "attempt to call a " + typeName(m.state, f) + " value"}
	}
	return mod, m, f, nil
}

// returned converts a value for a response. Bytes of any type become a blob.
func returned(v lua.LValue) protocol.Value {
	if u, ok := v.(*lua.LUserData); ok {
		if b, ok := u.Value.(*byteArray); ok {
			return protocol.Blob(b.data)
		}
	}
	return toValue(v, 0)
}
