package expression

import (
	"bufio"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

const recordings = "../../../../integration/testdata/wire.jsonl.gz"

// scenario is a line of the recordings: requests on a key of its own with the answers.
type scenario struct {
	Name   string      `json:"name"`
	Frames [][2]string `json:"frames"`
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
