package console

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aerosql/aerosql/protocol"
)

// A tree is a value as pages show it: a leaf, or a list or map with its elements.
type tree struct {
	Label string // the key or the index, "" at the top
	Kind  string
	Text  string // of a leaf; for a collection a summary such as "3 elements"
	Items []tree
	// More is the number of elements that are not shown.
	More int
	// Number is true for numbers, which charts can draw and tables align.
	Number bool
	Open   bool
}

const (
	maxItems = 200      // elements of a collection that are shown
	maxText  = 16 << 10 // bytes of a text that are shown
	maxBlob  = 256      // bytes of a blob that are shown
	maxDepth = 32       // nested collections that are shown
)

// IsCollection reports whether the value is a list or a map.
func (t tree) IsCollection() bool { return t.Kind == "list" || t.Kind == "map" }

// treeOf returns the tree of a value.
func treeOf(label string, v protocol.Value) tree { return treeAt(label, v, 0) }

func treeAt(label string, v protocol.Value, depth int) tree {
	t := tree{Label: label, Kind: v.Kind().String(), Open: depth < 2}
	if depth > maxDepth {
		t.Text = "…"
		return t
	}
	if list, ok := v.List(); ok {
		t.Kind, t.Text = "list", plural(len(list), "element")
		for i, e := range list[:min(len(list), maxItems)] {
			t.Items = append(t.Items, treeAt(strconv.Itoa(i), e, depth+1))
		}
		t.More = len(list) - len(t.Items)
		return t
	}
	if pairs, ok := v.Map(); ok {
		t.Kind, t.Text = "map", plural(len(pairs), "entry")
		for _, p := range pairs[:min(len(pairs), maxItems)] {
			t.Items = append(t.Items, treeAt(leafText(p.Key), p.Value, depth+1))
		}
		t.More = len(pairs) - len(t.Items)
		return t
	}
	_, isInt := v.Int()
	_, isFloat := v.Float()
	t.Number = isInt || isFloat
	t.Text = leafText(v)
	return t
}

// leafText returns the text of a value that is not a collection.
func leafText(v protocol.Value) string {
	if v.IsNil() {
		return "NULL"
	}
	if text, ok := v.Text(); ok {
		return cut(text, maxText)
	}
	if b, ok := v.Bytes(); ok {
		text := hex.EncodeToString(b[:min(len(b), maxBlob)])
		if len(b) > maxBlob {
			text += "…"
		}
		return fmt.Sprintf("%s (%s)", text, plural(len(b), "byte"))
	}
	return v.String()
}

// cellOf returns the tree of a value in a row of a result.
func cellOf(v any) tree {
	switch v := v.(type) {
	case nil:
		return tree{Kind: "null", Text: "NULL"}
	case time.Time:
		return tree{Kind: "time", Text: v.Format(time.RFC3339Nano)}
	case string:
		return tree{Kind: "string", Text: cut(v, maxText)}
	case []protocol.Pair:
		return treeAt("", protocol.Map(v...), 1)
	}
	value := protocol.ValueOf(v)
	if err := value.Err(); err != nil {
		return tree{Kind: "unknown", Text: cut(fmt.Sprint(v), maxText)}
	}
	return treeAt("", value, 1)
}

// cut shortens a text to a number of bytes, at the end of a character.
func cut(text string, size int) string {
	if len(text) <= size {
		return text
	}
	return strings.ToValidUTF8(text[:size], "") + "…"
}

// plural returns "1 element" or "2 elements".
func plural(n int, word string) string {
	switch {
	case n == 1:
		return "1 " + word
	case strings.HasSuffix(word, "y"):
		return formatCount(n) + " " + strings.TrimSuffix(word, "y") + "ies"
	}
	return formatCount(n) + " " + word + "s"
}
