package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	modules "golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// TestAdaptersCanBeInstalled publishes the root module and the adapters in a proxy that is a
// directory, and resolves all their packages from a module outside of this repository, with an
// empty module cache and without a workspace.
func TestAdaptersCanBeInstalled(t *testing.T) {
	if testing.Short() {
		t.Skip("it unpacks all dependencies, which is slow")
	}
	const version = "v0.0.0"
	proxy, work := t.TempDir(), t.TempDir()
	root := strings.TrimSuffix(module, "/")
	publish(t, proxy, modules.Version{Path: root, Version: version}, "..")
	program := []string{"package main", "", "import ("}
	mod := []string{"module example.com/program", "go 1.26.0", "require " + root + " " + version}
	for name := range adapters {
		path := root + "/integration/" + name
		publish(t, proxy, modules.Version{Path: path, Version: version}, name)
		mod = append(mod, "require "+path+" "+version)
		program = append(program, "\t_ \""+path+"\"")
	}
	program = append(program, ")", "", "func main() {}", "")
	require.NoError(t, os.WriteFile(filepath.Join(work, "go.mod"), []byte(strings.Join(mod, "\n")+"\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(work, "main.go"), []byte(strings.Join(program, "\n")), 0o600))

	cache, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	require.NoError(t, err)
	settings := strings.Fields(string(cache))
	clean := t.TempDir()
	cmd := exec.Command("go", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".")
	cmd.Dir = work
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod -modcacherw", "GOSUMDB=off", "GOMODCACHE="+clean,
		"GOPROXY=file://"+proxy+",file://"+filepath.Join(settings[0], "cache/download")+","+strings.Join(settings[1:], ""))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	for name := range adapters {
		require.Contains(t, string(out), root+"/integration/"+name+"\n")
	}
}

// publish writes a module into a proxy.
func publish(t *testing.T, proxy string, v modules.Version, dir string) {
	t.Helper()
	at := filepath.Join(proxy, v.Path, "@v")
	require.NoError(t, os.MkdirAll(at, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(at, v.Version+".info"), []byte(`{"Version":"`+v.Version+`"}`), 0o600))
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(at, v.Version+".mod"), text, 0o600))
	f, err := os.Create(filepath.Join(at, v.Version+".zip"))
	require.NoError(t, err)
	require.NoError(t, zip.CreateFromDir(f, v, dir))
	require.NoError(t, f.Close())
}
