package cluster

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wire"
)

// TestRowMemory: reused rows are zero, and the rows of very large batches are not kept.
func TestRowMemory(t *testing.T) {
	var m rowMemory
	for range 10 {
		rows := m.take(20)
		for i := range rows {
			require.Zero(t, rows[i])
			rows[i] = batchRow{cmd: wire.NewTouch(testKey), turn: i + 1, asked: new(batchPart), node: new(Node), fail: failure{err: ErrNoNode}}
		}
		m.put(rows)
		require.Zero(t, rows[0], "the row is cleared")
		m.put(m.take(5))
	}
	large := m.take(maxKeptRows + 1)
	large[0].turn = 1
	m.put(large)
	require.Equal(t, 1, large[0].turn)
}
