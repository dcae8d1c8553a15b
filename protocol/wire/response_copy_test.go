package wire

import (
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
)

// TestParseCopy: a copy has the same bins as the response in place, survives changes of the body,
// and ends at the same byte.
func TestParseCopy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := Header{OpCount: uint16(rapid.IntRange(0, 25).Draw(t, "bins"))}
		body := h.AppendTo(nil)
		left := 0 // bins that are not nil
		for range h.OpCount {
			name := rapid.StringN(1, 15, 15).Draw(t, "name")
			if rapid.Bool().Draw(t, "nil") {
				body = AppendRawOp(body, 0, protocol.ParticleNull, name, "")
				continue
			}
			left++
			body = AppendRawOp(body, 0, protocol.ParticleString, name, strings.Repeat("x", rapid.IntRange(0, 60).Draw(t, "size")))
		}
		end := len(body)
		body = append(body, "what follows"...)
		want, rest, err := ParseResponse(append([]byte(nil), body...))
		require.NoError(t, err)
		require.Len(t, rest, len(body)-end)

		dropNil := rapid.Bool().Draw(t, "drop")
		var got Response
		rest, err = got.ParseCopy(body, dropNil)
		require.NoError(t, err)
		require.Len(t, rest, len(body)-end)
		clear(body)
		if !dropNil {
			left = len(want.Bins)
		}
		require.Len(t, got.Bins, left)
		at := 0
		for _, b := range want.Bins {
			if dropNil && b.Value.IsNil() {
				continue
			}
			require.Equal(t, b.Name, got.Bins[at].Name)
			require.Equal(t, b.Value.Any(), got.Bins[at].Value.Any())
			at++
		}
	})
}

// TestParseCopyOfGarbage: ParseCopy accepts what ParseResponse accepts.
func TestParseCopyOfGarbage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, 80).Draw(t, "body")
		if len(body) > HeaderSize {
			body[18], body[20] = 0, 0 // few fields and bins
			body[19] %= 3
		}
		_, rest, err := ParseResponse(body)
		copyRest, copyErr := new(Response).ParseCopy(body, false)
		require.Equal(t, err == nil, copyErr == nil)
		require.Len(t, copyRest, len(rest))
	})
}

func TestParseCopyAllocations(t *testing.T) {
	for _, bins := range []int{0, 1, 4, 10, 20} {
		h := Header{OpCount: uint16(bins)}
		body := h.AppendTo(nil)
		for range bins {
			body = AppendRawOp(body, 0, protocol.ParticleString, "name", "twenty bytes of text")
		}
		var resp Response
		got := testing.AllocsPerRun(100, func() {
			if _, err := resp.ParseCopy(body, false); err != nil {
				t.Error(err)
			}
		})
		require.Equal(t, float64(min(bins, 1)), got, "%d bins", bins)
	}
}

// TestParseCopySizes: records use the whole of their size class, and no larger one.
func TestParseCopySizes(t *testing.T) {
	const fixed = 8 + len("n") // bytes of a bin besides its value
	for _, test := range []struct{ bins, size, want int }{
		{1, 104, 256}, {4, 80, 352}, {4, 208, 480}, {6, 160, 512}, {6, 280, 640}, {10, 184, 704}, {10, 376, 896}, {20, 872, 1792},
	} {
		body := (&Header{OpCount: uint16(test.bins)}).AppendTo(nil)
		for range test.bins - 1 {
			body = AppendRawOp(body, 0, protocol.ParticleString, "n", "")
		}
		body = AppendRawOp(body, 0, protocol.ParticleString, "n", strings.Repeat("x", test.size-test.bins*fixed))
		require.Equal(t, test.want, allocated(t, body), "%d bins, %d bytes", test.bins, test.size)
	}
}

// allocated returns how many bytes ParseCopy allocates. Other goroutines of the process may
// allocate as well, so it is the least of some measurements.
func allocated(t *testing.T, body []byte) int {
	const runs = 1000
	var resp Response
	least := math.MaxInt
	for range 10 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range runs {
			if _, err := resp.ParseCopy(body, false); err != nil {
				t.Fatal(err)
			}
		}
		runtime.ReadMemStats(&after)
		least = min(least, int(after.TotalAlloc-before.TotalAlloc)/runs)
	}
	return least
}
