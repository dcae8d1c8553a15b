package collection

import (
	"github.com/aerosql/aerosql/cluster/devserver/internal/call"
	"github.com/aerosql/aerosql/protocol"
)

// Follow returns what a packed context leads to from a bin's value; false means
// that the bin is no list or map, or that nothing is there (docs/wire-cdt-exp.md#2.2).
func Follow(context []byte, bin protocol.Value) (protocol.Value, bool) {
	t := target{bin: bin, value: bin}
	code := t.dig(call.NewReader(context))
	return t.value, code == protocol.OK
}
