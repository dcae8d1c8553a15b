package cluster

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

// invalidNames would break, or inject entries into, a server's lists or an info command.
var invalidNames = []string{
	"a;b", "a:b", "a=b", "a,b", "a\tb", "a\nb", "a\x00b", "a\x7fb", "\x1b[2J", "x;ns=test", "x:objects=1;y", "x;trid=5:rps=0",
}

// TestInvalidNamesAreRejected: nothing is sent that would create such a name.
func TestInvalidNamesAreRejected(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		ctx := t.Context()
		for _, name := range invalidNames {
			calls := map[string]func() error{}
			if key, err := protocol.NewKey("test", name, 1); err == nil {
				calls["set"] = func() error { return c.Put(ctx, nil, key, testBins) }
				calls["set of a batch"] = func() error { _, err := c.BatchWrite(ctx, nil, []BatchRow{PutRow(nil, key, testBins)}); return err }
				calls["set of a function"] = func() error { _, err := c.Execute(ctx, nil, key, "m", "f"); return err }
			}
			for what, call := range calls {
				err := call()
				var e *protocol.Error
				require.ErrorAs(t, err, &e, "%s %q", what, name)
				require.Equal(t, protocol.ClientError, e.Code, "%s %q: %v", what, name, err)
				require.NotContains(t, err.Error(), "\n", "%s %q", what, name)
			}
		}
		require.Zero(t, f.node(0).received())
	})
}

// TestExistingInvalidNames: existing records and bins with such names can be read, changed and
// removed.
func TestExistingInvalidNames(t *testing.T) {
	key := protocol.MustKey("test", "a;b", 1)
	update := wire.NewWrite(protocol.OpWrite, key, testBins)
	update.Info3 |= wire.Info3UpdateOnly
	for name, cmd := range map[string]wire.Command{
		"read": wire.NewRead(key, "x:y"), "delete": wire.NewDelete(key), "update": update,
		// Bin names are not in any list of a server.
		"bin":  wire.NewWrite(protocol.OpWrite, testKey, protocol.Bins{protocol.NewBin("x:y", 1)}),
		"text": wire.NewWrite(protocol.OpWrite, protocol.MustKey("test", "größe-1_$", "k"), protocol.Bins{protocol.NewBin("名前.x", 1)}),
	} {
		require.NoError(t, cmd.Check(), name)
	}
}
