package exp_test

import (
	"encoding/hex"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

func intVal(n int64) exp.Int { return exp.IntVal(n) }

// golden has the bytes that the official client produces (docs/wire-cdt-exp.md#11.2), with the
// readable form.
var golden = []struct {
	expression exp.Expression
	packed     string
	readable   string
}{
	{exp.Eq(exp.IntBin("a"), intVal(5)), "9301935102a16105", "$.a:int == 5"},
	{
		exp.And(exp.Ge(exp.IntBin("a"), intVal(5)), exp.Lt(exp.FloatBin("f"), exp.FloatVal(1.5))),
		"93109304935102a161059305935107a166cb3ff8000000000000",
		"$.a:int >= 5 and $.f:float < 1.5",
	},
	{exp.Eq(exp.StringBin("s"), exp.StringVal("xyz")), "9301935103a173a40378797a", `$.s:string == "xyz"`},
	{exp.Eq(exp.BlobBin("s"), exp.BlobVal([]byte{1, 2, 3})), "9301935106a173a404010203", "$.s:blob == 0x010203"},
	{exp.Eq(exp.ListBin("l"), exp.ListVal(1, "a")), "9301935104a16c927e9201a20361", `$.l:list == [1, "a"]`},
	{exp.Eq(exp.MapBin("m"), exp.MapVal(map[string]int{"a": 1})), "9301935105a16d81a2036101", `$.m:map == {"a": 1}`},
	{exp.NilVal(), "c0", "nil"},
	{exp.Unknown[exp.Nil](), "9100", "unknown()"},
	{
		exp.RegexCompare("^a.*", exp.RegexExtended|exp.RegexIgnoreCase, exp.StringBin("s")),
		"940703a45e612e2a935103a173", `cmp_regex($.s:string, "^a.*", extended|icase)`,
	},
	{exp.Eq(exp.DigestModulo(3), intVal(0)), "930192400300", "digest_modulo(3) == 0"},
	{exp.Eq(exp.IntKey(), intVal(1)), "930192500201", "key():int == 1"},
	{exp.BinExists("a"), "93029252a16100", "bin_type($.a) != 0"},
	{exp.Not(exp.BoolBin("x")), "9212935101a178", "not($.x:bool)"},
	{exp.Exclusive(exp.BoolBin("x"), exp.BoolBin("y")), "9313935101a178935101a179", "exclusive($.x:bool, $.y:bool)"},
	{
		exp.Cond(exp.When(exp.Eq(exp.IntBin("a"), intVal(0)), intVal(1))).Else(intVal(2)),
		"947b9301935102a161000102", "cond($.a:int == 0 => 1, else => 2)",
	},
	{
		exp.Let(exp.Defs{exp.Def("x", exp.IntBin("a"))}, exp.Add(exp.IntVar("x"), intVal(1))),
		"947da178935102a1619314927ca17801", "let(x = $.a:int, x + 1)",
	},
	{exp.Gt(exp.ListSize(exp.ListBin("l")), intVal(2)), "9303957f02009110935104a16c02", "list_size($.l:list):int > 2"},
	{
		exp.ListSize(exp.ListBin("l"), cdt.In(cdt.ListIndex(1))),
		"957f020093ccff9210019110935104a16c", "list_size($.l:list, at: [list_index(1)]):int",
	},
	{
		exp.ListGetByIndex(exp.ListBin("l"), intVal(0), exp.ReturnInt),
		"957f020093130700935104a16c", "list_get_by_index($.l:list, return: value, index: 0):int",
	},
	{
		exp.ListGetByValueList(exp.ListBin("l"), exp.ListVal(1, 2), exp.ReturnCount),
		"957f0200931705927e920102935104a16c", "list_get_by_value_list($.l:list, return: count, values: [1, 2]):int",
	},
	{
		exp.ListAppend(exp.ListBin("l"), intVal(9)),
		"957f04409401090000935104a16c", "list_append($.l:list, value: 9):list",
	},
	{
		exp.MapGetByKey(exp.MapBin("m"), exp.StringVal("k"), exp.ReturnString),
		"957f0300936107a2036b935105a16d", `map_get_by_key($.m:map, return: value, key: "k"):string`,
	},
	{
		exp.MapPut(exp.MapBin("m"), exp.StringVal("k"), intVal(9), cdt.MapPolicy{Order: protocol.Ordered}),
		"957f05409443a2036b0901935105a16d", `map_put($.m:map, key: "k", value: 9, order: 0x1):map`,
	},
	{exp.BitCount(exp.BlobBin("b"), intVal(0), intVal(8)), "957f020193330008935106a162", "bit_count($.b:blob, offset: 0, size: 8):int"},
	{exp.HLLGetCount(exp.HLLBin("h")), "957f02029132935109a168", "hll_get_count($.h:hll):int"},
	{
		exp.HLLAdd(exp.HLLBin("h"), exp.ListVal("a"), intVal(cdt.Unset), intVal(cdt.Unset)),
		"957f09429501927e91a20361ffff00935109a168", `hll_add($.h:hll, elements: ["a"], index_bits: -1, minhash_bits: -1):hll`,
	},
}

// newer has expressions that the official Go client lacks. Server 8.1.2 accepted these bytes and
// returned the expected results.
var newer = []struct {
	expression exp.Expression
	packed     string
	readable   string
}{
	{exp.InList(intVal(3), exp.ListBin("l")), "930903935104a16c", "in_list(3, $.l:list)"},
	{exp.MapKeys(exp.MapBin("m")), "9265935105a16d", "map_keys($.m:map)"},
	{exp.MapValues(exp.MapBin("m")), "9266935105a16d", "map_values($.m:map)"},
	{exp.IntLoopVar(exp.LoopValue), "937a0201", "loop.value:int"},
	{exp.StringLoopVar(exp.LoopKey), "937a0300", "loop.key:string"},
	{exp.ResultRemove(), "9164", "result_remove()"},
	{
		exp.SelectByPath(exp.ListBin("l"), cdt.In(cdt.AllChildrenWithFilter(exp.Filter(
			exp.Eq(exp.IntLoopVar(exp.LoopIndex), intVal(1))))), cdt.SelectValues),
		"957f040093ccfe92049301937a02020101935104a16c",
		"select_by_path($.l:list, at: [children(loop.index:int == 1)], select: values):list",
	},
	{
		exp.SelectTreeByPath(exp.MapBin("m"), cdt.In(
			cdt.MapKeysIn(protocol.String("a"), protocol.String("b")), cdt.AndFilter(exp.Filter(exp.BoolVal(true)))), cdt.SelectNoFail),
		"957f050093ccfe942a92a20361a20362cd0204c310935105a16d",
		`select_by_path($.m:map, at: [keys_in(["a", "b"]), and(true)], select: tree|no_fail):map`,
	},
	{
		exp.ModifyByPath(exp.ListBin("l"), cdt.In(cdt.AllChildren()), exp.ResultRemove()),
		"957f044094ccfe9204c3049164935104a16c",
		"modify_by_path($.l:list, at: [children()], select: apply, value: result_remove()):list",
	},
	{exp.HLLFold(exp.HLLBin("h"), intVal(4)), "957f0942920404935109a168", "hll_fold($.h:hll, index_bits: 4):hll"},
	{exp.HLLSetUnion(exp.HLLBin("h"), exp.HLLBin("h")), "957f09429302935109a16800935109a168", "hll_set_union($.h:hll, hlls: $.h:hll):hll"},
	{exp.HLLRefreshCount(exp.HLLBin("h")), "957f09429103935109a168", "hll_refresh_count($.h:hll):hll"},
}

func TestGoldenVectors(t *testing.T) {
	for _, g := range slices.Concat(golden, newer) {
		packed, err := exp.Pack(g.expression)
		require.NoError(t, err, g.packed)
		require.Equal(t, g.packed, hex.EncodeToString(packed), g.readable)
		require.Equal(t, g.readable, g.expression.String())

		parsed, err := exp.Parse(packed)
		require.NoError(t, err, g.packed)
		require.Equal(t, g.readable, parsed.String())
		require.IsType(t, g.expression, parsed)
		again, err := exp.Pack(parsed)
		require.NoError(t, err)
		require.Equal(t, packed, again)
	}
}

func TestBase64(t *testing.T) {
	text, err := exp.Base64(exp.Eq(exp.IntBin("bin1"), intVal(6)))
	require.NoError(t, err)
	require.Equal(t, "kwGTUQKkYmluMQY=", text)

	back, err := exp.FromBase64(text)
	require.NoError(t, err)
	require.Equal(t, "$.bin1:int == 6", back.String())
	require.IsType(t, exp.Bool{}, back)

	for _, bad := range []string{"", "kw", "!", "kwGTUQKkYmluMQYA"} {
		_, err = exp.FromBase64(bad)
		require.ErrorIs(t, err, protocol.ErrMalformed, bad)
	}
}

func TestOperations(t *testing.T) {
	read := exp.Read("r", intVal(5), 0)
	require.Equal(t, protocol.OpExpRead, read.Code)
	require.Equal(t, "r", read.Bin)
	packed, _ := read.Value.Bytes()
	require.Equal(t, "920500", hex.EncodeToString(packed))

	write := exp.Write("w", exp.Add(exp.IntBin("a"), intVal(1)), exp.WriteCreateOnly|exp.WriteEvalNoFail)
	require.Equal(t, protocol.OpExpModify, write.Code)
	packed, _ = write.Value.Bytes()
	n, flags, err := exp.ParseOperation(packed)
	require.NoError(t, err)
	require.Equal(t, int64(0x11), flags)
	require.Equal(t, "$.a:int + 1", n.String())

	n, flags, err = exp.ParseOperation([]byte{0x91, 0x05})
	require.NoError(t, err)
	require.Zero(t, flags)
	require.Equal(t, "5", n.String())
	for _, bad := range []string{"", "05", "90", "930500", "9205", "9205a161", "92050000"} {
		data, _ := hex.DecodeString(bad)
		_, _, err = exp.ParseOperation(data)
		require.ErrorIs(t, err, protocol.ErrMalformed, bad)
	}
}
