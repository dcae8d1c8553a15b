package devserver

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
)

// TestIndexAgainstModel compares an index with a map and a sorted list.
func TestIndexAgainstModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x index
		model := make(map[protocol.Digest]*record)
		drawDigest := func() protocol.Digest {
			var d protocol.Digest
			// The first eight bytes are often equal, so that the whole digest decides.
			binary.BigEndian.PutUint64(d[:], rapid.Uint64Range(0, 3).Draw(t, "prefix"))
			binary.BigEndian.PutUint16(d[18:], rapid.Uint16Range(0, 900).Draw(t, "suffix"))
			return d
		}
		for range rapid.IntRange(0, 2000).Draw(t, "operations") {
			d := drawDigest()
			old := model[d]
			if rapid.IntRange(0, 3).Draw(t, "operation") == 0 {
				require.Same(t, old, x.remove(&d))
				delete(model, d)
			} else {
				r := &record{digest: d}
				require.Same(t, old, x.put(r))
				model[d] = r
				require.Same(t, r, x.get(&d))
			}
		}
		require.Equal(t, len(model), x.count)
		below := drawDigest()
		var all, some []*record
		for d, r := range model {
			all = append(all, r)
			if bytes.Compare(d[:], below[:]) < 0 {
				some = append(some, r)
			}
		}
		descending := func(a, b *record) int { return bytes.Compare(b.digest[:], a.digest[:]) }
		slices.SortFunc(all, descending)
		slices.SortFunc(some, descending)
		require.Equal(t, all, x.appendDescending(nil, nil))
		require.Equal(t, some, x.appendDescending(nil, &below))
		for _, chunk := range x.chunks {
			require.NotEmpty(t, chunk)
			require.LessOrEqual(t, len(chunk), chunkLimit)
		}
	})
}
