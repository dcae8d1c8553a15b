package cluster

import (
	"testing"

	"github.com/aerosql/aerosql/protocol/wiretest"
)

// TestMutatedAnswers has what a real server answered, with changes, taken as the answer to each kind of request; info answers
// are taken apart into what they tell as well.
func TestMutatedAnswers(t *testing.T) {
	scenarios := wiretest.RecordedAll(t, "../integration/testdata/")
	h := newHearer(t)
	run := wiretest.NewRun(t)
	run.Over(t, scenarios, func(f wiretest.Frame) {
		if len(f.Response) > 0 {
			h.hear(t, run.Next(f.Response))
		}
	})
}
