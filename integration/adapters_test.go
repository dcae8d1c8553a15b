package integration

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/mod/modfile"
)

// adapters are the modules that users install in addition to the root module, each with the module
// paths that it adapts.
var adapters = map[string][]string{
	"bun":        {"github.com/uptrace/bun"},
	"goose":      {"github.com/pressly/goose/v3"},
	"gorm":       {"gorm.io/gorm"},
	"migrate":    {"github.com/golang-migrate/migrate/v4"},
	"otel":       {"go.opentelemetry.io/otel"},
	"sqlmigrate": {"github.com/rubenv/sql-migrate", "github.com/go-gorp/gorp/v3"},
}

// TestAdapterRequirements checks that an adapter requires only the adapted modules and the root
// module, no peers and no test dependencies. It must not contain a replace directive, because that
// has no effect for users.
func TestAdapterRequirements(t *testing.T) {
	for name, tools := range adapters {
		require.FileExists(t, filepath.Join(name, "README.md"))
		f := readModFile(t, filepath.Join(name, "go.mod"))
		require.Equal(t, module+"integration/"+name, f.Module.Mod.Path)
		require.Empty(t, f.Replace, name)
		for _, r := range f.Require {
			adapted := r.Mod.Path+"/" == module
			for _, tool := range tools {
				adapted = adapted || r.Mod.Path == tool || strings.HasPrefix(r.Mod.Path, tool+"/")
			}
			require.True(t, adapted || r.Indirect, "%s requires %s", name, r.Mod.Path)
			require.NotContains(t, r.Mod.Path, "aerospike", name)
		}
	}
}

// testModules are the modules with tests of tools, which users don't install.
var testModules = []string{"tools", "browser"}

// TestAdaptersAreListed checks that each module below this one is in the list of adapters, or is a
// module of tests, and that the workspace at the top has it.
func TestAdaptersAreListed(t *testing.T) {
	mods, err := filepath.Glob("*/go.mod")
	require.NoError(t, err)
	require.NotEmpty(t, mods)
	workspace, err := os.ReadFile("../go.work")
	require.NoError(t, err)
	for _, m := range mods {
		name := filepath.Dir(m)
		if !slices.Contains(testModules, name) {
			require.Contains(t, adapters, name)
		}
		require.Contains(t, string(workspace), "\t./integration/"+name+"\n")
	}
}

// TestCommandLineModule checks that the command line is a module of the workspace without a replace
// directive, with which go install would refuse it.
func TestCommandLineModule(t *testing.T) {
	f := readModFile(t, "../cmd/aerosql/go.mod")
	require.Equal(t, module+"cmd/aerosql", f.Module.Mod.Path)
	require.Empty(t, f.Replace)
	workspace, err := os.ReadFile("../go.work")
	require.NoError(t, err)
	require.Contains(t, string(workspace), "\t./cmd/aerosql\n")
}

func readModFile(t *testing.T, path string) *modfile.File {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	f, err := modfile.Parse(path, text, nil)
	require.NoError(t, err)
	return f
}
