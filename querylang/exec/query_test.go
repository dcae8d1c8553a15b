package exec

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Queries that once had wrong answers.
func TestAnswers(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, a, b) VALUES (1, 1, 2), (2, 3, 4), (3, NULL, 5)")
	s.exec("INSERT INTO u (PK, a, b) VALUES (1, 1, 2), (2, 5, 4), (3, NULL, 7)")
	for _, test := range []struct {
		sql  string
		want []string
	}{
		// The columns of a condition on both sets are kept with the rows of the subquery.
		{"SELECT x.PK FROM t x WHERE EXISTS (SELECT 1 FROM u y WHERE x.a = y.a)", []string{"1"}},
		{"SELECT x.PK FROM t x WHERE NOT EXISTS (SELECT 1 FROM u y WHERE x.a = y.a)", []string{"2", "3"}},
		{"SELECT x.PK FROM t x WHERE EXISTS (SELECT 1 FROM u y WHERE x.b IN (SELECT z.b FROM u z WHERE z.a = y.a))", []string{"1", "2"}},
		// NULL among the values makes NOT IN unknown, on the servers too.
		{"SELECT PK FROM t WHERE b NOT IN (SELECT a FROM u)", nil},
		{"SELECT PK FROM t WHERE b NOT IN (SELECT a FROM u WHERE a IS NOT NULL)", []string{"1", "2"}},
		{"SELECT PK FROM t WHERE NOT (b IN (SELECT a FROM u))", nil},
		// A condition that is never true leaves a lookup join no records.
		{"SELECT x.PK FROM t x JOIN u y ON x.a = y.PK AND y.a NOT IN (-2, NULL, 7) WHERE NOT (x.b < 0)", nil},
		{"SELECT x.PK, y.a FROM t x LEFT JOIN u y ON x.a = y.PK AND y.a NOT IN (-2, NULL, 7) WHERE x.PK = 1", []string{"1"}},
	} {
		var got []string
		for _, row := range s.rows(test.sql) {
			got = append(got, fmt.Sprint(row[0]))
		}
		slices.Sort(got)
		assert.Equal(t, test.want, got, test.sql)
	}
}
