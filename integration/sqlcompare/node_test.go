package sqlcompare

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// A kind is the kind of an expression's values.
type kind int

const (
	other kind = iota // not an expression
	number
	float
	text
	truth
	blob
	list
	mapping
	geo
	mixed // values of several kinds
	moment
	decimal
)

// A node is a piece of SQL whose parts can be replaced.
type node struct {
	kind   kind
	format string // with $ in the place of each part
	parts  []*node
	arg    any // if it is not nil the piece is a parameter with this value
}

func piece(k kind, format string, parts ...*node) *node {
	return &node{kind: k, format: format, parts: parts}
}

func word(format string) *node { return piece(other, format) }

func (n *node) String() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *node) write(b *strings.Builder) {
	if n.arg != nil {
		b.WriteByte('?')
		return
	}
	format := n.format
	for _, part := range n.parts {
		before, after, _ := strings.Cut(format, "$")
		b.WriteString(before)
		part.write(b)
		format = after
	}
	b.WriteString(format)
}

// args appends the values of the parameters in their order.
func (n *node) args(values []any) []any {
	if n.arg != nil {
		return append(values, n.arg)
	}
	for _, part := range n.parts {
		values = part.args(values)
	}
	return values
}

// value returns the value of a literal, or nil for another piece.
func (n *node) value() any {
	if len(n.parts) > 0 {
		return nil
	}
	switch n.kind {
	case number:
		if i, err := strconv.ParseInt(n.format, 10, 64); err == nil {
			return i
		}
	case float:
		if f, err := strconv.ParseFloat(n.format, 64); err == nil {
			return f
		}
	case truth:
		if n.format == "TRUE" || n.format == "FALSE" {
			return n.format == "TRUE"
		}
	case blob:
		if s, ok := strings.CutPrefix(n.format, "X'"); ok {
			b, err := hex.DecodeString(strings.TrimSuffix(s, "'"))
			if err == nil {
				return b
			}
		}
	case moment:
		if s, ok := strings.CutPrefix(n.format, "TIMESTAMP '"); ok {
			at, err := time.Parse(time.DateTime, strings.TrimSuffix(s, "'"))
			if err == nil {
				return at
			}
		}
	case text:
		if s, ok := strings.CutPrefix(n.format, "'"); ok {
			return strings.TrimSuffix(s, "'")
		}
	}
	return nil
}

// bind returns a copy of the node in which every literal that draw accepts is a parameter.
func (n *node) bind(draw func() bool) *node {
	c := *n
	if v := n.value(); v != nil && draw() {
		c.arg = v
		return &c
	}
	c.parts = make([]*node, len(n.parts))
	for i, part := range n.parts {
		c.parts[i] = part.bind(draw)
	}
	return &c
}

// join returns nodes with a separator.
func join(separator string, parts []*node) *node {
	return piece(other, strings.TrimSuffix(strings.Repeat("$"+separator, len(parts)), separator), parts...)
}

// simplest are the expressions that replace those of a kind.
var simplest = map[kind]string{number: "1", float: "1.5", text: "'a'", truth: "TRUE"}

// shorter returns copies of the node in which one expression is replaced by a part of the same kind
// or by a constant.
func (n *node) shorter() (all []*node) {
	for _, part := range n.parts {
		if part.kind == n.kind && n.kind != other {
			all = append(all, part)
		}
	}
	if n.arg != nil {
		return []*node{{kind: n.kind, format: n.format}}
	}
	if s := simplest[n.kind]; s != "" && n.format != s && len(n.parts) > 0 {
		all = append(all, piece(n.kind, s))
	}
	for i, part := range n.parts {
		for _, s := range part.shorter() {
			c := *n
			c.parts = append(append(append([]*node{}, n.parts[:i]...), s), n.parts[i+1:]...)
			all = append(all, &c)
		}
	}
	return all
}
