package collection

import "github.com/aerosql/aerosql/protocol"

// absence tells what an operation does when the list or map is not there.
type absence uint8

const (
	absentCreates  absence = iota // begins with an empty one
	absentIgnored                 // succeeds without a result
	absentNotFound                // fails: nothing to replace
	absentRefused                 // fails if the whole bin is missing
)

// spec is what the table knows of an operation.
type spec struct {
	args     []argKind
	optional int // of the arguments, at their end
	modify   bool
	absent   absence
	// orderArg is the place of the argument with the order of a new list or map,
	// 0 for none; no operation has it first.
	orderArg int
	run      func(*target, []argument) protocol.ResultCode
}

// Numbers of arguments in the signatures of the operations.
var (
	argsIndex        = []argKind{number}
	argsRange        = []argKind{number, number}
	argsPick         = []argKind{number, number}         // return type, index or rank
	argsPickRange    = []argKind{number, number, number} // return type, index or rank, count
	argsPickValue    = []argKind{number, payload}
	argsPickInterval = []argKind{number, payload, payload}
	argsPickRelative = []argKind{number, payload, number, number}
	argsIncrement    = []argKind{payload, payload, number}
)

// operations is the table of all operations by number (docs/wire-cdt-exp.md#2.4 and 2.5).
var operations = [...]spec{
	0:  {args: argsIndex, modify: true, run: listSetType},
	1:  {args: []argKind{stored, number, number}, optional: 2, modify: true, orderArg: 1, run: listAppend},
	2:  {args: []argKind{stored, number, number}, optional: 2, modify: true, orderArg: 1, run: listAppendItems},
	3:  {args: []argKind{number, stored, number}, optional: 1, modify: true, run: listInsert},
	4:  {args: []argKind{number, stored, number}, optional: 1, modify: true, run: listInsertItems},
	5:  {args: argsIndex, modify: true, absent: absentIgnored, run: pickFixed(returnValue, single, oneIndex)},
	6:  {args: argsRange, optional: 1, modify: true, absent: absentIgnored, run: pickFixed(returnValue, multiple, indexes)},
	7:  {args: argsIndex, modify: true, absent: absentIgnored, run: pickFixed(returnCount, single, oneIndex)},
	8:  {args: argsRange, optional: 1, modify: true, absent: absentIgnored, run: pickFixed(returnCount, multiple, indexes)},
	9:  {args: []argKind{number, stored, number}, optional: 1, modify: true, run: listSet},
	10: {args: argsRange, modify: true, absent: absentIgnored, run: pickFixed(returnCount|returnInverted, multiple, indexes)},
	11: {modify: true, absent: absentIgnored, run: clearAll},
	12: {args: []argKind{number, payload, number, number}, optional: 3, modify: true, orderArg: 2, run: listIncrement},
	13: {args: argsIndex, optional: 1, modify: true, absent: absentRefused, run: listSort},

	16: {run: size},
	17: {args: argsIndex, run: pickFixed(returnValue, single, oneIndex)},
	18: {args: argsRange, optional: 1, run: pickFixed(returnValue, multiple, indexes)},

	19: {args: argsPick, run: pick(single, oneIndex)},
	20: {args: argsPickValue, run: pick(single, equalValues)},
	21: {args: argsPick, run: pick(single, oneRank)},
	22: {args: argsPickValue, run: pick(multiple, equalValues)},
	23: {args: argsPickValue, run: pick(multiple, listedValues)},
	24: {args: argsPickRange, optional: 1, run: pick(multiple, indexes)},
	25: {args: argsPickInterval, optional: 1, run: pick(multiple, valueInterval)},
	26: {args: argsPickRange, optional: 1, run: pick(multiple, ranks)},
	27: {args: argsPickRelative, optional: 1, run: pick(multiple, relativeRanks)},

	32: {args: argsPick, modify: true, absent: absentIgnored, run: pick(single, oneIndex)},
	33: {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(single, equalValues)},
	34: {args: argsPick, modify: true, absent: absentIgnored, run: pick(single, oneRank)},
	35: {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(multiple, equalValues)},
	36: {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(multiple, listedValues)},
	37: {args: argsPickRange, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, indexes)},
	38: {args: argsPickInterval, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, valueInterval)},
	39: {args: argsPickRange, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, ranks)},
	40: {args: argsPickRelative, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, relativeRanks)},

	64: {args: argsIndex, modify: true, run: mapSetType},
	65: {args: []argKind{stored, stored, number}, optional: 1, modify: true, orderArg: 2, run: mapAdd},
	66: {args: []argKind{stored, number}, optional: 1, modify: true, orderArg: 1, run: mapAddItems},
	67: {args: []argKind{stored, stored, number, number}, optional: 2, modify: true, orderArg: 2, run: mapPut},
	68: {args: []argKind{stored, number, number}, optional: 2, modify: true, orderArg: 1, run: mapPutItems},
	69: {args: []argKind{stored, stored}, modify: true, run: mapReplace},
	70: {args: []argKind{stored}, modify: true, absent: absentNotFound, run: mapReplaceItems},
	73: {args: argsIncrement, optional: 2, modify: true, orderArg: 2, run: mapIncrement},
	74: {args: argsIncrement, optional: 2, modify: true, orderArg: 2, run: mapDecrement},
	75: {modify: true, absent: absentIgnored, run: clearAll},

	76: {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(single, equalKey)},
	77: {args: argsPick, modify: true, absent: absentIgnored, run: pick(single, oneIndex)},
	78: {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(single, equalValues)},
	79: {args: argsPick, modify: true, absent: absentIgnored, run: pick(single, oneRank)},
	81: {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(multiple, listedKeys)},
	82: {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(multiple, equalValues)},
	83: {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(multiple, listedValues)},
	84: {args: argsPickInterval, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, keyInterval)},
	85: {args: argsPickRange, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, indexes)},
	86: {args: argsPickInterval, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, valueInterval)},
	87: {args: argsPickRange, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, ranks)},
	88: {args: argsPickRelative, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, relativeIndexes)},
	89: {args: argsPickRelative, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, relativeRanks)},

	96:  {run: size},
	97:  {args: argsPickValue, run: pick(single, equalKey)},
	98:  {args: argsPick, run: pick(single, oneIndex)},
	99:  {args: argsPickValue, run: pick(single, equalValues)},
	100: {args: argsPick, run: pick(single, oneRank)},
	102: {args: argsPickValue, run: pick(multiple, equalValues)},
	103: {args: argsPickInterval, optional: 1, run: pick(multiple, keyInterval)},
	104: {args: argsPickRange, optional: 1, run: pick(multiple, indexes)},
	105: {args: argsPickInterval, optional: 1, run: pick(multiple, valueInterval)},
	106: {args: argsPickRange, optional: 1, run: pick(multiple, ranks)},
	107: {args: argsPickValue, run: pick(multiple, listedKeys)},
	108: {args: argsPickValue, run: pick(multiple, listedValues)},
	109: {args: argsPickRelative, optional: 1, run: pick(multiple, relativeIndexes)},
	110: {args: argsPickRelative, optional: 1, run: pick(multiple, relativeRanks)},
}
