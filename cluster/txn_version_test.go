package cluster

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// TestTxnNeedsServer8: a server before 8.0 ignores the fields of a transaction and would apply each
// write at once. One such node in the cluster makes the client reject transactions.
func TestTxnNeedsServer8(t *testing.T) {
	for build, supported := range map[string]bool{"7.2.0.9": false, "8.0.0.0": true} {
		f := newFakeNet(t, 2)
		f.node(0).set("build", build)
		for i := range 2 {
			n := f.node(i)
			n.set("replicas", strings.Replace(n.answers["replicas"], "test:0,", "test:7,", 1))
		}
		c := f.open(nil)
		require.Equal(t, supported, c.SupportsTxn("test"), build)
		if supported {
			continue
		}
		key := protocol.MustKey("test", "s", 1)
		err := c.Put(WithTxn(t.Context(), NewTxn(TxnOptions{})), nil, key, testBins)
		require.ErrorIs(t, err, ErrTxnUnsupported)
		require.Zero(t, f.node(0).received()+f.node(1).received(), "nothing is sent")
	}
}
