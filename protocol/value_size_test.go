package protocol

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Size of a value that is nested too deep ends at the limit.
func TestSizeOfDeepValue(t *testing.T) {
	deep := List(Int(1))
	for range 100_000 {
		deep = List(deep)
	}
	require.Less(t, deep.Size(), 100_000)
}
