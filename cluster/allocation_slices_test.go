//go:build !race

package cluster

import (
	"context"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCase09AllocationsOfSlices: reading in pieces takes no more memory than reading the whole.
func TestCase09AllocationsOfSlices(t *testing.T) {
	allocations := func(change func(*Config)) float64 {
		c := echoNode(t, answerOK, change)
		require.NoError(t, getOnce(c))
		return testing.AllocsPerRun(200, func() {
			if err := getOnce(c); err != nil {
				t.Error(err)
			}
		})
	}
	sliced := func(cfg *Config) {
		dial := cfg.Dial
		cfg.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dial(ctx, network, address)
			if err == nil {
				c = byteByByte(c)
			}
			return c, err
		}
	}
	require.LessOrEqual(t, allocations(sliced), allocations(nil))
}
