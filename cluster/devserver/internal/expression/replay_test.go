package expression

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/exp"
)

const recordings = "../../../../integration/testdata/wire.jsonl.gz"

// scenario is a line of the recordings: requests on a key of its own with the answers.
type scenario struct {
	Name   string      `json:"name"`
	Frames [][2]string `json:"frames"`
}

// shownMismatches is how many mismatches of a category are described.
const shownMismatches = 20

// TestRecordings replays what clients asked a real server, and compares whole answers.
func TestRecordings(t *testing.T) {
	type tally struct{ matched, total int }
	tallies := map[string]*tally{"exp": {}, "expwrite": {}}
	forEachScenario(t, func(s *scenario) {
		category, _, _ := strings.Cut(s.Name, "/")
		c := tallies[category]
		if c == nil {
			return
		}
		r := &testRecord{set: "c", now: 1000}
		for i, f := range s.Frames {
			c.total++
			request, want := unhex(t, f[0]), unhex(t, f[1])
			m, err := protocol.ParseMessage(request[protocol.ProtoHeaderSize:])
			require.NoError(t, err)
			digest, _ := m.Field(protocol.FieldDigest)
			r.digest = protocol.Digest(digest)
			got := r.handle(m).bytes()
			if bytes.Equal(got, want) {
				c.matched++
			} else if c.total-c.matched <= shownMismatches {
				t.Errorf("%s frame %d\n%s\nwant %s\ngot  %s", s.Name, i, describe(request), describe(want), describe(got))
			}
		}
	})
	for name, c := range tallies {
		t.Logf("%s: %d / %d", name, c.matched, c.total)
		assert.Equal(t, c.total, c.matched, name)
	}
}

func forEachScenario(t testing.TB, visit func(*scenario)) {
	f, err := os.Open(recordings)
	require.NoError(t, err)
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	require.NoError(t, err)
	lines := bufio.NewScanner(unzipped)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var s scenario
		require.NoError(t, json.Unmarshal(lines.Bytes(), &s))
		visit(&s)
	}
	require.NoError(t, lines.Err())
}

func unhex(t testing.TB, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

// describe shows a message for a reader.
func describe(message []byte) string {
	m, err := protocol.ParseMessage(message[protocol.ProtoHeaderSize:])
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	b.WriteString(m.ResultCode.String())
	if filter, ok := m.Field(protocol.FieldFilterExp); ok {
		b.WriteString(" filter " + printed(filter))
	}
	for _, op := range m.Ops {
		b.WriteString(" [" + hex.EncodeToString([]byte{byte(op.Code), byte(op.Type)}) + " " + string(op.Name) + " ")
		if op.Code == protocol.OpExpRead || op.Code == protocol.OpExpModify {
			r := reader{buf: op.Data}
			if _, ok := r.array(); ok {
				body, _ := r.whole()
				flags, _ := r.int()
				b.WriteString(printed(body) + " flags " + protocol.Int(flags).String() + "]")
				continue
			}
		}
		b.WriteString(hex.EncodeToString(op.Data) + "]")
	}
	return b.String()
}

func printed(packed []byte) string {
	n, err := exp.Parse(packed)
	if err != nil {
		return hex.EncodeToString(packed)
	}
	return n.String()
}
