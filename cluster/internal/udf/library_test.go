package udf

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// expression evaluates source in a function on a record with the bin n. It returns the result as a
// string, or the error without the module's path.
func expression(t *testing.T, source string) (string, error) {
	t.Helper()
	s := new(Modules)
	s.Put("m.lua", []byte("function f(r) local v = "+source+"\nif type(v) == 'table' or type(v) == 'function' or type(v) == 'boolean' then return type(v) end return tostring(v) end"))
	bins := mapBins{"n": protocol.Int(7)}
	r := &Record{Bins: bins, Changes: bins, Open: true, Live: true, Metadata: Metadata{Set: "demo", Generation: 3, TTL: 100, Size: 64}}
	v, err := s.Apply(t.Context(), Call{Module: "m", Function: "f"}, r)
	text, _ := v.Text()
	return text, err
}

// TestLibraries compares results with those of a real server (8.1.2).
func TestLibraries(t *testing.T) {
	for _, test := range []struct{ source, want string }{
		{"list{7 // 2, -7 // 2, 7 % -3, -7 % 3, 7 / 2, 2^10, 7.5 // 2, 1 << 62, ~0, 5 ~ 3, 3 >> 1}", "[3, -4, -2, 2, 3.5, 1024, 3, 4611686018427387904, -1, 6, 1]"},
		{"list{1e15, 0.1, 1/3, 2^53, -0.0, 1e100, 100 // 1e0}", "[1000000000000000, 0.1, 0.3333333333333333, 9007199254740992, -0, 1e+100, 100]"},
		{"list{math.floor(-3.5), math.ceil(-3.5), math.max(1, 2.5), math.min(3, 1), math.abs(-4), math.fmod(-7, 3), math.tointeger(3.0), math.type(1.0), math.ult(1, -1)}", `[-4, -3, 2.5, 1, 4, -1, 3, "float", true]`},
		{"list{math.sum(1, 2.5), math.product(3, 4), math.modf(3.7)}", "[3.5, 12, 3, 0.7000000000000002]"},
		{`list{tonumber("0x1p4"), tonumber("  12  "), tonumber("z", 36), tonumber("12x"), tonumber(""), tonumber("8", 8)}`, "[16, 12, 35]"},
		{"1 // 0", "error: m.lua:1: attempt to divide by zero"},
		{"1 % 0", "error: m.lua:1: attempt to perform 'n%0'"},
		{`"a" + 1`, "error: m.lua:1: attempt to add a 'string' with a 'number'"},
		{`{} .. "x"`, "error: m.lua:1: attempt to concatenate a table value"},
		{"nil > 1", "error: m.lua:1: attempt to compare number with nil"},
		{`1 < "2"`, "error: m.lua:1: attempt to compare number with string"},
		{"#5", "error: m.lua:1: attempt to get length of a number value"},
		{`math.floor("x")`, "error: m.lua:1: bad argument #1 to 'floor' (number expected, got string)"},
		{"math.random(0, -1)", "error: m.lua:1: bad argument #1 to 'random' (interval is empty)"},
		{`string.format("%5.2f|%-5d|%05d|%x|%q|%s|%g|%i|%c", 3.14159, 42, 42, 255, "a\nb", nil, 1e20, 7, 65)`, " 3.14|42   |00042|ff|\"a\\\nb\"|nil|1e+20|7|A"},
		{`string.format("%d", 1.5)`, "error: m.lua:1: bad argument #2 to 'format' (number has no integer representation)"},
		{`string.format("%y", 1)`, "error: m.lua:1: invalid conversion '%y' to 'format'"},
		{`string.gsub("hello world", "(o)(.?)", "<%2%1>")`, "hell< o>w<ro>ld"},
		{`list{string.find("abc [x]", "%[(.-)%]")}`, `[5, 7, "x"]`},
		{`list{("x"):rep(3, ","), ("abc"):byte(2), ("abc"):sub(-2), ("AbC"):lower(), ("abc"):reverse(), ("abc"):upper()}`, `["x,x,x", 98, "bc", "abc", "cba", "ABC"]`},
		{`string.rep("x", 1 << 40)`, "error: m.lua:1: resulting string too large"},
		{`string.find("a", "[a")`, "error: m.lua:1: malformed pattern (missing ']')"},
		{"string.char(256)", "error: m.lua:1: bad argument #1 to 'char' (value out of range)"},
		{`table.concat({1, 2, "x"}, "-", 2)`, "2-x"},
		{`table.concat({1, {}}, ",")`, "error: m.lua:1: invalid value (table) at index 2 in table for 'concat'"},
		{`select("#", table.unpack({1, nil, 3}, 1, 3))`, "3"},
		{"table.unpack({}, 1, 1e8)", "error: m.lua:1: too many results to unpack"},
		{"table.insert({}, 5, 1)", "error: m.lua:1: bad argument #2 to 'insert' (position out of bounds)"},
		{"table.remove({}, 7)", "error: m.lua:1: bad argument #2 to 'remove' (position out of bounds)"},
		{`table.sort({3, 1, "x"})`, "error: attempt to compare string with number"},
		{"select(-5, 1)", "error: m.lua:1: bad argument #1 to 'select' (index out of range)"},
		{"setmetatable(1, {})", "error: m.lua:1: bad argument #1 to 'setmetatable' (table expected, got number)"},
		{"ipairs()", "error: m.lua:1: bad argument #1 to 'ipairs' (value expected)"},
		{"list.append(1, 2)", "error: m.lua:1: bad argument #1 to 'append' (userdata expected, got number)"},
		{`list{1, 2.5, "a", true, list{}, map{}, bytes()}`, `[1, 2.5, "a", true, [], {}, <NULL>]`},
		{"list.merge(list{1}, list{2, 3})", "[1, 2, 3]"},
		{"list.clone(5)", `error: [string "as.lua"]:6: bad argument #1 to 'iterator' (userdata expected, got number)`},
		{"list{list.take(list{1, 2, 3}, 2), list.drop(list{1, 2, 3}, 2), list.size(list{1}), list{1, 2}[2]}", "[[1, 2], [3], 1, 2]"},
		{"map{a = 1, b = list{2}}", `{"a":1, "b":[2]}`},
		{"map.merge(map{a = 1, b = 2}, map{b = 3}, function(x, y) return x + y end)", `{"a":1, "b":5}`},
		{"map.diff(map{a = 1, b = 2}, map{a = 1, c = 3})", `{"b":2, "c":3}`},
		{"map.size(list())", "error: m.lua:1: bad argument #1 to 'size' (Map expected, got List)"},
		{"list{bytes.append_int32(bytes(), 5), bytes.size(bytes(4)), #bytes(4), bytes.get_type(bytes())}", "[true, 0, 0, 4]"},
		{"bytes.set_byte(bytes(), 1, 256)", "boolean"},
		{"bytes.size(nil)", "error: m.lua:1: bad argument #1 to 'size' (userdata expected, got nil)"},
		{"record.gen(5)", "error: m.lua:1: bad argument #1 to 'gen' (userdata expected, got number)"},
		{"aerospike:create(5)", "error: m.lua:1: bad argument #1 to 'create' (Record expected, got number)"},
		{"aerospike:exists(nil)", "error: m.lua:1: bad argument #1 to 'exists' (Record expected, got nil)"},
		{"record.bin_names(r)", "table"},
		{"list{record.gen(r), record.ttl(r), record.numbins(r), record.setname(r), record.key(r), record.size(r)}", `[3, 100, 1, "demo", 64]`},
		{"r[{}]", "error: m.lua:1: bad argument #2 to 'index' (string expected, got table)"},
		{`error("e", 0)`, "error: e"},
		{"error({})", "error: result value type unexpected"},
		{`(function() error("deep") end)()`, "error: m.lua:1: deep"},
		{`pcall(error, "x")`, "boolean"},
		{`require("nosuch.module")`, "error: m.lua:1: module 'nosuch.module' not found:\n\tno field package.preload['nosuch.module']\n\tno file '/usr/local/share/lua/5.4/nosuch/module.lua'\n\tno file '/usr/local/share/lua/5.4/nosuch/module/init.lua'\n\tno file '/usr/local/lib/lua/5.4/nosuch/module.lua'\n\tno file '/usr/local/lib/lua/5.4/nosuch/module/init.lua'\n\tno file './nosuch/module.lua'\n\tno file './nosuch/module/init.lua'\n\tno file '/opt/aerospike/usr/udf/lua/nosuch/module.lua'\n\tno file '/usr/local/lib/lua/5.4/nosuch/module.so'\n\tno file '/usr/local/lib/lua/5.4/loadall.so'\n\tno file './nosuch/module.so'\n\tno file '/opt/aerospike/usr/udf/lua/nosuch/module.so'\n\tno file '/usr/local/lib/lua/5.4/nosuch.so'\n\tno file '/usr/local/lib/lua/5.4/loadall.so'\n\tno file './nosuch.so'\n\tno file '/opt/aerospike/usr/udf/lua/nosuch.so'"},
		{"undefined.x", "error: m.lua:1: attempt to index a nil value (global 'undefined')"},
		{"undefined()", "error: m.lua:1: attempt to call a nil value (global 'undefined')"},
		{"list.nosuch()", "error: m.lua:1: attempt to call a nil value (field 'nosuch')"},
		{`load("return 1 +")`, "nil"},
		{`list{utf8.char(228, 8364), utf8.len("äö"), os.date("!%Y-%m-%d", 0), os.time{year = 2020, month = 1, day = 1, hour = 0}}`, `["ä€", 2, "1970-01-01", 1577836800]`},
		{"coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b end)(1)", "2"},
		{"coroutine.resume(5)", "error: m.lua:1: bad argument #1 to 'resume' (thread expected, got number)"},
	} {
		got, err := expression(t, test.source)
		if err != nil {
			got = "error: " + strings.TrimPrefix(err.Error(), Path)
		}
		require.Equal(t, test.want, got, test.source)
	}
}
