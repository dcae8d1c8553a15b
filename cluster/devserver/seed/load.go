package seed

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aerosql/aerosql/internal/recordfile"
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
		if _, known := recordfile.FormatOf(e.Name()); known && !e.IsDir() {
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
	records []*recordfile.Record
	lines   []int // of the records
	indexes []*recordfile.Index
	modules []*recordfile.Module
}

// read reads everything of a file.
func (c *contents) read(r *recordfile.Reader) error {
	for {
		item, err := r.Next()
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case item.Record != nil:
			c.records, c.lines = append(c.records, item.Record), append(c.lines, item.Line)
		case item.Index != nil:
			c.indexes = append(c.indexes, item.Index)
		case item.Module != nil:
			c.modules = append(c.modules, item.Module)
		}
	}
}

func parseFile(namespace, path string) (c contents, err error) {
	format, known := recordfile.FormatOf(path)
	if !known {
		return c, fmt.Errorf("%w: %s: the extension must be .jsonl, .ndjson, .csv or .asb", ErrFormat, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return c, err
	}
	defer f.Close()
	set := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	err = c.read(recordfile.NewReader(f, format, recordfile.Options{Namespace: namespace, Set: set}))
	if at, ok := errors.AsType[*recordfile.Error](err); ok {
		err = fmt.Errorf("%w: %s:%d: %w", ErrFormat, path, at.Line, at.Err)
	}
	return c, err
}

// LoadJSON loads lines of JSON from a reader. Everything is parsed before anything is stored.
func LoadJSON(target Target, namespace string, r io.Reader) (Counts, error) {
	var c contents
	if err := c.read(recordfile.NewReader(r, recordfile.JSONLines, recordfile.Options{Namespace: namespace})); err != nil {
		return Counts{}, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return c.store(target)
}

// store stores everything.
func (c *contents) store(target Target) (counts Counts, err error) {
	for _, m := range c.modules {
		if err := target.RegisterModule(m.Name, m.Source); err != nil {
			return counts, fmt.Errorf("module %s: %w", m.Name, err)
		}
		counts.Modules++
	}
	for _, ix := range c.indexes {
		command := createIndex(ix)
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

// createIndex returns the info command that creates an index.
func createIndex(ix *recordfile.Index) string {
	command := "sindex-create:namespace=" + ix.Namespace
	if ix.Set != "" {
		command += ";set=" + ix.Set
	}
	command += ";indexname=" + ix.Name + ";bin=" + ix.Bin + ";type=" + ix.Type + ";indextype=" + ix.Collection
	if ix.Context != "" {
		command += ";context=" + ix.Context
	}
	return command
}
