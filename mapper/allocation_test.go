//go:build !mapper_safe && !race

package mapper_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
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
// Find of ten bins allocates the object, the record, the memory of the response and three strings.
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
		"Find":     {6, func() error { _, err := r.Find(ctx, int64(1)); return err }},
		"FindInto": {5, func() error { return r.FindInto(ctx, int64(1), &y) }},
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
