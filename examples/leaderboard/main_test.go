package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRun(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out))
	require.Equal(t, `ada has 30 points and is number 1
bob has 50 points and is number 1
eve has 10 points and is number 3
ada has 55 points and is number 1
[{ada 55 1} {bob 50 2}]
`, out.String())
}

// TestEqualPoints: Add and Top agree on the ranks of players with the same points.
func TestEqualPoints(t *testing.T) {
	server := devserver.RunT(t)
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds(), Dial: server.Dial})
	require.NoError(t, err)
	defer client.Close()
	board, err := NewBoard(client, "test", "b")
	require.NoError(t, err)
	for _, player := range []string{"b", "c", "a"} {
		_, err := board.Add(t.Context(), player, 7)
		require.NoError(t, err)
	}
	top, err := board.Top(t.Context(), 3)
	require.NoError(t, err)
	for _, place := range top {
		again, err := board.Add(t.Context(), place.Player, 0)
		require.NoError(t, err)
		require.Equal(t, place, again)
	}
}
