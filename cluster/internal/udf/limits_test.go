//go:build !race

package udf

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// body registers a module with a function f that has the given body, and calls it with a low memory
// limit.
func body(ctx context.Context, source string, arguments ...protocol.Value) (protocol.Value, error) {
	s := &Modules{memoryLimit: 8 << 20}
	s.Put("m.lua", []byte("function f(rec, ...) "+source+"\nend"))
	return apply(ctx, s, arguments...)
}

// peak returns how much the heap grows while f runs.
func peak(f func()) uint64 {
	runtime.GC()
	before, most := heapInUse(), uint64(0)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, heapInUse())
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	f()
	close(done)
	<-ended
	return most - min(before, most)
}

const at1 = "/opt/aerospike/usr/udf/lua/m.lua:1: "

// TestHostilePrograms checks that programs that never end, or that allocate without limit, end with
// an error.
func TestHostilePrograms(t *testing.T) {
	for name, test := range map[string]struct{ source, want string }{
		"loop":                 {"while true do end", timeout},
		"loop in a function":   {"local function f() while true do end end\nf()", "/opt/aerospike/usr/udf/lua/m.lua:2: " + timeout},
		"repeat":               {"repeat until false", timeout},
		"goto":                 {"::again:: goto again", timeout},
		"numeric for":          {"for i = 1, math.huge do end", timeout},
		"tail calls":           {"local function f() return f() end f()", timeout},
		"caught for ever":      {"while true do pcall(function() while true do end end) end", timeout},
		"in a coroutine":       {"coroutine.wrap(function() while true do end end)()", timeout},
		"resumed for ever":     {"while true do coroutine.resume(coroutine.create(function() while true do end end)) end", timeout},
		"slow pattern":         {"return string.find(string.rep('a', 1 << 16), '.-.-.-.-b')", at1 + timeout},
		"slow replacement":     {"return string.gsub(string.rep('a', 1 << 16), '.-.-.-.-b', '')", at1 + timeout},
		"sorting for ever":     {"local t = {} for i = 1, 1e4 do t[i] = i end while true do table.sort(t, function(a, b) return a > b end) end", timeout},
		"inserting at 1":       {"local t = {} while true do table.insert(t, 1, 1) end", timeout},
		"metamethods":          {"local t = setmetatable({}, {__index = function(t, k) return t[k] end}) return t.x", "stack overflow"},
		"recursion":            {"local function f() return 1 + f() end f()", "stack overflow"},
		"pcall of itself":      {"local function f() local ok, e = pcall(f) error(e, 0) end f()", nestedTooDeep},
		"coroutines":           {"local function f() return coroutine.wrap(f)() end f()", nestedTooDeep},
		"deep pattern":         {"return string.find(string.rep('a', 1000), string.rep('a?', 1000) .. string.rep('a', 1000))", "pattern too complex"},
		"many arguments":       {"return select('#', table.unpack({}, 1, 1e7))", "too many results to unpack"},
		"a huge text":          {"return string.rep('x', 1 << 30)", noMemory},
		"doubled text":         {"local s, t = 'x', {} while true do s = s .. s t[#t + 1] = s end", noMemory},
		"a growing table":      {"local t = {} for i = 1, math.huge do t[i] = {i} end", noMemory},
		"growing keys":         {"local t = {} for i = 1, math.huge do t['k' .. i] = i end", noMemory},
		"a chain of tables":    {"local t = {} while true do t = {t, x = 1} end", noMemory},
		"closures":             {"local f = function() end while true do local g = f f = function() return g end end", noMemory},
		"arguments kept":       {"local t, g = {}, nil function g(...) t[#t + 1] = {...} end while true do g(table.unpack({}, 1, 9999)) end", noMemory},
		"far away elements":    {"local t = {} while true do local u = {} u[262144] = 1 t[#t + 1] = u end", noMemory},
		"waiting coroutines":   {"local t = {} while true do t[#t + 1] = coroutine.create(function() end) end", noMemory},
		"a growing list":       {"local l = list() while true do list.append(l, list{1}) end", noMemory},
		"a far element":        {"local t = {} while true do local l = list() l[4000000] = 1 t[#t + 1] = l end", noMemory},
		"bytes":                {"local t = {} while true do local b = bytes() bytes.set_byte(b, 60000000, 1) t[#t + 1] = b end", noMemory},
		"a list of itself":     {"local l = list() list.append(l, l) list.append(l, l) return l", noMemory},
		"a text of itself":     {"local l = list() list.append(l, l) list.append(l, l) return tostring(l)", noMemory},
		"a map of itself":      {"local m = map() m.a = m m.b = m return m", noMemory},
		"joined":               {"local t, s = {}, string.rep('x', 1 << 20) for i = 1, 1000 do t[i] = s end return table.concat(t)", noMemory},
		"invalid order":        {"local t = {} for i = 1, 100 do t[i] = i end table.sort(t, function() return true end)", "invalid order function"},
		"an element far away":  {"local t = {} t[1 << 40] = 1 t[60000000] = 2 return #t", ""},
		"garbage":              {"local n = 0 for i = 1, 80 do local s = string.rep('x', 1 << 20) n = n + #s end return n", ""},
		"an error as handler":  {"return select(2, xpcall(error, error))", ""},
		"a deep list":          {"local l = list() for i = 1, 20000 do l = list{l} end return l", ""},
		"a format of many":     {"return string.format(string.rep('%99d', 1 << 10), 1)", "no value"},
		"a replacement of all": {"return #string.gsub(string.rep('a', 1 << 20), 'a', string.rep('b', 1 << 10))", noMemory},
	} {
		t.Run(name, func(t *testing.T) {
			budget := 20 * time.Second
			if strings.HasSuffix(test.want, timeout) {
				budget = 50 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), budget)
			defer cancel()
			var err error
			grown := peak(func() { _, err = body(ctx, test.source) })
			t.Log(grown>>20, "MiB")
			require.Less(t, grown, uint64(128<<20))
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			var failure *RunError
			require.ErrorAs(t, err, &failure)
			require.ErrorContains(t, err, test.want)
			if test.want == noMemory {
				require.Equal(t, test.want, err.Error(), "without a place")
			}
		})
	}
}

