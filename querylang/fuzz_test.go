package querylang_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
)

func addSeeds(f *testing.F) {
	for _, name := range []string{"plans.txt", "plans_aql.txt", "errors.txt"} {
		text, err := os.ReadFile("testdata/" + name)
		require.NoError(f, err)
		for _, block := range strings.Split(string(text), "\n\n") {
			sql, _, _ := strings.Cut(block, "\n----")
			f.Add(sql)
		}
	}
}

// FuzzParse: whatever the text, there is a plan or an error, and what was parsed
// is written as text that parses to the same.
func FuzzParse(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, dialect := range []querylang.Dialect{querylang.Standard, querylang.AQL} {
			parsed, err := querylang.Parse(text, dialect)
			if err != nil {
				var typed *querylang.Error
				require.ErrorAs(t, err, &typed)
				continue
			}
			requireRoundTrip(t, parsed.Statement)
			plan, err := querylang.NewPlan(parsed, querylang.Options{Namespace: "test", Dialect: dialect})
			if err == nil {
				require.NotEmpty(t, plan.Explain())
			}
		}
	})
}

// FuzzEval: every condition gives a value, and NOT turns it round or leaves it
// unknown; where a scan names bins, a record that has none of them does not match.
func FuzzEval(f *testing.F) {
	for _, text := range []string{"i = 7 AND s LIKE '%b%'", "l IN (m, om) OR h / 0 > nan", "s || s BETWEEN 'a' AND ?", "-i % zero IS NULL"} {
		f.Add(text, int64(1), "x")
	}
	f.Fuzz(func(t *testing.T, text string, n int64, s string) {
		plan, err := querylang.Prepare("SELECT COUNT(*) FROM t WHERE "+text, testOptions)
		if err != nil {
			return
		}
		read := plan.(*querylang.ReadPlan)
		filter := read.Source.Filter
		if filter == nil {
			return
		}
		env := &querylang.Env{Args: []protocol.Value{protocol.Int(n), protocol.String(s)}, Row: testRow}
		is := querylang.Matches(filter, env)
		isNot := querylang.Matches(&querylang.Unary{Op: querylang.OpNot, X: filter}, env)
		require.False(t, is && isNot)
		if read.Source.Access == querylang.AccessScan && len(read.Projection.Bins) > 0 {
			require.False(t, querylang.Matches(filter, &querylang.Env{Args: env.Args, Row: row{}}), "records without bins are not sent")
		}
	})
}
