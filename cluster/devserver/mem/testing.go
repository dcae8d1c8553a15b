package mem

import (
	"strings"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// ShareT is [Share] for the duration of a test. It returns the name under which the server is
// shared, which is the name of the test with dots for slashes. The data source name is
//
//	"aerospike+mem://" + mem.ShareT(t, server) + "/test"
//
// An error ends the test.
func ShareT(t devserver.TB, server *devserver.Server) (name string) {
	t.Helper()
	name = strings.NewReplacer("/", ".", "#", ".", "?", ".", "%", ".").Replace(t.Name())
	remove, err := Share(name, server)
	if err != nil {
		t.Fatalf("mem.ShareT: %v", err)
	}
	t.Cleanup(remove)
	return name
}
