package casetest

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Golden runs every case of a file whose inputs are texts in any language: the input, a line of
// four dashes, the expected output, and an empty line. Blocks that start with "# " are comments.
// The output of run must equal the one in the file. With the flag -update Golden writes the outputs
// to the file instead.
func Golden(t *testing.T, path string, run func(input string) string) {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var out strings.Builder
	for block := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		if strings.HasPrefix(block, "# ") {
			out.WriteString(block + "\n\n")
			continue
		}
		input, want := cut(block)
		got := run(input)
		out.WriteString(input + separator + got + "\n\n")
		if !*update {
			require.Equal(t, want, got, "input: %s", input)
		}
	}
	writeFile(t, path, out.String())
}

// cut splits a case into its input and the expected outcome, which may be empty.
func cut(block string) (input, want string) {
	input, want, _ = strings.Cut(block, separator)
	return strings.TrimSuffix(input, strings.TrimSuffix(separator, "\n")), want
}

// writeFile writes the cases to the file if the flag -update is set.
func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(strings.TrimSpace(text)+"\n"), 0o644))
	}
}
