package devserver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDocListsFiles checks that the package documentation lists every source file.
func TestDocListsFiles(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	listed := make(map[string]bool)
	for line := range strings.Lines(string(doc)) {
		if text, ok := strings.CutPrefix(line, "//\t"); ok {
			name, _, _ := strings.Cut(text, " ")
			require.FileExists(t, name)
			listed[name] = true
		}
	}
	for _, name := range files {
		if name != "doc.go" && !strings.HasSuffix(name, "_test.go") {
			require.True(t, listed[name], "doc.go does not list %s", name)
		}
	}
}
