package link

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// TestEmptyBody checks that an empty body is an error and that the rest is not read: a server could
// send empty bodies forever.
func TestEmptyBody(t *testing.T) {
	empty := wire.ProtoHeader{Type: wire.ProtoMessage}.AppendTo(nil)
	c := NewConn(wiretest.NewConn(bytes.Repeat(empty, 1000)))
	_, err := c.ReadMessage()
	require.ErrorIs(t, err, protocol.ErrMalformed)
	require.Equal(t, len(empty), c.r)
	require.True(t, c.Unusable)
}

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]Address{
		"h": {Host: "h", Port: 3000}, "h:4": {Host: "h", Port: 4}, "h:name:4": {"h", 4, "name"}, "::1": {Host: "::1", Port: 3000},
		"[::1]": {Host: "::1", Port: 3000}, "[::1]:4": {Host: "::1", Port: 4}, "[::1]:name:4": {"::1", 4, "name"},
	} {
		got, err := ParseAddress(text, 3000)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", ":3", "h:", "h:0", "h:65536", "h:x", "h::3", "a:b:c:3"} {
		_, err := ParseAddress(text, 3000)
		require.Error(t, err, text)
	}
}
