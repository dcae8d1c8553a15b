package protocol

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// String returns the value in a readable form. Strings are quoted in lists and maps only, and blobs
// are hexadecimal: [1, "a", 0x0102, {"k": 2.5}].
func (v Value) String() string {
	if v.kind == KindString {
		return v.text()
	}
	var b strings.Builder
	v.format(&b)
	return b.String()
}

func (v Value) format(b *strings.Builder) {
	switch v.kind {
	case KindInt:
		b.WriteString(strconv.FormatInt(int64(v.num), 10))
	case KindUint:
		b.WriteString(strconv.FormatUint(v.num, 10))
	case KindFloat:
		f, _ := v.Float()
		b.WriteString(strconv.FormatFloat(f, 'g', -1, 64))
	case KindString:
		b.WriteString(strconv.Quote(v.text()))
	case KindGeoJSON:
		b.WriteString("GeoJSON(" + v.text() + ")")
	case KindBlob:
		b.WriteString("0x" + hex.EncodeToString(v.bytes()))
	case KindHLL:
		b.WriteString("HLL(" + strconv.Itoa(int(v.num)) + " bytes)")
	case KindBool:
		b.WriteString(strconv.FormatBool(v.num != 0))
	case KindList:
		b.WriteByte('[')
		for i, e := range v.list() {
			if i > 0 {
				b.WriteString(", ")
			}
			e.format(b)
		}
		b.WriteByte(']')
	case KindMap:
		b.WriteByte('{')
		for i, p := range v.pairs() {
			if i > 0 {
				b.WriteString(", ")
			}
			p.Key.format(b)
			b.WriteString(": ")
			p.Value.format(b)
		}
		b.WriteByte('}')
	case KindInvalid:
		b.WriteString("!(" + v.Err().Error() + ")")
	default:
		b.WriteString(v.kind.String())
	}
}
