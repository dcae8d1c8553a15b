package exec

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/plan"
)

// testToken returns a token at the start of a query.
func testToken(t testing.TB, index string) string {
	from, err := cluster.NewCursor(cluster.PartitionRange(0, 3))
	require.NoError(t, err)
	c := &sessionCursor{index: index, queries: &queryCursor{from: from}, identity: identityOf(&plan.Command{QueryText: "SELECT 1"}, nil)}
	text, err := c.token()
	require.NoError(t, err)
	return text
}

func TestIdentities(t *testing.T) {
	seen := make(map[[identitySize]byte]string)
	args := []protocol.Value{protocol.Int(1), protocol.String("1"), protocol.Nil()}
	for _, p := range []plan.Command{
		{QueryText: "SELECT 1"}, {QueryText: "SELECT 1", Namespace: "a"}, {QueryText: "SELECT 1", AQL: true},
		{QueryText: "SELECT ?", QueryArgs: []int{0}}, {QueryText: "SELECT ?", QueryArgs: []int{1}}, {QueryText: "SELECT ?", QueryArgs: []int{2}},
		{QueryText: "SELECT ?, ?", QueryArgs: []int{0, 1}}, {QueryText: "SELECT ?, ?", QueryArgs: []int{1, 0}},
	} {
		id := identityOf(&p, args)
		require.NotContains(t, seen, id, "%+v", p)
		seen[id] = p.QueryText
	}
}

func TestEveryChangeOfATokenIsNoticed(t *testing.T) {
	text := testToken(t, "i")
	_, err := parseToken(protocol.String(text))
	require.NoError(t, err)
	for i := range text {
		changed := []byte(text)
		changed[i] = 'A' + (changed[i]+1)%26
		if string(changed) == text {
			continue
		}
		_, err := parseToken(protocol.String(string(changed)))
		require.ErrorIs(t, err, ast.ErrArguments, "byte %d", i)
	}
	for i := range text {
		_, err := parseToken(protocol.String(text[:i]))
		require.ErrorIs(t, err, ast.ErrArguments, "%d bytes", i)
	}
}

func FuzzToken(f *testing.F) {
	f.Add(testToken(f, ""))
	f.Add(testToken(f, "an_index"))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := parseToken(protocol.String(text))
		if err != nil {
			require.ErrorIs(t, err, ast.ErrArguments)
			return
		}
		c := &sessionCursor{index: parsed.index, queries: &queryCursor{from: parsed.from}, identity: parsed.identity}
		_, err = c.token()
		require.NoError(t, err)
	})
}
