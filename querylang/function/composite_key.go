package function

import (
	"encoding/hex"
	"math"
	"strconv"
	"strings"

	"github.com/aerosql/aerosql/protocol"
)

// CompositeKey returns the user key of a row whose PRIMARY KEY has several columns: a string of the
// parts with / between them. An integer is written in decimal, a blob in hexadecimal, and a string
// as it is but with \ before each / and \. The columns have declared types, so that different rows
// have different keys. It is NULL if a part is NULL or of another kind, so that no record has the
// key.
func CompositeKey(parts []protocol.Value) protocol.Value {
	var b strings.Builder
	for i, v := range parts {
		if i > 0 {
			b.WriteByte('/')
		}
		switch v.Kind() {
		case protocol.KindInt:
			n, _ := v.Int()
			b.WriteString(strconv.FormatInt(n, 10))
		case protocol.KindFloat: // an integer column equals a float without a fraction
			f, _ := v.Float()
			if f != math.Trunc(f) || math.Abs(f) >= 1<<63 {
				return protocol.Nil()
			}
			b.WriteString(strconv.FormatInt(int64(f), 10))
		case protocol.KindString:
			text, _ := v.Text()
			for _, part := range []byte(text) {
				if part == '/' || part == '\\' {
					b.WriteByte('\\')
				}
				b.WriteByte(part)
			}
		case protocol.KindBlob:
			bytes, _ := v.Bytes()
			b.WriteString(hex.EncodeToString(bytes))
		default:
			return protocol.Nil()
		}
	}
	return protocol.String(b.String())
}
