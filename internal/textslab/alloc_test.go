//go:build !race

package textslab

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCloneAlloc: short strings share allocations.
func TestCloneAlloc(t *testing.T) {
	var slab Slab
	const texts = 1000
	got := testing.AllocsPerRun(10, func() {
		for range texts {
			slab.Clone("a text of twenty bytes")
		}
	})
	require.Less(t, got, texts/50.0)
}
