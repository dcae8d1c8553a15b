package exp_test

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// readable has functions that the golden vectors leave out, grouped by family.
var readable = []struct {
	expression exp.Expression
	text       string
}{
	{exp.Pow(exp.FloatBin("f"), exp.FloatVal(2)), `pow($.f:float, 2.0)`},
	{exp.Log(exp.FloatBin("f"), exp.FloatVal(2)), `log($.f:float, 2.0)`},
	{exp.Mod(exp.IntBin("a"), intVal(3)), `$.a:int % 3`},
	{exp.Abs(exp.IntBin("a")), `abs($.a:int)`},
	{exp.Ceil(exp.FloatBin("f")), `ceil($.f:float)`},
	{exp.ToInt(exp.FloatBin("f")), `to_int($.f:float)`},
	{exp.Min(exp.IntBin("a"), intVal(3)), `min($.a:int, 3)`},
	{exp.Sub(exp.IntBin("a")), `sub($.a:int)`},
	{exp.Sub(exp.IntBin("a"), exp.Sub(exp.IntBin("a"), intVal(1))), `$.a:int - ($.a:int - 1)`},
	{exp.Mul(exp.Add(exp.IntBin("a"), intVal(1)), intVal(2)), `($.a:int + 1) * 2`},
	{
		exp.Or(exp.And(exp.BoolBin("x"), exp.BoolBin("y")), exp.Le(exp.IntBin("a"), intVal(1))),
		`$.x:bool and $.y:bool or $.a:int <= 1`,
	},
	{exp.And(exp.Or(exp.BoolBin("x"), exp.BoolBin("y")), exp.BoolBin("z")), `($.x:bool or $.y:bool) and $.z:bool`},
	{exp.BinOf(exp.TypeGeo, "g"), `$.g:geo`},
	{exp.StringKey(), `key():string`},
	{exp.IntBin("odd name"), `$."odd name":int`},
	{exp.IsTombstone(), `is_tombstone()`},
	{exp.SinceUpdate(), `since_update()`},
	{
		exp.BitResize(exp.BlobBin("b"), intVal(4), cdt.ResizeGrowOnly, cdt.NoFail),
		`bit_resize($.b:blob, byte_size: 4, flags: 0x4, how: 0x2):blob`,
	},
	{
		exp.BitInsert(exp.BlobBin("b"), intVal(1), exp.BlobVal([]byte{1})),
		`bit_insert($.b:blob, byte_offset: 1, value: 0x01):blob`,
	},
	{exp.BitRemove(exp.BlobBin("b"), intVal(1), intVal(2)), `bit_remove($.b:blob, byte_offset: 1, byte_size: 2):blob`},
	{
		exp.BitSet(exp.BlobBin("b"), intVal(1), intVal(2), exp.BlobVal([]byte{3})),
		`bit_set($.b:blob, offset: 1, size: 2, value: 0x03):blob`,
	},
	{
		exp.BitXor(exp.BlobBin("b"), intVal(1), intVal(2), exp.BlobVal([]byte{3})),
		`bit_xor($.b:blob, offset: 1, size: 2, value: 0x03):blob`,
	},
	{
		exp.BitNot(exp.BlobBin("b"), intVal(1), intVal(2), cdt.NoFail, cdt.Partial),
		`bit_not($.b:blob, offset: 1, size: 2, flags: 0xc):blob`,
	},
	{
		exp.BitLShift(exp.BlobBin("b"), intVal(1), intVal(2), intVal(3)),
		`bit_lshift($.b:blob, offset: 1, size: 2, shift: 3):blob`,
	},
	{
		exp.BitAdd(exp.BlobBin("b"), intVal(0), intVal(8), intVal(7), cdt.Signed, cdt.OverflowWrap),
		`bit_add($.b:blob, offset: 0, size: 8, value: 7, how: 0x5):blob`,
	},
	{
		exp.BitSubtract(exp.BlobBin("b"), intVal(0), intVal(8), intVal(7), cdt.Unsigned, cdt.OverflowSaturate),
		`bit_subtract($.b:blob, offset: 0, size: 8, value: 7, how: 0x2):blob`,
	},
	{
		exp.BitSetInt(exp.BlobBin("b"), intVal(0), intVal(8), intVal(7)),
		`bit_set_int($.b:blob, offset: 0, size: 8, value: 7):blob`,
	},
	{exp.BitGet(exp.BlobBin("b"), intVal(0), intVal(8)), `bit_get($.b:blob, offset: 0, size: 8):blob`},
	{
		exp.BitLScan(exp.BlobBin("b"), intVal(0), intVal(8), exp.BoolVal(true)),
		`bit_lscan($.b:blob, offset: 0, size: 8, search: true):int`,
	},
	{
		exp.BitGetInt(exp.BlobBin("b"), intVal(0), intVal(8), cdt.Signed),
		`bit_get_int($.b:blob, offset: 0, size: 8, how: 0x1):int`,
	},
	{exp.IntXor(exp.IntBin("a"), exp.IntOr(exp.IntBin("a"), intVal(1))), `$.a:int ^ ($.a:int | 1)`},
	{exp.IntNot(exp.IntBin("a")), `int_not($.a:int)`},
	{exp.IntRShift(exp.IntBin("a"), intVal(1)), `$.a:int >>> 1`},
	{exp.IntARShift(exp.IntBin("a"), intVal(1)), `$.a:int >> 1`},
	{exp.IntLScan(exp.IntBin("a"), exp.BoolVal(true)), `int_lscan($.a:int, true)`},
	{
		exp.ListGetByIndexRange(exp.ListBin("l"), intVal(-2), exp.ToEnd(), exp.ReturnValues),
		`list_get_by_index_range($.l:list, return: value, index: -2):list`,
	},
	{
		exp.ListGetByValueRelativeRankRange(exp.ListBin("l"), intVal(5), intVal(-1), intVal(2), exp.ReturnRanks),
		`list_get_by_value_rel_rank_range($.l:list, return: rank, value: 5, rank: -1, count: 2):list`,
	},
	{
		exp.ListRemoveByValueRange(exp.ListBin("l"), nil, intVal(9), cdt.Inverted),
		`list_remove_by_value_range($.l:list, return: none|inverted, begin: nil, end: 9):list`,
	},
	{
		exp.ListRemoveByRankRange(exp.ListBin("l"), intVal(0), intVal(2), cdt.ReturnNone),
		`list_remove_by_rank_range($.l:list, return: none, rank: 0, count: 2):list`,
	},
	{exp.ListSet(exp.ListBin("l"), intVal(0), exp.NilVal()), `list_set($.l:list, index: 0, value: nil):list`},
	{
		exp.ListIncrement(exp.ListBin("l"), intVal(0), exp.FloatVal(1.5)),
		`list_increment($.l:list, index: 0, delta: 1.5):list`,
	},
	{exp.ListSort(exp.ListBin("l"), cdt.SortDropDuplicates), `list_sort($.l:list, how: 0x2):list`},
	{exp.ListClear(exp.ListBin("l")), `list_clear($.l:list):list`},
	{
		exp.ListInsertItems(exp.MapBin("m"), intVal(0), exp.ListVal(1), cdt.In(cdt.MapKeyCreate(protocol.String("k"), protocol.Ordered), cdt.ListIndexPad(3))),
		`list_insert_items($.m:map, at: [map_key("k", create: 0x80), list_index(3, create: 0x80)], index: 0, items: [1]):map`,
	},
	{
		exp.MapGetByKeyRange(exp.MapBin("m"), exp.StringVal("a"), exp.Infinity(), exp.ReturnOrderedMap.Inverted()),
		`map_get_by_key_range($.m:map, return: ordered_map|inverted, begin: "a", end: infinity):map`,
	},
	{
		exp.MapGetByKeyRelativeIndexRange(exp.MapBin("m"), exp.StringVal("a"), intVal(0), intVal(1), exp.ReturnKeyValue),
		`map_get_by_key_rel_index_range($.m:map, return: key_value, key: "a", index: 0, count: 1):map`,
	},
	{
		exp.MapGetByRank(exp.MapBin("m"), intVal(-1), exp.ReturnStringKey),
		`map_get_by_rank($.m:map, return: key, rank: -1):string`,
	},
	{
		exp.MapGetByValueList(exp.MapBin("m"), exp.ListVal(1), exp.ReturnKeys),
		`map_get_by_value_list($.m:map, return: key, values: [1]):list`,
	},
	{
		exp.MapPut(exp.MapBin("m"), intVal(1), intVal(2), cdt.MapPolicy{Flags: cdt.NoFail}),
		`map_put($.m:map, key: 1, value: 2, flags: 0x4):map`,
	},
	{
		exp.MapPutItems(exp.MapBin("m"), exp.MapVal(map[int]int{1: 2}), cdt.MapPolicy{Mode: cdt.MapUpdateOnly}),
		`map_replace_items($.m:map, items: {1: 2}):map`,
	},
	{exp.MapIncrement(exp.MapBin("m"), intVal(1), intVal(2)), `map_increment($.m:map, key: 1, delta: 2):map`},
	{exp.MapRemoveByKey(exp.MapBin("m"), intVal(1)), `map_remove_by_key($.m:map, return: none, key: 1):map`},
	{
		exp.MapRemoveByIndexRange(exp.MapBin("m"), intVal(0), exp.ToEnd(), cdt.ReturnNone),
		`map_remove_by_index_range($.m:map, return: none, index: 0):map`,
	},
	{
		exp.MapRemoveByValueRelativeRankRange(exp.MapBin("m"), intVal(5), intVal(0), intVal(1), cdt.ReturnNone),
		`map_remove_by_value_rel_rank_range($.m:map, return: none, value: 5, rank: 0, count: 1):map`,
	},
	{exp.MapClear(exp.MapBin("m")), `map_clear($.m:map):map`},
	{
		exp.HLLInit(exp.HLLBin("h"), intVal(8), intVal(0), cdt.CreateOnly),
		`hll_init($.h:hll, index_bits: 8, minhash_bits: 0, flags: 0x1):hll`,
	},
	{
		exp.HLLGetUnion(exp.HLLBin("h"), exp.ListVal(protocol.HLL([]byte{1}))),
		`hll_get_union($.h:hll, hlls: [HLL(1 bytes)]):hll`,
	},
	{exp.HLLDescribe(exp.HLLBin("h")), `hll_describe($.h:hll):list`},
	{exp.HLLMayContain(exp.HLLBin("h"), exp.ListVal("a")), `hll_may_contain($.h:hll, elements: ["a"]):int`},
	{exp.Val(protocol.Float(2)), `2.0`},
	{exp.Wildcard(), `wildcard`},
}

func TestReadableForm(t *testing.T) {
	for _, c := range readable {
		require.Equal(t, c.text, c.expression.String())
		packed, err := exp.Pack(c.expression)
		require.NoError(t, err, c.text)
		parsed, err := exp.Parse(packed)
		require.NoError(t, err, hex.EncodeToString(packed))
		require.Equal(t, c.text, parsed.String())
	}
}
