package catalog

import (
	"fmt"
	"hash/fnv"
	"strings"
	"unicode/utf8"
)

// setBins chooses the bins of the columns that have none yet. Columns whose name can be a bin come
// first, so that a generated name never takes theirs.
func (d *declaration) setBins() {
	taken := make(map[string]bool)
	for _, bin := range d.retired {
		taken[bin] = true
	}
	for _, c := range d.columns {
		taken[c.bin] = true
	}
	for i := range d.columns {
		c := &d.columns[i]
		if c.bin == "" && c.name != d.key && isBinName(c.name) && !taken[c.name] {
			c.bin = c.name
			taken[c.bin] = true
		}
	}
	for i := range d.columns {
		if c := &d.columns[i]; c.bin == "" && c.name != d.key {
			c.bin = generatedBin(c.name, taken)
			taken[c.bin] = true
		}
	}
}

// binPrefix is the number of bytes of a column's name in a generated name of a bin.
const binPrefix = 8

// generatedBin returns a name of a bin for a column: the first bytes of its name, a tilde, and six
// hexadecimal digits of a hash. It is not one of those that are taken.
func generatedBin(column string, taken map[string]bool) string {
	prefix := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(";:=,", r) {
			return '_'
		}
		return r
	}, column)
	if len(prefix) > binPrefix {
		end := binPrefix
		for !utf8.RuneStart(prefix[end]) {
			end--
		}
		prefix = prefix[:end]
	}
	for attempt := 0; ; attempt++ {
		h := fnv.New32a()
		fmt.Fprintf(h, "%s\x00%d", column, attempt)
		if name := fmt.Sprintf("%s~%06x", prefix, h.Sum32()&0xffffff); !taken[name] {
			return name
		}
	}
}
