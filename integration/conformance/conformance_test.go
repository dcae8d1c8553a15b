package conformance

import (
	"encoding/hex"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

const testdata = "../testdata"

func TestEqualIgnoresVoidTimes(t *testing.T) {
	answer := func(voidTime string) []byte {
		b, err := hex.DecodeString("0203000000000016" + "160000000000" + "00000001" + voidTime + "00000000" + "00000000")
		require.NoError(t, err)
		return b
	}
	require.True(t, Equal(answer("1fc6c650"), answer("20000000")))
	require.False(t, Equal(answer("1fc6c650"), answer("00000000")))
	require.False(t, Equal(answer("ffffffff"), answer("20000000")))
	require.False(t, Equal(answer("00000000"), answer("00000000")[:8]))
}

func TestReplay(t *testing.T) {
	server, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer server.Close()
	dial := func() (net.Conn, error) { return net.Dial("tcp", server.Seeds()[0]) }
	require.NoError(t, Prepare(dial, testdata))

	// One scenario as recorded, and one with a different last response.
	recording := filepath.Join(t.TempDir(), "recording.jsonl")
	var lines []string
	for s, err := range wiretest.Scenarios(filepath.Join(testdata, "wire.jsonl.gz")) {
		require.NoError(t, err)
		var frames []string
		for i, f := range s.Frames {
			response := hex.EncodeToString(f.Response)
			if len(lines) == 1 && i == len(s.Frames)-1 {
				response = strings.Repeat("00", len(f.Response))
			}
			frames = append(frames, `["`+hex.EncodeToString(f.Request)+`","`+response+`"]`)
		}
		lines = append(lines, `{"name":"`+s.Name+`","frames":[`+strings.Join(frames, ",")+`]}`)
		if len(lines) == 2 {
			break
		}
	}
	require.NoError(t, os.WriteFile(recording, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	var report Report
	require.NoError(t, report.Replay(dial, recording))
	require.Equal(t, report.Total.Frames-1, report.Total.Matched)
	require.Equal(t, []string{"scalar"}, report.Order)
	require.Len(t, report.Mismatches, 1)
	require.Contains(t, report.Mismatches[0].String(), "scalar/1-1 frame")
}

func TestBrokenRecordings(t *testing.T) {
	var report Report
	require.Error(t, report.Replay(nil, "nosuch.jsonl"))
	file := filepath.Join(t.TempDir(), "bad.jsonl")
	require.NoError(t, os.WriteFile(file, []byte(`{"name":"x/1","frames":[["zz",""]]}`+"\n"), 0o600))
	require.Error(t, report.Replay(nil, file))
}
