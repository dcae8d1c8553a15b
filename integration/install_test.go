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

// installedVersion is the version that the tests publish modules with.
const installedVersion = "v0.0.0"

// TestAdaptersCanBeInstalled publishes the root module and the adapters in a proxy that is a
// directory, and resolves all their packages from a module outside of this repository, with an
// empty module cache and without a workspace. It also resolves what go install of the command line
// builds.
func TestAdaptersCanBeInstalled(t *testing.T) {
	if testing.Short() {
		t.Skip("it unpacks all dependencies, which is slow")
	}
	proxy, work := t.TempDir(), t.TempDir()
	root := strings.TrimSuffix(module, "/")
	publish(t, proxy, modules.Version{Path: root, Version: installedVersion}, "..")
	tool := root + "/cmd/aerosql"
	publish(t, proxy, modules.Version{Path: tool, Version: installedVersion}, "../cmd/aerosql")
	program := []string{"package main", "", "import ("}
	mod := []string{"module example.com/program", "go 1.26.0", "require " + root + " " + installedVersion}
	for name := range adapters {
		path := root + "/integration/" + name
		publish(t, proxy, modules.Version{Path: path, Version: installedVersion}, name)
		mod = append(mod, "require "+path+" "+installedVersion)
		program = append(program, "\t_ \""+path+"\"")
	}
	program = append(program, ")", "", "func main() {}", "")
	require.NoError(t, os.WriteFile(filepath.Join(work, "go.mod"), []byte(strings.Join(mod, "\n")+"\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(work, "main.go"), []byte(strings.Join(program, "\n")), 0o600))

	goOutside := installer(t, proxy)
	out := goOutside(work, "-mod=mod", "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", ".")
	for name := range adapters {
		require.Contains(t, out, root+"/integration/"+name+"\n")
	}
	// -n prints the commands that would compile the program.
	require.Contains(t, goOutside(t.TempDir(), "", "install", "-n", tool+"@"+installedVersion), tool+"/internal/command")
}

// installer returns a function that runs the go command in a directory, with flags of GOFLAGS, an
// empty module cache, and a proxy that has the project's modules.
func installer(t *testing.T, proxy string) func(dir, flags string, args ...string) string {
	t.Helper()
	cache, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	require.NoError(t, err)
	settings := strings.Fields(string(cache))
	clean := t.TempDir()
	return func(dir, flags string, args ...string) string {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-modcacherw "+flags, "GOSUMDB=off", "GOMODCACHE="+clean,
			"GOPROXY=file://"+proxy+",file://"+filepath.Join(settings[0], "cache/download")+","+strings.Join(settings[1:], ""))
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
}

// publish writes a module into a proxy.
func publish(t *testing.T, proxy string, v modules.Version, dir string) {
	t.Helper()
	at := filepath.Join(proxy, v.Path, "@v")
	require.NoError(t, os.MkdirAll(at, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(at, v.Version+".info"), []byte(`{"Version":"`+v.Version+`"}`), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(at, "list"), []byte(v.Version+"\n"), 0o600))
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(at, v.Version+".mod"), text, 0o600))
	f, err := os.Create(filepath.Join(at, v.Version+".zip"))
	require.NoError(t, err)
	require.NoError(t, zip.CreateFromDir(f, v, dir))
	require.NoError(t, f.Close())
}
