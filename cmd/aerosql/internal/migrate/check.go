package migrate

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/parse"
)

// substitution is the directive of goose that replaces variables before the file is SQL.
var substitution = regexp.MustCompile(`(?im)^--\s*\+goose\s+ENVSUB\s+ON`)

// checkAll parses the statements of the files that are wanted, and returns their number. Its error
// has the mistakes of all files.
func checkAll(fsys fs.FS, dir string, dialect querylang.Dialect, wanted func(file string) bool) (n int, err error) {
	files, err := fs.Glob(fsys, "*.sql")
	if err != nil {
		return 0, err
	}
	var mistakes []error
	for _, file := range files {
		if !wanted(file) {
			continue
		}
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return n, err
		}
		n++
		if !substitution.Match(text) {
			mistakes = append(mistakes, check(filepath.Join(dir, file), string(text), dialect))
		}
	}
	return n, errors.Join(mistakes...)
}

// check parses the statements of a file. The directives of goose are comments.
func check(path, text string, dialect querylang.Dialect) error {
	var mistakes []error
	line := 0
	for rest, ended := text, true; ended && !parse.IsBlank(rest); {
		var first string
		first, rest, ended = parse.Split(rest)
		if _, err := parse.One(first, dialect); err != nil && !parse.IsBlank(first) {
			if e, ok := errors.AsType[*querylang.Error](err); ok && e.Line > 0 {
				moved := *e
				moved.Line += line
				err = &moved
			}
			mistakes = append(mistakes, fmt.Errorf("%s: %w", path, err))
		}
		line += strings.Count(first, "\n")
	}
	return errors.Join(mistakes...)
}
