package sim

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// runProcesses distributes the seeds over processes that use one processor each.
func runProcesses(t *testing.T) *Report {
	total := new(Report)
	files := make([]string, *processes)
	output := make([][]byte, *processes)
	failures := make([]error, *processes)
	var wg sync.WaitGroup
	begin := 0
	for i := range files {
		count := (*seeds - begin) / (*processes - i)
		files[i] = filepath.Join(t.TempDir(), fmt.Sprint(i))
		process := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSeeds$", "-test.timeout=0",
			"-seeds", fmt.Sprint(count), "-first", fmt.Sprint(*first+uint64(begin)), "-report", files[i])
		wg.Go(func() { output[i], failures[i] = process.CombinedOutput() })
		begin += count
	}
	wg.Wait()
	for i, err := range failures {
		if err != nil {
			t.Errorf("%v:\n%s", err, output[i])
		}
		total.load(t, files[i])
	}
	return total
}

func (r *Report) save(t *testing.T, name string) {
	text, err := json.Marshal(r)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(name, text, 0o600))
}

// load adds the counts of a process.
func (r *Report) load(t *testing.T, name string) {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Error(err) // the process did not finish
		return
	}
	part := new(Report)
	require.NoError(t, json.Unmarshal(text, part))
	r.Merge(part)
}
