package exp

import "github.com/aerosql/aerosql/protocol"

// Eq reports whether both operands are equal. Lists and maps compare in Aerospike's order of
// values. The comparison is unknown if either contains a non-empty unordered map.
//
// Unknown if either operand is unknown. Needs server 5.2.
func Eq[T Comparable](left, right T) Bool { return typed[Bool](node(OpEq, left, right)) }

// Ne reports whether the operands differ, under the rules of [Eq].
//
// Unknown if either operand is unknown. Needs server 5.2.
func Ne[T Comparable](left, right T) Bool { return typed[Bool](node(OpNe, left, right)) }

// Gt reports whether left is greater than right, under the rules of [Eq].
//
// Unknown if either operand is unknown. Needs server 5.2.
func Gt[T Comparable](left, right T) Bool { return typed[Bool](node(OpGt, left, right)) }

// Ge reports whether left is greater than or equal to right, under the rules of [Eq].
//
// Unknown if either operand is unknown. Needs server 5.2.
func Ge[T Comparable](left, right T) Bool { return typed[Bool](node(OpGe, left, right)) }

// Lt reports whether left is less than right, under the rules of [Eq].
//
// Unknown if either operand is unknown. Needs server 5.2.
func Lt[T Comparable](left, right T) Bool { return typed[Bool](node(OpLt, left, right)) }

// Le reports whether left is less than or equal to right, under the rules of [Eq].
//
// Unknown if either operand is unknown. Needs server 5.2.
func Le[T Comparable](left, right T) Bool { return typed[Bool](node(OpLe, left, right)) }

// RegexFlags change how a regular expression is matched, like the flags of POSIX regcomp.
type RegexFlags uint8

// The flags of regular expressions. Zero selects POSIX basic syntax. The numbers are those of the
// server's C library. The official clients have the last two names swapped: their NOSUB changes how
// newlines match.
const (
	RegexExtended   RegexFlags = 1 << 0 // POSIX extended syntax
	RegexIgnoreCase RegexFlags = 1 << 1 // letters match in either case
	RegexNewline    RegexFlags = 1 << 2 // . and [^x] do not match a newline; ^ and $ match at each line
	RegexNoSub      RegexFlags = 1 << 3 // match positions are not kept; no effect here
)

// RegexCompare reports whether the POSIX regular expression matches part of the string. The server
// rejects an expression whose pattern does not compile.
//
// Unknown if the string is unknown. Needs server 5.2.
func RegexCompare(pattern string, flags RegexFlags, s String) Bool {
	n := node(OpRegex, s)
	n.Number, n.Value = int64(flags), protocol.String(pattern)
	return typed[Bool](n)
}

// GeoCompare reports whether a point is within a region. One operand is the point, the other the
// region, in either order.
//
// Unknown if either operand is unknown. Needs server 5.2.
func GeoCompare(left, right Geo) Bool { return typed[Bool](node(OpGeo, left, right)) }

// InList reports whether the list has an element equal to value.
//
// Unknown if either operand is unknown. Needs server 8.1.2.
func InList[T Typed](value T, list List) Bool { return typed[Bool](node(OpInList, value, list)) }
