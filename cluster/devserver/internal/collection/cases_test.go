package collection_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/cluster/devserver/internal/expression"
	"github.com/aerosql/aerosql/internal/casetest"
	"github.com/aerosql/aerosql/protocol"
)

// TestCases runs the files of cases of list and map operations. The integration tests run them
// against a real server.
func TestCases(t *testing.T) {
	for _, family := range []string{"list", "map"} {
		t.Run(family, func(t *testing.T) {
			casetest.Run(t, "testdata/"+family+".txt", func(t *testing.T, c casetest.Case) string {
				op, err := c.Names.Operation(c.Text, "b")
				require.NoError(t, err)
				bin := protocol.Nil()
				if len(c.Given) > 0 {
					bin = stored(t, c.Given[0].Value)
				}
				packed, _ := op.Value.Bytes()
				env := &collection.Env{Compile: expression.CompilePath}
				after, result, code := collection.Apply(env, packed, bin, op.Code == protocol.OpCDTModify)
				return c.Names.Outcome(collection.Visible(bin), collection.Visible(after), result, code)
			})
		})
	}
}

// stored returns a value in its stored form.
func stored(t *testing.T, v protocol.Value) protocol.Value {
	if k := v.Kind(); k != protocol.KindList && k != protocol.KindMap {
		return v
	}
	packed, err := protocol.AppendMsgpack(nil, v)
	require.NoError(t, err)
	v, ok := collection.Normalized(v.Particle(), packed)
	require.True(t, ok, "%v can't be stored", v)
	return v
}
