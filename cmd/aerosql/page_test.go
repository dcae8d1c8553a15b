package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
)

// TestPage runs the console examples of docs/devserver.md against one server and compares what they
// print. Three dots stand for any text.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/devserver.md")
	require.NoError(t, err)
	users := filepath.Join(t.TempDir(), "users.csv")
	require.NoError(t, os.WriteFile(users, []byte("PK,name,age\nu1,Ann,41\nu2,Bob,7\n"), 0o600))
	_, address := serveForTest(t, "-seed", users, "-history")
	examples := 0
	for _, block := range strings.Split(string(page), "```console\n")[1:] {
		block, _, _ = strings.Cut(block, "```")
		for _, example := range strings.Split(block, "$ aerosql ctl ")[1:] {
			line, want, _ := strings.Cut(example, "\n")
			code, out, errors := run(append([]string{"ctl", "-control", address}, shellWords(line)...)...)
			require.Equal(t, command.ExitOK, code, "%s: %s", line, errors)
			pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(want)), `\.\.\.`, `(.|\n)*`)
			require.Regexp(t, "^"+pattern, out, line)
			examples++
		}
	}
	require.Greater(t, examples, 15)
}

// TestPageListsFlags checks that the page's table has the flags of serve in their groups.
func TestPageListsFlags(t *testing.T) {
	page, err := os.ReadFile("../../docs/devserver.md")
	require.NoError(t, err)
	for _, g := range serveGroups {
		row := "| " + g.Title + " | `-" + strings.Join(strings.Fields(g.Flags), "`, `-") + "` |"
		require.Contains(t, string(page), row)
	}
}

// shellWords splits a command line at spaces that are not within single quotes.
func shellWords(line string) (words []string) {
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}
