package encoding

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// A recordedExpression was sent by a client: a filter, or the value of an operation with its flags.
type recordedExpression struct {
	packed    []byte
	operation bool
}

// Decoding and encoding the expressions of recorded requests must not change them. The server must
// have rejected the expressions that we cannot decode.
func TestRecordedExpressions(t *testing.T) {
	filters, operations, refused := 0, 0, 0
	for scenario, err := range wiretest.Scenarios("../testdata/wire.jsonl.gz") {
		require.NoError(t, err)
		for _, frame := range scenario.Frames {
			for _, e := range expressionsOf(t, frame.Request) {
				if !checkRecorded(t, scenario.Name, frame, e) {
					refused++
				}
				if e.operation {
					operations++
				} else {
					filters++
				}
			}
		}
	}
	t.Logf("%d filters and %d operations; %d of them invalid", filters, operations, refused)
	require.Greater(t, filters, 2000)
	require.Greater(t, operations, 5000)
}

// checkRecorded reports whether the expression is well-formed.
func checkRecorded(t *testing.T, name string, frame wiretest.Frame, e recordedExpression) bool {
	var n *exp.Node
	var flags int64
	var err error
	if e.operation {
		n, flags, err = exp.ParseOperation(e.packed)
	} else {
		n, err = exp.ParseNode(e.packed)
	}
	if err != nil {
		const resultCode = wire.ProtoHeaderSize + 5
		require.Equal(t, protocol.ParameterError, protocol.ResultCode(frame.Response[resultCode]), "%s: %v: %x", name, err, e.packed)
		return false
	}
	require.NotEmpty(t, n.String())
	require.NotContains(t, n.String(), "_call_", "%s: call without a name", name)
	var again []byte
	if e.operation {
		again = append(again, 0x92)
	}
	again, err = n.Append(again)
	require.NoError(t, err)
	if e.operation {
		again, err = protocol.AppendMsgpack(again, protocol.Int(flags))
		require.NoError(t, err)
	}
	sameBytes(t, e.packed, again, name+": "+n.String())
	return true
}

// expressionsOf returns the expressions of a request and of the rows of a batch.
func expressionsOf(t *testing.T, request []byte) []recordedExpression {
	const fieldCount, opCount = 18, 20
	body := request[wire.ProtoHeaderSize:]
	fields, ops := binary.BigEndian.Uint16(body[fieldCount:]), binary.BigEndian.Uint16(body[opCount:])
	var found []recordedExpression
	rest := body[wire.HeaderSize:]
	for range fields {
		size := int(binary.BigEndian.Uint32(rest))
		kind, data := wire.FieldType(rest[4]), rest[5:]
		if kind == wire.FieldBatch {
			return append(found, expressionsOfRows(t, data)...) // its declared size can be wrong
		}
		if kind == wire.FieldFilterExp {
			found = append(found, recordedExpression{packed: data[:size-1]})
		}
		rest = rest[4+size:]
	}
	if ops == 0 {
		return found
	}
	message, err := wire.ParseMessage(body)
	require.NoError(t, err)
	return append(found, expressionsOfOps(message.Ops)...)
}

func expressionsOfRows(t *testing.T, data []byte) (found []recordedExpression) {
	batch, err := wire.ParseBatch(data)
	require.NoError(t, err)
	for {
		row, err := batch.Next()
		require.NoError(t, err)
		if row == nil {
			return found
		}
		if filter, ok := row.Field(wire.FieldFilterExp); ok {
			found = append(found, recordedExpression{packed: filter})
		}
		found = append(found, expressionsOfOps(row.Ops)...)
	}
}

func expressionsOfOps(ops []wire.RawOp) (found []recordedExpression) {
	for _, op := range ops {
		if op.Code == protocol.OpExpRead || op.Code == protocol.OpExpModify {
			found = append(found, recordedExpression{packed: op.Data, operation: true})
		}
	}
	return found
}
