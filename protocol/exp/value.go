package exp

import "github.com/aerosql/aerosql/protocol"

// literal makes a literal's node.
func literal(v protocol.Value) *Node {
	n := &Node{Op: OpValue, Value: v}
	if v.Kind() == protocol.KindList {
		n.Op = OpQuote // an array that is not quoted would be taken for an operator
	}
	return n
}

// literalOf makes the node of a literal whose kind must be one of those given.
func literalOf(v protocol.Value, kinds ...protocol.Kind) *Node {
	for _, k := range kinds {
		if v.Kind() == k || v.Kind() == protocol.KindInvalid {
			return literal(v)
		}
	}
	return failed("a literal of %s where %s belongs", v.Kind(), kinds[0])
}

// IntVal is an integer literal.
//
// Needs server 5.2.
func IntVal(n int64) Int { return typed[Int](literal(protocol.Int(n))) }

// FloatVal is a floating-point literal.
//
// Needs server 5.2.
func FloatVal(f float64) Float { return typed[Float](literal(protocol.Float(f))) }

// BoolVal is a boolean literal.
//
// Needs server 5.6.
func BoolVal(b bool) Bool { return typed[Bool](literal(protocol.Bool(b))) }

// StringVal is a string literal.
//
// Needs server 5.2.
func StringVal(s string) String { return typed[String](literal(protocol.String(s))) }

// BlobVal is a literal of raw bytes, to which it keeps a reference; nil is the empty blob.
//
// Needs server 5.2.
func BlobVal(b []byte) Blob { return typed[Blob](literal(protocol.Blob(b))) }

// GeoVal is a GeoJSON literal: a Point, Polygon, MultiPolygon, AeroCircle or a Feature of one of
// them. The server refuses an expression with text that is none of these.
//
// Needs server 5.2.
func GeoVal(json string) Geo { return typed[Geo](literal(protocol.GeoJSON(json))) }

// HLLVal is a literal of a HyperLogLog in the server's own layout, as a read
// returned it. It keeps a reference to b.
//
// Needs server 5.2.
func HLLVal(b []byte) HLL { return typed[HLL](literal(protocol.HLL(b))) }

// ListVal is a list literal of elements that [protocol.ValueOf] takes. An
// element that it does not take is reported when the expression is packed.
//
// Needs server 5.2.
func ListVal(elements ...any) List {
	if elements == nil {
		elements = []any{}
	}
	return typed[List](literalOf(protocol.ValueOf(elements), protocol.KindList))
}

// MapVal is a map literal. Keys and values are converted by
// [protocol.ValueOf]; what it does not take is reported when the expression is packed. A nil map is an
// empty one.
//
// Needs server 5.2.
func MapVal[K comparable, V any](m map[K]V) Map {
	if m == nil {
		return typed[Map](literal(protocol.Map()))
	}
	return typed[Map](literalOf(protocol.ValueOf(m), protocol.KindMap))
}

// Val is a literal of any value; its Go type is that of the value's kind. A list or a map keeps
// its order flags.
//
// Needs server 5.2.
func Val(v protocol.Value) Expression { return expressionOf(literal(v)) }

// NilVal is the nil literal. It equals only itself; as the result of [Write] it deletes the bin, and
// as the start of an interval it means "from the smallest".
//
// Needs server 5.2.
func NilVal() Nil { return typed[Nil](literal(protocol.Nil())) }

// Infinity is greater than every value: the end of an interval without an
// upper bound. It can be an argument of calls on lists and maps only.
//
// Needs server 5.2.
func Infinity() Nil { return typed[Nil](literal(protocol.Infinity())) }

// Wildcard equals every value, inside of a list literal everything from its
// place on. It can be an argument of calls on lists and maps only; in a literal, use [protocol.Wildcard].
//
// Needs server 5.2.
func Wildcard() Nil { return typed[Nil](literal(protocol.Wildcard())) }
