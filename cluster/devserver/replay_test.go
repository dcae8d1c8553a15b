//go:build !race

package devserver

import (
	"bytes"
	"encoding/binary"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/wire"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

// recordedScenarios calls visit with the recorded scenarios, or only with those of the given
// categories.
func recordedScenarios(t testing.TB, visit func(name string, frames []wiretest.Frame), categories ...string) {
	for _, file := range []string{"wire.jsonl.gz", "udf.jsonl.gz"} {
		for s, err := range wiretest.Scenarios(recordings + file) {
			require.NoError(t, err)
			if len(categories) == 0 || slices.Contains(categories, s.Category()) {
				visit(s.Name, s.Frames)
			}
		}
	}
}

// maskVoidTimes replaces all void times, because they depend on when a recording was made.
func maskVoidTimes(t testing.TB, answer []byte) []byte {
	for rest := answer; len(rest) > 0; {
		h, err := wire.ParseProtoHeader(rest)
		require.NoError(t, err)
		body := rest[wire.ProtoHeaderSize : wire.ProtoHeaderSize+h.Size]
		rest = rest[wire.ProtoHeaderSize+h.Size:]
		var m wire.Message
		for len(body) > 0 {
			next, err := m.Parse(body)
			require.NoError(t, err)
			if m.RecordTTL != 0 && m.RecordTTL != protocol.TTLNever {
				binary.BigEndian.PutUint32(body[offVoidTime:], 1)
			}
			body = next
		}
	}
	return answer
}

// TestRecordings repeats recorded commands on single records and batches. The answers must be equal
// to those of the real server, byte for byte.
func TestRecordings(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	require.NoError(t, c.conn.SetDeadline(time.Now().Add(5*time.Minute)))
	functions, err := os.ReadFile(recordings + "conf.lua")
	require.NoError(t, err)
	c.register("conf.lua", string(functions))
	frames := map[string]int{}
	recordedScenarios(t, func(name string, recorded []wiretest.Frame) {
		category, _, _ := strings.Cut(name, "/")
		for i, frame := range recorded {
			c.send(frame.Request)
			var got []byte
			for len(got) < len(frame.Response) {
				kind, body := c.receive()
				got = wire.ProtoHeader{Type: kind, Size: len(body)}.AppendTo(got)
				got = append(got, body...)
			}
			want := maskVoidTimes(t, frame.Response)
			if !bytes.Equal(want, maskVoidTimes(t, got)) {
				t.Fatalf("%s frame %d\nwant %x\ngot  %x", name, i, want, got)
			}
			frames[category]++
		}
	})
	require.Equal(t, map[string]int{
		"scalar": 5021, "policy": 4112, "list": 24500, "map": 23730, "bit": 7325, "hll": 2634, "exp": 5355, "expwrite": 2520, "batch": 2882,
		"udf": 3125,
	}, frames)
}
