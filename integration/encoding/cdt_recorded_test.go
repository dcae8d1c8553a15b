package encoding

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// Decoding and encoding the calls of recorded requests must not change them.
func TestRecordedCalls(t *testing.T) {
	seen, codes := 0, make(map[protocol.OpCode]int)
	for scenario, err := range wiretest.Scenarios("../testdata/wire.jsonl.gz") {
		require.NoError(t, err)
		for _, frame := range scenario.Frames {
			for _, raw := range operations(frame.Request) {
				op := protocol.Operation{Code: raw.Code, Bin: string(raw.Name), Value: protocol.Blob(raw.Data)}
				if !packed(op.Code) {
					continue
				}
				call, err := cdt.Parse(op)
				require.NoError(t, err, "%s: %x", scenario.Name, raw.Data)
				again, _ := call.Operation().Value.Bytes()
				sameBytes(t, raw.Data, again, scenario.Name+": "+call.String())
				require.NotContains(t, call.String(), "Call(", "call without a name")
				seen++
				codes[op.Code]++
			}
		}
	}
	t.Logf("%d calls: %v", seen, codes)
	require.Greater(t, seen, 40_000)
}

func packed(code protocol.OpCode) bool {
	switch code {
	case protocol.OpCDTRead, protocol.OpCDTModify, protocol.OpBitsRead, protocol.OpBitsModify, protocol.OpHLLRead, protocol.OpHLLModify:
		return true
	}
	return false
}

// operations returns the operations of a request. For batches and other kinds of requests it
// returns nil.
func operations(request []byte) []wire.RawOp {
	message, err := wire.ParseMessage(request[wire.ProtoHeaderSize:])
	if err != nil {
		return nil
	}
	return message.Ops
}
