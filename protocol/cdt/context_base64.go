package cdt

import (
	"encoding/base64"
	"fmt"

	"github.com/aerosql/aerosql/protocol"
)

// AppendTo appends the context in the form that secondary indexes and their queries use: a packed
// array of type, value, type, value, ... If the context has no steps or a value has no wire form it
// returns dst unchanged and an error that wraps [protocol.ErrInvalidValue].
func (c Context) AppendTo(dst []byte) ([]byte, error) {
	p := packer{buf: dst}
	if len(c) == 0 {
		p.fail("context without steps")
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

// Base64 returns the context as text: the bytes of [Context.AppendTo] in standard Base64 with
// padding. The command that creates a secondary index takes this form, and the official clients
// return it from get_cdtctx_base64 and CDTContextToBase64.
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

// ParseContextBase64 parses the result of [Context.Base64]. Errors wrap [protocol.ErrMalformed] or
// [protocol.ErrTooDeep].
func ParseContextBase64(text string) (Context, error) {
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("%w: context: %v", protocol.ErrMalformed, err)
	}
	return ParseContext(packed)
}

// ParseContext parses the result of [Context.AppendTo]. The values share memory with packed. Errors
// wrap [protocol.ErrMalformed] or [protocol.ErrTooDeep].
func ParseContext(packed []byte) (Context, error) {
	r := unpacker{rest: packed}
	c := r.context()
	return c, r.end()
}
