package integration

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/aerosql/aerosql/"

// allowed lists the other packages of the project that each package may import, in addition to its
// own internal packages.
var allowed = map[string][]string{
	"protocol":                  {},
	"protocol/wire":             {"protocol"},
	"protocol/cdt":              {"protocol"},
	"protocol/exp":              {"protocol", "protocol/cdt"},
	"protocol/wiretest":         {},
	"internal/textslab":         {},
	"internal/casetest":         {"protocol", "protocol/cdt", "protocol/exp"},
	"internal/call":             {"protocol", "protocol/cdt"},
	"internal/bits":             {"protocol", "protocol/cdt", "internal/call"},
	"internal/hll":              {"protocol", "protocol/cdt", "internal/call"},
	"cluster":                   {"protocol", "protocol/wire", "protocol/cdt", "protocol/exp"},
	"cluster/admin":             {"protocol", "protocol/wire", "protocol/cdt", "cluster", "cluster/internal/info", "cluster/internal/link", "cluster/internal/topology"},
	"cluster/devserver":         {"protocol", "protocol/wire", "protocol/cdt", "protocol/exp", "cluster/internal/udf", "internal/call", "internal/bits", "internal/hll"},
	"cluster/luareduce":         {"protocol", "protocol/wire", "cluster", "cluster/admin", "cluster/internal/udf"},
	"cluster/lease":             {"protocol", "protocol/exp", "cluster"},
	"cluster/devserver/mem":     {"protocol", "cluster", "cluster/devserver"},
	"internal/recordfile":       {"protocol"},
	"cluster/devserver/seed":    {"protocol", "internal/recordfile"},
	"cluster/devserver/control": {"protocol", "cluster/devserver", "cluster/devserver/seed", "internal/recordfile"},
	"cluster/devserver/replay":  {"protocol", "protocol/wire", "cluster/devserver"},
	"querylang/ast":             {"protocol"},
	"querylang/parse":           {"protocol", "querylang/ast"},
	"querylang/function":        {"protocol", "protocol/cdt", "protocol/exp", "querylang/ast", "internal/bits", "internal/hll"},
	"querylang/bind":            {"protocol", "querylang/ast", "querylang/function"},
	"querylang/plan": {
		"protocol", "protocol/cdt", "protocol/exp", "querylang/ast", "querylang/bind", "querylang/function",
	},
	"querylang/exec": {
		"protocol", "protocol/cdt", "protocol/exp", "querylang/ast", "querylang/bind", "querylang/function", "querylang/plan",
		"querylang/parse", "querylang/exec/catalog", "cluster", "cluster/admin",
	},
	"querylang/exec/catalog": {
		"protocol", "protocol/cdt", "querylang/ast", "querylang/bind", "querylang/function", "querylang/parse", "querylang/plan",
		"cluster", "cluster/admin",
	},
	"querylang": {
		"protocol", "protocol/cdt", "protocol/exp", "querylang/ast", "querylang/bind", "querylang/function", "querylang/parse", "querylang/plan",
	},
	"driver": {
		"protocol", "querylang", "querylang/ast", "querylang/bind", "querylang/function", "querylang/parse", "querylang/plan", "querylang/exec",
		"querylang/exec/catalog", "cluster", "internal/textslab",
	},
	"mapper": {
		"protocol", "protocol/wire", "protocol/cdt", "protocol/exp", "querylang", "querylang/ast", "querylang/bind", "querylang/function", "querylang/parse",
		"querylang/plan", "querylang/exec", "querylang/exec/catalog", "cluster", "internal/textslab",
	},
}

// TestImportLayers checks the layering: protocol imports no other package, querylang does not
// import cluster, and users of the driver do not link the devserver.
func TestImportLayers(t *testing.T) {
	for _, pkg := range projectPackages(t) {
		if strings.HasPrefix(pkg, "cmd/") || strings.HasPrefix(pkg, "examples/") {
			continue // programs may import everything
		}
		owner, _, _ := strings.Cut(pkg, "/internal")
		permitted, known := allowed[owner]
		require.True(t, known, "package %s is not in the table of import directions: add it there", pkg)
		for _, dep := range projectImports(t, pkg) {
			inner, _, internal := strings.Cut(dep, "/internal")
			if internal && inner == owner {
				continue
			}
			require.Contains(t, permitted, dep, "%s must not import %s", pkg, dep)
		}
	}
}

// TestClientsLinkNoLua checks that only packages that run Lua functions link the interpreter.
func TestClientsLinkNoLua(t *testing.T) {
	for _, pkg := range []string{"cluster", "driver", "mapper", "querylang/exec"} {
		deps := goList(t, "-deps", "-f", "{{.ImportPath}}", module+pkg)
		require.Contains(t, deps, module+"protocol", pkg)
		for _, dep := range deps {
			require.NotContains(t, dep, "lua", pkg)
			require.NotEqual(t, module+"cluster/internal/udf", dep, pkg)
		}
	}
	require.Contains(t, goList(t, "-deps", "-f", "{{.ImportPath}}", module+"cluster/luareduce"), module+"cluster/internal/udf")
}

// TestNoVagueNames checks that no package has a name without a subject, such as util.
func TestNoVagueNames(t *testing.T) {
	for _, pkg := range projectPackages(t) {
		for _, part := range strings.Split(pkg, "/") {
			require.NotContains(t, []string{"util", "utils", "common", "helper", "helpers", "types", "misc"}, part, pkg)
		}
	}
}

// TestProtocolDoesNoIO checks that protocol imports neither sockets nor SQL.
func TestProtocolDoesNoIO(t *testing.T) {
	for _, pkg := range []string{"protocol", "protocol/wire", "querylang", "querylang/parse", "querylang/plan"} {
		deps := goList(t, "-deps", "-f", "{{.ImportPath}}", module+pkg)
		for _, forbidden := range []string{"net", "database/sql", "os/exec"} {
			require.False(t, slices.Contains(deps, forbidden), "%s must not depend on %s", pkg, forbidden)
		}
	}
}

func projectPackages(t *testing.T) []string {
	var packages []string
	for _, p := range goList(t, "-f", "{{.ImportPath}}", "./...") {
		if name, below := strings.CutPrefix(p, module); below { // the root package has only documentation
			packages = append(packages, name)
		}
	}
	require.NotEmpty(t, packages)
	return packages
}

func projectImports(t *testing.T, pkg string) []string {
	var imports []string
	for _, i := range goList(t, "-f", `{{join .Imports "\n"}}`, module+pkg) {
		if rest, ok := strings.CutPrefix(i, module); ok {
			imports = append(imports, rest)
		}
	}
	return imports
}

// goList runs go list in the root module.
func goList(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = ".."
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return strings.Fields(string(out))
}
