//go:build !race

package exec

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// randomValues are values of bins; nil stands for a missing bin.
var randomValues = []any{
	nil, nil, 0, 1, -7, int64(1) << 62, 2.5, -0.5, 1e300, "", "x", "5", []byte{1}, true, []any{1, "x"}, map[string]any{"k": 1},
}

// randomTerm returns an expression over the bins a, b and c.
func randomTerm(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(3) == 0 {
		return []string{"a", "a", "b", "c", "1", "2.5", "'x'", "X'01'", "-3", "NULL", "TRUE", "0"}[r.IntN(12)]
	}
	x, y := randomTerm(r, depth-1), randomTerm(r, depth-1)
	switch r.IntN(9) {
	case 0, 1, 2:
		return fmt.Sprintf("(%s + %s)", x, y)
	case 3:
		return fmt.Sprintf("(%s - %s)", x, y)
	case 4:
		return fmt.Sprintf("(%s * %s)", x, y)
	case 5:
		return fmt.Sprintf("(%s || %s)", x, y)
	case 6:
		return fmt.Sprintf("COALESCE(%s, %s)", x, y)
	case 7:
		return fmt.Sprintf("(%s > %s)", x, y)
	}
	return fmt.Sprintf("(%s / %s)", x, y)
}

// UPDATE stores what SELECT computes, or fails and changes nothing. Only a bin that is missing may
// count as 0 or as an empty string in a sum or a concatenation with it.
func TestRandomUpdatesEqualSelect(t *testing.T) {
	s := openSession(t, Options{})
	r := rand.New(rand.NewPCG(1, 2))
	stored, failed := 0, 0
	for range 1500 {
		bins := protocol.Bins{protocol.NewBin("id", 1)}
		for _, name := range []string{"a", "b", "c"} {
			if v := randomValues[r.IntN(len(randomValues))]; v != nil {
				bins = append(bins, protocol.NewBin(name, v))
			}
		}
		key := protocol.MustKey("test", "t", 1)
		_, err := s.client.Delete(t.Context(), nil, key)
		require.NoError(t, err)
		require.NoError(t, s.client.Put(t.Context(), nil, key, bins))
		term := randomTerm(r, 3)
		row, err := s.run("SELECT " + term + ", a FROM t WHERE PK = 1")
		if err != nil {
			continue // a constant part is never right
		}
		want := make([]protocol.Value, 2)
		require.NoError(t, row.Rows.Next(want), term)
		where := []string{"PK = 1", "id = 1", "PK IN (1, 2)", "PK = 1 AND id = 1", "PK = 1 AND __generation = 1"}[r.IntN(5)]
		sql := "UPDATE t SET a = " + term + " WHERE " + where
		n, err := s.try(sql)
		after, getErr := s.client.Get(t.Context(), nil, key)
		require.NoError(t, getErr)
		got, _ := after.Bins.Get("a")
		about := fmt.Sprintf("%s on %v: stored %v, SELECT gives %v, %v", sql, bins, got, want[0], err)
		switch {
		case err != nil:
			failed++
			require.True(t, want[0].IsNil(), about)
			require.EqualValues(t, 1, after.Generation, about)
		case want[0].IsNil() && want[1].IsNil() && !got.IsNil(): // a counts as 0 or ''
			require.EqualValues(t, 1, n, about)
		default:
			stored++
			require.EqualValues(t, 1, n, about)
			require.Equal(t, want[0].Kind(), got.Kind(), about)
			require.Equal(t, want[0].String(), got.String(), about)
		}
	}
	require.Greater(t, stored, 300)
	require.Greater(t, failed, 50)
}