// TestMachineAfterErrors checks that a machine works after an error of any kind.
func TestMachineAfterErrors(t *testing.T) {
	for _, source := range []string{
		"while true do end", "error('x')", "local function f() return 1 + f() end f()", "return string.rep('x', 1 << 30)",
		"local co = coroutine.wrap(function() error('x') end) co()", "local l = list() list.append(l, l) list.append(l, l) return l",
		"return nil + 1", "local function f() return pcall(f) end error(f())", "return string.find('a', '(')", "return #table.pack(...) + nil",
	} {
		s := &Modules{memoryLimit: 8 << 20}
		s.Put("m.lua", []byte("n = 0 function f(rec, fail, ...) n = n + 1 if not fail then return n end "+source+"\nend"))
		for i := range machines {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			_, err := apply(ctx, s, protocol.Bool(true), protocol.Int(int64(i)))
			cancel()
			require.Error(t, err, source)
		}
		for range machines {
			v, err := apply(t.Context(), s)
			require.NoError(t, err, source)
			require.Equal(t, int64(2), v.Any(), source)
		}
	}
}

// TestManyArguments checks that a function accepts as many arguments as its stack can hold.
func TestManyArguments(t *testing.T) {
	const count = "local function g(...) return select('#', ...) end return (g(...))"
	arguments := make([]protocol.Value, maxArguments+1)
	v, err := body(t.Context(), count, arguments[:100_000]...)
	require.NoError(t, err)
	require.Equal(t, int64(100_000), v.Any())
	_, err = body(t.Context(), count, arguments[:maxArguments]...)
	require.EqualError(t, err, at1+"stack overflow")
	_, err = body(t.Context(), count, arguments...)
	require.EqualError(t, err, tooManyArguments)
}
