package cluster

import (
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func TestExecute(t *testing.T) {
	bubble(t, 1, nil, func(t *testing.T, f *fakeNet, c *Client) {
		key := protocol.MustKey("test", "s", 1)
		f.node(0).play(func(conn net.Conn, m *wire.Message) bool {
			pkg, _ := m.Field(wire.FieldUDFPackage)
			return write(conn, message(wire.Header{},
				wire.RawOp{Code: protocol.OpRead, Type: protocol.ParticleString, Name: []byte("SUCCESS"), Data: pkg}))
		})
		v, err := c.Execute(t.Context(), nil, key, "pkg", "f")
		require.NoError(t, err)
		require.Equal(t, "pkg", v.Any())
		// A batch of one row is sent as a single command.
		rows, err := c.BatchExecute(t.Context(), nil, []protocol.Key{key}, "other", "f")
		require.NoError(t, err)
		require.Equal(t, "other", rows[0].Returned().Any())

		f.node(0).play(replyBytes(message(wire.Header{ResultCode: protocol.UDFError},
			wire.RawOp{Code: protocol.OpRead, Type: protocol.ParticleString, Name: []byte("FAILURE"), Data: []byte("m.lua:3: no")})))
		_, err = c.Execute(t.Context(), nil, key, "m", "f")
		require.ErrorIs(t, err, protocol.UDFError)
		require.ErrorContains(t, err, "m.lua:3: no")
		for text, cause := range map[string]error{"function not found": ErrNoFunction, "UDF: Execution Error 1": ErrNoModule} {
			f.node(0).play(replyBytes(message(wire.Header{ResultCode: protocol.UDFError},
				wire.RawOp{Code: protocol.OpRead, Type: protocol.ParticleString, Name: []byte("FAILURE"), Data: []byte(text)})))
			_, err = c.Execute(t.Context(), nil, key, "m", "f")
			require.ErrorIs(t, err, protocol.UDFError)
			require.ErrorIs(t, err, cause)
		}
		for _, p := range []WritePolicy{{Exists: Replace}, {GenerationPolicy: ExpectEqual, Generation: 1}} {
			_, err = c.Execute(t.Context(), &p, key, "m", "f")
			require.ErrorIs(t, err, ErrConfig)
			_, err = c.BatchWrite(t.Context(), nil, []BatchRow{ExecuteRow(&p, key, "m", "f")})
			require.ErrorIs(t, err, ErrConfig)
		}
	})
}
