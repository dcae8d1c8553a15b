package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	maxComment = 100 // columns
	tabWidth   = 4   // columns
)

// printComments prints the number of comments that are too wide, in both modules and their tests,
// and returns their positions.
func printComments() (failures []string, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules") {
			if err == nil {
				err = filepath.SkipDir
			}
			return err
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if generated.Match(text) {
			return nil
		}
		for _, line := range wideComments(text) {
			failures = append(failures, fmt.Sprintf("%s:%d: the comment is wider than %d columns", strings.TrimPrefix(path, root+"/"), line, maxComment))
		}
		return nil
	})
	fmt.Printf("comments wider than %d columns: %d\n", maxComment, len(failures))
	return failures, err
}

// generated matches the line that marks generated code.
var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// wideComments returns the line numbers of comments that are too wide. Comments after code,
// directives and links have no limit.
func wideComments(text []byte) (lines []int) {
	in := bufio.NewScanner(bytes.NewReader(text))
	in.Buffer(nil, len(text)+1)
	output := false // in the expected output of an Example, which can't be wrapped
	for n := 1; in.Scan(); n++ {
		line := in.Text()
		comment := strings.TrimLeft(line, "\t")
		output = strings.HasPrefix(comment, "// Output:") || output && strings.HasPrefix(comment, "//")
		if output || !strings.HasPrefix(comment, "// ") || strings.Contains(comment, "://") {
			continue
		}
		if tabs := len(line) - len(comment); tabs*tabWidth+utf8.RuneCountInString(comment) > maxComment {
			lines = append(lines, n)
		}
	}
	return lines
}
