package cdt

import "github.com/aerosql/aerosql/protocol"

// A Selector selects the elements of a list, or the entries of a map, that a get or remove works
// on. Use the functions below to make one.
type Selector struct{ selection }

// A KeySelector selects the entries of a map that a get or remove works on by their keys. Use the
// functions below to make one.
type KeySelector struct{ selection }

// A MapSelector is a [Selector] or a [KeySelector].
type MapSelector interface{ mapSelector() }

func (Selector) mapSelector()    {}
func (KeySelector) mapSelector() {}

// selection is the common form of all selectors: a kind and the arguments which that kind uses.
type selection struct {
	by     selectionKind
	at     int            // index or rank; an offset from the value if there is one
	count  int            // length of a range, or ToEnd
	lo, hi protocol.Value // the value or key; the bounds of an interval; a list of values or keys
}

type selectionKind uint8

const (
	byNothing selectionKind = iota
	byIndex
	byIndexRange
	byRank
	byRankRange
	byValue
	byValueList
	byValueRange
	byRelativeRank
	byKey
	byKeyList
	byKeyRange
	byRelativeIndex
)

// A selectorRow has the name of a selector and the four calls that use it.
type selectorRow struct {
	name                string
	listGet, listRemove Code
	mapGet, mapRemove   Code
}

var selectors = [...]selectorRow{
	byIndex:         {"ByIndex", CodeListGetByIndex, CodeListRemoveByIndex, CodeMapGetByIndex, CodeMapRemoveByIndex},
	byIndexRange:    {"ByIndexRange", CodeListGetByIndexRange, CodeListRemoveByIndexRange, CodeMapGetByIndexRange, CodeMapRemoveByIndexRange},
	byRank:          {"ByRank", CodeListGetByRank, CodeListRemoveByRank, CodeMapGetByRank, CodeMapRemoveByRank},
	byRankRange:     {"ByRankRange", CodeListGetByRankRange, CodeListRemoveByRankRange, CodeMapGetByRankRange, CodeMapRemoveByRankRange},
	byValue:         {"ByValue", CodeListGetByValue, CodeListRemoveByValue, CodeMapGetByValue, CodeMapRemoveByValue},
	byValueList:     {"ByValueList", CodeListGetByValueList, CodeListRemoveByValueList, CodeMapGetByValueList, CodeMapRemoveByValueList},
	byValueRange:    {"ByValueRange", CodeListGetByValueRange, CodeListRemoveByValueRange, CodeMapGetByValueRange, CodeMapRemoveByValueRange},
	byRelativeRank:  {"ByRelativeRankRange", CodeListGetByRelativeRankRange, CodeListRemoveByRelativeRankRange, CodeMapGetByRelativeRankRange, CodeMapRemoveByRelativeRankRange},
	byKey:           {name: "ByKey", mapGet: CodeMapGetByKey, mapRemove: CodeMapRemoveByKey},
	byKeyList:       {name: "ByKeyList", mapGet: CodeMapGetByKeyList, mapRemove: CodeMapRemoveByKeyList},
	byKeyRange:      {name: "ByKeyRange", mapGet: CodeMapGetByKeyRange, mapRemove: CodeMapRemoveByKeyRange},
	byRelativeIndex: {name: "ByRelativeIndexRange", mapGet: CodeMapGetByRelativeIndexRange, mapRemove: CodeMapRemoveByRelativeIndexRange},
}

// ByIndex selects the element at an index. Fails with error 26 if there is none.
func ByIndex(index int) Selector { return Selector{selection{by: byIndex, at: index}} }

// ByIndexRange selects count elements starting at an index, or all to the end if count is [ToEnd].
// Indexes outside the list or map are left out.
func ByIndexRange(index, count int) Selector {
	return Selector{selection{by: byIndexRange, at: index, count: count}}
}

// ByRank selects the element with a rank: 0 is the smallest value, -1 the greatest. Fails with
// error 26 if there is none.
func ByRank(rank int) Selector { return Selector{selection{by: byRank, at: rank}} }

// ByRankRange selects count elements starting at a rank, or all greater ones if count is [ToEnd].
// Ranks that do not exist are left out.
func ByRankRange(rank, count int) Selector {
	return Selector{selection{by: byRankRange, at: rank, count: count}}
}

