package wiretest

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// The environment variables of a run, and the default number of frames.
const (
	countVariable = "AEROSQL_MUTATIONS"
	seedVariable  = "AEROSQL_MUTATION_SEED"

	defaultCount = 10_000 / timeScale
)

// A Run is a test with many changed frames. The frames depend only on the recordings and on the
// seed.
type Run struct {
	*Mutator
	Seed  uint64
	Count int // number of frames

	done int
	last []byte
}

// NewRun returns a Run. The number of frames is that of the environment variable AEROSQL_MUTATIONS,
// or 10,000 (1,000 with the race detector). The seed is that of AEROSQL_MUTATION_SEED, or 1.
func NewRun(t testing.TB) *Run {
	r := &Run{Seed: variable(t, seedVariable, 1), Count: int(variable(t, countVariable, defaultCount))}
	r.Mutator = NewMutator(r.Seed)
	return r
}

func variable(t testing.TB, name string, otherwise uint64) uint64 {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// Over calls check with recorded frames until Next was called Count times. It picks scenarios at
// random and passes the frames of a scenario in order. It logs the number of frames and, if the
// test fails or panics, the last changed frame.
func (r *Run) Over(t testing.TB, scenarios []*Scenario, check func(Frame)) {
	t.Helper()
	defer func() {
		if t.Failed() || r.done < r.Count {
			t.Logf("mutated frame %d of seed %d: %x", r.done, r.Seed, r.last)
		}
	}()
	for r.done < r.Count {
		s := scenarios[r.rng.IntN(len(scenarios))]
		for _, f := range s.Frames {
			if r.done == r.Count {
				break
			}
			check(f)
		}
	}
	t.Logf("mutated frames: %d, seed %d", r.done, r.Seed)
}

// Next returns a changed copy of the frame and counts it.
func (r *Run) Next(frame []byte) []byte {
	r.done++
	r.last = r.Frame(frame)
	return r.last
}

// RecordedAll returns the recordings wire.jsonl.gz and udf.jsonl.gz in dir, and as one frame in ten
// the samples of queries, info and administration messages, which these files do not have.
func RecordedAll(t testing.TB, dir string) (all []*Scenario) {
	frames := 0
	for _, file := range []string{"wire.jsonl.gz", "udf.jsonl.gz"} {
		for s, err := range Scenarios(filepath.Join(dir, file)) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
			frames += len(s.Frames)
		}
	}
	others := &Scenario{Name: "others", Frames: Samples("query", "info", "admin", "rows", "udfcall")}
	return append(all, slices.Repeat([]*Scenario{others}, frames/10/len(others.Frames))...)
}
