//go:build !race

package exec

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/internal/hll"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// changedPlaces are bins and elements of all kinds, and places that do not exist.
var changedPlaces = []string{
	"l", "o", "m", "b", "h", "n", "z", "m['l']", "m['m']", "m['n']", "m['f']", "m['s']", "m['z']", "m['m']['n']", "m['y']['z']", "l[0]", "l[-1]", "l[3]", "l[9]", "l[2]['a']", "n['a']",
}

// randomChange returns an expression that changes the value of a place.
func randomChange(r *rand.Rand, place string, depth int) string {
	x := place
	if depth > 0 {
		x = randomChange(r, place, depth-1)
	}
	element := []string{"1", "'a'", "2.5", "NULL", "ARRAY[1]", "7", "-1", "TRUE"}
	e, i := element[r.IntN(len(element))], r.IntN(5)-2
	offset, size := r.IntN(40)-20, r.IntN(20)
	switch r.IntN(24) {
	case 0:
		return fmt.Sprintf("LIST_APPEND(%s, %s)", x, e)
	case 1:
		return fmt.Sprintf("LIST_CONCAT(%s, ARRAY[%s, 3])", x, e)
	case 2:
		return fmt.Sprintf("LIST_INSERT(%s, %d, %s)", x, i, e)
	case 3:
		return fmt.Sprintf("LIST_REMOVE(%s, %s)", x, e)
	case 4:
		return fmt.Sprintf("LIST_REMOVE_AT(%s, %d)", x, i)
	case 5:
		return fmt.Sprintf("MAP_PUT(%s, 'n', %s)", x, e)
	case 6:
		return fmt.Sprintf("MAP_MERGE(%s, MAP{'n': %s, 'q': 1})", x, e)
	case 7:
		return fmt.Sprintf("MAP_REMOVE(%s, 'n')", x)
	case 8:
		return fmt.Sprintf("BIT_%s(%s, %d, %d, X'A5C3')", []string{"SET", "OR", "AND", "XOR"}[r.IntN(4)], x, offset, size)
	case 9:
		return fmt.Sprintf("BIT_NOT(%s, %d, %d)", x, offset, size)
	case 10:
		return fmt.Sprintf("BIT_%sSHIFT(%s, %d, %d, %d)", []string{"L", "R"}[r.IntN(2)], x, offset, size, r.IntN(12))
	case 11:
		return fmt.Sprintf("BIT_%s(%s, %d, %d, %d)", []string{"ADD", "SET_INT"}[r.IntN(2)], x, offset, size, r.IntN(600)-300)
	case 12:
		return fmt.Sprintf("BIT_RESIZE(%s, %d)", x, r.IntN(6))
	case 13:
		return fmt.Sprintf("BIT_INSERT(%s, %d, X'FF')", x, i)
	case 14:
		return fmt.Sprintf("BIT_REMOVE(%s, %d, %d)", x, i, r.IntN(3))
	case 15:
		return fmt.Sprintf("HLL_ADD(%s, 'a', %d)", x, r.IntN(9))
	case 16:
		return fmt.Sprintf("HLL_UNION(%s, HLL_ADD(HLL_INIT(%d), 'u'))", x, 4+r.IntN(10))
	case 17:
		return fmt.Sprintf("HLL_FOLD(%s, %d)", x, 4+r.IntN(6))
	}
	return fmt.Sprintf([]string{"%s + 1", "%s - 3", "2 + %s", "%s + 0.5", "%s + 9223372036854775807", "%s || 'x'"}[r.IntN(6)], x)
}

var (
	changeCount = flag.Int("change.count", 1500, "the number of random changes")
	changeSeed  = flag.Uint64("change.seed", 1, "the seed of random changes")
)

// changeSet is the set of the test, which is also left on a real server.
const changeSet = "sqlchange"

// The functions and operators that change a value store what SELECT computes, whether the servers
// apply them or the client does, or fail and change nothing.
func TestRandomChangesEqualSelect(t *testing.T) { checkChanges(t, openSession(t, Options{})) }

func TestRandomChangesOnARealServer(t *testing.T) {
	addr := os.Getenv("AEROSQL_ADDR")
	if addr == "" {
		t.Skip("AEROSQL_ADDR names no server")
	}
	checkChanges(t, openSessionAt(t, cluster.Config{Seeds: strings.Split(addr, ",")}, Options{}))
}

func checkChanges(t *testing.T, s *session) {
	r := rand.New(rand.NewPCG(*changeSeed, 0))
	packed, _ := cdt.HLLAdd("h", []any{"a", "b"}, 8, 0).Value.Bytes()
	sketch, _, _ := hll.Modify(packed, protocol.Nil())
	bins := protocol.Bins{
		protocol.NewBin("id", 1), protocol.NewBin("n", 5), protocol.NewBin("b", []byte{0x0F, 0xF0, 0x81}), {Name: "h", Value: sketch},
		protocol.NewBin("l", []any{1, "a", map[string]any{"a": 1}}),
		{Name: "o", Value: protocol.ListWithOrder(protocol.Ordered, []protocol.Value{protocol.Int(1), protocol.Int(7)})},
		protocol.NewBin("m", map[string]any{"l": []any{1, 2, 1}, "m": map[string]any{"n": 7}, "n": int64(1) << 62, "f": 1.5, "s": "x"}),
	}
	key := protocol.MustKey("test", changeSet, 1)
	stored, failed := 0, 0
	for range *changeCount {
		place := changedPlaces[r.IntN(len(changedPlaces))]
		change := randomChange(r, place, r.IntN(4)/2)
		_, err := s.client.Delete(t.Context(), nil, key)
		require.NoError(t, err)
		require.NoError(t, s.client.Put(t.Context(), nil, key, bins))
		row, err := s.run("SELECT " + change + ", " + place + " FROM " + changeSet + " WHERE PK = 1")
		if err != nil {
			continue // a constant part is never right
		}
		want := make([]protocol.Value, 2)
		require.NoError(t, row.Rows.Next(want), change)
		where := []string{"PK = 1", "id = 1", "PK IN (1, 2)", "PK = 1 AND n = 5", "PK = 1 AND __generation = 1"}[r.IntN(5)]
		sql := "UPDATE " + changeSet + " SET " + place + " = " + change + " WHERE " + where
		n, err := s.try(sql)
		after, getErr := s.client.Get(t.Context(), nil, key)
		require.NoError(t, getErr)
		about := fmt.Sprintf("%s: SELECT gives %v, %v", sql, want[0], err)
		if err != nil {
			failed++
			require.EqualValues(t, 1, after.Generation, about)
			continue
		}
		require.EqualValues(t, 1, n, about)
		row, err = s.run("SELECT " + place + ", " + place + " FROM " + changeSet + " WHERE PK = 1")
		require.NoError(t, err)
		got := make([]protocol.Value, 2)
		require.NoError(t, row.Rows.Next(got), change)
		if want[0].IsNil() && want[1].IsNil() && !got[0].IsNil() { // it counts as 0 or ''
			continue
		}
		stored++
		require.Equal(t, want[0].Kind(), got[0].Kind(), about)
		require.Equal(t, want[0].String(), got[0].String(), about)
		require.Equal(t, want[0].Order(), got[0].Order(), about)
	}
	_, err := s.client.Delete(t.Context(), nil, key)
	require.NoError(t, err)
	t.Logf("%d stored, %d failed", stored, failed)
	require.Greater(t, stored, *changeCount/10)
	require.Greater(t, failed, *changeCount/10)
}
