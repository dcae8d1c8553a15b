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
			rows[i] = batchRow{cmd: new(wire.Command), turn: i + 1, asked: new(batchPart), node: new(Node), fail: failure{err: ErrNoNode}}
		}
		commands := m.takeCommands(20)
		for i := range commands {
			require.True(t, commands[i].Key.Namespace == "" && commands[i].Info2 == 0)
			commands[i] = wire.NewTouch(testKey)
		}
		m.put(rows, commands)
		require.Zero(t, rows[0], "the row is cleared")
		require.Zero(t, commands[0].Key.Namespace, "the command is cleared")
		m.put(m.take(5), m.takeCommands(1))
	}
	large := m.take(maxKeptRows + 1)
	large[0].turn = 1
	m.put(large, nil)
	require.Equal(t, 1, large[0].turn)
}
