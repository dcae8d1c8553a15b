package collection

import (
	"github.com/aerosql/aerosql/internal/call"
	"github.com/aerosql/aerosql/protocol"
)

// Follow returns the value that a packed context leads to from a bin's value. It reports false if
// the bin is not a list or map, or if the context leads to nothing (docs/wire-cdt-exp.md#2.2).
func Follow(context []byte, bin protocol.Value) (protocol.Value, bool) {
	t := target{bin: bin, value: bin}
	code := t.follow(call.NewReader(context))
	return t.value, code == protocol.OK
}
