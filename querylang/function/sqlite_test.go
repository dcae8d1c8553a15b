package function

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSQLite: the functions that SQLite has too give its answers.
func TestSQLite(t *testing.T) {
	text, err := os.ReadFile("testdata/sqlite.txt")
	require.NoError(t, err)
	tested := 0
	for line := range strings.Lines(string(text)) {
		expression, answer, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " => ")
		if !ok {
			continue
		}
		want, err := ParseJSON(answer)
		require.NoError(t, err, line)
		got := evaluate(t, expression).v
		assert.Equal(t, want.Kind(), got.Kind(), expression)
		assert.Equal(t, want.String(), got.String(), expression)
		tested++
	}
	assert.Greater(t, tested, 300)
}
