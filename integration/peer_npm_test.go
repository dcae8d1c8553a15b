package integration

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
)

// npmValues are the values that npm/families/exchange.js exchanges with this client, by the name of
// their key.
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

// npmFunctions is a module of user-defined functions that the C client's tests call.
const npmFunctions = recordFunctions + `
function sum(s, name)
  return s : map(function(rec) return rec[name] end) : reduce(function(a, b) return a + b end)
end
`

// npm runs families of commands of the C client, through npm's aerospike, each as a subtest.
func (on target) npm(t *testing.T, set string, wanted map[string]any, families ...string) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("Node is not installed: cannot run the C client")
	}
	if _, err := os.Stat("npm/node_modules/aerospike"); err != nil {
		t.Skip("npm's aerospike is not installed: run 'npm ci --ignore-scripts' in integration/npm")
	}
	job := map[string]any{"addr": on.seeds[0], "namespace": on.namespace, "set": set, "families": families, "nodes": on.nodes, "folder": t.TempDir()}
	maps.Copy(job, wanted)
	text, err := json.Marshal(job)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "node", "npm/peer.js", string(text))
	var complaints strings.Builder
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	seen := 0
	for line := range strings.Lines(string(out)) {
		var outcome struct {
			Family string
			Error  *string
		}
		require.NoError(t, json.Unmarshal([]byte(line), &outcome), line)
		seen++
		t.Run(outcome.Family, func(t *testing.T) {
			if outcome.Error != nil {
				t.Error(*outcome.Error)
			}
		})
	}
	require.Equal(t, len(families), seen, "%v\n%s", err, complaints.String())
}

// npmModule registers the functions under a unique name. It also puts the file into the folder
// where the C client looks for it when it runs the client's part of a stream function.
func npmModule(t *testing.T, client *cluster.Client) (name, folder string) {
	t.Helper()
	name, folder = functions(t, client, npmFunctions), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, name+".lua"), []byte(npmFunctions), 0o600))
	return name, folder
}

// TestNpmClient runs the value exchange of TestExchangeWithOfficialClient and each family of
// commands with the C client, through npm's aerospike.
func TestNpmClient(t *testing.T) {
	onEachTarget(t, func(t *testing.T, on target) {
		client := on.open(t)
		set := on.set(t, client)
		for name, v := range npmValues {
			require.NoError(t, client.Put(t.Context(), nil, on.key(t, set, "go-"+name), protocol.Bins{{Name: "v", Value: v}}))
		}
		module, folder := npmModule(t, client)
		on.npm(t, set, map[string]any{"module": module, "folder": folder},
			"exchange", "records", "lists", "maps", "bits", "hll", "expressions", "batches", "queries", "functions", "info")
		for name, want := range npmValues {
			rec, err := client.Get(t.Context(), nil, on.key(t, set, "npm-"+name))
			require.NoError(t, err)
			got, _ := rec.Bin("v")
			require.True(t, protocol.Equal(want, got), "%s: wrote %v, read %v", name, want, got)
		}
		requireScanned(t, client, on.namespace, set, 2*len(npmValues))
	})
}

func TestNpmClientWithSecurity(t *testing.T) {
	admin := devserver.UserOptions{Name: "admin", Password: "admin", Roles: []string{"user-admin", "read-write"}}
	on := startOn(t, devserver.Options{
		Nodes: 2, Edition: devserver.Enterprise, Security: &devserver.SecurityOptions{Users: []devserver.UserOptions{admin}, Quotas: true},
	})
	on.npm(t, "secured", map[string]any{"user": "admin", "password": "admin"}, "records", "security")
}

func TestNpmClientWithTransactions(t *testing.T) {
	on := startOn(t, devserver.Options{
		Nodes: 3, Edition: devserver.Enterprise, Namespaces: []devserver.NamespaceOptions{{Name: "test", StrongConsistency: true}},
	})
	on.npm(t, "txn", nil, "transactions")
}
