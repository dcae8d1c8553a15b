//go:build !race

package cluster

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// A busy is a node that works on one message at a time. It needs 50 µs for a message and 5 µs for
// each of its rows, so it can do 18,000 single commands a second or 186,000 in full messages.
type busy struct {
	turn         chan struct{} // has room for the connection that it works for
	message, row time.Duration
	messages     int
}

func newBusy() *busy {
	return &busy{turn: make(chan struct{}, 1), message: busyMessage, row: busyRow}
}

const busyMessage, busyRow = 50 * time.Microsecond, 5 * time.Microsecond

func (b *busy) play(c net.Conn, m *wire.Message) bool {
	b.turn <- struct{}{}
	defer func() { <-b.turn }()
	b.messages++
	rows := 1
	data, isBatch := m.Field(wire.FieldBatch)
	if isBatch {
		batch, err := wire.ParseBatch(data)
		if err != nil {
			return false
		}
		rows = batch.Rows
	}
	time.Sleep(b.message + time.Duration(rows)*b.row)
	if isBatch {
		return batchRows(0, rowOK)(c, m)
	}
	return replyOK(c, m)
}

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
