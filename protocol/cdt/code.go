package cdt

import "github.com/aerosql/aerosql/protocol"

// A Code is the number of a call on the wire. Lists and maps share one range of numbers. Bits and
// HyperLogLog have ranges of their own; the operation's [protocol.OpCode] selects the range.
type Code uint8

// List calls.
const (
	CodeListSetType                   Code = 0
	CodeListAppend                    Code = 1
	CodeListAppendItems               Code = 2
	CodeListInsert                    Code = 3
	CodeListInsertItems               Code = 4
	CodeListPop                       Code = 5
	CodeListPopRange                  Code = 6
	CodeListRemoveAt                  Code = 7
	CodeListRemoveRange               Code = 8
	CodeListSet                       Code = 9
	CodeListTrim                      Code = 10
	CodeListClear                     Code = 11
	CodeListIncrement                 Code = 12
	CodeListSort                      Code = 13
	CodeListSize                      Code = 16
	CodeListGetAt                     Code = 17
	CodeListGetRange                  Code = 18
	CodeListGetByIndex                Code = 19
	CodeListGetByFirstValue           Code = 20
	CodeListGetByRank                 Code = 21
	CodeListGetByValue                Code = 22
	CodeListGetByValueList            Code = 23
	CodeListGetByIndexRange           Code = 24
	CodeListGetByValueRange           Code = 25
	CodeListGetByRankRange            Code = 26
	CodeListGetByRelativeRankRange    Code = 27
	CodeListRemoveByIndex             Code = 32
	CodeListRemoveByFirstValue        Code = 33
	CodeListRemoveByRank              Code = 34
	CodeListRemoveByValue             Code = 35
	CodeListRemoveByValueList         Code = 36
	CodeListRemoveByIndexRange        Code = 37
	CodeListRemoveByValueRange        Code = 38
	CodeListRemoveByRankRange         Code = 39
	CodeListRemoveByRelativeRankRange Code = 40
)

// Map calls.
const (
	CodeMapSetType                    Code = 64
	CodeMapAdd                        Code = 65
	CodeMapAddItems                   Code = 66
	CodeMapPut                        Code = 67
	CodeMapPutItems                   Code = 68
	CodeMapReplace                    Code = 69
	CodeMapReplaceItems               Code = 70
	CodeMapIncrement                  Code = 73
	CodeMapDecrement                  Code = 74
	CodeMapClear                      Code = 75
	CodeMapRemoveByKey                Code = 76
	CodeMapRemoveByIndex              Code = 77
	CodeMapRemoveByFirstValue         Code = 78
	CodeMapRemoveByRank               Code = 79
	CodeMapRemoveByKeyList            Code = 81
	CodeMapRemoveByValue              Code = 82
	CodeMapRemoveByValueList          Code = 83
	CodeMapRemoveByKeyRange           Code = 84
	CodeMapRemoveByIndexRange         Code = 85
	CodeMapRemoveByValueRange         Code = 86
	CodeMapRemoveByRankRange          Code = 87
	CodeMapRemoveByRelativeIndexRange Code = 88
	CodeMapRemoveByRelativeRankRange  Code = 89
	CodeMapSize                       Code = 96
	CodeMapGetByKey                   Code = 97
	CodeMapGetByIndex                 Code = 98
	CodeMapGetByFirstValue            Code = 99
	CodeMapGetByRank                  Code = 100
	CodeMapGetByValue                 Code = 102
	CodeMapGetByKeyRange              Code = 103
	CodeMapGetByIndexRange            Code = 104
	CodeMapGetByValueRange            Code = 105
	CodeMapGetByRankRange             Code = 106
	CodeMapGetByKeyList               Code = 107
	CodeMapGetByValueList             Code = 108
	CodeMapGetByRelativeIndexRange    Code = 109
	CodeMapGetByRelativeRankRange     Code = 110
)

// The frames around a call. CodeSelect selects or modifies by a path. CodeContext applies the inner
// call to the collection at the end of a context.
const (
	CodeSelect  Code = 0xfe
	CodeContext Code = 0xff
)

// Bit calls.
const (
	CodeBitResize     Code = 0
	CodeBitInsert     Code = 1
	CodeBitRemove     Code = 2
	CodeBitSet        Code = 3
	CodeBitOr         Code = 4
	CodeBitXor        Code = 5
	CodeBitAnd        Code = 6
	CodeBitNot        Code = 7
	CodeBitShiftLeft  Code = 8
	CodeBitShiftRight Code = 9
	CodeBitAdd        Code = 10
	CodeBitSubtract   Code = 11
	CodeBitSetInt     Code = 12
	CodeBitGet        Code = 50
	CodeBitCount      Code = 51
	CodeBitScanLeft   Code = 52
	CodeBitScanRight  Code = 53
	CodeBitGetInt     Code = 54
)

// HyperLogLog calls.
const (
	CodeHLLInit           Code = 0
	CodeHLLAdd            Code = 1
	CodeHLLSetUnion       Code = 2
	CodeHLLRefreshCount   Code = 3
	CodeHLLFold           Code = 4
	CodeHLLCount          Code = 50
	CodeHLLUnion          Code = 51
	CodeHLLUnionCount     Code = 52
	CodeHLLIntersectCount Code = 53
	CodeHLLSimilarity     Code = 54
	CodeHLLDescribe       Code = 55
	CodeHLLMayContain     Code = 56
)

// A family is a range of call numbers.
type family uint8

const (
	noFamily family = iota
	collections
	bits
	sketches
)

func familyOf(op protocol.OpCode) family {
	switch op {
	case protocol.OpCDTRead, protocol.OpCDTModify:
		return collections
	case protocol.OpBitsRead, protocol.OpBitsModify:
		return bits
	case protocol.OpHLLRead, protocol.OpHLLModify:
		return sketches
	}
	return noFamily
}
