package recordfile

import (
	"encoding/base64"
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// AppendBackupHeader appends the first lines of a backup of a namespace.
func AppendBackupHeader(dst []byte, namespace string) []byte {
	return fmt.Appendf(dst, "Version 3.1\n# namespace %s\n# first-file\n", escapeToken(namespace))
}

// tokenEscapes escape the characters that end a token.
var tokenEscapes = strings.NewReplacer(`\`, `\\`, " ", `\ `, "\n", "\\\n")

func escapeToken(text string) string { return tokenEscapes.Replace(text) }

// letterOf returns the letter of a word in a map of letters to words.
func letterOf(words map[string]string, word string) string {
	for letter, w := range maps.All(words) {
		if w == word {
			return letter
		}
	}
	return ""
}

// AppendBackupIndex appends a secondary index of a backup.
func AppendBackupIndex(dst []byte, ix *Index) ([]byte, error) {
	form, kind := letterOf(indexForms, ix.Collection), letterOf(indexTypes, ix.Type)
	if form == "" || kind == "" {
		return dst, fmt.Errorf("%w: the index %s of the form %q and the type %q", ErrNoForm, ix.Name, ix.Collection, ix.Type)
	}
	dst = fmt.Appendf(dst, "* i %s %s %s %s 1 %s %s", escapeToken(ix.Namespace), escapeToken(ix.Set), escapeToken(ix.Name), form, escapeToken(ix.Bin), kind)
	if ix.Context != "" {
		dst = append(append(dst, ' '), ix.Context...)
	}
	return append(dst, '\n'), nil
}

// AppendBackupModule appends a module of functions.
func AppendBackupModule(dst []byte, m *Module) []byte {
	dst = fmt.Appendf(dst, "* u L %s %d ", escapeToken(m.Name), len(m.Source))
	return append(append(dst, m.Source...), '\n')
}

// AppendBackup appends a record in the text format of asbackup.
func AppendBackup(dst []byte, r *protocol.Record) (_ []byte, err error) {
	start := len(dst)
	if r.Key.Sendable() {
		if dst, err = appendBackupValue(append(dst, "+ k "...), "", r.Key.UserKey()); err != nil {
			return dst[:start], err
		}
	}
	digest := r.Key.Digest()
	dst = fmt.Appendf(dst, "+ n %s\n+ d %s\n", escapeToken(r.Key.Namespace), base64.StdEncoding.EncodeToString(digest[:]))
	if r.Key.Set != "" {
		dst = fmt.Appendf(dst, "+ s %s\n", escapeToken(r.Key.Set))
	}
	dst = fmt.Appendf(dst, "+ g %d\n+ t %d\n+ b %d\n", r.Generation, r.VoidTime, len(r.Bins))
	for _, b := range r.Bins {
		if dst, err = appendBackupValue(append(dst, "- "...), escapeToken(b.Name)+" ", b.Value); err != nil {
			return dst[:start], fmt.Errorf("bin %q: %w", b.Name, err)
		}
	}
	return dst, nil
}

// appendBackupValue appends the letter of a value, the name of its bin, the value and a newline.
func appendBackupValue(dst []byte, name string, v protocol.Value) ([]byte, error) {
	switch v.Kind() {
	case protocol.KindNil:
		return append(append(append(dst, "N "...), strings.TrimSuffix(name, " ")...), '\n'), nil
	case protocol.KindInt:
		n, _ := v.Int()
		return append(strconv.AppendInt(append(append(dst, "I "...), name...), n, 10), '\n'), nil
	case protocol.KindFloat:
		f, _ := v.Float()
		return append(appendBackupFloat(append(append(dst, "D "...), name...), f), '\n'), nil
	case protocol.KindBool:
		letter := byte('F')
		if b, _ := v.Bool(); b {
			letter = 'T'
		}
		return append(append(append(append(dst, "Z "...), name...), letter), '\n'), nil
	case protocol.KindString:
		s, _ := v.Text()
		return appendRaw(dst, "S ", name, s), nil
	case protocol.KindGeoJSON:
		s, _ := v.Text()
		return appendRaw(dst, "G ", name, s), nil
	}
	for letter, t := range blobTypes {
		if t == v.Particle() {
			packed, err := protocol.AppendParticle(nil, v)
			if err != nil {
				return dst, fmt.Errorf("%w: %w", ErrNoForm, err)
			}
			return appendRaw(dst, letter+" ", name, base64.StdEncoding.EncodeToString(packed)), nil
		}
	}
	return dst, fmt.Errorf("%w: a value of kind %v", ErrNoForm, v.Kind())
}

// appendRaw appends data with its length.
func appendRaw(dst []byte, letter, name, data string) []byte {
	return fmt.Appendf(dst, "%s%s%d %s\n", letter, name, len(data), data)
}

// appendBackupFloat appends a float as the C library of asbackup prints it.
func appendBackupFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, "nan"...)
	case math.IsInf(f, 0):
		return append(dst, strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(f, 'g', -1, 64), "+"))...)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, 64)
}
