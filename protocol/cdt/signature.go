package cdt

import (
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A signature describes how a call is printed: the name of its builder, how to print each argument
// in wire order, and a note printed after the arguments.
type signature struct {
	name string
	args []argument
	note string
}

// openRange is printed as the length of a range without an end.
const openRange = "ToEnd"

// An argument formats one value. It returns "" to leave it out.
type argument func(protocol.Value) string

var signatures = [...]map[Code]signature{
	collections: {
		CodeListSetType:            {"ListSetOrder", []argument{orderArg}, ""},
		CodeListAppend:             {"ListAppend", []argument{valueArg, orderArg, listFlagsArg}, ""},
		CodeListAppendItems:        {"ListAppendItems", []argument{valueArg, orderArg, listFlagsArg}, ""},
		CodeListInsert:             {"ListInsert", []argument{valueArg, valueArg, listFlagsArg}, ""},
		CodeListInsertItems:        {"ListInsertItems", []argument{valueArg, valueArg, listFlagsArg}, ""},
		CodeListPop:                {"ListPop", nil, ""},
		CodeListPopRange:           {"ListPopRange", nil, openRange},
		CodeListRemoveAt:           {"ListRemoveAt", nil, ""},
		CodeListRemoveRange:        {"ListRemoveRange", nil, openRange},
		CodeListSet:                {"ListSet", []argument{valueArg, valueArg, listFlagsArg}, ""},
		CodeListTrim:               {"ListTrim", nil, ""},
		CodeListClear:              {"ListClear", nil, ""},
		CodeListIncrement:          {"ListIncrement", []argument{valueArg, valueArg, orderArg, listFlagsArg}, ""},
		CodeListSort:               {"ListSort", []argument{sortArg}, ""},
		CodeListSize:               {"ListSize", nil, ""},
		CodeListGetAt:              {"ListGetAt", nil, ""},
		CodeListGetRange:           {"ListGetRange", nil, openRange},
		CodeListGetByFirstValue:    {"ListGetByFirstValue", []argument{returnArg}, ""},
		CodeListRemoveByFirstValue: {"ListRemoveByFirstValue", []argument{returnArg}, ""},
		CodeMapSetType:             {"MapSetOrder", []argument{orderArg}, ""},
		CodeMapAdd:                 {"MapPut", []argument{valueArg, valueArg, orderArg}, "MapCreateOnly"},
		CodeMapAddItems:            {"MapPutItems", []argument{valueArg, orderArg}, "MapCreateOnly"},
		CodeMapPut:                 {"MapPut", []argument{valueArg, valueArg, orderArg, mapFlagsArg}, ""},
		CodeMapPutItems:            {"MapPutItems", []argument{valueArg, orderArg, mapFlagsArg}, ""},
		CodeMapReplace:             {"MapPut", nil, "MapUpdateOnly"},
		CodeMapReplaceItems:        {"MapPutItems", nil, "MapUpdateOnly"},
		CodeMapIncrement:           {"MapIncrement", []argument{valueArg, valueArg, orderArg}, ""},
		CodeMapDecrement:           {"MapDecrement", []argument{valueArg, valueArg, orderArg}, ""},
		CodeMapClear:               {"MapClear", nil, ""},
		CodeMapSize:                {"MapSize", nil, ""},
		CodeMapGetByFirstValue:     {"MapGetByFirstValue", []argument{returnArg}, ""},
		CodeMapRemoveByFirstValue:  {"MapRemoveByFirstValue", []argument{returnArg}, ""},
	},
	bits: {
		CodeBitResize:     {"BitResize", []argument{valueArg, bitFlagsArg, resizeArg}, ""},
		CodeBitInsert:     {"BitInsert", []argument{valueArg, valueArg, bitFlagsArg}, ""},
		CodeBitRemove:     {"BitRemove", []argument{valueArg, valueArg, bitFlagsArg}, ""},
		CodeBitSet:        {"BitSet", []argument{valueArg, valueArg, valueArg, bitFlagsArg}, ""},
		CodeBitOr:         {"BitOr", []argument{valueArg, valueArg, valueArg, bitFlagsArg}, ""},
		CodeBitXor:        {"BitXor", []argument{valueArg, valueArg, valueArg, bitFlagsArg}, ""},
		CodeBitAnd:        {"BitAnd", []argument{valueArg, valueArg, valueArg, bitFlagsArg}, ""},
		CodeBitNot:        {"BitNot", []argument{valueArg, valueArg, bitFlagsArg}, ""},
		CodeBitShiftLeft:  {"BitShiftLeft", []argument{valueArg, valueArg, valueArg, bitFlagsArg}, ""},
		CodeBitShiftRight: {"BitShiftRight", []argument{valueArg, valueArg, valueArg, bitFlagsArg}, ""},
		CodeBitAdd:        {"BitAdd", []argument{valueArg, valueArg, valueArg, bitFlagsArg, arithmeticArg}, ""},
		CodeBitSubtract:   {"BitSubtract", []argument{valueArg, valueArg, valueArg, bitFlagsArg, arithmeticArg}, ""},
		CodeBitSetInt:     {"BitSetInt", []argument{valueArg, valueArg, valueArg, bitFlagsArg}, ""},
		CodeBitGet:        {"BitGet", nil, ""},
		CodeBitCount:      {"BitCount", nil, ""},
		CodeBitScanLeft:   {"BitScanLeft", nil, ""},
		CodeBitScanRight:  {"BitScanRight", nil, ""},
		CodeBitGetInt:     {"BitGetInt", []argument{valueArg, valueArg, arithmeticArg}, ""},
	},
	sketches: {
		CodeHLLInit:           {"HLLInit", []argument{bitCountArg, bitCountArg, hllFlagsArg}, ""},
		CodeHLLAdd:            {"HLLAdd", []argument{valueArg, bitCountArg, bitCountArg, hllFlagsArg}, ""},
		CodeHLLSetUnion:       {"HLLSetUnion", []argument{valueArg, hllFlagsArg}, ""},
		CodeHLLRefreshCount:   {"HLLRefreshCount", nil, ""},
		CodeHLLFold:           {"HLLFold", nil, ""},
		CodeHLLCount:          {"HLLGetCount", nil, ""},
		CodeHLLUnion:          {"HLLGetUnion", nil, ""},
		CodeHLLUnionCount:     {"HLLGetUnionCount", nil, ""},
		CodeHLLIntersectCount: {"HLLGetIntersectCount", nil, ""},
		CodeHLLSimilarity:     {"HLLGetSimilarity", nil, ""},
		CodeHLLDescribe:       {"HLLDescribe", nil, ""},
		CodeHLLMayContain:     {"HLLMayContain", nil, ""},
	},
}

func valueArg(v protocol.Value) string {
	if text, ok := v.Text(); ok && v.Kind() == protocol.KindString {
		return strconv.Quote(text)
	}
	return v.String()
}

func values(list []protocol.Value) []string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = valueArg(v)
	}
	return words
}

