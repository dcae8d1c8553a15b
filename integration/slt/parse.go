package slt

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strings"
)

// A Record is a statement or a query of a file.
type Record struct {
	// Line is the line of the record's first line in the file, counted from 1.
	Line int
	// SQL is the text of the statement.
	SQL string
	// Query is true for a query, false for a statement.
	Query bool
	// Fails is true if a statement must fail.
	Fails bool
	// Types has a letter for each column of a query: I, R or T.
	Types string
	// Sort is nosort, rowsort or valuesort.
	Sort string
	// Label names queries that must have the same answer. It may be empty.
	Label string
	// Want is the answer: the values, or one line of the form "30 values hashing to MD5".
	Want []string
}

// ReadFile reads a file, which is compressed if its name ends in .gz.
func ReadFile(path string) ([]Record, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(file); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	records, err := Parse(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return records, nil
}

// Parse reads the records of a file that SQLite would run.
func Parse(r io.Reader) ([]Record, error) {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, 16<<20)
	var (
		records []Record
		block   []string
		first   int
	)
	for line := 1; ; line++ {
		more := scanner.Scan()
		text := strings.TrimRight(scanner.Text(), "\r")
		if more && strings.TrimSpace(text) != "" {
			if strings.HasPrefix(text, "#") && (len(block) == 0 || isCondition(block[len(block)-1])) {
				continue
			}
			if len(block) == 0 {
				first = line
			}
			block = append(block, text)
			continue
		}
		record, halt, err := parseBlock(block)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", first, err)
		}
		if record != nil {
			record.Line = first
			records = append(records, *record)
		}
		block = nil
		if halt || !more {
			return records, scanner.Err()
		}
	}
}

// isCondition reports whether a line says which database systems run the record after it.
func isCondition(line string) bool {
	return strings.HasPrefix(line, "skipif") || strings.HasPrefix(line, "onlyif")
}

// parseBlock reads the lines of a record. The result is nil if SQLite does not run it.
func parseBlock(lines []string) (record *Record, halt bool, err error) {
	skip := false
	for len(lines) > 0 && isCondition(lines[0]) {
		words := strings.Fields(lines[0])
		if len(words) < 2 {
			return nil, false, fmt.Errorf("%q has no name", lines[0])
		}
		skip = skip || (words[0] == "skipif") == (words[1] == "sqlite")
		lines = lines[1:]
	}
	if len(lines) == 0 || skip {
		return nil, false, nil
	}
	words := strings.Fields(lines[0])
	switch words[0] {
	case "halt":
		return nil, true, nil
	case "hash-threshold":
		return nil, false, nil
	case "statement":
		if len(words) < 2 || words[1] != "ok" && words[1] != "error" {
			return nil, false, fmt.Errorf("%q is neither ok nor error", lines[0])
		}
		return &Record{SQL: strings.Join(lines[1:], "\n"), Fails: words[1] == "error"}, false, nil
	case "query":
		record, err := parseQuery(words, lines[1:])
		return record, false, err
	}
	return nil, false, fmt.Errorf("unknown record %q", lines[0])
}

// parseQuery reads a query from the words of its first line and the lines that follow.
func parseQuery(words, lines []string) (*Record, error) {
	if len(words) < 2 || strings.Trim(words[1], "IRT") != "" {
		return nil, fmt.Errorf("%q has no types", words)
	}
	record := &Record{Query: true, Types: words[1], Sort: "nosort"}
	if len(words) > 2 {
		record.Sort = words[2]
	}
	if len(words) > 3 {
		record.Label = words[3]
	}
	switch record.Sort {
	case "nosort", "rowsort", "valuesort":
	default:
		return nil, fmt.Errorf("unknown order %q", record.Sort)
	}
	for i, line := range lines {
		if line == "----" {
			record.Want = lines[i+1:]
			lines = lines[:i]
			break
		}
	}
	record.SQL = strings.Join(lines, "\n")
	return record, nil
}
