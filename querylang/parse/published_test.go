package parse_test

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

// publishedFolder holds files of SQLite's sqllogictest. They are not part of the project.
const publishedFolder = "../../../../shared/sqllogictest"

// TestPublishedStatements parses every statement of the published answers. What is not parsed must
// be refused by name, and what is parsed must print as SQL that parses to the same tree.
func TestPublishedStatements(t *testing.T) {
	if _, err := os.Stat(publishedFolder); err != nil {
		t.Skip("the published answers are not here")
	}
	if testing.Short() {
		t.Skip("it takes long")
	}
	parsed, refused := 0, map[string]int{}
	require.NoError(t, filepath.WalkDir(publishedFolder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".test.gz") {
			return err
		}
		for i, sql := range publishedStatements(t, path) {
			all, err := parse.All(sql, parse.Standard)
			if err != nil {
				if !errors.Is(err, ast.ErrUnsupported) {
					t.Errorf("%s: %s\n%s", filepath.Base(path), sql, err)
				}
				refused[message(err)]++
				continue
			}
			parsed += len(all)
			if i%20 == 0 {
				for _, one := range all {
					requireRoundTrip(t, one.Statement)
				}
			}
		}
		return nil
	}))
	t.Logf("parsed %d, refused %v", parsed, refused)
	require.Greater(t, parsed, 100_000)
}

// message returns the message of an error without its position.
func message(err error) string {
	var typed *ast.Error
	if errors.As(err, &typed) {
		return typed.Message
	}
	return err.Error()
}

// publishedStatements returns the SQL of the records that SQLite runs without an error.
func publishedStatements(t *testing.T, path string) []string {
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	text, err := gzip.NewReader(file)
	require.NoError(t, err)
	lines := bufio.NewScanner(text)
	var all []string
	skip, inSQL := false, false
	var sql []string
	flush := func() {
		if inSQL && !skip {
			all = append(all, strings.Join(sql, "\n"))
		}
		skip, inSQL, sql = false, false, nil
	}
	for lines.Scan() {
		line := lines.Text()
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case strings.TrimSpace(line) == "":
			flush()
		case inSQL && line == "----":
			flush()
			skip = true
		case inSQL:
			sql = append(sql, line)
		case word == "skipif":
			skip = skip || strings.HasPrefix(rest, "sqlite")
		case word == "onlyif":
			skip = skip || !strings.HasPrefix(rest, "sqlite")
		case word == "query" || word == "statement" && strings.HasPrefix(rest, "ok"):
			inSQL = true
		}
	}
	flush()
	require.NoError(t, lines.Err())
	return all
}