func bitCountArg(v protocol.Value) string {
	if n, ok := v.Int(); ok && n == Unset {
		return "Unset"
	}
	return valueArg(v)
}

var returnNames = map[int64]string{
	ReturnNone: "ReturnNone", ReturnIndex: "ReturnIndex", ReturnReverseIndex: "ReturnReverseIndex",
	ReturnRank: "ReturnRank", ReturnReverseRank: "ReturnReverseRank", ReturnCount: "ReturnCount",
	int64(ReturnKey): "ReturnKey", ReturnValue: "ReturnValue", int64(ReturnKeyValue): "ReturnKeyValue",
	ReturnIndexRange: "ReturnIndexRange", ReturnReverseIndexRange: "ReturnReverseIndexRange",
	ReturnRankRange: "ReturnRankRange", ReturnReverseRankRange: "ReturnReverseRankRange", ReturnExists: "ReturnExists",
	int64(ReturnUnorderedMap): "ReturnUnorderedMap", int64(ReturnOrderedMap): "ReturnOrderedMap",
}

func returnArg(v protocol.Value) string {
	n, ok := v.Int()
	name, known := returnNames[n&^Inverted]
	switch {
	case !ok || !known:
		return valueArg(v)
	case n&Inverted != 0:
		return name + "|Inverted"
	}
	return name
}

// flagNames are the names of bits, lowest first.
type flagNames []string

// show joins the names of the bits that are set. Bits without a name are shown as a hexadecimal
// number. Zero is shown as "".
func (names flagNames) show(v protocol.Value) string {
	n, ok := v.Int()
	if !ok || n < 0 {
		return valueArg(v)
	}
	var words []string
	for i, name := range names {
		if bit := int64(1) << i; n&bit != 0 {
			words = append(words, name)
			n &^= bit
		}
	}
	if n != 0 {
		words = append(words, "0x"+strconv.FormatInt(n, 16))
	}
	return strings.Join(words, "|")
}

func listFlagsArg(v protocol.Value) string {
	return flagNames{"AddUnique", "InsertBounded", "NoFail", "Partial"}.show(v)
}

func mapFlagsArg(v protocol.Value) string {
	return flagNames{"CreateOnly", "UpdateOnly", "NoFail", "Partial"}.show(v)
}

func bitFlagsArg(v protocol.Value) string { return mapFlagsArg(v) }

func hllFlagsArg(v protocol.Value) string {
	return flagNames{"CreateOnly", "UpdateOnly", "NoFail", "AllowFold"}.show(v)
}

func sortArg(v protocol.Value) string {
	return flagNames{"SortDescending", "SortDropDuplicates"}.show(v)
}

func resizeArg(v protocol.Value) string {
	return flagNames{"ResizeFromFront", "ResizeGrowOnly", "ResizeShrinkOnly"}.show(v)
}

func arithmeticArg(v protocol.Value) string {
	return flagNames{"Signed", "OverflowSaturate", "OverflowWrap"}.show(v)
}

func orderArg(v protocol.Value) string {
	n, ok := v.Int()
	if !ok || n < 0 {
		return valueArg(v)
	}
	name, known := map[int64]string{
		int64(protocol.Unordered): "Unordered", int64(protocol.Ordered): "Ordered", int64(protocol.KeyValueOrdered): "KeyValueOrdered",
	}[n&^int64(protocol.PersistIndex)]
	switch {
	case !known:
		return "0x" + strconv.FormatInt(n, 16)
	case n&int64(protocol.PersistIndex) != 0:
		return name + "|PersistIndex"
	}
	return name
}

func selectArg(v protocol.Value) string {
	n, ok := v.Int()
	if !ok || n < 0 || n > 0xff {
		return valueArg(v)
	}
	form := SelectFlags(n) & 0x0f
	words := []string{strconv.Itoa(int(form))}
	if names := [...]string{"SelectTree", "SelectValues", "SelectMapKeys", "SelectMapKeyValues"}; int(form) < len(names) {
		words[0] = names[form]
	} else if form == selectApply {
		words = nil
	}
	if SelectFlags(n)&SelectNoFail != 0 {
		words = append(words, "SelectNoFail")
	}
	return strings.Join(words, "|")
}
