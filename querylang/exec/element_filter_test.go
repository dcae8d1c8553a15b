package exec

import (
	"fmt"
	"math"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/plan"
)

// The record i of the set t, from 0 to 49, has the list [i, 'a<i>', i + 0.5], a map with the key
// 'k<i>' and the lines of an order. The records from 50 on have odd collections.
func fillElements(t *testing.T, s *session) {
	put := func(key int, bins map[string]any) {
		require.NoError(t, s.client.Put(t.Context(), &cluster.WritePolicy{SendKey: true}, protocol.MustKey("test", "t", key), protocol.BinsOf(bins)))
	}
	for i := range 50 {
		lines := []any{map[string]any{"sku": fmt.Sprint("s", i), "qty": i}, map[string]any{"sku": "both", "qty": i % 2}}
		put(i, map[string]any{
			"n": i, "l": []any{i, fmt.Sprint("a", i), float64(i) + 0.5}, "m": map[string]any{fmt.Sprint("k", i): i},
			"lines": lines, "doc": map[string]any{"lines": lines},
		})
	}
	put(50, map[string]any{"n": 50, "l": []any{protocol.Uint(math.MaxUint64), nil, []any{7}}})
	put(51, map[string]any{"n": 51, "l": "no list", "m": map[any]any{int64(-1): []byte("x")}})
	put(52, map[string]any{"n": 52, "l": []any{}, "m": map[string]any{}})
	put(53, map[string]any{"n": 53, "l": []any{math.NaN(), []byte("a1"), true}, "m": []any{"k1", 40}})
}

// scanned is the number of records that a scan has received.
var scanned = regexp.MustCompile(`scan test.t[^]]*?(\d+) records?,`)

// Servers from 8.1.1 on send only the records with the elements that a statement demands. The
// answers are those of older servers and those without filters.
func TestElementsAreFilteredByTheServers(t *testing.T) {
	off, err := plan.ParseRules("filter")
	require.NoError(t, err)
	newest, plain := openSession(t, Options{}), openSession(t, Options{DisabledRules: off})
	older := openSessionOn(t, devserver.Options{Nodes: 1, ActAs: "8.1.0"}, Options{})
	for _, s := range []*session{newest, plain, older} {
		fillElements(t, s)
	}
	for _, test := range []struct {
		sql  string
		args []any
		want string
		most int // records that the newest servers send
	}{
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(l) AS e WHERE e = 7)", nil, "7", 2},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(l) AS e WHERE e > 49 OR e = 'a3')", nil, "3 49 50", 3},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(l) AS e WHERE e > ? AND e < ?)", []any{7, 8}, "7", 2},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(l) AS e WHERE e LIKE 'a1%' AND e <> 'a1')", nil, "10 11 12 13 14 15 16 17 18 19", 10},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(l) AS e WHERE NOT (e >= 1))", nil, "0 53", 3},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(l) AS e WHERE e IN (3, 'a4', 5.5))", nil, "3 4 5", 4},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(l) AS e WHERE e[0] = 7)", nil, "50", 1},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(l) AS e WHERE e IS TRUE)", nil, "53", 1},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(l) AS e WHERE e = X'6131')", nil, "53", 54},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(l) AS e WHERE e * 2 = 14)", nil, "7", 2},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(l) AS e WHERE e = 7 AND e < n)", nil, "", 2},
		{"SELECT n FROM t WHERE n < 9 AND EXISTS (SELECT 1 FROM UNNEST(m) AS e (k, v) WHERE k >= 'k4' AND v > 3)", nil, "4 5 6 7 8", 5},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(m) AS e (k, v) WHERE k = 'k1')", nil, "1 53", 2},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(lines) AS v (e) WHERE e.sku = 'both' AND e.qty = 1 AND n < 6)", nil, "1 3 5", 25},
		{"SELECT n FROM t WHERE EXISTS (SELECT 1 FROM UNNEST(doc.lines) AS v (e) WHERE e.sku = 's9' AND e.qty > 2)", nil, "9", 1},
		{"SELECT n, e.qty FROM t, UNNEST(t.lines) AS v (e) WHERE e.qty > 47", nil, "48,48 49,49", 2},
		{"SELECT n, e FROM t CROSS JOIN UNNEST(t.l) WITH ORDINALITY AS v (e, i) WHERE i = 1 AND e < 2", nil, "0,0 1,1", 3},
		{"SELECT PK, value FROM t/l WHERE value = 'a3' OR value = 4", nil, "3,a3 4,4", 3},
		{"SELECT PK, key, value FROM t/m WHERE key = 'k3' OR value = 40", nil, "3,k3,3 40,k40,40 53,nil,40", 3},
		{"SELECT n FROM t WHERE n < 3 AND NOT EXISTS (SELECT 1 FROM UNNEST(l) AS e WHERE e = 1)", nil, "0 2", 3},
		{"SELECT n FROM t LEFT JOIN UNNEST(l) AS e ON e = 1 WHERE n < 2 AND e IS NULL", nil, "0", 2},
	} {
		for _, s := range []*session{newest, plain, older} {
			assert.Equal(t, test.want, s.column(test.sql, test.args...), test.sql)
		}
		found := scanned.FindStringSubmatch(fmt.Sprint(newest.rows("EXPLAIN ANALYZE "+test.sql, test.args...)))
		require.NotNil(t, found, test.sql)
		assert.Equal(t, fmt.Sprint(test.most), found[1], test.sql)
	}
}
