package devserver

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// A recordedFrame is a request of a recording and what a real server answered.
type recordedFrame struct{ request, response []byte }

// recordedScenarios calls visit with the scenarios of the recording whose names
// begin with one of the prefixes.
func recordedScenarios(t testing.TB, visit func(name string, frames []recordedFrame), prefixes ...string) {
	f, err := os.Open(recordings + "wire.jsonl.gz")
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
		for _, prefix := range prefixes {
			if category == prefix {
				visit(s.Name, decodeFrames(t, s.Frames))
			}
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

// needsEvaluation reports whether a request carries a filter expression, an
// expression or an operation on a collection, bits or a HyperLogLog.
func needsEvaluation(t testing.TB, request []byte) bool {
	body := request[protocol.ProtoHeaderSize:]
	if protocol.Info1(body[1])&protocol.Info1Batch == 0 {
		m, err := protocol.ParseMessage(body)
		require.NoError(t, err)
		return evaluates(m)
	}
	rows, filter, ok := findBatch(body)
	require.True(t, ok)
	batch, err := protocol.ParseBatch(rows)
	require.NoError(t, err)
	for filter == nil {
		row, err := batch.Next()
		require.NoError(t, err)
		if row == nil {
			return false
		}
		if evaluates(&row.Message) {
			return true
		}
	}
	return true
}

func evaluates(m *protocol.Message) bool {
	for _, op := range m.Ops {
		switch op.Code {
		case protocol.OpRead, protocol.OpWrite, protocol.OpAdd, protocol.OpAppend, protocol.OpPrepend, protocol.OpTouch, protocol.OpDelete:
		default:
			return true
		}
	}
	_, filtered := m.Field(protocol.FieldFilterExp)
	return filtered
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
	s := start(t, Options{})
	c := connect(t, s, 0)
	scenarios := 0
	recordedScenarios(t, func(name string, frames []recordedFrame) {
		for i, frame := range frames {
			if needsEvaluation(t, frame.request) {
				return // what follows depends on it
			}
			c.send(frame.request)
			var got []byte
			for len(got) < len(frame.response) {
				kind, body := c.receive()
				got = protocol.ProtoHeader{Type: kind, Size: len(body)}.AppendTo(got)
				got = append(got, body...)
			}
			require.Equal(t, hex.EncodeToString(maskVoidTimes(t, frame.response)), hex.EncodeToString(maskVoidTimes(t, got)),
				"%s frame %d", name, i)
		}
		scenarios++
	}, "scalar", "policy", "batch")
	require.GreaterOrEqual(t, scenarios, 770)
}
