package exec

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// TestCorrelatedScansTakeIndexes holds that a correlated subquery queries an index for each
// outer row while that reads less than the set, and reads the set once otherwise.
func TestCorrelatedScansTakeIndexes(t *testing.T) {
	const records = 1000
	s := openSession(t, Options{})
	rows := make([]cluster.BatchRow, records)
	for i := range rows {
		bins := protocol.BinsOf(map[string]any{"s": fmt.Sprint("s", i), "n": i})
		rows[i] = cluster.PutRow(nil, protocol.MustKey("test", "big", i), bins)
	}
	_, err := s.client.BatchWrite(t.Context(), nil, rows)
	require.NoError(t, err)
	require.NoError(t, s.define("CREATE INDEX big_s ON big (s) STRING WAIT"))
	var keys []string
	for i := range 50 {
		s.exec("INSERT INTO small (PK, s) VALUES (?, ?)", i, fmt.Sprint("s", i))
		keys = append(keys, fmt.Sprint(i))
	}
	for _, test := range []struct {
		outer, least, most int
		deny               bool
	}{{outer: 5, least: 5, most: 5}, {outer: 50, least: records, most: records + 40}, {outer: 5, least: 5, most: 5, deny: true}, {outer: 20, least: 20, most: 20, deny: true}} {
		t.Run(fmt.Sprintf("%d rows, scan denied %t", test.outer, test.deny), func(t *testing.T) {
			s.engine.options.DenyScan = test.deny
			query := "SELECT s, (SELECT n FROM big y WHERE y.s = x.s) FROM small x WHERE PK IN (" + strings.Join(keys[:test.outer], ",") + ")"
			for _, row := range s.rows(query) {
				require.Equal(t, row[0], "s"+row[1])
			}
			plan := fmt.Sprint(s.rows("EXPLAIN ANALYZE " + query))
			match := regexp.MustCompile(`test\.big as y \[[^]]*?(\d+) records?,`).FindStringSubmatch(plan)
			require.NotNil(t, match, plan)
			n, _ := strconv.Atoi(match[1])
			require.GreaterOrEqual(t, n, test.least, plan)
			require.LessOrEqual(t, n, test.most, plan)
		})
	}
}
