package querylang_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang"
)

var update = flag.Bool("update", false, "write the golden files")

// testOptions are the options of all statements in the golden files.
var testOptions = querylang.Options{Namespace: "test"}

// golden runs every case of a file: the input, a line of dashes, the expected output and an empty
// line. Blocks that start with # are comments.
func golden(t *testing.T, name string, run func(input string) string) {
	path := filepath.Join("testdata", name)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var out strings.Builder
	for _, block := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
		if strings.HasPrefix(block, "#") {
			out.WriteString(block + "\n\n")
			continue
		}
		input, want, _ := strings.Cut(block, "\n----\n")
		input = strings.TrimSuffix(input, "\n----")
		got := run(input)
		out.WriteString(input + "\n----\n" + got + "\n\n")
		if !*update {
			require.Equal(t, want, got, "statement: %s", input)
		}
	}
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(strings.TrimSpace(out.String())+"\n"), 0o644))
	}
}

func TestPlans(t *testing.T) {
	golden(t, "plans.txt", func(sql string) string {
		plan, err := querylang.Prepare(sql, testOptions)
		require.NoError(t, err, sql)
		return strings.Join(plan.Explain(), "\n")
	})
}

func TestAQLPlans(t *testing.T) {
	golden(t, "plans_aql.txt", func(sql string) string {
		o := testOptions
		o.Dialect = querylang.AQL
		plan, err := querylang.Prepare(sql, o)
		require.NoError(t, err, sql)
		return strings.Join(plan.Explain(), "\n")
	})
}

func TestErrors(t *testing.T) {
	golden(t, "errors.txt", func(sql string) string {
		_, err := querylang.Prepare(sql, testOptions)
		require.Error(t, err, sql)
		var typed *querylang.Error
		require.ErrorAs(t, err, &typed)
		require.ErrorIs(t, err, typed.Kind)
		return err.Error()
	})
}
