//go:build !race

package exp_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Packing a filter that has been built already allocates nothing.
func TestAllocPack(t *testing.T) {
	n := filter(18).Node()
	buf, err := n.Append(nil)
	require.NoError(t, err)
	require.Zero(t, testing.AllocsPerRun(100, func() { buf, _ = n.Append(buf[:0]) }))
}
