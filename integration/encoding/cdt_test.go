package encoding

import (
	"encoding/base64"
	gomaps "maps"
	"slices"
	"testing"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// A call draws arguments and builds the same operation with both clients.
type call func(draw) (ours protocol.Operation, theirs *as.Operation)

// leastCases is the number of operations that a run must compare.
const leastCases = 10_000

func TestCollectionCalls(t *testing.T) {
	compared := 0
	for _, calls := range []map[string]call{listWrites, listReads, mapCalls, bitCalls, hllCalls, listSelections(), mapSelections()} {
		for _, name := range slices.Sorted(gomaps.Keys(calls)) {
			t.Run(name, func(t *testing.T) {
				rapid.Check(t, func(t *rapid.T) {
					compareCall(t, calls[name])
					compared++
				})
			})
		}
	}
	t.Logf("%d operations compared", compared)
	require.GreaterOrEqual(t, compared, leastCases)
}

// compareCall compares the bytes of both clients, and requires that decoding and encoding ours does
// not change it.
func compareCall(t *rapid.T, build call) {
	ours, theirs := build(draw{t})
	require.NoError(t, ours.Value.Err())
	text, err := cdt.Describe(ours)
	require.NoError(t, err)
	code, bin, want := official(t, theirs)
	require.Equal(t, code, ours.Code, text)
	require.Equal(t, bin, ours.Bin, text)
	got, _ := ours.Value.Bytes()
	sameBytes(t, want, got, text)

	parsed, err := cdt.Parse(ours)
	require.NoError(t, err)
	again, _ := parsed.Operation().Value.Bytes()
	require.Equal(t, got, again, text)
}

func TestContexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ours, theirs := draw{t}.context(1)
		want, asErr := as.CDTContextToBase64(theirs)
		require.NoError(t, plain(asErr))
		packed, err := ours.AppendTo(nil)
		require.NoError(t, err)
		theirPacked, err := base64.StdEncoding.DecodeString(want)
		require.NoError(t, err)
		sameBytes(t, theirPacked, packed, ours.String())

		fromTheirs, err := cdt.ParseContextBase64(want)
		require.NoError(t, err)
		again, err := fromTheirs.AppendTo(nil)
		require.NoError(t, err)
		sameBytes(t, theirPacked, again, ours.String())
	})
}
