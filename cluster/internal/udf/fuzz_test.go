package udf

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// FuzzArguments checks that arguments of any form are parsed or refused, and that a function can
// receive and return them.
func FuzzArguments(f *testing.F) {
	for _, v := range []protocol.Value{
		protocol.List(), protocol.List(protocol.Int(1), protocol.String("x"), protocol.Nil(), protocol.Float(1.5), protocol.Bool(true), protocol.Blob([]byte{1})),
		protocol.List(protocol.Map(protocol.Pair{Key: protocol.String("k"), Value: protocol.List(protocol.Int(1))})), protocol.Int(7),
	} {
		packed, err := protocol.AppendMsgpack(nil, v)
		require.NoError(f, err)
		f.Add(packed)
	}
	f.Add([]byte{0xdd, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte(strings.Repeat("\x91", 1000)))
	s := &Modules{memoryLimit: 8 << 20}
	s.Put("m.lua", []byte("function f(rec, ...) local l = list() for i = 1, select('#', ...) do list.append(l, (select(i, ...))) end return l end"))
	f.Fuzz(func(t *testing.T, packed []byte) {
		if len(packed) > 4096 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		arguments := Arguments(packed)
		v, err := apply(ctx, s, arguments...)
		require.NoError(t, err)
		list, _ := v.List()
		require.Len(t, list, len(arguments))
	})
}

// programs are the seeds of the fuzz targets.
var programs = []string{
	"return 1 + 2", "local function f(...) return ... end", "for i, v in ipairs({1, 2}) do goto x ::x:: end", "x = [==[a]==] .. '\\u{48}'",
	"local a <const>, b <close> = 1", "return function() return a.b:c 'x' {1, [2] = 3; y = 4} end", "repeat local x until x", "return 0x1p4 // 3.5 ~= ~1 >> 2",
	"return ('x'):rep(3), #'abc'", "local t = {} t[1] = t return t[1][1]", "error({})", "return coroutine.wrap(function() coroutine.yield(1) end)()",
	"return string.format('%5.1f %q', 1, 'x')", "return table.concat({1, 2}, ','), select('#', table.unpack({1, nil, 3}))",
	"return ('a,b'):gsub('%w', {a = 1})", "local l = list{1, 2} l[5] = map{a = l} return tostring(l)", "return bytes.append_var_int(bytes(3), 300)",
}

// FuzzModule checks that a module of any source is accepted, or refused with a message, and at most
// fails when run.
func FuzzModule(f *testing.F) {
	for _, source := range programs {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) { load(t, source) })
}

// load checks a module and calls the function f in it.
func load(t *testing.T, source string) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	s := &Modules{memoryLimit: 8 << 20}
	if failure := s.Check(ctx, "m.lua", []byte(source)); failure != nil {
		return
	}
	s.Put("m.lua", []byte(source))
	_, err := apply(ctx, s)
	if err != nil {
		require.NotEmpty(t, err.Error())
	}
}

// TestGarbagePrograms checks programs made of pieces of other programs.
func TestGarbagePrograms(t *testing.T) {
	var pieces []string
	for _, source := range append(programs, "function f(rec, ...)", "end end") {
		pieces = append(pieces, strings.Fields(source)...)
	}
	for seed := range uint64(500) {
		random := rand.New(rand.NewPCG(seed, 1))
		var b strings.Builder
		for range 1 + random.IntN(12) {
			b.WriteString(pieces[random.IntN(len(pieces))] + " ")
		}
		load(t, b.String())
	}
}
