package udf

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/aerosql/aerosql/cluster/internal/udf/syntax"
)

// Path is where a real server keeps its modules, which its error messages show.
const Path = "/opt/aerospike/usr/udf/lua/"

// maxChunkName is the longest name of a chunk in messages.
const maxChunkName = 59

// pathName gives the name that messages show for a file: the end of a long path.
func pathName(path string) string {
	const dots = "..."
	if len(path) <= maxChunkName {
		return path
	}
	return dots + path[len(path)-(maxChunkName-len(dots)):]
}

// chunkName gives the name that messages show for source that is no file: its
// first line.
func chunkName(source string) string {
	const before, after, dots = `[string "`, `"]`, "..."
	room := maxChunkName - len(before) - len(after) - len(dots)
	line, _, cut := strings.Cut(source, "\n")
	if !cut && len(line) <= room {
		return before + line + after
	}
	return before + line[:min(len(line), room)] + dots + after
}

// A CompileError is why a module can't be registered: it can't be compiled, or
// fails when it is run for the first time.
type CompileError struct {
	File    string // "" if the message does not tell
	Line    int
	Message string
}

// Error gives file, line and message.
func (e *CompileError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message) }

// inChunk gives the message as Lua itself would, in a chunk of some name.
func (e *CompileError) inChunk(name string) string {
	return fmt.Sprintf("%s:%d: %s", name, e.Line, e.Message)
}

// compile turns source into code that takes the operators and returns the chunk.
func compile(source, name string) (*lua.FunctionProto, *CompileError) {
	chunk, failure := syntax.Parse(source)
	if failure != nil {
		return nil, &CompileError{Line: failure.Line, Message: failure.Message}
	}
	code, err := lua.Compile(chunk, name)
	if err != nil {
		return nil, backendError(err)
	}
	return code, nil
}

// backendError gives what gopher-lua has to say about a tree: limits, and jumps.
func backendError(err error) *CompileError {
	failure, ok := err.(*lua.CompileError)
	if !ok {
		return &CompileError{Message: err.Error()}
	}
	return &CompileError{Line: failure.Line, Message: failure.Message}
}

// load gives a chunk as a function of this machine.
func (m *machine) load(code *lua.FunctionProto) lua.LValue {
	operators := m.operators()
	m.state.Push(m.state.NewFunctionFromProto(code))
	for _, o := range operators {
		m.state.Push(o)
	}
	m.state.Call(len(operators), 1)
	f := m.state.Get(-1)
	m.state.Pop(1)
	return f
}
