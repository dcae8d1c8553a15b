//go:build !mapper_safe && !race

package mapper_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/mapper"
)

// serveVariable is set in the environment of the process that runs the server of the tests of
// allocations.
const serveVariable = "AEROSQL_TEST_SERVE"

// TestServerOfAnotherProcess is not a test: it is the server, in a separate process, so that its
// allocations don't count.
func TestServerOfAnotherProcess(t *testing.T) {
	if os.Getenv(serveVariable) == "" {
		t.Skip("it is the server for the tests of allocations, which start it")
	}
	server, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer server.Close()
	fmt.Println("serving", server.Seeds()[0])
	_, _ = io.Copy(io.Discard, os.Stdin) // until the parent ends
}

func startServer(t *testing.T) string {
	child := exec.Command(os.Args[0], "-test.run=^TestServerOfAnotherProcess$")
	child.Env = append(os.Environ(), serveVariable+"=1")
	stdin, err := child.StdinPipe()
	require.NoError(t, err)
	stdout, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	t.Cleanup(func() {
		stdin.Close()
		_ = child.Wait()
	})
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if addr, ok := strings.CutPrefix(lines.Text(), "serving "); ok {
			go io.Copy(io.Discard, stdout)
			return addr
		}
	}
	t.Fatal("the server did not start")
	return ""
}

// tenBins has a bin for each of ten fields.
type tenBins struct {
	ID      int64    `as:"id,pk"`
	Age     int      `as:"age"`
	Visits  uint32   `as:"visits"`
	Level   int16    `as:"level"`
	Points  int64    `as:"points"`
	Name    string   `as:"name"`
	Mail    string   `as:"mail"`
	City    string   `as:"city"`
	Balance float64  `as:"balance"`
	Active  bool     `as:"active"`
	Token   [16]byte `as:"token,blob"`
}

// TestAllocationsOfCalls limits the allocations of whole calls, those of the client included. A
// Find of ten bins allocates the object and three strings.
func TestAllocationsOfCalls(t *testing.T) {
	ctx := context.Background() // one that can be canceled costs the client two allocations more
	client, err := cluster.Open(ctx, cluster.Config{Seeds: []string{startServer(t)}})
	require.NoError(t, err)
	defer client.Close()
	r, err := mapper.New[tenBins](client, mapper.WithNamespace("test"))
	require.NoError(t, err)
	x := &tenBins{1, 42, 1000, 7, 99, "Ada Lovelace", "ada@example.org", "London", 12.5, true, [16]byte{1, 2, 3}}
	var y tenBins
	for name, c := range map[string]struct {
		most float64
		call func() error
	}{
		"Save":     {2, func() error { return r.Save(ctx, x) }},
		"Replace":  {2, func() error { return r.Replace(ctx, x) }},
		"Find":     {5, func() error { _, err := r.Find(ctx, int64(1)); return err }},
		"FindInto": {4, func() error { return r.FindInto(ctx, int64(1), &y) }},
	} {
		require.NoError(t, r.Save(ctx, x))
		require.NoError(t, c.call(), name)
		got := testing.AllocsPerRun(300, func() {
			if err := c.call(); err != nil {
				t.Error(err)
			}
		})
		require.LessOrEqual(t, got, c.most, name)
	}
	require.Equal(t, *x, y)
}

// keyedBins has a bin for each of ten fields, one of them a blob, and a string as its key.
type keyedBins struct {
	ID      string  `as:"id,pk"`
	Age     int     `as:"age"`
	Visits  uint32  `as:"visits"`
	Level   int16   `as:"level"`
	Points  int64   `as:"points"`
	Name    string  `as:"name"`
	Mail    string  `as:"mail"`
	City    string  `as:"city"`
	Balance float64 `as:"balance"`
	Active  bool    `as:"active"`
	Token   []byte  `as:"token"`
}

// TestAllocationsOfBlobs: a Find also allocates each blob, and for a key that is a string the any
// that the caller makes of it. Writes and reads of 64 KiB use the memory of their messages again.
func TestAllocationsOfBlobs(t *testing.T) {
	ctx := context.Background()
	client, err := cluster.Open(ctx, cluster.Config{Seeds: []string{startServer(t)}})
	require.NoError(t, err)
	defer client.Close()
	r, err := mapper.New[keyedBins](client, mapper.WithNamespace("test"))
	require.NoError(t, err)
	const size = 64 << 10
	small := &keyedBins{"small", 42, 1000, 7, 99, "Ada Lovelace", "ada@example.org", "London", 12.5, true, make([]byte, 16)}
	large := &keyedBins{ID: "large", Token: make([]byte, size)}
	require.NoError(t, r.SaveMany(ctx, small, large))
	keys := []string{"small", "large"}
	var y keyedBins
	for name, c := range map[string]struct {
		allocations, bytes float64
		call               func() error
	}{
		"Save of a small blob":     {2, 1 << 10, func() error { return r.Save(ctx, small) }},
		"Find of a small blob":     {6, 1 << 10, func() error { _, err := r.Find(ctx, keys[0]); return err }},
		"FindInto of a small blob": {5, 1 << 10, func() error { return r.FindInto(ctx, keys[0], &y) }},
		"Save of 64 KiB":           {2, 1 << 10, func() error { return r.Save(ctx, large) }},
		"Find of 64 KiB":           {3, size + 2<<10, func() error { _, err := r.Find(ctx, keys[1]); return err }},
	} {
		allocations, bytes := allocated(t, c.call)
		t.Logf("%s: %.1f allocations of %.0f bytes", name, allocations, bytes)
		require.LessOrEqual(t, allocations, c.allocations+0.2, name)
		require.LessOrEqual(t, bytes, c.bytes, name)
	}
	require.Equal(t, *small, y)
}

// allocated returns the allocations of a call and their bytes.
func allocated(t *testing.T, call func() error) (allocations, bytes float64) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection would empty the pools
	const runs = 200
	for range 10 {
		require.NoError(t, call())
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		if err := call(); err != nil {
			t.Error(err)
		}
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / runs, float64(after.TotalAlloc-before.TotalAlloc) / runs
}
