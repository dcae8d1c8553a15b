package seed

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A Target receives what a seed file has. A *devserver.Server is one.
type Target interface {
	Store(key protocol.Key, bins protocol.Bins, ttl uint32) error
	RegisterModule(name string, source []byte) error
	Info(node string, commands ...string) ([]string, error)
	NodeNames() []string
}

// A Counts has the numbers of records, secondary indexes and UDF modules that were loaded.
type Counts struct {
	Records int `json:"records"`
	Indexes int `json:"indexes"`
	Modules int `json:"modules"`
}

func (c *Counts) add(other Counts) {
	c.Records, c.Indexes, c.Modules = c.Records+other.Records, c.Indexes+other.Indexes, c.Modules+other.Modules
}

// ErrFormat is the error of a file that is damaged or of no known format. The error has the file's
// name and the line.
var ErrFormat = errors.New("seed: damaged or unknown file")

// maxLine is the longest line of a file.
const maxLine = 64 << 20

// Load loads a file or, if path is a directory, all its files with the extensions .jsonl, .ndjson,
// .csv and .asb in the order of their names. namespace is that of records that do not name one.
//
// The namespaces that a backup names are replaced by namespace, unless that is "". Indexes and
// modules of a backup are created too.
//
// Every file is parsed before anything of it is stored: a damaged file changes nothing. If the
// server refuses a record, the records before it stay.
func Load(target Target, namespace, path string) (total Counts, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return total, err
	}
	files := []string{path}
	if info.IsDir() {
		if files, err = seedFiles(path); err != nil {
			return total, err
		}
	}
	var parsed []contents
	for _, file := range files {
		c, err := parseFile(namespace, file)
		if err != nil {
			return total, err
		}
		parsed = append(parsed, c)
	}
	for i, c := range parsed {
		counts, err := c.store(target)
		total.add(counts)
		if err != nil {
			return total, fmt.Errorf("%s: %w", files[i], err)
		}
	}
	return total, nil
}

// seedFiles returns the seed files of a directory.
func seedFiles(dir string) (files []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !e.IsDir() && formatOf(e.Name()) != nil {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%w: %s has no .jsonl, .ndjson, .csv or .asb file", ErrFormat, dir)
	}
	slices.Sort(files)
	return files, nil
}

// contents are the parsed contents of a file.
type contents struct {
	records []Record
	lines   []int    // of the records
	indexes []string // info commands
	modules []module
}

type module struct {
	name   string
	source []byte
}

// formatOf returns the parser for a file name, nil if there is none.
func formatOf(name string) func(c *contents, namespace, set string, in *lines) error {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jsonl", ".ndjson":
		return (*contents).parseJSONLines
	case ".csv":
		return (*contents).parseCSV
	case ".asb":
		return (*contents).parseBackup
	}
	return nil
}

func parseFile(namespace, path string) (c contents, err error) {
	parse := formatOf(path)
	if parse == nil {
		return c, fmt.Errorf("%w: %s: the extension must be .jsonl, .ndjson, .csv or .asb", ErrFormat, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return c, err
	}
	defer f.Close()
	set := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	in := newLines(f)
	if err := parse(&c, namespace, set, in); err != nil {
		return c, fmt.Errorf("%w: %s:%d: %w", ErrFormat, path, in.number, err)
	}
	return c, nil
}

// LoadJSON loads lines of JSON from a reader. Everything is parsed before anything is stored.
func LoadJSON(target Target, namespace string, r io.Reader) (Counts, error) {
	var c contents
	in := newLines(r)
	if err := c.parseJSONLines(namespace, "", in); err != nil {
		return Counts{}, fmt.Errorf("%w: line %d: %w", ErrFormat, in.number, err)
	}
	return c.store(target)
}

// store stores everything.
func (c *contents) store(target Target) (counts Counts, err error) {
	for _, m := range c.modules {
		if err := target.RegisterModule(m.name, m.source); err != nil {
			return counts, fmt.Errorf("module %s: %w", m.name, err)
		}
		counts.Modules++
	}
	for _, command := range c.indexes {
		answers, err := target.Info(target.NodeNames()[0], command)
		if err == nil && answers[0] != "ok" {
			err = fmt.Errorf("%s: %s", command, answers[0])
		}
		if err != nil {
			return counts, err
		}
		counts.Indexes++
	}
	for i, r := range c.records {
		if err := target.Store(r.Key, r.Bins, r.TTL); err != nil {
			return counts, fmt.Errorf("line %d: %w", c.lines[i], err)
		}
		counts.Records++
	}
	return counts, nil
}

func (c *contents) add(r Record, line int) {
	c.records, c.lines = append(c.records, r), append(c.lines, line)
}

func (c *contents) parseJSONLines(namespace, set string, in *lines) error {
	for in.next() {
		if len(strings.TrimSpace(string(in.text))) == 0 {
			continue
		}
		r, err := ParseJSON(in.text, namespace)
		if err != nil {
			return err
		}
		c.add(r, in.number)
	}
	return in.err()
}

// lines reads a file line by line.
type lines struct {
	reader  io.Reader
	scanner *bufio.Scanner
	text    []byte // without the newline
	number  int
}

func newLines(r io.Reader) *lines {
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	return &lines{reader: r, scanner: s}
}

func (l *lines) next() bool {
	l.number++
	if !l.scanner.Scan() {
		return false
	}
	l.text = l.scanner.Bytes()
	return true
}

func (l *lines) err() error { return l.scanner.Err() }
