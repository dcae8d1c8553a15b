//go:build !race

package udf

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// longPrograms repeat a piece of source between a beginning and an end.
var longPrograms = map[string]struct{ begin, piece, end string }{
	"sums":         {"local a = 1 return 1", "+a", ""},
	"texts":        {"local a = 'x' return #(a", "..a", ")"},
	"and":          {"local a = 1 return a", " and a", ""},
	"or":           {"local a = false return a", " or a", " or 1"},
	"comparisons":  {"local a = 1 return a", " == a", " == a"},
	"powers":       {"local a = 1 return a", "^a", ""},
	"minus":        {"local a = 1 return ", "- ", "a"},
	"not":          {"local a = 1 return ", "not ", "a and 1 or 1"},
	"calls":        {"local n = 0 local f f = function() n = n + 1 return f end f", "()", " return n"},
	"methods":      {"local t = {} function t:m() return self end return t", ":m()", " == t and 1"},
	"fields":       {"local t = {} t.a = t return t", ".a", " == t and 1"},
	"assigned":     {"local t = {} t.a = t t", ".a", ".b = 1 return t.b"},
	"functions of": {"local t = {} t.a = t function t", ".a", ".b() return 1 end return t.b()"},
	"parentheses":  {"return ", "(", ""},
	"tables":       {"return ", "{", ""},
	"functions":    {"", "local function f() ", ""},
	"blocks":       {"", "do ", ""},
	"branches":     {"local a = 1 if not a then return 0 ", "elseif not a then a = 2 ", "else return a end"},
	"arguments":    {"return select('#', 1", ", 1", ")"},
	"elements":     {"return #{", "1, ", "}"},
	"keys":         {"return #{", "[1] = 1, ", "}"},
	"results":      {"return 1", ", 1", ""},
	"targets":      {"a", ", a", " = 1 return 1"},
	"names":        {"local a", ", a", " = 1 return 1"},
	"statements":   {"", "x = 1 ", "return x"},
	"loops":        {"", "while false do break end ", "return 1"},
	"labels":       {"", "do goto l ::l:: end ", "return 1"},
	"semicolons":   {"", ";", "return 1"},
	"escapes":      {"return #'", "\\u{7FFFFFFF}", "'"},
	"a comment":    {"--[==[", "]=]", "]==] return 1"},
	"equals signs": {"return [", "=", "[x]"},
	"a name":       {"local a", "a", " = 1 return 1"},
	"a number":     {"return 0x", "1", ""},
}

// unlimited are the programs that a real server runs at any length.
var unlimited = []string{"sums", "and", "or", "calls", "methods", "fields", "assigned", "functions of", "branches", "elements",
	"keys", "statements", "loops", "labels", "semicolons", "escapes", "a comment", "a name", "a number"}

// TestLongPrograms checks that a program may have thousands of operators, that one nested too
// deeply is refused as on a real server, and that neither crashes the process.
func TestLongPrograms(t *testing.T) {
	for name, test := range longPrograms {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			_, err := body(ctx, test.begin+strings.Repeat(test.piece, 2000)+test.end)
			if slices.Contains(unlimited, name) {
				require.NoError(t, err)
				return
			}
			if name != "comparisons" {
				require.EqualError(t, err, noModule) // it does not compile
			}
		})
	}
}

// TestHostileLoads checks the limits of code that a function loads.
func TestHostileLoads(t *testing.T) {
	for name, test := range map[string]struct{ source, want string }{
		"a million operators":   {"return load('return 1'..string.rep('+a', 1000000))", noMemory},
		"a million branches":    {"return load('if a then '..string.rep('elseif a then ', 1000000)..'end')", noMemory},
		"a million parentheses": {"error(select(2, load('return '..string.rep('(', 1000000))), 0)", nestedTooDeep},
		"loading for ever":      {"while true do load('return 1'..string.rep('+a', 1000)) end", timeout},
		"endless pieces":        {"return load(function() return string.rep('x', 1 << 16) end)", noMemory},
		"many constants": {"local t = {} for i = 1, 3000 do t[i] = 'if x == \"k' .. i .. '\" then return 1 end' end " +
			"local s = table.concat(t) while true do load(s) end", timeout},
		"loads of itself": {"local s = 's = ... return load(s)(s)' return load(s)(s)", timeout},
		"indexes":         {"local t = {} setmetatable(t, {__index = t, __newindex = t}) return t.x", "'__index' chain too long"},
		"names":           {"local t = setmetatable({}, {__tostring = function(t) return tostring(t) end}) return tostring(t)", "stack overflow"},
		"a huge width":    {"return string.format('%1000000000d', 1)", "invalid conversion"},
	} {
		t.Run(name, func(t *testing.T) {
			budget := 20 * time.Second
			if test.want == timeout {
				budget = 50 * time.Millisecond
			}
			ctx, cancel := context.WithTimeout(t.Context(), budget)
			defer cancel()
			_, err := body(ctx, test.source)
			require.ErrorContains(t, err, test.want)
		})
	}
}

// FuzzLongPrograms checks that repeated pieces of source are accepted or refused within the limits.
func FuzzLongPrograms(f *testing.F) {
	for _, p := range longPrograms {
		f.Add(p.begin, p.piece, p.end, uint16(300))
	}
	f.Fuzz(func(t *testing.T, begin, piece, end string, times uint16) {
		if len(piece)*int(times) > 1<<15 {
			return
		}
		load(t, begin+strings.Repeat(piece, int(times))+end)
	})
}

// FuzzLoad checks the same for code that a function loads.
func FuzzLoad(f *testing.F) {
	for _, p := range longPrograms {
		f.Add(p.begin+strings.Repeat(p.piece, 300)+p.end, uint16(2))
	}
	for _, source := range programs {
		f.Add(source, uint16(1))
	}
	f.Fuzz(func(t *testing.T, piece string, times uint16) {
		if len(piece)*int(times) > 1<<15 || strings.Contains(piece, "]======]") {
			return
		}
		load(t, "local s = [======[\n"+piece+"]======] function f() local g = load(s:rep("+strconv.Itoa(int(times))+")) return g and g() end")
	})
}
