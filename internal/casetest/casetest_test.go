package casetest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// TestValues checks that the text of a value parses to the same value.
func TestValues(t *testing.T) {
	n := new(Names)
	require.NoError(t, n.define("three = [1, 2, 3]"))
	for _, text := range []string{
		"nil", "true", "-5", "18446744073709551615", "1.5", "1e+300", "nan", `"a \"b\""`, "0x", "0x01ff", "[]", `[1, "a", [nil]]`, "{}", `{"a": 1, 2: {}}`,
		"ordered [1]", "kv_ordered {1: 2}", "persisted ordered {1: 2}", "pairs {1: 2}", "wildcard", "infinity", "float32(1.5)", "hll(0x0102)",
		`geo("{}")`, "three", "[three, 4]",
	} {
		v, err := n.Value(text)
		require.NoError(t, err, text)
		require.Equal(t, text, n.Show(v))
	}
	for _, text := range []string{"", "[1", "{1}", "[1 2]", "0x1", "nothing", "1 2", `"a`, "ordered 5", "geo(1)"} {
		_, err := n.Value(text)
		require.Error(t, err, text)
	}
}

// TestCalls compares parsed calls with those built by the functions of package cdt.
func TestCalls(t *testing.T) {
	n := new(Names)
	for text, want := range map[string]protocol.Operation{
		"list_pop(index: -1)":                               cdt.ListPop("b", -1),
		"list_append(value: 5, order: ordered, flags: 0x1)": cdt.ListAppend("b", protocol.Int(5), cdt.ListPolicy{Order: protocol.Ordered, Flags: cdt.AddUnique}),
		"list_size()": cdt.ListSize("b"),
		"map_get_by_key(return: key_value, key: \"k\")":                      cdt.MapGet("b", cdt.ByKey(protocol.String("k")), cdt.ReturnKeyValue),
		"list_get_by_rank_range(return: value|inverted, rank: -3, count: 3)": cdt.ListGet("b", cdt.ByRankRange(-3, 3), cdt.ReturnValue|cdt.Inverted),
		"list_append(at: [map_key(\"k\"), list_index(3, create: padded)], value: 1)": cdt.Call{
			Op: protocol.OpCDTModify, Bin: "b", Code: cdt.CodeListAppend, Context: cdt.In(cdt.MapKey(protocol.String("k")), cdt.ListIndexPad(3)), Args: []protocol.Value{protocol.Int(1)},
		}.Operation(),
		"bit_get_int(offset: 8, size: 16, how: signed)":                           cdt.BitGetInt("b", 8, 16, cdt.Signed),
		"hll_add(elements: [1], index_bits: 8, minhash_bits: -1, flags: no_fail)": cdt.HLLAdd("b", []protocol.Value{protocol.Int(1)}, 8, cdt.Unset, cdt.NoFail),
		"select_by_path(at: [children(), keys_in([1])], select: tree)":            cdt.SelectByPath("b", cdt.In(cdt.AllChildren(), cdt.MapKeysIn(protocol.Int(1))), cdt.SelectTree),
		"modify_by_path(at: [children()], select: apply, value: 5)":               cdt.ModifyByPath("b", cdt.In(cdt.AllChildren()), []byte{5}),
	} {
		got, err := n.Operation(text, "b")
		require.NoError(t, err, text)
		require.Equal(t, want.Code, got.Code, text)
		require.True(t, protocol.Equal(want.Value, got.Value), "%s: %v, %v", text, want.Value, got.Value)
	}
	for _, text := range []string{"", "nothing()", "list_pop(index 1)", "list_pop(place: 1)", "list_pop(index: 1", "list_pop(index: 1) x", "list_size(at: [nowhere(1)])", "list_size(at: [list_index(1, create: odd)])"} {
		_, err := n.Operation(text, "b")
		require.Error(t, err, text)
	}
}

// TestExpressions checks that a parsed expression prints as the same text.
func TestExpressions(t *testing.T) {
	for _, text := range []string{
		`$.a:int`, `$."odd name":int`, `$.a:int + 1 + 2`, `($.a:int + 1) * 2`, `$.a:int - ($.b:int - 1)`, `$.x:bool and $.y:bool or $.a:int <= 1`,
		`($.x:bool or $.y:bool) and $.z:bool`, `not($.x:bool)`, `sub($.a:int)`, `cmp_regex($.s:string, "^A", icase)`, `key():string`, `bin_type($.a)`,
		`digest_modulo(3)`, `let(x = 1, y = x, x + y)`, `cond($.x:bool => 1, else => 2)`, `[1, "a"]`, `{"a": 1}`, `1.0`, `-1`, `$.a:int - -1`,
		`list_get_by_index_range($.l:list, return: value, index: -2):list`, `map_get_by_key_range($.m:map, return: ordered_map|inverted, begin: "a", end: infinity):map`,
		`bit_add($.b:blob, offset: 0, size: 8, value: 7, how: 0x5):blob`, `list_append($.m:map, at: [map_key("k", create: 0x80)], value: 1, flags: 0x4):map`,
		`select_by_path($.l:list, at: [children(loop.value:int > 0), and(true), keys_in([1])], select: values|no_fail):list`,
	} {
		packed, err := new(Names).Expression(text)
		require.NoError(t, err, text)
		n, err := exp.ParseNode(packed)
		require.NoError(t, err, text)
		require.Equal(t, text, n.String())
	}
	for _, text := range []string{"", "$.a", "$.a:odd", "1 +", "(1", "nothing(1)", "cond(1 => 2)", "loop.all:int", "cmp_regex(1)", "list_size($.l:list)"} {
		_, err := new(Names).Expression(text)
		require.Error(t, err, text)
	}
}

// TestRun checks that a wrong outcome fails, and that -update writes it.
func TestRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cases.txt")
	const file = "# Twice.\n\ngiven a=1\n\n1\n----\n2\n\n2\n----\n3\n"
	require.NoError(t, os.WriteFile(path, []byte(file), 0o600))
	*update = true
	defer func() { *update = false }()
	require.Equal(t, 2, Run(t, path, func(_ *testing.T, c Case) string {
		require.Len(t, c.Given, 1)
		return "<" + c.Text + c.Want + ">"
	}))
	written, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "# Twice.\n\ngiven a=1\n\n1\n----\n<12>\n\n2\n----\n<23>\n", string(written))
}
