package exp

import "github.com/aerosql/aerosql/protocol"

// Eq is whether both results are equal. Lists and maps compare by Aerospike's order of values, and the
// comparison is unknown if one contains an unordered map that is not empty.
//
// Comparisons are unknown if one side is. Needs server 5.2.
func Eq[T Comparable](left, right T) Bool { return typed[Bool](node(OpEq, left, right)) }

// Ne is whether the results differ, under the rules of [Eq].
//
// Unknown if one side is. Needs server 5.2.
func Ne[T Comparable](left, right T) Bool { return typed[Bool](node(OpNe, left, right)) }

// Gt is whether left is greater than right, under the rules of [Eq].
//
// Unknown if one side is. Needs server 5.2.
func Gt[T Comparable](left, right T) Bool { return typed[Bool](node(OpGt, left, right)) }

// Ge is whether left is greater than or equal to right, under the rules of [Eq].
//
// Unknown if one side is. Needs server 5.2.
func Ge[T Comparable](left, right T) Bool { return typed[Bool](node(OpGe, left, right)) }

// Lt is whether left is less than right, under the rules of [Eq].
//
// Unknown if one side is. Needs server 5.2.
func Lt[T Comparable](left, right T) Bool { return typed[Bool](node(OpLt, left, right)) }

// Le is whether left is less than or equal to right, under the rules of [Eq].
//
// Unknown if one side is. Needs server 5.2.
func Le[T Comparable](left, right T) Bool { return typed[Bool](node(OpLe, left, right)) }

// RegexFlags change how a regular expression is read, as the flags of POSIX regcomp do.
type RegexFlags uint8

// The flags of regular expressions; zero is the POSIX basic syntax. The numbers are those of the
// server's C library. The official clients have the names of the last two the other way round,
// so that their NOSUB is what changes how newlines match.
const (
	RegexExtended   RegexFlags = 1 << 0 // POSIX extended syntax
	RegexIgnoreCase RegexFlags = 1 << 1 // letters match in either case
	RegexNewline    RegexFlags = 1 << 2 // . and [^x] match no newline, ^ and $ match at each line
	RegexNoSub      RegexFlags = 1 << 3 // places of matches are not kept; without effect here
)

// RegexCompare is whether the POSIX regular expression matches a part of the
// string. The server refuses an expression whose pattern does not compile.
//
// Unknown if the string is. Needs server 5.2.
func RegexCompare(pattern string, flags RegexFlags, s String) Bool {
	n := node(OpRegex, s)
	n.Number, n.Value = int64(flags), protocol.String(pattern)
	return typed[Bool](n)
}

// GeoCompare is whether a point lies within a region. One side is a point, the
// other a region, in either order.
//
// Unknown if one side is. Needs server 5.2.
func GeoCompare(left, right Geo) Bool { return typed[Bool](node(OpGeo, left, right)) }

// InList is whether the list has an element equal to the value.
//
// Unknown if one side is. Needs server 8.1.2.
func InList[T Typed](value T, list List) Bool { return typed[Bool](node(OpInList, value, list)) }
