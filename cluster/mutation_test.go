//go:build !race

package cluster

import (
	"testing"

	"github.com/aerosql/aerosql/protocol/wiretest"
)

// TestMutatedAnswers reads mutated responses of a real server as the response to each kind of
// request. Info responses are also parsed.
func TestMutatedAnswers(t *testing.T) {
	scenarios := wiretest.RecordedAll(t, "../integration/testdata/")
	h := newReceiver(t)
	run := wiretest.NewRun(t)
	run.Over(t, scenarios, func(f wiretest.Frame) {
		if len(f.Response) > 0 {
			h.receiveAll(t, run.Next(f.Response))
		}
	})
}
