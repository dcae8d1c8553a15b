package call

import (
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// Number reads the header of a call: the number of its operation and the number of its arguments.
// The server uses the low 32 bits of the number.
func (r *Reader) Number() (number uint32, args int, ok bool) {
	n, ok := r.Array()
	if !ok || n == 0 {
		return 0, 0, false
	}
	u, ok := r.Uint()
	return uint32(u), n - 1, ok
}

// Arguments are the arguments of a call that have not been read.
type Arguments struct {
	reader *Reader
	count  int
}

// Lookup reads the header of a packed call and returns the row of its operation in a table indexed
// by number.
func Lookup[O any](packed []byte, table []O) (op *O, args Arguments, ok bool) {
	r := NewReader(packed)
	number, count, ok := r.Number()
	if !ok || uint64(number) >= uint64(len(table)) {
		return nil, args, false
	}
	return &table[number], Arguments{r, count}, true
}

// A Parser reads one argument into a call of type C and reports whether it is valid.
type Parser[C any] func(*C, *Reader) bool

// Parse reads the arguments into c, each with its parser. The last optional arguments may be left
// out. It reports whether all arguments are valid.
func Parse[C any](args Arguments, c *C, parsers []Parser[C], optional int) bool {
	if args.count > len(parsers) || args.count < len(parsers)-optional {
		return false
	}
	for _, parse := range parsers[:args.count] {
		if !parse(c, args.reader) {
			return false
		}
	}
	return true
}

// Flags are the policy flags of a bit or HyperLogLog call: [cdt.CreateOnly], [cdt.UpdateOnly],
// [cdt.NoFail] and flags of their own.
type Flags uint64

// Flags reads policy flags. It fails if some are not among the valid ones or contradict each other.
func (r *Reader) Flags(valid Flags) (Flags, bool) {
	const contradiction = cdt.CreateOnly | cdt.UpdateOnly
	n, ok := r.Uint()
	f := Flags(n)
	return f, ok && f&^valid == 0 && f&contradiction != contradiction
}

// Fail returns code, or OK if the flags have [cdt.NoFail].
func (f Flags) Fail(code protocol.ResultCode) protocol.ResultCode {
	if f&cdt.NoFail != 0 {
		return protocol.OK
	}
	return code
}
