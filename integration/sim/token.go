package sim

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// A Token identifies a write within its run. It is stored in a bin or in an element of a list or,
// if a command has no operations, in its filter. 0 means none.
type Token uint64

// tokenMark precedes each token on the wire. It is not valid UTF-8, so no text contains it.
const tokenMark = "\xf5sim\xf5"

const tokenSize = len(tokenMark) + 8

// newToken returns the token of a command: a row of an operation of a caller. The loader is caller
// 0.
func newToken(caller, operation, row int) Token {
	return Token(caller)<<48 | Token(operation)<<16 | Token(row) | 1<<63
}

// Bytes returns the token as it is sent and stored.
func (t Token) Bytes() []byte {
	return binary.BigEndian.AppendUint64([]byte(tokenMark), uint64(t))
}

// String returns the caller, operation and row.
func (t Token) String() string {
	return fmt.Sprintf("%d/%d/%d", t>>48&0x7fff, t>>16&0xffffffff, t&0xffff)
}

// appendTokens appends the tokens in data. It appends consecutive equal tokens once.
func appendTokens(dst []Token, data []byte) []Token {
	for {
		i := bytes.Index(data, []byte(tokenMark))
		if i < 0 || len(data)-i < tokenSize {
			return dst
		}
		t := Token(binary.BigEndian.Uint64(data[i+len(tokenMark):]))
		if len(dst) == 0 || dst[len(dst)-1] != t {
			dst = append(dst, t)
		}
		data = data[i+tokenSize:]
	}
}
