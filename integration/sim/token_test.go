package sim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
)

func TestTokens(t *testing.T) {
	a, b := newToken(1, 2, 3), newToken(200, 70000, 60000)
	require.Equal(t, "1/2/3", a.String())
	require.Equal(t, "200/70000/60000", b.String())
	var data []byte
	for _, token := range []Token{a, a, b, a} {
		data = append(append(data, "text"...), token.Bytes()...)
	}
	require.Equal(t, []Token{a, b, a}, appendTokens(nil, data))
	require.Equal(t, []Token{a}, appendTokens(nil, data[:2*(4+tokenSize)+4+tokenSize-1]), "half a token is none")
	require.Empty(t, appendTokens(nil, []byte("text")))
}

// TestEveryWriteCarriesItsToken checks that the server's interceptor and the network find the token
// of every write, in a single message and in a row of a batch.
func TestEveryWriteCarriesItsToken(t *testing.T) {
	for v := range firstRead {
		token, cmd := newToken(1, 1, int(v)), Command{Verb: v}
		call := &Call{Operation: &Operation{Commands: []Command{cmd}}}
		o := &Outcome{Token: token}
		require.NotZero(t, call.row(&cmd, o), v)
		var command wire.Command
		switch policy := call.writePolicy(&cmd, o); v {
		case Touch:
			command = wire.NewTouch(key(1))
			command.Filter = policy.Filter
		case Delete:
			command = wire.NewDelete(key(1))
			command.Filter = policy.Filter
		case Push, Erase:
			command = wire.NewOperate(key(1), cmd.ops(token), false)
		default:
			command = wire.NewWrite(protocol.OpWrite, key(1), cmd.bins(token))
		}
		message, err := command.AppendMessage(nil, 0)
		require.NoError(t, err)
		require.Equal(t, []Token{token}, appendTokens(nil, message), v)
		parsed, err := wire.ParseMessage(message[wire.ProtoHeaderSize:])
		require.NoError(t, err)
		require.Equal(t, []Token{token}, requestTokens(&devserver.Request{Message: parsed}), v)

		packed, err := wire.AppendCompressed(nil, message)
		require.NoError(t, err)
		require.Equal(t, []Token{token}, requestTokens(&devserver.Request{Body: packed[wire.ProtoHeaderSize:]}), v)
	}
}
