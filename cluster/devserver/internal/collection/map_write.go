package collection

import (
	"slices"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// The write flags of maps. noFail and partial are the same as those of lists.
const (
	noOverwrite = writeFlags(cdt.CreateOnly)
	noCreate    = writeFlags(cdt.UpdateOnly)
)

// mapSetType changes a map's order flags. Entries are always stored in key order.
func mapSetType(t *target, args []argument) protocol.ResultCode {
	order := args[0].order()
	if order&^mapFlags != 0 {
		return protocol.OpNotApplicable
	}
	if !t.top {
		order &^= protocol.PersistIndex
	}
	t.store(protocol.MapWithOrder(order, sortedByKey(t.pairs())))
	return protocol.OK
}

func mapAdd(t *target, args []argument) protocol.ResultCode {
	return putArguments(t, args, noOverwrite)
}

func mapPut(t *target, args []argument) protocol.ResultCode {
	return putArguments(t, args, flagsOf(&args[3]))
}

func mapReplace(t *target, args []argument) protocol.ResultCode {
	return putArguments(t, args, noCreate)
}

func mapAddItems(t *target, args []argument) protocol.ResultCode {
	return putEntries(t, &args[0], noOverwrite)
}

func mapPutItems(t *target, args []argument) protocol.ResultCode {
	return putEntries(t, &args[0], flagsOf(&args[2]))
}

func mapReplaceItems(t *target, args []argument) protocol.ResultCode {
	return putEntries(t, &args[0], noCreate)
}

func putArguments(t *target, args []argument, flags writeFlags) protocol.ResultCode {
	if args[0].invalid || args[1].invalid || !isMapKey(args[0].value) {
		return protocol.ParameterError
	}
	return putEntry(t, args[0].value, args[1].value, flags)
}

// sortedByKey returns the entries in key order. Entries of stored maps are already sorted.
func sortedByKey(pairs []protocol.Pair) []protocol.Pair {
	if slices.IsSortedFunc(pairs, compareKeys) {
		return pairs
	}
	return slices.SortedStableFunc(slices.Values(pairs), compareKeys)
}

// keyPosition returns the position of a key. If the key is missing it returns the position of a new
// entry: before the first greater key among the sorted entries at the start, or else the end.
func keyPosition(pairs []protocol.Pair, k protocol.Value) (position int, found bool) {
	if slices.IsSortedFunc(pairs, compareKeys) {
		return sortedPosition(pairs, k)
	}
	position, sorted := len(pairs), true
	for i, p := range pairs {
		sorted = sorted && (i == 0 || compareKeys(pairs[i-1], p) < 0)
		switch c := protocol.Compare(k, p.Key); {
		case c == 0:
			return i, true
		case c < 0 && sorted && position == len(pairs):
			position = i
		}
	}
	return position, false
}

func sortedPosition(pairs []protocol.Pair, k protocol.Value) (position int, found bool) {
	return slices.BinarySearchFunc(pairs, k, func(p protocol.Pair, k protocol.Value) int {
		return protocol.Compare(p.Key, k)
	})
}

// forbids returns the result code for an entry that the flags forbid to write, or OK.
func (f writeFlags) forbids(exists bool) protocol.ResultCode {
	switch {
	case exists && f.has(noOverwrite):
		return protocol.ElementExists
	case !exists && f.has(noCreate):
		return protocol.ElementNotFound
	}
	return protocol.OK
}

func putEntry(t *target, k, v protocol.Value, flags writeFlags) protocol.ResultCode {
	pairs := t.pairs()
	at, found := keyPosition(pairs, k)
	if code := flags.forbids(found); code != protocol.OK {
		if !flags.has(noFail) {
			return code
		}
		t.answerInt(len(pairs))
		return protocol.OK
	}
	if found {
		pairs = slices.Clone(pairs)
		pairs[at] = protocol.Pair{Key: k, Value: v}
	} else {
		pairs = slices.Insert(slices.Clone(pairs), at, protocol.Pair{Key: k, Value: v})
	}
	t.storePairs(pairs)
	t.answerInt(len(pairs))
	return protocol.OK
}

// putEntries writes the entries of a map: all or none, or with partial the allowed ones.
func putEntries(t *target, items *argument, flags writeFlags) protocol.ResultCode {
	entries, ok := items.value.Map()
	if !ok || items.invalid {
		return protocol.ParameterError
	}
	pairs := sortedByKey(t.pairs())
	t.answerInt(len(pairs))
	if len(entries) == 0 {
		t.keep()
		return protocol.OK
	}
	if len(pairs) == 0 && flags.has(noFail|partial) {
		flags &^= noCreate // an empty map accepts all entries
	}
	merged := make([]protocol.Pair, 0, len(pairs)+len(entries))
	rest := pairs
	for _, e := range entries {
		at, found := sortedPosition(rest, e.Key)
		merged = append(merged, rest[:at]...)
		rest = rest[at:]
		code := flags.forbids(found)
		switch {
		case code == protocol.OK:
			merged = append(merged, e)
			if found {
				rest = rest[1:]
			}
		case !flags.has(noFail):
			return code
		case !flags.has(partial):
			return protocol.OK
		}
	}
	merged = append(merged, rest...)
	t.storePairs(merged)
	t.answerInt(len(merged))
	return protocol.OK
}

func mapIncrement(t *target, args []argument) protocol.ResultCode { return addToEntry(t, args, false) }

func mapDecrement(t *target, args []argument) protocol.ResultCode { return addToEntry(t, args, true) }

// addToEntry adds to a number. A missing entry counts as zero.
func addToEntry(t *target, args []argument, subtract bool) protocol.ResultCode {
	k, ok := normalized(args[0].value, false)
	if !ok || !isMapKey(k) {
		return protocol.ParameterError
	}
	var old *protocol.Value
	if at, found := keyPosition(t.pairs(), k); found {
		old = &t.pairs()[at].Value
	}
	sum, ok := add(old, &args[1], subtract)
	if !ok {
		return protocol.ParameterError
	}
	code := putEntry(t, k, sum, 0)
	t.result = sum
	return code
}
