package recordfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A backup reads the text format of asbackup: tokens that are separated by single spaces and
// newlines, with raw data whose length is given before.
type backup struct {
	in *bufio.Reader
	// namespace replaces the namespaces in the file, so that a backup can be loaded anywhere. ""
	// keeps them.
	namespace string
	started   bool // the header is read
	legacy    bool // version 3.0, which has no escapes
	line      int  // of the next byte, counted from 1
}

func newBackup(in io.Reader, namespace string) *backup {
	return &backup{in: bufio.NewReaderSize(in, 1<<16), namespace: namespace, line: 1}
}

// errTruncated means that the file ends within an entry.
var errTruncated = errors.New("the file ends within a record")

// A valueError is a mistake in an entry whose end is known, so that the next entry can be read.
type valueError struct{ error }

func (e valueError) Unwrap() error { return e.error }

// next returns the next entry.
func (b *backup) next() (Item, error) {
	item, line, err := b.entry()
	if err == nil || err == io.EOF {
		return item, err
	}
	if _, isValue := errors.AsType[valueError](err); isValue {
		return Item{}, &Error{Line: line, Err: err}
	}
	return Item{}, &Error{Line: b.line, Err: err, Ends: true}
}

// entry returns the next entry and the line that it begins at.
func (b *backup) entry() (item Item, line int, err error) {
	if !b.started {
		if err := b.header(); err != nil {
			return item, 1, err
		}
		b.started = true
	}
	for {
		first, err := b.in.Peek(1)
		if err != nil {
			return item, b.line, err
		}
		item.Line = b.line
		switch first[0] {
		case '#':
			if _, err = b.rest(); err != nil { // the namespace is repeated in each record
				return item, b.line, err
			}
			continue
		case '*':
			err = b.global(&item)
		case '+':
			item.Record, err = b.record()
			if err == nil && item.Record == nil {
				continue // a record without bins
			}
		default:
			err = fmt.Errorf("a line that starts with %q", first[0])
		}
		return item, item.Line, err
	}
}

// maxHeader is the length of the longest first line.
const maxHeader = 64

// header reads the first line.
func (b *backup) header() error {
	text, err := b.in.Peek(maxHeader)
	if err != nil && err != io.EOF {
		return err
	}
	version, _, found := strings.Cut(string(text), "\n")
	if !found && len(text) < maxHeader && version != "Version 3.1" && version != "Version 3.0" {
		version = string(text)
	}
	if version != "Version 3.1" && version != "Version 3.0" {
		return fmt.Errorf("%q is not the header of a text backup, Version 3.0 or 3.1", version)
	}
	b.legacy = version == "Version 3.0"
	_, err = b.rest()
	return err
}

// readByte returns the next byte. The end of the file is errTruncated.
func (b *backup) readByte() (byte, error) {
	c, err := b.in.ReadByte()
	if err == io.EOF {
		err = errTruncated
	}
	if c == '\n' && err == nil {
		b.line++
	}
	return c, err
}

// maxToken is the length of the longest line and of the longest token.
const maxToken = 1 << 20

// rest returns the rest of the line.
func (b *backup) rest() (string, error) {
	var text []byte
	for {
		c, err := b.readByte()
		switch {
		case err != nil:
			return "", err
		case c == '\n':
			return string(text), nil
		case len(text) == maxToken:
			return "", errors.New("a line that is too long")
		}
		text = append(text, c)
	}
}

// token returns the next token, without its escapes, and the byte that ended it.
func (b *backup) token() (text string, end byte, err error) {
	var t []byte
	for {
		c, err := b.readByte()
		if err == nil && c == '\\' && !b.legacy {
			c, err = b.readByte()
		} else if err == nil && (c == ' ' || c == '\n') {
			return string(t), c, nil
		}
		if err == nil && len(t) == maxToken {
			err = errors.New("a token that is too long")
		}
		if err != nil {
			return "", 0, err
		}
		t = append(t, c)
	}
}

// fields returns n tokens. The last one ends the line.
func (b *backup) fields(n int) ([]string, error) {
	list := make([]string, n)
	for i := range list {
		text, end, err := b.token()
		if err != nil {
			return nil, err
		}
		if (end == '\n') != (i == n-1) {
			return nil, fmt.Errorf("a line with too few or too many fields, at %q", text)
		}
		list[i] = text
	}
	return list, nil
}

// maxRaw is the length of the longest data, more than a record can have.
const maxRaw = 256 << 20

