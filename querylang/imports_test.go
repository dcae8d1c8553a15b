package querylang_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The package must not depend on the network or on package cluster.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	require.NoError(t, err)
	for _, name := range strings.Fields(string(out)) {
		own := strings.HasPrefix(name, "github.com/aerosql/aerosql/")
		if own && name != "github.com/aerosql/aerosql/querylang" && !strings.HasPrefix(name, "github.com/aerosql/aerosql/protocol") {
			t.Errorf("querylang must not import %s", name)
		}
		require.NotEqual(t, "net", name)
	}
}
