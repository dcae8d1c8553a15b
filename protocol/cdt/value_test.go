package cdt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// A Go value and the Value made of it give the same operation.
func TestGoValues(t *testing.T) {
	type name string
	strs, vals := []string{"a", "b"}, []protocol.Value{s("a"), s("b")}
	for name, c := range map[string]struct{ got, want protocol.Operation }{
		"append":          {cdt.ListAppend("b", "x"), cdt.ListAppend("b", s("x"))},
		"append a slice":  {cdt.ListAppend("b", strs), cdt.ListAppend("b", protocol.List(vals...))},
		"append bytes":    {cdt.ListAppend("b", []byte{1}), cdt.ListAppend("b", protocol.Blob([]byte{1}))},
		"append nil":      {cdt.ListAppend[any]("b", nil), cdt.ListAppend("b", protocol.Nil())},
		"append named":    {cdt.ListAppend("b", name("x")), cdt.ListAppend("b", s("x"))},
		"append int32":    {cdt.ListAppend("b", int32(-5)), cdt.ListAppend("b", i(-5))},
		"append items":    {cdt.ListAppendItems("b", strs), cdt.ListAppendItems("b", vals)},
		"append any":      {cdt.ListAppendItems("b", []any{1, "a"}), cdt.ListAppendItems("b", []protocol.Value{i(1), s("a")})},
		"append no items": {cdt.ListAppendItems[int]("b", nil), cdt.ListAppendItems[protocol.Value]("b", nil)},
		"insert":          {cdt.ListInsert("b", 1, 2.5), cdt.ListInsert("b", 1, protocol.Float(2.5))},
		"insert items":    {cdt.ListInsertItems("b", 1, strs), cdt.ListInsertItems("b", 1, vals)},
		"set":             {cdt.ListSet("b", 1, int64(3)), cdt.ListSet("b", 1, i(3))},
		"increment":       {cdt.ListIncrement("b", 1, 3), cdt.ListIncrement("b", 1, i(3))},
		"put":             {cdt.MapPut("b", "k", true), cdt.MapPut("b", s("k"), protocol.Bool(true))},
		"map increment":   {cdt.MapIncrement("b", 7, 1.5), cdt.MapIncrement("b", i(7), protocol.Float(1.5))},
		"map decrement":   {cdt.MapDecrement("b", "k", 1), cdt.MapDecrement("b", s("k"), i(1))},
		"by value":        {listGet(cdt.ByValue("x")), listGet(cdt.ByValue(s("x")))},
		"by values":       {listGet(cdt.ByValueList("a", "b")), listGet(cdt.ByValueList(vals...))},
		"by value range":  {listGet(cdt.ByValueRange(1, "x")), listGet(cdt.ByValueRange(i(1), s("x")))},
		"by rank":         {listGet(cdt.ByRelativeRankRange(5, 0, 1)), listGet(cdt.ByRelativeRankRange(i(5), 0, 1))},
		"by key":          {mapGet(cdt.ByKey("k")), mapGet(cdt.ByKey(s("k")))},
		"by keys":         {mapGet(cdt.ByKeyList(1, 2)), mapGet(cdt.ByKeyList(i(1), i(2)))},
		"by key range":    {mapGet(cdt.ByKeyRange(1, protocol.Infinity())), mapGet(cdt.ByKeyRange(i(1), protocol.Infinity()))},
		"by index":        {mapGet(cdt.ByRelativeIndexRange("k", 0, 1)), mapGet(cdt.ByRelativeIndexRange(s("k"), 0, 1))},
		"steps": {
			cdt.ListSize("b", in(cdt.MapKey("k"), cdt.MapValue(1), cdt.ListValue("x"), cdt.MapKeyCreate(2, protocol.Ordered))),
			cdt.ListSize("b", in(cdt.MapKey(s("k")), cdt.MapValue(i(1)), cdt.ListValue(s("x")), cdt.MapKeyCreate(i(2), protocol.Ordered))),
		},
		"path": {
			cdt.SelectByPath("b", in(cdt.MapKeysIn("a", "b")), cdt.SelectValues),
			cdt.SelectByPath("b", in(cdt.MapKeysIn(vals...)), cdt.SelectValues),
		},
		"sketch":      {cdt.HLLAdd("b", strs, 8, 0), cdt.HLLAdd("b", vals, 8, 0)},
		"may contain": {cdt.HLLMayContain("b", strs...), cdt.HLLMayContain("b", vals...)},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, c.got.Check())
			require.Equal(t, c.want.Code, c.got.Code)
			require.True(t, protocol.Equal(c.want.Value, c.got.Value), "%v instead of %v", c.got.Value, c.want.Value)
		})
	}
}

func listGet(which cdt.Selector) protocol.Operation {
	return cdt.ListGet("b", which, cdt.ReturnValue)
}

func mapGet(which cdt.MapSelector) protocol.Operation {
	return cdt.MapGet("b", which, cdt.ReturnValue)
}

func TestGoValuesThatCannotBeStored(t *testing.T) {
	for name, o := range map[string]protocol.Operation{
		"append": cdt.ListAppend("b", make(chan int)),
		"items":  cdt.ListAppendItems("b", []any{1, struct{}{}}),
		"put":    cdt.MapPut("b", "k", func() {}),
		"by key": mapGet(cdt.ByKey(uint64(1 << 63))),
	} {
		require.ErrorIs(t, o.Check(), protocol.ErrInvalidValue, name)
	}
}
