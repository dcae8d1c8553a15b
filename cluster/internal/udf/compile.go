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
// first line, or what follows = or @ in it.
func chunkName(source string) string {
	if name, ok := strings.CutPrefix(source, "@"); ok {
		return pathName(name)
	}
	if name, ok := strings.CutPrefix(source, "="); ok {
		return name[:min(len(name), maxChunkName)]
	}
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

// inChunk returns the message as Lua itself words it in a chunk of that name. The error of source
// that is nested too deep has no place.
func (e *CompileError) inChunk(name string) string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("%s:%d: %s", name, e.Line, e.Message)
}

// compile turns source into code that takes the operators and returns the chunk. The guard may be
// nil; levels is the number of C calls that a real server has under way there.
func compile(source, name string, guard syntax.Guard, levels int) (*lua.FunctionProto, *CompileError) {
	chunk, failure := syntax.Parse(source, guard, levels)
	if failure != nil {
		return nil, &CompileError{Line: failure.Line, Message: failure.Message}
	}
	code, err := lua.Compile(chunk, name)
	if err != nil {
		return nil, backendError(err)
	}
	if failure := finish(code); failure != nil {
		return nil, failure
	}
	return code, nil
}

// maxUpvalues is how many variables of other functions a function may use, operators among them.
const maxUpvalues = 255

// finish checks the code of a function and those in it, and mends its jumps.
func finish(code *lua.FunctionProto) *CompileError {
	if len(code.DbgUpvalues) > maxUpvalues {
		return &CompileError{Line: code.LineDefined, Message: fmt.Sprintf("too many upvalues (limit is %d) in function at line %d", maxUpvalues, code.LineDefined)}
	}
	if code.NumParameters > 0 || len(code.DbgLocals) > 0 && syntax.IsAnchor(code.DbgLocals[0].Name) {
		keepOpen(code.Code)
	}
	for _, inner := range code.FunctionPrototypes {
		if failure := finish(inner); failure != nil {
			return failure
		}
	}
	return nil
}

// keepOpen removes the instructions that close all variables of the function, from the first
// register on. gopher-lua puts one before each goto that leaves no captured variable. A close that
// the source needs begins at a later register, as the first is a parameter's or the anchor's.
func keepOpen(code []uint32) {
	const opcode, register = 26, 18
	for pc := 0; pc < len(code); pc++ {
		switch int(code[pc] >> opcode) {
		case lua.OP_CLOSE:
			if code[pc]>>register&0xff == 0 {
				code[pc] = uint32(lua.OP_NOP) << opcode
			}
		case lua.OP_SETLIST:
			if code[pc]>>9&0x1ff == 0 {
				pc++ // which is a number
			}
		}
	}
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
