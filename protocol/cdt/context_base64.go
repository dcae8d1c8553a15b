package cdt

import (
	"encoding/base64"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// AppendTo appends the context in the form in which a secondary index and
// its queries carry it: a packed array of type, value, type, value, ... It fails
// with [protocol.ErrInvalidValue] for a context without steps, and for values that have no form; dst is
// unchanged then.
func (c Context) AppendTo(dst []byte) ([]byte, error) {
	p := packer{buf: dst}
	if len(c) == 0 {
		p.fail("a context without steps")
	}
	p.array(2 * len(c))
	for _, s := range c {
		p.step(s)
	}
	if p.err != nil {
		return dst, p.err
	}
	return p.buf, nil
}

// Base64 returns the context as text, as the official clients do (get_cdtctx_base64,
// CDTContextToBase64) and as the command that creates an index takes it: the
// bytes of AppendTo in the standard alphabet, padded.
func (c Context) Base64() (string, error) {
	p := packers.Get().(*packer)
	defer p.release()
	packed, err := c.AppendTo(p.buf[:0])
	if err != nil {
		return "", err
	}
	p.buf = packed
	return base64.StdEncoding.EncodeToString(packed), nil
}

// ParseContextBase64 reads what [Context.Base64] returns. Errors wrap [protocol.ErrMalformed] or
// [protocol.ErrTooDeep].
func ParseContextBase64(text string) (Context, error) {
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: context: %v", protocol.ErrMalformed, err)
	}
	return ParseContext(packed)
}

// ParseContext reads what [Context.AppendTo] writes. The values share packed's
// memory. Errors wrap [protocol.ErrMalformed] or [protocol.ErrTooDeep].
func ParseContext(packed []byte) (Context, error) {
	r := unpacker{rest: packed}
	c := r.context()
	return c, r.end()
}
