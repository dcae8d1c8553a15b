package querylang_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
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

// perByte is the memory in bytes that a statement may use per byte of its text. It is large because
// a column of two bytes is a node of the tree, a column of the plan and a bin. Statements come from
// the program and not from the network.
const perByte = 512

// FuzzParse checks that every text has a plan or an error, and that the text of a parsed statement
// parses to the same statement.
func FuzzParse(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, dialect := range []querylang.Dialect{querylang.Standard, querylang.AQL} {
			var parsed *querylang.Parsed
			var err error
			wiretest.Bounded(t, len(text), perByte, func() { parsed, err = querylang.Parse(text, dialect) })
			if err != nil {
				var typed *querylang.Error
				require.ErrorAs(t, err, &typed)
				continue
			}
			requireRoundTrip(t, parsed.Statement)
			var plan querylang.Plan
			wiretest.Bounded(t, len(text), perByte, func() {
				plan, err = querylang.NewPlan(parsed, querylang.Options{Namespace: "test", Dialect: dialect})
			})
			if err == nil {
				require.NotEmpty(t, plan.Explain())
			}
		}
	})
}

// FuzzEval checks that a condition and its negation are never both true. If a scan names bins, a
// record that has none of them must not match.
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
		if read.Source.Access == querylang.AccessScan && !read.Projection.AllBins && len(read.Projection.Bins) > 0 {
			require.False(t, querylang.Matches(filter, &querylang.Env{Args: env.Args, Row: row{}}), "records without bins are not sent")
		}
	})
}

// FuzzLike compares LIKE with equivalent regular expressions.
func FuzzLike(f *testing.F) {
	for _, seed := range [][2]string{{"abc", "a%c"}, {"a%c", "a!%c"}, {"äöü", "_ö%"}, {"", "%"}, {strings.Repeat("a", 100), strings.Repeat("%a", 30) + "b"}, {"a\nb", "a_b"}, {"!", "!!"}} {
		f.Add(seed[0], seed[1])
	}
	plan, err := querylang.Prepare("SELECT COUNT(*) FROM t WHERE ? LIKE ? ESCAPE '!'", testOptions)
	require.NoError(f, err)
	filter := plan.(*querylang.ReadPlan).Source.Filter
	f.Fuzz(func(t *testing.T, text, pattern string) {
		if !utf8.ValidString(text) || !utf8.ValidString(pattern) {
			return
		}
		env := &querylang.Env{Args: []protocol.Value{protocol.String(text), protocol.String(pattern)}, Row: testRow}
		var got bool
		wiretest.Bounded(t, len(text)+len(pattern), wiretest.Bytes, func() { got = querylang.Matches(filter, env) })
		if expression, ok := likeExpression(pattern); ok && len(pattern) < 500 {
			require.Equal(t, regexp.MustCompile(expression).MatchString(text), got, "%q LIKE %q", text, pattern)
		} else if !ok {
			require.False(t, got, "a pattern that ends with its escape character is invalid")
		}
	})
}

// likeExpression returns the regular expression of a pattern with the escape character '!'. ok is
// false if the pattern is invalid.
func likeExpression(pattern string) (expression string, ok bool) {
	var b strings.Builder
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			b.WriteString(regexp.QuoteMeta(string(r)))
			escaped = false
		case r == '!':
			escaped = true
		case r == '%':
			b.WriteString(".*")
		case r == '_':
			b.WriteString(".")
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	return "(?s)^" + b.String() + "$", !escaped
}
