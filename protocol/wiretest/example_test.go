package wiretest_test

import (
	"testing"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// A fuzz target that checks the limits of a decoder.
func ExampleBounded() {
	_ = func(f *testing.F) {
		f.Add([]byte{0x93, 1, 2, 3})
		f.Fuzz(func(t *testing.T, data []byte) {
			wiretest.Bounded(t, len(data), wiretest.Values, func() {
				_, _ = protocol.ParseMsgpack(data)
			})
		})
	}
	// Output:
}