// raw returns data whose length is the next token, and the newline after it.
func (b *backup) raw() ([]byte, error) {
	text, end, err := b.token()
	if err != nil {
		return nil, err
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil || end != ' ' {
		return nil, fmt.Errorf("%q is not a length", text)
	}
	if n > maxRaw {
		return nil, fmt.Errorf("data of %d bytes", n)
	}
	data, err := io.ReadAll(io.LimitReader(b.in, int64(n)))
	if err != nil {
		return nil, err
	}
	if uint64(len(data)) < n {
		return nil, errTruncated
	}
	for _, c := range data {
		if c == '\n' {
			b.line++
		}
	}
	switch c, err := b.readByte(); {
	case err != nil:
		return nil, err
	case c != '\n':
		return nil, errors.New("data longer than its length")
	}
	return data, nil
}

// global parses a secondary index or a UDF module.
func (b *backup) global(item *Item) error {
	if _, _, err := b.token(); err != nil { // the asterisk
		return err
	}
	kind, _, err := b.token()
	if err != nil {
		return err
	}
	switch kind {
	case "i":
		item.Index, err = b.index()
		return err
	case "u":
		if _, _, err := b.token(); err != nil { // the language
			return err
		}
		name, _, err := b.token()
		if err != nil {
			return err
		}
		source, err := b.raw()
		item.Module = &Module{name, source}
		return err
	}
	return fmt.Errorf("unknown global entry %q", kind)
}

// The letters of the forms and the types of indexes.
var (
	indexForms = map[string]string{"N": "default", "L": "list", "K": "mapkeys", "V": "mapvalues"}
	indexTypes = map[string]string{"N": "numeric", "S": "string", "G": "geo2dsphere", "B": "blob"}
)

// index parses an index: namespace, set, name, form, 1, bin, type, and its context if it has one.
func (b *backup) index() (*Index, error) {
	const least = 7
	var f []string
	for end := byte(' '); end != '\n'; {
		var text string
		var err error
		if text, end, err = b.token(); err != nil {
			return nil, err
		}
		f = append(f, text)
	}
	if len(f) < least || len(f) > least+1 {
		return nil, valueError{fmt.Errorf("an index with %d fields", len(f))}
	}
	ix := &Index{Namespace: b.within(f[0]), Set: f[1], Name: f[2], Collection: indexForms[f[3]], Bin: f[5], Type: indexTypes[f[6]]}
	if len(f) > least {
		ix.Context = f[least]
	}
	if ix.Collection == "" || ix.Type == "" || strings.ContainsAny(strings.Join(f[:least], ""), ";=:") {
		return nil, valueError{fmt.Errorf("index %q has the unknown form %q or type %q", f[2], f[3], f[6])}
	}
	return ix, nil
}

// within returns the namespace to use for one of the file.
func (b *backup) within(namespace string) string {
	if b.namespace != "" {
		return b.namespace
	}
	return namespace
}

// A header is what the lines with a plus sign of a record have.
type header struct {
	user           protocol.Value
	namespace, set string
	digest         protocol.Digest
	void           uint64
	bins           int
}

// record parses a record: header lines with a plus sign, then its bins. A record without bins is
// nil.
func (b *backup) record() (*Record, error) {
	h := header{bins: -1}
	var mistake error // of a value; the rest of the record is read all the same
	note := func(err error) error {
		if _, isValue := errors.AsType[valueError](err); isValue {
			if mistake == nil {
				mistake = err
			}
			return nil
		}
		return err
	}
	for h.bins < 0 {
		if err := note(b.headerLine(&h)); err != nil {
			return nil, err
		}
	}
	r := new(Record)
	for range h.bins {
		bin, err := b.bin()
		if err := note(err); err != nil {
			return nil, err
		}
		if !bin.Value.IsNil() {
			r.Bins = append(r.Bins, bin)
		}
	}
	if mistake != nil {
		return nil, mistake
	}
	var err error
	if r.Key, err = keyOf(b.within(h.namespace), h.set, h.digest, h.user); err != nil {
		return nil, valueError{err}
	}
	if len(r.Bins) == 0 {
		return nil, nil
	}
	r.TTL, r.Expired = ttlUntil(h.void)
	return r, nil
}

// headerLine parses a line with a plus sign.
func (b *backup) headerLine(h *header) error {
	name, err := b.headerName()
	if err != nil {
		return err
	}
	switch name {
	case "k":
		h.user, err = b.keyValue()
	case "n":
		h.namespace, err = b.only()
	case "s":
		h.set, err = b.only()
	case "d":
		h.digest, err = b.digest()
	case "g":
		_, err = b.number()
	case "t":
		h.void, err = b.number()
	case "b":
		var n uint64
		n, err = b.number()
		h.bins = int(min(n, 1<<16))
		if err != nil {
			err = fmt.Errorf("the number of bins: %w", err) // where the record ends is not known
		}
	default:
		err = fmt.Errorf("unknown header line %q", name)
	}
	return err
}

// keyOf returns the key of a record. A user key that does not give the digest is an error.
func keyOf(namespace, set string, digest protocol.Digest, user protocol.Value) (protocol.Key, error) {
	if user.IsNil() {
		return protocol.KeyFromDigest(namespace, set, digest)
	}
	key, err := protocol.KeyFromValue(namespace, set, user)
	if err == nil && digest != (protocol.Digest{}) && key.Digest() != digest {
		return key, fmt.Errorf("the digest is not that of the key %v", user)
	}
	return key, err
}

// ttlUntil returns the time to live until a void time. A record that has expired gets a second.
func ttlUntil(at uint64) (ttl uint32, expired bool) {
	if at == 0 {
		return protocol.TTLNever, false
	}
	left := time.Until(time.Unix(protocol.Epoch2010+int64(at), 0))
	return uint32(max(left/time.Second, 1)), left <= 0
}
