package udf

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/aerosql/aerosql/cluster/internal/udf/syntax"
)

// Path is the directory in which a real server keeps its modules. Error messages contain it.
const Path = "/opt/aerospike/usr/udf/lua/"

// maxChunkName is the maximum length of a chunk name in messages.
const maxChunkName = 59

// pathName returns the chunk name of a file for messages. A long path is cut at the beginning.
func pathName(path string) string {
	const dots = "..."
	if len(path) <= maxChunkName {
		return path
	}
	return dots + path[len(path)-(maxChunkName-len(dots)):]
}

// chunkName returns the chunk name of source that is not a file: its first line, or the text after
// a leading = or @.
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

// A CompileError reports why a module cannot be registered: it does not compile, or it fails when
// it is first run.
type CompileError struct {
	File    string // "" if unknown
	Line    int
	Message string
}

// Error returns file, line and message.
func (e *CompileError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Message) }

// inChunk returns the message as Lua formats it for the named chunk. The error about source that is
// nested too deeply has no position.
func (e *CompileError) inChunk(name string) string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("%s:%d: %s", name, e.Line, e.Message)
}

// compile compiles source to a function that takes the operators and returns the chunk. The guard
// may be nil. levels is the number of C calls that would be active at this point on a real server.
func compile(source, name string, guard syntax.Guard, levels int) (*lua.FunctionProto, *CompileError) {
	chunk, failure := syntax.Parse(source, guard, levels)
	return compileTree(chunk, failure, name)
}

// compileIn is like compile, for a chunk with its own table of global variables.
func compileIn(source, name string, guard syntax.Guard, levels int) (*lua.FunctionProto, *CompileError) {
	chunk, failure := syntax.ParseIn(source, guard, levels)
	return compileTree(chunk, failure, name)
}

func compileTree(chunk []ast.Stmt, failure *syntax.Error, name string) (*lua.FunctionProto, *CompileError) {
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

// maxUpvalues is the maximum number of upvalues of a function, including operators.
const maxUpvalues = 255

// finish checks the code of a function and of the functions in it, and fixes its jumps.
func finish(code *lua.FunctionProto) *CompileError {
	if len(code.DbgUpvalues) > maxUpvalues {
		return &CompileError{Line: code.LineDefined, Message: fmt.Sprintf("too many upvalues (limit is %d) in function at line %d", maxUpvalues, code.LineDefined)}
	}
	if code.NumParameters > 0 || len(code.DbgLocals) > 0 && syntax.IsAnchor(code.DbgLocals[0].Name) {
		removeCloses(code.Code)
	}
	for _, inner := range code.FunctionPrototypes {
		if failure := finish(inner); failure != nil {
			return failure
		}
	}
	return nil
}

// removeCloses removes the instructions that close all variables of the function, starting at the
// first register. gopher-lua emits one before each goto that leaves no captured variable. A close
// that the source needs always starts at a later register, because the first register belongs to a
// parameter or to the anchor.
func removeCloses(code []uint32) {
	const opcode, register = 26, 18
	for pc := 0; pc < len(code); pc++ {
		switch int(code[pc] >> opcode) {
		case lua.OP_CLOSE:
			if code[pc]>>register&0xff == 0 {
				code[pc] = uint32(lua.OP_NOP) << opcode
			}
		case lua.OP_SETLIST:
			if code[pc]>>9&0x1ff == 0 {
				pc++ // the next word is a number, not an instruction
			}
		}
	}
}

// backendError converts an error of gopher-lua's compiler, about limits or jumps.
func backendError(err error) *CompileError {
	failure, ok := err.(*lua.CompileError)
	if !ok {
		return &CompileError{Message: err.Error()}
	}
	return &CompileError{Line: failure.Line, Message: failure.Message}
}

// load returns a chunk as a function of this machine.
func (m *machine) load(L *lua.LState, code *lua.FunctionProto) lua.LValue {
	return m.loadIn(L, code, nil)
}

// loadIn is like load, for a chunk of compileIn if environment is not nil.
func (m *machine) loadIn(L *lua.LState, code *lua.FunctionProto, environment lua.LValue) lua.LValue {
	arguments := m.operators()
	f := L.NewFunctionFromProto(code)
	if environment != nil {
		f.Env = m.globalsIn(environment)
		arguments = append(arguments, environment)
	}
	L.Push(f)
	for _, a := range arguments {
		L.Push(a)
	}
	L.Call(len(arguments), 1)
	chunk := L.Get(-1)
	L.Pop(1)
	return chunk
}
