package integration

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/aerosql/aerosql/"

// allowed is the direction of imports: what each package of the house may
// use of the others, besides its own internal packages.
var allowed = map[string][]string{
	"internal/casetest":     {"protocol", "protocol/cdt", "protocol/exp"},
	"protocol":              {},
	"protocol/wire":         {"protocol"},
	"protocol/cdt":          {"protocol"},
	"protocol/exp":          {"protocol", "protocol/cdt"},
	"protocol/wiretest":     {},
	"cluster":               {"protocol", "protocol/wire", "protocol/cdt", "protocol/exp"},
	"cluster/admin":         {"protocol", "protocol/wire", "protocol/cdt", "cluster", "cluster/internal/info", "cluster/internal/link", "cluster/internal/topology"},
	"cluster/devserver":     {"protocol", "protocol/wire", "protocol/cdt", "protocol/exp", "cluster/internal/udf"},
	"cluster/luareduce":     {"protocol", "protocol/wire", "cluster", "cluster/admin", "cluster/internal/udf"},
	"cluster/devserver/mem": {"protocol", "cluster", "cluster/devserver"},
	"querylang":             {"protocol", "protocol/cdt", "protocol/exp"},
	"querylang/exec":        {"protocol", "protocol/cdt", "protocol/exp", "querylang", "cluster"},
	"driver":                {"protocol", "querylang", "querylang/exec", "cluster"},
	"mapper":                {"protocol", "protocol/cdt", "protocol/exp", "querylang", "querylang/exec", "cluster"},
}

// TestImportsRunDownwards holds the layout: protocol knows nobody, querylang no cluster, users
// of the driver link no devserver.
func TestImportsRunDownwards(t *testing.T) {
	for _, pkg := range housePackages(t) {
		if strings.HasPrefix(pkg, "cmd/") || strings.HasPrefix(pkg, "examples/") {
			continue // programs may use everything
		}
		owner, _, _ := strings.Cut(pkg, "/internal")
		permitted, known := allowed[owner]
		require.True(t, known, "package %s is not in the table of import directions: where does it belong?", pkg)
		for _, dep := range houseImports(t, pkg) {
			inner, _, internal := strings.Cut(dep, "/internal")
			if internal && inner == owner {
				continue
			}
			require.Contains(t, permitted, dep, "%s must not import %s", pkg, dep)
		}
	}
}

// TestClientsLinkNoLua holds that only who runs functions links what runs them.
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

// TestNoVagueNames keeps packages without a subject out.
func TestNoVagueNames(t *testing.T) {
	for _, pkg := range housePackages(t) {
		for _, part := range strings.Split(pkg, "/") {
			require.NotContains(t, []string{"util", "utils", "common", "helper", "helpers", "types", "misc"}, part, pkg)
		}
	}
}

// TestProtocolDoesNoIO holds that the wire knows no sockets and no SQL.
func TestProtocolDoesNoIO(t *testing.T) {
	for _, pkg := range []string{"protocol", "protocol/wire", "querylang"} {
		deps := goList(t, "-deps", "-f", "{{.ImportPath}}", module+pkg)
		for _, forbidden := range []string{"net", "database/sql", "os/exec"} {
			require.False(t, slices.Contains(deps, forbidden), "%s must not depend on %s", pkg, forbidden)
		}
	}
}

func housePackages(t *testing.T) []string {
	var packages []string
	for _, p := range goList(t, "-f", "{{.ImportPath}}", "./...") {
		if name, below := strings.CutPrefix(p, module); below { // the root has documentation only
			packages = append(packages, name)
		}
	}
	require.NotEmpty(t, packages)
	return packages
}

func houseImports(t *testing.T, pkg string) []string {
	var imports []string
	for _, i := range goList(t, "-f", `{{join .Imports "\n"}}`, module+pkg) {
		if rest, ok := strings.CutPrefix(i, module); ok {
			imports = append(imports, rest)
		}
	}
	return imports
}

// goList asks the root module.
func goList(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = ".."
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return strings.Fields(string(out))
}
