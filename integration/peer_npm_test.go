package integration

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// npmValues are the values that npm/peer.js exchanges with us, by the name of their key.
var npmValues = map[string]protocol.Value{
	"integer": protocol.Int(42),
	"float":   protocol.Float(-0.125),
	"string":  protocol.String("Grüße, 世界"),
	"blob":    protocol.Blob([]byte{0, 1, 255}),
	"boolean": protocol.Bool(true),
	"geojson": protocol.GeoJSON(point),
	"list":    protocol.ValueOf([]any{1, "two", []any{3, nil}}),
	"map":     protocol.ValueOf(map[string]any{"k": []int{1}, "m": map[string]any{"x": "y"}}),
}

// TestExchangeWithNpmClient does with the C client, through npm's aerospike, what
// TestExchangeWithOfficialClient does with the Go one.
func TestExchangeWithNpmClient(t *testing.T) {
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("Node is not installed: the C client can't be tried")
	}
	if _, err := os.Stat("npm/node_modules/aerospike"); err != nil {
		t.Skip("npm's aerospike is not installed: run 'npm ci --ignore-scripts' in integration/npm")
	}
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		set := on.set(t, client)
		for name, v := range npmValues {
			require.NoError(t, client.Put(t.Context(), nil, on.key(t, set, "go-"+name), protocol.Bins{{Name: "v", Value: v}}))
		}
		cmd := exec.CommandContext(t.Context(), "node", "npm/peer.js", on.seeds[0], on.namespace, set)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		require.NoError(t, err)
		var outcome struct{ Scanned int }
		require.NoError(t, json.Unmarshal(out, &outcome))
		const leftByCommands = 1
		require.Equal(t, 2*len(npmValues)+leftByCommands, outcome.Scanned)
		for name, want := range npmValues {
			rec, err := client.Get(t.Context(), nil, on.key(t, set, "npm-"+name))
			require.NoError(t, err)
			got, _ := rec.Bin("v")
			require.True(t, protocol.Equal(want, got), "%s: wrote %v, read %v", name, want, got)
		}
		requireScanned(t, client, on.namespace, set, outcome.Scanned)
	})
}
