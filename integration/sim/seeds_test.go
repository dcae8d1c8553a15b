package sim

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

var (
	seeds     = flag.Int("seeds", 20, "how many seeds TestSeeds runs")
	first     = flag.Uint64("first", 1, "the first of them")
	processes = flag.Int("processes", 1, "how many processes share them")
	report    = flag.String("report", "", "where TestSeeds writes what it has counted, for the process that has started it")
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// maxFailures is the number of failing seeds after which the test stops.
const maxFailures = 5

// TestSeeds runs plans drawn from seeds, and compares what the client reported with what happened.
func TestSeeds(t *testing.T) {
	total := new(Report)
	if *processes > 1 {
		total = runProcesses(t)
	} else {
		runSeeds(t, total)
	}
	if *report != "" {
		total.save(t, *report)
		return
	}
	total.Print(os.Stdout)
	if total.Seeds >= 100 {
		require.Empty(t, total.Unreached(), "a run of so many seeds must reach everything")
	}
}

// runSeeds runs the seeds one after the other on one processor, where they are repeatable.
func runSeeds(t *testing.T, total *Report) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	failed := 0
	for n := range *seeds {
		e, violations := simulate(t, Draw(*first+uint64(n)), nil)
		total.Add(e, violations)
		if len(violations) == 0 {
			continue
		}
		t.Error(describe(e, violations))
		if failed++; failed == maxFailures {
			return
		}
	}
}

// simulate runs a plan in its own bubble.
func simulate(t *testing.T, p *Plan, wrap func(Client) Client) (e *Evidence, violations []Violation) {
	defer func() {
		if cause := recover(); cause != nil {
			// Goroutines were leaked or are deadlocked.
			e, violations = &Evidence{Plan: p, Truth: new(Truth)}, []Violation{{Rule: Leak, Text: fmt.Sprint(cause)}}
		}
	}()
	synctest.Test(t, func(*testing.T) { e = Run(p, wrap) })
	require.NotNil(t, e)
	return e, Check(e)
}

// TestPlansRepeat checks that a seed always gives the same plan, and that different seeds give
// different plans.
func TestPlansRepeat(t *testing.T) {
	for seed := range uint64(50) {
		require.Equal(t, Draw(seed), Draw(seed))
		require.NotEqual(t, Draw(seed).String(), Draw(seed+1).String())
	}
}
