package recordfile

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// A Format is a format of files.
type Format uint8

// The formats.
const (
	JSONLines Format = iota + 1
	CSV
	Backup // the text format of asbackup, version 3.1
)

// String returns the extension of the format's files without the period: jsonl, csv or asb.
func (f Format) String() string {
	switch f {
	case JSONLines:
		return "jsonl"
	case CSV:
		return "csv"
	case Backup:
		return "asb"
	}
	return fmt.Sprintf("format %d", uint8(f))
}

// ParseFormat returns the format with a name: jsonl, ndjson, csv or asb. It reports false if there
// is none.
func ParseFormat(name string) (Format, bool) {
	switch strings.ToLower(name) {
	case "jsonl", "ndjson":
		return JSONLines, true
	case "csv":
		return CSV, true
	case "asb":
		return Backup, true
	}
	return 0, false
}

// FormatOf returns the format that the extension of a file name means.
func FormatOf(name string) (Format, bool) {
	return ParseFormat(strings.TrimPrefix(filepath.Ext(name), "."))
}

// A Record is a record of a file.
type Record struct {
	Key  protocol.Key
	Bins protocol.Bins
	// TTL is the time to live in seconds, or one of the protocol.TTL constants.
	TTL uint32
	// Expired means that the record's time is over. Only backups have such a time. TTL is 1.
	Expired bool
}

// An Index is a secondary index of a backup, in the words of the servers.
type Index struct {
	Namespace, Set, Name, Bin string
	Type                      string // numeric, string, geo2dsphere or blob
	Collection                string // default, list, mapkeys or mapvalues
	Context                   string // in base64, or ""
}

// A Module is a module of functions in Lua.
type Module struct {
	Name   string
	Source []byte
}

// An Item is an entry of a file: one of its fields is set.
type Item struct {
	Record *Record
	Index  *Index
	Module *Module
	Line   int // where it begins
}

// An Error is an error in a file.
type Error struct {
	Line int // where the entry begins, counted from 1
	Err  error
	// Ends means that nothing after the entry can be read.
	Ends bool
}

func (e *Error) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

func (e *Error) Unwrap() error { return e.Err }

// Options are the names for records.
type Options struct {
	// Namespace is that of records that name none. In a backup it replaces all namespaces, unless
	// it is "".
	Namespace string
	// Set is that of the records of a CSV file.
	Set string
}

// A Reader reads the entries of a file one by one.
type Reader struct {
	next func() (Item, error)
}

// NewReader returns a reader of a file.
func NewReader(in io.Reader, f Format, o Options) *Reader {
	switch f {
	case CSV:
		return &Reader{newCSVReader(in, o).next}
	case Backup:
		return &Reader{newBackup(in, o.Namespace).next}
	}
	return &Reader{newJSONReader(in, o.Namespace).next}
}

// Next returns the next entry, and io.EOF at the end. An entry with a mistake is an *Error. Next
// can be called again after it, unless the error ends the file.
func (r *Reader) Next() (Item, error) { return r.next() }
