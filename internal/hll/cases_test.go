package hll

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/internal/casetest"
	"github.com/aerosql/aerosql/protocol"
)

// TestCases runs the file of cases of HyperLogLog operations. The integration tests run it against
// a real server.
func TestCases(t *testing.T) {
	casetest.Run(t, "testdata/hll.txt", func(t *testing.T, c casetest.Case) string {
		op, err := c.Names.Operation(c.Text, "b")
		require.NoError(t, err)
		bin := protocol.Nil()
		if len(c.Given) > 0 {
			bin = c.Given[0].Value
		}
		packed, _ := op.Value.Bytes()
		if op.Code == protocol.OpHLLRead {
			result, code := Read(packed, bin)
			return c.Names.Outcome(bin, bin, result, code)
		}
		after, result, code := Modify(packed, bin)
		return c.Names.Outcome(bin, after, result, code)
	})
}