// ByValue selects all elements that equal v, which can contain [protocol.Wildcard].
func ByValue[V any](v V) Selector { return Selector{selection{by: byValue, lo: valueOf(v)}} }

// ByValueList selects all elements that equal one of the values. It retains values.
//
// Warning: a server of 8.1.2 ends if elements are removed by an empty list of values with
// [Inverted] and [ReturnValue], which selects all. Use [ByIndexRange] from 0 [ToEnd] instead.
func ByValueList[V any](values ...V) Selector {
	return Selector{selection{by: byValueList, lo: listOf(values)}}
}

// ByValueRange selects all elements v with begin <= v < end. A nil begin is smaller than all
// values. A nil end, like [protocol.Infinity], means no upper limit.
func ByValueRange[B, E any](begin B, end E) Selector {
	return Selector{selection{by: byValueRange, lo: valueOf(begin), hi: valueOf(end)}}
}

// ByRelativeRankRange selects count elements, or all to the end if count is [ToEnd], starting at an
// offset relative to v. Offset 0 is the smallest element that is not smaller than v, -1 the one
// before it. In [1, 4, 9], offset 0 relative to 5 is 9. Needs server 4.3.
func ByRelativeRankRange[V any](v V, offset, count int) Selector {
	return Selector{selection{by: byRelativeRank, lo: valueOf(v), at: offset, count: count}}
}

// ByKey selects the entry with a key.
func ByKey[K any](key K) KeySelector { return KeySelector{selection{by: byKey, lo: valueOf(key)}} }

// ByKeyList selects the entries with the given keys. It retains keys.
//
// The warning at [ByValueList] holds for an empty list of keys too.
func ByKeyList[K any](keys ...K) KeySelector {
	return KeySelector{selection{by: byKeyList, lo: listOf(keys)}}
}

// ByKeyRange selects the entries whose key k satisfies begin <= k < end. A nil begin is smaller
// than all keys. A nil end, like [protocol.Infinity], means no upper limit.
func ByKeyRange[B, E any](begin B, end E) KeySelector {
	return KeySelector{selection{by: byKeyRange, lo: valueOf(begin), hi: valueOf(end)}}
}

// ByRelativeIndexRange selects count entries, or all to the end if count is [ToEnd], starting at an
// offset relative to key. Offset 0 is the entry with the smallest key that is not smaller than key,
// -1 the one before it. Needs server 4.3.
func ByRelativeIndexRange[K any](key K, offset, count int) KeySelector {
	return KeySelector{selection{by: byRelativeIndex, lo: valueOf(key), at: offset, count: count}}
}

// single reports whether the kind selects at most one element. Such a selection cannot be inverted.
func (k selectionKind) single() bool { return k == byIndex || k == byRank || k == byKey }

// args returns the number of the selector's own arguments.
func (s *selection) args() int {
	switch s.by {
	case byIndexRange, byRankRange:
		return 1 + countArgs(s.count)
	case byRelativeRank, byRelativeIndex:
		return 2 + countArgs(s.count)
	case byValueRange, byKeyRange:
		if !s.hi.IsNil() {
			return 2
		}
	}
	return 1
}

// selectCall starts a get or remove: the call, its return type and the selector's arguments.
func selectCall(in Context, code Code, what uint32, s *selection) *packer {
	p := begin(in, code, 1+s.args())
	p.int(int64(what))
	switch s.by {
	case byIndex, byRank:
		p.int(int64(s.at))
	case byIndexRange, byRankRange:
		p.int(int64(s.at))
		p.optionalCount(s.count)
	case byRelativeRank, byRelativeIndex:
		p.value(s.lo)
		p.int(int64(s.at))
		p.optionalCount(s.count)
	case byValueRange, byKeyRange:
		p.value(s.lo)
		if !s.hi.IsNil() {
			p.value(s.hi)
		}
	case byNothing:
		p.fail("empty selector: use one of the By functions")
	default:
		p.value(s.lo)
	}
	if what&Inverted != 0 && s.by.single() {
		p.fail("Inverted with %s, which selects one element", selectors[s.by].name)
	}
	return p
}
