package secondary

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestTreeAgainstModel compares a tree with a sorted list.
func TestTreeAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var tree Tree
		model := make(map[Entry]bool)
		draw := func() (e Entry) {
			e.Key = Key(rapid.Uint64Range(0, 5).Draw(t, "key"))
			binary.BigEndian.PutUint16(e.Digest[:], rapid.Uint16Range(0, 400).Draw(t, "digest"))
			return e
		}
		for range rapid.IntRange(0, 3000).Draw(t, "operations") {
			e := draw()
			if rapid.IntRange(0, 3).Draw(t, "operation") == 0 {
				require.Equal(t, model[e], tree.Delete(e))
				delete(model, e)
			} else {
				require.Equal(t, !model[e], tree.Insert(e))
				model[e] = true
			}
		}
		var sorted []Entry
		for e := range model {
			sorted = append(sorted, e)
		}
		slices.SortFunc(sorted, func(a, b Entry) int { return a.compare(&b) })
		require.Equal(t, len(sorted), tree.Len())
		require.Equal(t, sorted, slices.Collect(tree.All()))
		start := draw()
		i, found := slices.BinarySearchFunc(sorted, start, func(a, b Entry) int { return a.compare(&b) })
		require.Empty(t, cmpEntries(sorted[i:], slices.Collect(tree.From(start, false))))
		if found {
			i++
		}
		require.Empty(t, cmpEntries(sorted[i:], slices.Collect(tree.From(start, true))))
		for _, chunk := range tree.chunks {
			require.NotEmpty(t, chunk)
			require.LessOrEqual(t, len(chunk), chunkLimit)
		}
	})
}

// cmpEntries describes the difference between two lists. nil equals an empty list.
func cmpEntries(want, got []Entry) string {
	if slices.Equal(want, got) {
		return ""
	}
	return "the entries differ"
}
