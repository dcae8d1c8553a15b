package expression

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver/internal/collection"
	"github.com/aerosql/aerosql/cluster/devserver/internal/geo"
	"github.com/aerosql/aerosql/internal/casetest"
	"github.com/aerosql/aerosql/protocol"
)

// TestCases runs the file of cases of expressions. The integration tests run it against a real
// server.
func TestCases(t *testing.T) {
	casetest.Run(t, "testdata/expression.txt", func(t *testing.T, c casetest.Case) string {
		packed, err := c.Names.Expression(c.Text)
		require.NoError(t, err)
		e, code := Parse(packed)
		if code != protocol.OK {
			return casetest.Failure(code)
		}
		r := &testRecord{set: "s", key: []byte("\x03k"), lastUpdate: 5000, now: 12_500, size: 64}
		for _, b := range c.Given {
			r.bins = append(r.bins, storedBin(t, b))
		}
		b, ok := e.Eval(r)
		if !ok {
			return "unknown"
		}
		v, err := collection.Unpack(b.Type, b.Data)
		require.NoError(t, err)
		return c.Names.Show(v)
	})
}

// storedBin returns a bin in its stored form.
func storedBin(t *testing.T, b protocol.Bin) bin {
	data, err := protocol.AppendParticle(nil, b.Value)
	require.NoError(t, err)
	switch b.Value.Kind() {
	case protocol.KindList, protocol.KindMap:
		v, ok := collection.Normalized(b.Value.Particle(), data)
		require.True(t, ok)
		data, err = collection.Pack(nil, v)
		require.NoError(t, err)
	case protocol.KindGeoJSON:
		text, _ := b.Value.Text()
		var ok bool
		data, ok = geo.AppendParticle(nil, []byte(text))
		require.True(t, ok)
	}
	return bin{b.Name, b.Value.Particle(), data}
}
