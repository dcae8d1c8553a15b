package collection

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// absence selects what an operation does if the list or map does not exist.
type absence uint8

const (
	absentCreates  absence = iota // starts with an empty one
	absentIgnored                 // succeeds without a result
	absentNotFound                // fails: there is nothing to replace
	absentRefused                 // fails if the bin does not exist
)

// A spec is a row of the table of operations.
type spec struct {
	args     []argKind
	optional int // number of arguments that may be left out
	modify   bool
	absent   absence
	// orderArg is the position of the argument with the order of a new list or map, or 0 if there
	// is none. It is never the first argument.
	orderArg int
	run      func(*target, []argument) protocol.ResultCode
}

// Common signatures.
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

// operations is indexed by the number of the operation (docs/wire-cdt-exp.md#2.4 and 2.5).
var operations = [...]spec{
	cdt.CodeListSetType:     {args: argsIndex, modify: true, run: listSetType},
	cdt.CodeListAppend:      {args: []argKind{stored, number, number}, optional: 2, modify: true, orderArg: 1, run: listAppend},
	cdt.CodeListAppendItems: {args: []argKind{stored, number, number}, optional: 2, modify: true, orderArg: 1, run: listAppendItems},
	cdt.CodeListInsert:      {args: []argKind{number, stored, number}, optional: 1, modify: true, run: listInsert},
	cdt.CodeListInsertItems: {args: []argKind{number, stored, number}, optional: 1, modify: true, run: listInsertItems},
	cdt.CodeListPop:         {args: argsIndex, modify: true, absent: absentIgnored, run: pickFixed(cdt.ReturnValue, single, oneIndex)},
	cdt.CodeListPopRange:    {args: argsRange, optional: 1, modify: true, absent: absentIgnored, run: pickFixed(cdt.ReturnValue, multiple, indexes)},
	cdt.CodeListRemoveAt:    {args: argsIndex, modify: true, absent: absentIgnored, run: pickFixed(cdt.ReturnCount, single, oneIndex)},
	cdt.CodeListRemoveRange: {args: argsRange, optional: 1, modify: true, absent: absentIgnored, run: pickFixed(cdt.ReturnCount, multiple, indexes)},
	cdt.CodeListSet:         {args: []argKind{number, stored, number}, optional: 1, modify: true, run: listSet},
	cdt.CodeListTrim:        {args: argsRange, modify: true, absent: absentIgnored, run: pickFixed(cdt.ReturnCount|cdt.Inverted, multiple, indexes)},
	cdt.CodeListClear:       {modify: true, absent: absentIgnored, run: clearAll},
	cdt.CodeListIncrement:   {args: []argKind{number, payload, number, number}, optional: 3, modify: true, orderArg: 2, run: listIncrement},
	cdt.CodeListSort:        {args: argsIndex, optional: 1, modify: true, absent: absentRefused, run: listSort},

	cdt.CodeListSize:     {run: size},
	cdt.CodeListGetAt:    {args: argsIndex, run: pickFixed(cdt.ReturnValue, single, oneIndex)},
	cdt.CodeListGetRange: {args: argsRange, optional: 1, run: pickFixed(cdt.ReturnValue, multiple, indexes)},

	cdt.CodeListGetByIndex:             {args: argsPick, run: pick(single, oneIndex)},
	cdt.CodeListGetByFirstValue:        {args: argsPickValue, run: pick(single, equalValues)},
	cdt.CodeListGetByRank:              {args: argsPick, run: pick(single, oneRank)},
	cdt.CodeListGetByValue:             {args: argsPickValue, run: pick(multiple, equalValues)},
	cdt.CodeListGetByValueList:         {args: argsPickValue, run: pick(multiple, listedValues)},
	cdt.CodeListGetByIndexRange:        {args: argsPickRange, optional: 1, run: pick(multiple, indexes)},
	cdt.CodeListGetByValueRange:        {args: argsPickInterval, optional: 1, run: pick(multiple, valueInterval)},
	cdt.CodeListGetByRankRange:         {args: argsPickRange, optional: 1, run: pick(multiple, ranks)},
	cdt.CodeListGetByRelativeRankRange: {args: argsPickRelative, optional: 1, run: pick(multiple, relativeRanks)},

	cdt.CodeListRemoveByIndex:             {args: argsPick, modify: true, absent: absentIgnored, run: pick(single, oneIndex)},
	cdt.CodeListRemoveByFirstValue:        {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(single, equalValues)},
	cdt.CodeListRemoveByRank:              {args: argsPick, modify: true, absent: absentIgnored, run: pick(single, oneRank)},
	cdt.CodeListRemoveByValue:             {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(multiple, equalValues)},
	cdt.CodeListRemoveByValueList:         {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(multiple, listedValues)},
	cdt.CodeListRemoveByIndexRange:        {args: argsPickRange, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, indexes)},
	cdt.CodeListRemoveByValueRange:        {args: argsPickInterval, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, valueInterval)},
	cdt.CodeListRemoveByRankRange:         {args: argsPickRange, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, ranks)},
	cdt.CodeListRemoveByRelativeRankRange: {args: argsPickRelative, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, relativeRanks)},

	cdt.CodeMapSetType:      {args: argsIndex, modify: true, run: mapSetType},
	cdt.CodeMapAdd:          {args: []argKind{stored, stored, number}, optional: 1, modify: true, orderArg: 2, run: mapAdd},
	cdt.CodeMapAddItems:     {args: []argKind{stored, number}, optional: 1, modify: true, orderArg: 1, run: mapAddItems},
	cdt.CodeMapPut:          {args: []argKind{stored, stored, number, number}, optional: 2, modify: true, orderArg: 2, run: mapPut},
	cdt.CodeMapPutItems:     {args: []argKind{stored, number, number}, optional: 2, modify: true, orderArg: 1, run: mapPutItems},
	cdt.CodeMapReplace:      {args: []argKind{stored, stored}, modify: true, run: mapReplace},
	cdt.CodeMapReplaceItems: {args: []argKind{stored}, modify: true, absent: absentNotFound, run: mapReplaceItems},
	cdt.CodeMapIncrement:    {args: argsIncrement, optional: 2, modify: true, orderArg: 2, run: mapIncrement},
	cdt.CodeMapDecrement:    {args: argsIncrement, optional: 2, modify: true, orderArg: 2, run: mapDecrement},
	cdt.CodeMapClear:        {modify: true, absent: absentIgnored, run: clearAll},

	cdt.CodeMapRemoveByKey:                {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(single, equalKey)},
	cdt.CodeMapRemoveByIndex:              {args: argsPick, modify: true, absent: absentIgnored, run: pick(single, oneIndex)},
	cdt.CodeMapRemoveByFirstValue:         {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(single, equalValues)},
	cdt.CodeMapRemoveByRank:               {args: argsPick, modify: true, absent: absentIgnored, run: pick(single, oneRank)},
	cdt.CodeMapRemoveByKeyList:            {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(multiple, listedKeys)},
	cdt.CodeMapRemoveByValue:              {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(multiple, equalValues)},
	cdt.CodeMapRemoveByValueList:          {args: argsPickValue, modify: true, absent: absentIgnored, run: pick(multiple, listedValues)},
	cdt.CodeMapRemoveByKeyRange:           {args: argsPickInterval, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, keyInterval)},
	cdt.CodeMapRemoveByIndexRange:         {args: argsPickRange, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, indexes)},
	cdt.CodeMapRemoveByValueRange:         {args: argsPickInterval, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, valueInterval)},
	cdt.CodeMapRemoveByRankRange:          {args: argsPickRange, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, ranks)},
	cdt.CodeMapRemoveByRelativeIndexRange: {args: argsPickRelative, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, relativeIndexes)},
	cdt.CodeMapRemoveByRelativeRankRange:  {args: argsPickRelative, optional: 1, modify: true, absent: absentIgnored, run: pick(multiple, relativeRanks)},

	cdt.CodeMapSize:                    {run: size},
	cdt.CodeMapGetByKey:                {args: argsPickValue, run: pick(single, equalKey)},
	cdt.CodeMapGetByIndex:              {args: argsPick, run: pick(single, oneIndex)},
	cdt.CodeMapGetByFirstValue:         {args: argsPickValue, run: pick(single, equalValues)},
	cdt.CodeMapGetByRank:               {args: argsPick, run: pick(single, oneRank)},
	cdt.CodeMapGetByValue:              {args: argsPickValue, run: pick(multiple, equalValues)},
	cdt.CodeMapGetByKeyRange:           {args: argsPickInterval, optional: 1, run: pick(multiple, keyInterval)},
	cdt.CodeMapGetByIndexRange:         {args: argsPickRange, optional: 1, run: pick(multiple, indexes)},
	cdt.CodeMapGetByValueRange:         {args: argsPickInterval, optional: 1, run: pick(multiple, valueInterval)},
	cdt.CodeMapGetByRankRange:          {args: argsPickRange, optional: 1, run: pick(multiple, ranks)},
	cdt.CodeMapGetByKeyList:            {args: argsPickValue, run: pick(multiple, listedKeys)},
	cdt.CodeMapGetByValueList:          {args: argsPickValue, run: pick(multiple, listedValues)},
	cdt.CodeMapGetByRelativeIndexRange: {args: argsPickRelative, optional: 1, run: pick(multiple, relativeIndexes)},
	cdt.CodeMapGetByRelativeRankRange:  {args: argsPickRelative, optional: 1, run: pick(multiple, relativeRanks)},
}
