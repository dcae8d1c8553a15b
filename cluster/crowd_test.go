//go:build !race

package cluster

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// TestCrowd: 10,000 callers at once with the default configuration succeed, in full messages,
// although most wait much longer than coalescePatience. The race detector can't follow so many
// goroutines.
func TestCrowd(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		const callers = 10_000
		node := newBusy()
		f.node(0).play(node.play)
		start := time.Now()
		var all sync.WaitGroup
		for i := range callers {
			all.Go(func() {
				if _, err := c.GetHeader(t.Context(), nil, protocol.MustKey("test", "s", i)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		require.Less(t, node.messages, callers/coalesceRows*3/2)
		require.Less(t, time.Since(start), 100*time.Millisecond)
	})
}
