package casetest

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// Value parses one value.
func (n *Names) Value(text string) (v protocol.Value, err error) {
	p := newParser(text, n)
	defer p.recover(&err)
	v = p.value()
	p.end()
	return v, nil
}

var orders = map[string]protocol.Order{
	"ordered": protocol.Ordered, "kv_ordered": protocol.KeyValueOrdered, "pairs": protocol.PreserveOrder, "persisted": protocol.PersistIndex,
}

// value parses a value.
func (p *parser) value() protocol.Value {
	v, ok := p.literal()
	if !ok {
		p.fail("missing value")
	}
	return v
}

// literal parses a value if there is one.
func (p *parser) literal() (v protocol.Value, ok bool) {
	switch p.kind {
	case number:
		return p.number(p.expectKind(number)), true
	case text:
		return protocol.String(p.quoted()), true
	case word:
		return p.named()
	}
	switch {
	case p.text == "[":
		return p.list(protocol.Unordered), true
	case p.text == "{":
		return p.pairs(protocol.Unordered), true
	}
	return v, false
}

func (p *parser) quoted() string {
	s, err := strconv.Unquote(p.expectKind(text))
	if err != nil {
		p.fail("invalid quoted text: %v", err)
	}
	return s
}

// named parses a value that starts with a word.
func (p *parser) named() (v protocol.Value, ok bool) {
	switch p.text {
	case "nil":
		v = protocol.Nil()
	case "true", "false":
		v = protocol.Bool(p.text == "true")
	case "wildcard":
		v = protocol.Wildcard()
	case "infinity":
		v = protocol.Infinity()
	case "nan":
		v = p.number("NaN")
	case "inf":
		v = p.number("Inf")
	case "hll", "geo", "float32", "GeoJSON":
		return p.wrapped(p.expectKind(word)), true
	default:
		if order, known := orders[p.text]; known {
			return p.ordered(order), true
		}
		if v, ok = p.names.values[p.text]; !ok {
			return v, false
		}
	}
	p.next()
	return v, true
}

// wrapped parses a value written as a function.
func (p *parser) wrapped(kind string) (v protocol.Value) {
	p.expect("(")
	switch kind {
	case "hll":
		b, _ := p.value().Bytes()
		v = protocol.HLL(b)
	case "float32":
		f, _ := p.value().Float()
		v = float32Of(float32(f))
	default:
		v = protocol.GeoJSON(p.quoted())
	}
	p.expect(")")
	return v
}

// float32Of returns a 32-bit float, which can only be made from MessagePack.
func float32Of(f float32) protocol.Value {
	v, err := protocol.ParseMsgpack(append([]byte{0xca}, packed32(f)...))
	if err != nil {
		panic(err)
	}
	return v
}

func (p *parser) ordered(order protocol.Order) protocol.Value {
	for p.next(); ; p.next() {
		further, ok := orders[p.text]
		if !ok {
			break
		}
		order |= further
	}
	if p.text == "[" {
		return p.list(order)
	}
	return p.pairs(order)
}

func (p *parser) list(order protocol.Order) protocol.Value {
	elements := []protocol.Value{}
	p.expect("[")
	for !p.accept("]") {
		if len(elements) > 0 {
			p.expect(",")
		}
		elements = append(elements, p.value())
	}
	return protocol.ListWithOrder(order, elements)
}

func (p *parser) pairs(order protocol.Order) protocol.Value {
	pairs := []protocol.Pair{}
	p.expect("{")
	for !p.accept("}") {
		if len(pairs) > 0 {
			p.expect(",")
		}
		key := p.value()
		p.expect(":")
		pairs = append(pairs, protocol.Pair{Key: key, Value: p.value()})
	}
	return protocol.MapWithOrder(order, pairs)
}

// number parses an integer, a float or, after 0x, a blob.
func (p *parser) number(s string) protocol.Value {
	if digits, ok := strings.CutPrefix(s, "0x"); ok {
		b, err := hex.DecodeString(digits)
		if err != nil {
			p.fail("%v", err)
		}
		return protocol.Blob(b)
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return protocol.Int(n)
	}
	if n, err := strconv.ParseUint(s, 10, 64); err == nil {
		return protocol.Uint(n)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		p.fail("%v", err)
	}
	return protocol.Float(f)
}

// Show formats the value, by its name if it has one. Value parses the result.
func (n *Names) Show(v protocol.Value) string {
	var b strings.Builder
	n.show(&b, v)
	return b.String()
}

func (n *Names) show(b *strings.Builder, v protocol.Value) {
	for _, name := range n.order {
		if same(n.values[name], v) {
			b.WriteString(name)
			return
		}
	}
	switch v.Kind() {
	case protocol.KindFloat:
		showFloat(b, v)
	case protocol.KindString:
		s, _ := v.Text()
		b.WriteString(strconv.Quote(s))
	case protocol.KindGeoJSON:
		s, _ := v.Text()
		b.WriteString("geo(" + strconv.Quote(s) + ")")
	case protocol.KindHLL:
		data, _ := v.Bytes()
		b.WriteString("hll(0x" + hex.EncodeToString(data) + ")")
	case protocol.KindList:
		showOrder(b, v.Order())
		elements, _ := v.List()
		b.WriteByte('[')
		for i, e := range elements {
			comma(b, i)
			n.show(b, e)
		}
		b.WriteByte(']')
	case protocol.KindMap:
		showOrder(b, v.Order())
		pairs, _ := v.Map()
		b.WriteByte('{')
		for i, pair := range pairs {
			comma(b, i)
			n.show(b, pair.Key)
			b.WriteString(": ")
			n.show(b, pair.Value)
		}
		b.WriteByte('}')
	default:
		b.WriteString(v.String())
	}
}

func comma(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteString(", ")
	}
}

func showFloat(b *strings.Builder, v protocol.Value) {
	f, _ := v.Float()
	s := strconv.FormatFloat(f, 'g', -1, 64)
	switch {
	case f != f:
		s = "nan"
	case !strings.ContainsAny(s, ".eI"):
		s += ".0"
	}
	if v.IsFloat32() {
		s = "float32(" + s + ")"
	}
	b.WriteString(s)
}

func showOrder(b *strings.Builder, order protocol.Order) {
	for _, name := range []string{"persisted", "pairs", "kv_ordered", "ordered"} {
		if flags := orders[name]; order&flags == flags && (name != "ordered" || order&protocol.KeyValueOrdered != protocol.KeyValueOrdered) {
			b.WriteString(name + " ")
		}
	}
}
