package devserver

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// A recordedFrame is a request of a recording and what a real server answered.
type recordedFrame struct{ request, response []byte }

// recordedScenarios calls visit with the scenarios of the recordings, or with those of
// the categories if some are named.
func recordedScenarios(t testing.TB, visit func(name string, frames []recordedFrame), categories ...string) {
	for _, file := range []string{"wire.jsonl.gz", "udf.jsonl.gz"} {
		recordedFile(t, file, visit, categories)
	}
}

func recordedFile(t testing.TB, file string, visit func(name string, frames []recordedFrame), categories []string) {
	f, err := os.Open(recordings + file)
	require.NoError(t, err)
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	require.NoError(t, err)
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var s struct {
			Name   string
			Frames [][2]string
		}
		require.NoError(t, json.Unmarshal(lines.Bytes(), &s))
		category, _, _ := strings.Cut(s.Name, "/")
		if len(categories) == 0 || slices.Contains(categories, category) {
			visit(s.Name, decodeFrames(t, s.Frames))
		}
	}
	require.NoError(t, lines.Err())
}

func decodeFrames(t testing.TB, pairs [][2]string) []recordedFrame {
	frames := make([]recordedFrame, len(pairs))
	for i, pair := range pairs {
		var err error
		frames[i].request, err = hex.DecodeString(pair[0])
		require.NoError(t, err)
		frames[i].response, err = hex.DecodeString(pair[1])
		require.NoError(t, err)
	}
	return frames
}

// maskVoidTimes makes all void times equal that depend on when a recording was made.
func maskVoidTimes(t testing.TB, answer []byte) []byte {
	for rest := answer; len(rest) > 0; {
		h, err := protocol.ParseProtoHeader(rest)
		require.NoError(t, err)
		body := rest[protocol.ProtoHeaderSize : protocol.ProtoHeaderSize+h.Size]
		rest = rest[protocol.ProtoHeaderSize+h.Size:]
		var m protocol.Message
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

// TestRecordings replays what a real server answered to commands on single
// records and batches: byte for byte the same must come back.
func TestRecordings(t *testing.T) {
	c := connect(t, start(t, Options{}), 0)
	require.NoError(t, c.conn.SetDeadline(time.Now().Add(5*time.Minute)))
	functions, err := os.ReadFile(recordings + "conf.lua")
	require.NoError(t, err)
	c.register("conf.lua", string(functions))
	frames := map[string]int{}
	recordedScenarios(t, func(name string, recorded []recordedFrame) {
		category, _, _ := strings.Cut(name, "/")
		for i, frame := range recorded {
			c.send(frame.request)
			var got []byte
			for len(got) < len(frame.response) {
				kind, body := c.receive()
				got = protocol.ProtoHeader{Type: kind, Size: len(body)}.AppendTo(got)
				got = append(got, body...)
			}
			want := maskVoidTimes(t, frame.response)
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
