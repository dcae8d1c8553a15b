package seed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A backup reads the text format of asbackup: tokens that are separated by single spaces and
// newlines, with raw data whose length is given before.
type backup struct {
	data  []byte
	place int
	out   *contents
	// namespace replaces the namespaces in the file, so that a backup can be loaded anywhere. ""
	// keeps them.
	namespace string
}

func (c *contents) parseBackup(namespace, _ string, in *lines) error {
	data, err := io.ReadAll(io.LimitReader(in.reader, maxBackup))
	if err != nil {
		return err
	}
	b := &backup{data: data, out: c, namespace: namespace}
	err = b.parse()
	in.number = 1 + bytes.Count(data[:min(b.place, len(data))], []byte{'\n'})
	return err
}

// maxBackup is the size of the largest backup file that is read.
const maxBackup = 4 << 30

// parse parses the whole file.
func (b *backup) parse() error {
	version, err := b.line()
	if err != nil {
		return err
	}
	if version != "Version 3.1" && version != "Version 3.0" {
		return fmt.Errorf("%q is not the header of a text backup, Version 3.0 or 3.1", version)
	}
	for b.place < len(b.data) {
		var err error
		switch b.data[b.place] {
		case '#':
			_, err = b.line() // the namespace is repeated in each record
		case '*':
			err = b.global()
		case '+':
			err = b.record()
		default:
			err = fmt.Errorf("a line that starts with %q", b.data[b.place])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var errTruncated = errors.New("the file ends within a record")

// line returns the rest of the line.
func (b *backup) line() (string, error) {
	i := bytes.IndexByte(b.data[b.place:], '\n')
	if i < 0 {
		return "", errTruncated
	}
	text := string(b.data[b.place : b.place+i])
	b.place += i + 1
	return text, nil
}

// token returns the next token, without its escapes, and the byte that ended it.
func (b *backup) token() (text string, end byte, err error) {
	var t []byte
	for b.place < len(b.data) {
		c := b.data[b.place]
		b.place++
		switch {
		case c == '\\' && b.place < len(b.data):
			t = append(t, b.data[b.place])
			b.place++
		case c == ' ' || c == '\n':
			return string(t), c, nil
		default:
			t = append(t, c)
		}
	}
	return "", 0, errTruncated
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
	if uint64(len(b.data)-b.place) < n+1 {
		return nil, errTruncated
	}
	data := b.data[b.place : b.place+int(n) : b.place+int(n)]
	b.place += int(n)
	if b.data[b.place] != '\n' {
		return nil, errors.New("data longer than its length")
	}
	b.place++
	return data, nil
}

// global parses a secondary index or a UDF module.
func (b *backup) global() error {
	if _, _, err := b.token(); err != nil { // the asterisk
		return err
	}
	kind, _, err := b.token()
	if err != nil {
		return err
	}
	switch kind {
	case "i":
		f, err := b.fields(7)
		if err != nil {
			return err
		}
		return b.index(f)
	case "u":
		if _, _, err := b.token(); err != nil { // the language
			return err
		}
		name, _, err := b.token()
		if err != nil {
			return err
		}
		source, err := b.raw()
		if err != nil {
			return err
		}
		b.out.modules = append(b.out.modules, module{name, slices.Clone(source)})
		return nil
	}
	return fmt.Errorf("unknown global entry %q", kind)
}

// index adds the info command that creates an index: namespace, set, name, form, 1, bin, type.
func (b *backup) index(f []string) error {
	forms := map[string]string{"N": "default", "L": "list", "K": "mapkeys", "V": "mapvalues"}
	types := map[string]string{"N": "numeric", "S": "string", "G": "geo2dsphere", "B": "blob"}
	form, kind := forms[f[3]], types[f[6]]
	if form == "" || kind == "" || strings.ContainsAny(strings.Join(f, ""), ";=:") {
		return fmt.Errorf("index %q has the unknown form %q or type %q", f[2], f[3], f[6])
	}
	command := "sindex-create:namespace=" + b.in(f[0])
	if f[1] != "" {
		command += ";set=" + f[1]
	}
	b.out.indexes = append(b.out.indexes, command+";indexname="+f[2]+";bin="+f[5]+";type="+kind+";indextype="+form)
	return nil
}

// in returns the namespace to use for one of the file.
func (b *backup) in(namespace string) string {
	if b.namespace != "" {
		return b.namespace
	}
	return namespace
}

// record parses a record: header lines with a plus sign, then its bins.
func (b *backup) record() error {
	start := b.place
	var r Record
	var user protocol.Value
	var namespace, set string
	var digest protocol.Digest
	bins := -1
	for bins < 0 {
		name, err := b.headerName()
		if err != nil {
			return err
		}
		switch name {
		case "k":
			user, err = b.keyValue()
		case "n":
			namespace, err = b.only()
		case "s":
			set, err = b.only()
		case "d":
			digest, err = b.digest()
		case "g":
			_, err = b.number()
		case "t":
			var at uint64
			at, err = b.number()
			r.TTL = ttlUntil(at)
		case "b":
			var n uint64
			n, err = b.number()
			bins = int(min(n, 1<<16))
		default:
			err = fmt.Errorf("unknown header line %q", name)
		}
		if err != nil {
			return err
		}
	}
	var err error
	if r.Key, err = keyOf(b.in(namespace), set, digest, user); err != nil {
		return err
	}
	for range bins {
		bin, err := b.bin()
		if err != nil {
			return err
		}
		if !bin.Value.IsNil() {
			r.Bins = append(r.Bins, bin)
		}
	}
	if len(r.Bins) > 0 {
		b.out.add(r, 1+bytes.Count(b.data[:start], []byte{'\n'}))
	}
	return nil
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
func ttlUntil(at uint64) uint32 {
	if at == 0 {
		return protocol.TTLNever
	}
	left := time.Until(time.Unix(protocol.Epoch2010+int64(at), 0))
	return uint32(max(left/time.Second, 1))
}
