package protocol

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSendKeyOfADigest: where only the digest is known, SendKey does not change the message.
func TestSendKeyOfADigest(t *testing.T) {
	known := MustKey("test", "demo", "k1")
	digestOnly, err := KeyFromDigest("test", "demo", known.Digest())
	require.NoError(t, err)
	for name, newCommand := range map[string]func(Key) Command{
		"read":   func(k Key) Command { return NewRead(k) },
		"write":  func(k Key) Command { return NewWrite(OpWrite, k, Bins{NewBin("a", 1)}) },
		"delete": NewDelete,
	} {
		encode := func(k Key, sendKey bool) (message, batch []byte) {
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
