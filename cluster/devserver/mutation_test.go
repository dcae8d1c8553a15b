//go:build !race

package devserver

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wiretest"
)

// mutationsPerServer is the number of frames after which a run starts a new server.
const mutationsPerServer = 20_000

// TestMutatedRequests sends recorded requests with changes, each in the state in which it was
// recorded: half of the frames before it are sent unchanged. The server must answer with valid
// messages, keep readable records, and stay within its limits of memory and time.
func TestMutatedRequests(t *testing.T) {
	scenarios := wiretest.RecordedAll(t, recordings)
	run := wiretest.NewRun(t)
	var s *Server
	sent := 0
	run.Over(t, scenarios, func(f wiretest.Frame) {
		if sent%mutationsPerServer == 0 {
			if s != nil {
				readAll(t, s)
				require.NoError(t, s.Close())
			}
			s = mutationServer(t)
		}
		sent++
		if sent%2 == 0 {
			serveBounded(t, s, f.Request)
		}
		serveBounded(t, s, run.Next(f.Request))
	})
	readAll(t, s)
}
