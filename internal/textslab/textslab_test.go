package textslab

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestClone: copies are equal to their originals, and later copies do not change earlier ones.
func TestClone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var slab Slab
		var texts, copies []string
		for n := range rapid.IntRange(0, 100).Draw(t, "texts") {
			text := strings.Repeat(string(rune('a'+n%26)), rapid.IntRange(0, 2*maxText).Draw(t, "length"))
			bytes := []byte(text)
			texts, copies = append(texts, text), append(copies, slab.Clone(string(bytes)))
			clear(bytes)
		}
		require.Equal(t, texts, copies)
	})
}
