package replay

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
)

const recordings = "../../../../integration/testdata/wire.jsonl.gz"

// scenario is a line of the recordings: requests on keys of its own with the answers.
type scenario struct {
	Name   string      `json:"name"`
	Frames [][2]string `json:"frames"`
}

// tally counts the frames of a category.
type tally struct{ matched, total int }

// shownMismatches is how many mismatches of a category are described.
const shownMismatches = 10

// TestRecordings replays what clients asked a real server, and compares whole answers.
func TestRecordings(t *testing.T) {
	tallies := map[string]*tally{"list": {}, "map": {}, "bit": {}, "hll": {}}
	forEachScenario(t, func(s *scenario) {
		category, _, _ := strings.Cut(s.Name, "/")
		c := tallies[category]
		if c == nil {
			return
		}
		records := map[string]*record{}
		for i, f := range s.Frames {
			c.total++
			request, want := unhex(t, f[0]), unhex(t, f[1])
			got := respond(t, records, request)
			blankVoidTime(got)
			blankVoidTime(want)
			if bytes.Equal(got, want) {
				c.matched++
				continue
			}
			if c.total-c.matched <= shownMismatches {
				t.Errorf("%s frame %d\n%s\nwant %s\ngot  %s", s.Name, i, describe(request), describe(want), describe(got))
			}
		}
	})
	for _, name := range []string{"list", "map", "bit", "hll"} {
		c := tallies[name]
		t.Logf("%s: %d / %d", name, c.matched, c.total)
		assert.Equal(t, c.total, c.matched, name)
	}
}

func forEachScenario(t *testing.T, visit func(*scenario)) {
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

func unhex(t *testing.T, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

// respond executes a request on the record that its digest names.
func respond(t *testing.T, records map[string]*record, request []byte) []byte {
	m, err := protocol.ParseMessage(request[protocol.ProtoHeaderSize:])
	require.NoError(t, err)
	digest, _ := m.Field(protocol.FieldDigest)
	r := records[string(digest)]
	if r == nil {
		r = &record{}
		records[string(digest)] = r
	}
	return r.handle(m).bytes()
}

// blankVoidTime clears the time at which a record expires, which depends on the clock.
func blankVoidTime(answer []byte) {
	const place = protocol.ProtoHeaderSize + 10
	clear(answer[place : place+4])
}

// describe shows a message for a reader.
func describe(message []byte) string {
	m, err := protocol.ParseMessage(message[protocol.ProtoHeaderSize:])
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	b.WriteString(m.ResultCode.String() + " ")
	for _, op := range m.Ops {
		b.WriteString(" [" + hex.EncodeToString([]byte{byte(op.Code), byte(op.Type)}) + " " + string(op.Name) + " " + hex.EncodeToString(op.Data))
		if v, err := protocol.ParseParticle(op.Type, op.Data); err == nil && op.Type != protocol.ParticleBlob {
			b.WriteString(" " + v.String())
		} else if v, err := protocol.ParseMsgpack(op.Data); err == nil {
			b.WriteString(" " + v.String())
		}
		b.WriteString("]")
	}
	return b.String()
}
