package exp

import "github.com/aerosql/aerosql/protocol"

// literal returns a literal's node.
func literal(v protocol.Value) *Node {
	n := &Node{Op: OpValue, Value: v}
	if v.Kind() == protocol.KindList {
		n.Op = OpQuote // without the quote an array would be read as an operator
	}
	return n
}

// literalOf returns the node of a literal whose kind must be one of kinds.
func literalOf(v protocol.Value, kinds ...protocol.Kind) *Node {
	for _, k := range kinds {
		if v.Kind() == k || v.Kind() == protocol.KindInvalid {
			return literal(v)
		}
	}
	return failed("literal of %s instead of %s", v.Kind(), kinds[0])
}

// IntVal returns an integer literal.
//
// Needs server 5.2.
func IntVal(n int64) Int { return typed[Int](literal(protocol.Int(n))) }

// FloatVal returns a floating-point literal.
//
// Needs server 5.2.
func FloatVal(f float64) Float { return typed[Float](literal(protocol.Float(f))) }

// BoolVal returns a boolean literal.
//
// Needs server 5.6.
func BoolVal(b bool) Bool { return typed[Bool](literal(protocol.Bool(b))) }

// StringVal returns a string literal.
//
// Needs server 5.2.
func StringVal(s string) String { return typed[String](literal(protocol.String(s))) }

// BlobVal returns a literal of raw bytes. It retains b. If b is nil the literal is the empty blob.
//
// Needs server 5.2.
func BlobVal(b []byte) Blob { return typed[Blob](literal(protocol.Blob(b))) }

// GeoVal returns a GeoJSON literal: a Point, Polygon, MultiPolygon, AeroCircle, or a Feature of one
// of them. The server rejects an expression with any other text.
//
// Needs server 5.2.
func GeoVal(json string) Geo { return typed[Geo](literal(protocol.GeoJSON(json))) }

// HLLVal returns a literal of a HyperLogLog in the server's format, as returned by a read. It
// retains b.
//
// Needs server 5.2.
func HLLVal(b []byte) HLL { return typed[HLL](literal(protocol.HLL(b))) }

// ListVal returns a list literal. The elements are converted by [protocol.ValueOf]. If an element
// cannot be converted, packing the expression fails.
//
// Needs server 5.2.
func ListVal(elements ...any) List {
	if elements == nil {
		elements = []any{}
	}
	return typed[List](literalOf(protocol.ValueOf(elements), protocol.KindList))
}

// MapVal returns a map literal. Keys and values are converted by [protocol.ValueOf]. If one cannot
// be converted, packing the expression fails. If m is nil the literal is an empty map.
//
// Needs server 5.2.
func MapVal[K comparable, V any](m map[K]V) Map {
	if m == nil {
		return typed[Map](literal(protocol.Map()))
	}
	return typed[Map](literalOf(protocol.ValueOf(m), protocol.KindMap))
}

// Val returns a literal of any value. Its Go type is that of the value's kind. A list or map keeps
// its order flags.
//
// Needs server 5.2.
func Val(v protocol.Value) Expression { return expressionOf(literal(v)) }

// NilVal returns the nil literal. It equals only itself. As the result of [Write] it deletes the
// bin. As the start of an interval it means no lower bound.
//
// Needs server 5.2.
func NilVal() Nil { return typed[Nil](literal(protocol.Nil())) }

// Infinity is greater than every value: the end of an interval without an upper bound. It is valid
// only as an argument of list and map calls.
//
// Needs server 5.2.
func Infinity() Nil { return typed[Nil](literal(protocol.Infinity())) }

// Wildcard equals every value. Inside a list literal it matches all elements from its position on.
// It is valid only as an argument of list and map calls; in a literal, use [protocol.Wildcard].
//
// Needs server 5.2.
func Wildcard() Nil { return typed[Nil](literal(protocol.Wildcard())) }
