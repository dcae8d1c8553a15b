package cdt_test

import (
	"fmt"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

func show(operations ...protocol.Operation) {
	for _, op := range operations {
		text, err := cdt.Describe(op)
		if err != nil {
			text = err.Error()
		}
		fmt.Println(text)
	}
}

func Example() {
	show(
		cdt.ListAppend("tags", "new"),
		cdt.ListAppend("tags", "new", cdt.ListPolicy{Flags: cdt.AddUnique | cdt.NoFail}, cdt.In(cdt.MapKey("en"))),
		cdt.ListGet("tags", cdt.ByRank(-1), cdt.ReturnValue),
		cdt.MapRemove("scores", cdt.ByValueRange(10, 20), cdt.ReturnCount|cdt.Inverted),
	)
	// Output:
	// ListAppend("tags", "new")
	// ListAppend("tags", "new", Unordered, AddUnique|NoFail, In(MapKey("en")))
	// ListGet("tags", ByRank(-1), ReturnValue)
	// MapRemove("scores", ByValueRange(10, 20), ReturnCount|Inverted)
}

func ExampleListAppend() {
	sorted := cdt.ListPolicy{Order: protocol.Ordered, Flags: cdt.AddUnique}
	show(
		cdt.ListAppend("scores", 7),
		cdt.ListAppend("scores", 7, sorted),
		cdt.ListAppendItems("scores", []int{7, 9}, sorted),
		cdt.ListInsert("scores", 0, 1),
		cdt.ListIncrement("scores", -1, 5),
	)
	// Output:
	// ListAppend("scores", 7)
	// ListAppend("scores", 7, Ordered, AddUnique)
	// ListAppendItems("scores", [7, 9], Ordered, AddUnique)
	// ListInsert("scores", 0, 1)
	// ListIncrement("scores", -1, 5)
}

func ExampleListGet() {
	show(
		cdt.ListGet("scores", cdt.ByRankRange(-3, cdt.ToEnd), cdt.ReturnValue), // the best three
		cdt.ListGet("scores", cdt.ByRelativeRankRange(50, 0, 1), cdt.ReturnIndex),
		cdt.ListRemove("scores", cdt.ByValueRange(protocol.Nil(), 10), cdt.ReturnCount), // below 10
	)
	// Output:
	// ListGet("scores", ByRankRange(-3, ToEnd), ReturnValue)
	// ListGet("scores", ByRelativeRankRange(50, 0, 1), ReturnIndex)
	// ListRemove("scores", ByValueRange(nil, 10), ReturnCount)
}

// All elements of the list that are lists starting with 3.
func ExampleByValue() {
	show(cdt.ListGet("points", cdt.ByValue(protocol.List(protocol.Int(3), protocol.Wildcard())), cdt.ReturnValue))
	// Output: ListGet("points", ByValue([3, wildcard]), ReturnValue)
}

func ExampleMapPut() {
	once := cdt.MapPolicy{Order: protocol.Ordered, Flags: cdt.CreateOnly}
	show(
		cdt.MapPut("stock", "apples", 3),
		cdt.MapPut("stock", "apples", 3, once),
		cdt.MapIncrement("stock", "apples", -1),
		cdt.MapGet("stock", cdt.ByKeyList("apples", "pears"), cdt.ReturnKeyValue),
		cdt.MapGet("stock", cdt.ByIndexRange(0, 10), cdt.ReturnOrderedMap),
	)
	// Output:
	// MapPut("stock", "apples", 3, Unordered)
	// MapPut("stock", "apples", 3, Ordered, CreateOnly)
	// MapIncrement("stock", "apples", -1, Unordered)
	// MapGet("stock", ByKeyList("apples", "pears"), ReturnKeyValue)
	// MapGet("stock", ByIndexRange(0, 10), ReturnOrderedMap)
}

// A context leads to a nested collection, and can create it.
func ExampleIn() {
	today, visits := "2030-01-31", "visits"
	show(
		cdt.ListSize("log", cdt.In(cdt.MapKey(today), cdt.MapKey(visits))),
		cdt.ListAppend("log", 17, cdt.In(cdt.MapKeyCreate(today, protocol.Ordered), cdt.MapKey(visits))),
	)
	text, err := cdt.In(cdt.MapKey("k"), cdt.ListIndex(-1)).Base64()
	fmt.Println(text, err)
	// Output:
	// ListSize("log", In(MapKey("2030-01-31"), MapKey("visits")))
	// ListAppend("log", 17, In(MapKeyCreate("2030-01-31", Ordered), MapKey("visits")))
	// lCKiA2sQ/w== <nil>
}

func ExampleBitAdd() {
	show(
		cdt.BitResize("flags", 4, cdt.ResizeGrowOnly, cdt.NoFail),
		cdt.BitSet("flags", 13, 3, []byte{0xe0}),
		cdt.BitAdd("flags", 24, 8, 200, cdt.Unsigned, cdt.OverflowSaturate),
		cdt.BitGetInt("flags", 24, 8, cdt.Signed),
	)
	// Output:
	// BitResize("flags", 4, NoFail, ResizeGrowOnly)
	// BitSet("flags", 13, 3, 0xe0)
	// BitAdd("flags", 24, 8, 200, OverflowSaturate)
	// BitGetInt("flags", 24, 8, Signed)
}

func ExampleHLLAdd() {
	visitors := []string{"ann", "bob"}
	show(
		cdt.HLLAdd("visitors", visitors, 12, cdt.Unset),
		cdt.HLLGetCount("visitors"),
		cdt.HLLGetSimilarity("visitors", []byte{0, 4, 0}),
	)
	// Output:
	// HLLAdd("visitors", ["ann", "bob"], 12, Unset)
	// HLLGetCount("visitors")
	// HLLGetSimilarity("visitors", [0x000400])
}

// A path can lead to many elements at once: here to the prices of all books. Package exp packs the
// filter and the expression.
func ExampleSelectByPath() {
	prices := cdt.In(cdt.MapKey("books"), cdt.AllChildren(), cdt.MapKey("price"))
	alwaysTrue, nine := []byte{0xc3}, []byte{0x09}
	show(
		cdt.SelectByPath("store", prices, cdt.SelectValues|cdt.SelectNoFail),
		cdt.SelectByPath("store", append(prices, cdt.AndFilter(alwaysTrue)), cdt.SelectTree),
		cdt.ModifyByPath("store", prices, nine),
	)
	// Output:
	// SelectByPath("store", In(MapKey("books"), AllChildren(), MapKey("price")), SelectValues|SelectNoFail)
	// SelectByPath("store", In(MapKey("books"), AllChildren(), MapKey("price"), AndFilter(true)), SelectTree)
	// ModifyByPath("store", In(MapKey("books"), AllChildren(), MapKey("price")), 0x09)
}

// Invalid operations are reported when they are sent.
func ExampleDescribe_invalid() {
	show(cdt.ListGet("tags", cdt.ByIndex(0), cdt.ReturnValue|cdt.Inverted))
	// Output: invalid value: Inverted with ByIndex, which selects one element
}
