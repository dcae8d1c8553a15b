package encoding

import (
	"testing"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
)

func TestValues(t *testing.T) {
	nested := values(3)
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			v := nested.Draw(t, "value")
			packed, err := protocol.AppendMsgpack(nil, protocol.List(v.ours))
			require.NoError(t, err)
			_, _, official := official(t, as.ListAppendOp("b", v.theirs))
			const call = 2 // array of two and the number of the call; ours starts with the header of a list
			sameBytes(t, official[call:], packed[1:], v.ours.String())
		}
	})
}
