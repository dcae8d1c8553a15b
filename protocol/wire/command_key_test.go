package wire

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// SendKey does not change the message if only the digest is known.
func TestSendKeyOfADigest(t *testing.T) {
	known := protocol.MustKey("test", "demo", "k1")
	digestOnly, err := protocol.KeyFromDigest("test", "demo", known.Digest())
	require.NoError(t, err)
	for name, newCommand := range map[string]func(protocol.Key) Command{
		"read": func(k protocol.Key) Command { return NewRead(k) },
		"write": func(k protocol.Key) Command {
			return NewWrite(protocol.OpWrite, k, protocol.Bins{protocol.NewBin("a", 1)})
		},
		"delete": NewDelete,
	} {
		encode := func(k protocol.Key, sendKey bool) (message, batch []byte) {
			c := newCommand(k)
			c.SendKey = sendKey
			message, err := c.AppendMessage(nil, 0)
			require.NoError(t, err, name)
			batch, err = c.appendRow(nil)
			require.NoError(t, err, name)
			return message, batch
		}
		message, row := encode(digestOnly, true)
		without, rowWithout := encode(digestOnly, false)
		require.Equal(t, without, message, name)
		require.Equal(t, rowWithout, row, name)
		message, row = encode(known, true)
		require.Contains(t, string(message), "k1", name)
		require.Contains(t, string(row), "k1", name)
	}
}
