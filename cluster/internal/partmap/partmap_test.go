package partmap

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

func set(ids ...uint16) (s Set) {
	for _, id := range ids {
		s.Add(id)
	}
	return s
}

func text(s Set) string { return base64.StdEncoding.EncodeToString(s[:]) }

func claim(regime uint32, owned ...Set) []Claim {
	return []Claim{{Namespace: "test", Regime: regime, Replicas: len(owned), Owned: owned}}
}

func TestParseClaims(t *testing.T) {
	a, b := set(0, 7, 4095), set(1)
	got, err := ParseClaims("test:0,2," + text(a) + "," + text(b) + ";bar:7,1," + text(b))
	require.NoError(t, err)
	require.Equal(t, []Claim{
		{Namespace: "test", Replicas: 2, Owned: []Set{a, b}},
		{Namespace: "bar", Regime: 7, Replicas: 1, Owned: []Set{b}},
	}, got)
	require.True(t, got[0].Owned[0].Has(4095))
	require.False(t, got[0].Owned[0].Has(4094))

	got, err = ParseClaims("test:0,3," + text(a))
	require.NoError(t, err, "only the master's bitmap, as returned for replicas:max=1")
	require.Equal(t, 3, got[0].Replicas)

	got, err = ParseClaims("")
	require.NoError(t, err)
	require.Empty(t, got)
}

func TestParseClaimsErrors(t *testing.T) {
	good := text(set(1))
	for name, s := range map[string]string{
		"missing colon":       "test",
		"missing name":        ":0,1," + good,
		"missing bitmap":      "test:0,1",
		"regime":              "test:x,1," + good,
		"negative regime":     "test:-1,1," + good,
		"replicas":            "test:0,x," + good,
		"too many replicas":   "test:0,60000," + good,
		"too many bitmaps":    "test:0,1," + good + "," + good,
		"short bitmap":        "test:0,1,AAAA",
		"long bitmap":         "test:0,1," + good + "AAAA",
		"not base64":          "test:0,1," + strings.Repeat("!", len(good)),
		"early padding":       "test:0,1," + strings.Repeat("AAA=", len(good)/4),
		"513 bytes":           "test:0,1," + strings.Repeat("A", len(good)),
		"too many namespaces": strings.Repeat("a:0,1,x;", 100),
		"error response":      "ERROR:4:unrecognized command",
		"long name":           strings.Repeat("n", 32) + ":0,1," + good,
		"empty namespace":     ";;",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseClaims(s)
			require.ErrorIs(t, err, ErrClaims)
		})
	}
}

func FuzzParseClaims(f *testing.F) {
	f.Add("test:0,1," + text(set(1, 2)))
	f.Add("a:3,2," + text(set(1)) + "," + text(set(2)) + ";b:0,256," + text(set(4095)))
	f.Fuzz(func(t *testing.T, s string) {
		var claims []Claim
		var err error
		wiretest.Bounded(t, len(s), wiretest.Bytes, func() { claims, err = ParseClaims(s) })
		if err != nil {
			require.ErrorIs(t, err, ErrClaims)
			return
		}
		// A bitmap of 684 characters becomes a node for each of 4096 partitions and, if it is the
		// first, a regime for each.
		const perByte = 4096 * (8 + 4) / 684
		wiretest.Bounded(t, len(s), perByte, func() { new(Map[*Claim]).Apply(new(Claim), claims) })
	})
}

func TestApply(t *testing.T) {
	m, lost := new(Map[string]).Apply("A", claim(0, set(1, 2), set(3)))
	require.Empty(t, lost)
	require.Equal(t, "A", m.Space("test").Node(0, 1))
	require.Equal(t, "A", m.Space("test").Node(1, 3))
	require.Equal(t, "", m.Space("test").Node(0, 3))
	require.False(t, m.Space("test").Strong())
	require.Nil(t, m.Space("bar"))
	require.Equal(t, []string{"test"}, m.Namespaces())

	next, lost := m.Apply("B", claim(0, set(2, 3), set(1)))
	require.Equal(t, []string{"A"}, lost, "the master of partition 2 moved")
	require.Equal(t, "B", next.Space("test").Node(0, 2))
	require.Equal(t, "A", m.Space("test").Node(0, 2), "the old map is unchanged")

	gone := next.Without("A")
	require.False(t, gone.Holds("A"))
	require.True(t, gone.Holds("B"))
	require.Equal(t, "", gone.Space("test").Node(0, 1))
	require.True(t, next.Holds("A"))
}

func TestApplyKeepsUnclaimedReplicas(t *testing.T) {
	m, _ := new(Map[string]).Apply("A", claim(0, set(1)))
	m, _ = m.Apply("A", claim(0, set()))
	require.Equal(t, "A", m.Space("test").Node(0, 1))
}

func TestApplyRegimes(t *testing.T) {
	m, _ := new(Map[string]).Apply("A", claim(5, set(1)))
	m, _ = m.Apply("B", claim(4, set(1)))
	require.Equal(t, "A", m.Space("test").Node(0, 1), "an older regime is ignored")
	m, _ = m.Apply("B", claim(6, set(1)))
	require.Equal(t, "B", m.Space("test").Node(0, 1))
	require.True(t, m.Space("test").Strong())
}

func TestApplyReplicationFactor(t *testing.T) {
	m, _ := new(Map[string]).Apply("A", claim(0, set(1), set(2), set(3)))
	require.Equal(t, 3, m.Space("test").Replicas())
	m, _ = m.Apply("A", claim(0, set(1), set(2)))
	require.Equal(t, 2, m.Space("test").Replicas())
	m, _ = m.Apply("B", []Claim{{Namespace: "test", Replicas: 3, Owned: []Set{set(9)}}})
	require.Equal(t, 2, m.Space("test").Replicas(), "no node is known for a third replica")
	require.Equal(t, "A", m.Space("test").Node(1, 2))
	require.Equal(t, "B", m.Space("test").Node(0, 9))
	m, _ = new(Map[string]).Apply("B", []Claim{{Namespace: "test", Replicas: 256, Owned: []Set{set(9)}}})
	require.Equal(t, 1, m.Space("test").Replicas())
}

// In a namespace without regimes each partition belongs to the node that claimed it last.
func TestLastClaimWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := new(Map[string])
		want := make(map[uint16]string)
		for range rapid.IntRange(1, 6).Draw(t, "rounds") {
			node := rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "node")
			ids := rapid.SliceOf(rapid.Uint16Range(0, protocol.PartitionCount-1)).Draw(t, "ids")
			m, _ = m.Apply(node, claim(0, set(ids...)))
			for _, id := range ids {
				want[id] = node
			}
		}
		for id := range uint16(protocol.PartitionCount) {
			require.Equal(t, want[id], m.Space("test").Node(0, id))
		}
	})
}
