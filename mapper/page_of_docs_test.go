package mapper_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPageOfTheDocumentation checks that the programs in docs/mapper.md are parts of the examples,
// which run.
func TestPageOfTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("../docs/mapper.md")
	require.NoError(t, err)
	files, err := filepath.Glob("example_*_test.go")
	require.NoError(t, err)
	var examples strings.Builder
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		examples.WriteString(withoutIndent(string(source)))
	}
	blocks := strings.Split(string(page), "```go\n")[1:]
	require.Greater(t, len(blocks), 10)
	for _, block := range blocks {
		program, _, closed := strings.Cut(block, "```")
		require.True(t, closed)
		require.Contains(t, examples.String(), withoutIndent(program))
	}
}

// withoutIndent removes the blanks at the beginnings of lines.
func withoutIndent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimLeft(line, "\t "))
	}
	return b.String()
}
