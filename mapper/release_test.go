package mapper

import (
	"bytes"
	"database/sql/driver"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wire"
)

// basicForms has a field of every basic type.
type basicForms struct {
	I     int
	I8    int8
	U64   uint64
	F     float64
	F32   float32
	B     bool
	S     string
	Long  string
	Blob  []byte
	Array [20]byte `as:",blob"`
	*DeepForms
}

// DeepForms is exported because the build tag mapper_safe needs that.
type DeepForms struct {
	Text  string
	Bytes []byte
}

// A keptText keeps what Scan gets.
type keptText string

func (k keptText) Value() (driver.Value, error) { return string(k), nil }
func (k *keptText) Scan(v any) error            { *k = keptText(v.(string)); return nil }

// requireOwnMemory decodes an object from a pooled response and overwrites the response.
func requireOwnMemory[T any](t *testing.T, p *plan, x T) {
	var w binEncoder
	require.NoError(t, p.write(&w, unsafe.Pointer(&x)))
	header := wire.Header{OpCount: uint16(w.encoded.Count)}
	for _, lent := range []bool{true, false} {
		b := new(wire.Buffer)
		var resp wire.Response
		_, err := resp.ParseInto(b, append(header.AppendTo(nil), w.encoded.Ops...), lent)
		require.NoError(t, err)
		var y T
		require.NoError(t, p.decodeEncoded(unsafe.Pointer(&y), resp.Encoded, true))
		memory := b.Bytes()[:cap(b.Bytes())]
		require.NotEmpty(t, memory)
		resp.Encoded.Release()
		for i := range memory {
			memory[i] = 0xff
		}
		require.Equal(t, x, y)
	}
}

// TestObjectsShareNoMemoryWithThePool: what Find returns stays as it is when the memory of its
// response is used again.
func TestObjectsShareNoMemoryWithThePool(t *testing.T) {
	ten := genTen(*tenObject())
	with, without := bothPlans[genTen](t, false)
	for _, p := range []*plan{with, without} {
		require.True(t, p.basic)
		requireOwnMemory(t, p, ten)
	}
	p := planOf[basicForms](t, false)
	require.True(t, p.basic)
	requireOwnMemory(t, p, basicForms{
		-1, 8, 1 << 62, 1.5, 2.5, true, "s", strings.Repeat("long", 5000), bytes.Repeat([]byte{1}, 64<<10), [20]byte{1, 2},
		&DeepForms{"deep", []byte("bytes")},
	})
}

// TestOnlyBasicTypesRelease: code of the program might keep what it gets, so that the memory of its
// responses isn't used again.
func TestOnlyBasicTypesRelease(t *testing.T) {
	type scans struct{ K keptText }
	require.False(t, planOf[scans](t, false).basic)
	require.False(t, planOf[scans](t, true).basic)
	type decodes struct{ G GeoJSON }
	require.False(t, planOf[decodes](t, false).basic)
	type holdsAny struct{ X any }
	require.False(t, planOf[holdsAny](t, false).basic)
	type rest struct {
		N    int
		Rest map[string]any `as:",rest"`
	}
	require.False(t, planOf[rest](t, false).basic)
}
