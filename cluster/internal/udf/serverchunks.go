package udf

import (
	"strconv"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"
)

// Names of the server's own chunks. Error messages contain their line numbers.
const (
	valuesChunk = `[string "as.lua"]`
	applyChunk  = `[string "aerospike.lua"]`
	streamChunk = `[string "stream_ops.lua"]`
)

// serverChunks returns the functions that the server itself implements in Lua, at the same lines of
// their chunks.
var serverChunks = sync.OnceValue(func() (chunks []*lua.FunctionProto) {
	for chunk, source := range map[string]string{
		valuesChunk: strings.Repeat("\n", 51) + `function math.sum(a, b)
return a + b
end
function math.product(a, b)
return a * b
end`,
		applyChunk: `function trace(...)
return aerospike:log(4, string.format(...))
end
function debug(...)
return aerospike:log(3, string.format(...))
end
function info(...)
return aerospike:log(2, string.format(...))
end
function warn(...)
return aerospike:log(1, string.format(...))
end`,
	} {
		code, failure := compile(source, chunk, nil, 0)
		if failure != nil {
			panic(failure) // the source is a constant of this package
		}
		chunks = append(chunks, code)
	}
	return chunks
})

// raiseAt raises an error at a line of one of the server's own chunks.
func raiseAt(L *lua.LState, chunk string, line int, message string) {
	L.Error(lua.LString(chunk+":"+strconv.Itoa(line)+": "+message), 0)
}

// luaObjectAt is like objectAt, for a function that the server implements in Lua. That function
// passes its argument to the named function, which reports the error.
func luaObjectAt[T object](c call, n, line int, function string) T {
	o, message := objectIn[T](c.LState, c.Get(n))
	if message != "" {
		raiseAt(c.LState, valuesChunk, line, "bad argument #1 to '"+function+"' ("+message+")")
	}
	return o
}
