package transfer

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/internal/recordfile"
	"github.com/aerosql/aerosql/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newClient returns the client of a server with n records in the set s.
func newClient(t *testing.T, n int) *cluster.Client {
	server := devserver.RunT(t, devserver.Options{Listen: "127.0.0.1:0"})
	for i := range n {
		require.NoError(t, server.Store(protocol.MustKey("test", "s", i), protocol.Bins{protocol.NewBin("a", i)}, 0))
	}
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	return client
}

// TestDumpResumes ends a dump after some records and resumes it, with what a crash leaves after the
// checkpoint.
func TestDumpResumes(t *testing.T) {
	client := newClient(t, 300)
	for _, format := range []recordfile.Format{recordfile.CSV, recordfile.JSONLines, recordfile.Backup} {
		dir := t.TempDir()
		dump := func(name string, progress func(cancel context.CancelFunc)) (string, error) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			f := dumpFlags{out: filepath.Join(dir, name), checkpoint: filepath.Join(dir, name+".state")}
			var log strings.Builder
			err := f.dump(ctx, &command.Env{Err: &log}, client, DumpOptions{
				Format: format, Namespace: "test", Set: "s", Progress: func(int) { progress(cancel) },
			})
			return log.String(), err
		}
		_, err := dump("whole", func(context.CancelFunc) {})
		require.NoError(t, err)
		count := 0
		_, err = dump("part", func(cancel context.CancelFunc) {
			if count++; count == 150 {
				cancel()
			}
		})
		require.ErrorIs(t, err, context.Canceled)
		part := filepath.Join(dir, "part")
		f, err := os.OpenFile(part, os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = io.WriteString(f, "half a rec")
		require.NoError(t, err)
		require.NoError(t, f.Close())
		log, err := dump("part", func(context.CancelFunc) {})
		require.NoError(t, err)
		require.Contains(t, log, "resuming after ")
		require.Contains(t, log, "300 records written in")
		require.ElementsMatch(t, lines(t, filepath.Join(dir, "whole")), lines(t, part))
		require.NoFileExists(t, part+".state")
	}
}

func lines(t *testing.T, path string) []string {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return strings.Split(string(text), "\n")
}

// TestDumpOfShortFile checks that a file that is shorter than its checkpoint says is not continued.
func TestDumpOfShortFile(t *testing.T) {
	client := newClient(t, 0)
	dir := t.TempDir()
	f := dumpFlags{out: filepath.Join(dir, "x.jsonl"), checkpoint: filepath.Join(dir, "state")}
	require.NoError(t, os.WriteFile(f.out, []byte("x"), 0o600))
	c := checkpoint{Command: "dump", File: f.out, Namespace: "test", Format: "jsonl", Next: 64, Bytes: 10}
	require.NoError(t, c.write(f.checkpoint))
	err := f.dump(t.Context(), &command.Env{Err: io.Discard}, client, DumpOptions{Format: recordfile.JSONLines, Namespace: "test"})
	require.ErrorContains(t, err, "is shorter than its checkpoint says")
}

// TestLoadWaits checks that a load continues after a failure that passes, and ends with an error
// that has the line if it does not pass.
func TestLoadWaits(t *testing.T) {
	server := devserver.RunT(t, devserver.Options{Listen: "127.0.0.1:0"})
	client, err := cluster.Open(t.Context(), cluster.Config{Seeds: server.Seeds()})
	require.NoError(t, err)
	defer client.Close()
	load := func() (LoadCounts, error) {
		return Load(t.Context(), client, strings.NewReader("PK,a\n1,2\n"), LoadOptions{
			Format: recordfile.CSV, Namespace: "test", Set: "s", Exists: Replace, Progress: func(int) {},
			Refused: func(int, string, string) error { return nil },
		})
	}
	server.Inject(devserver.Fault{On: devserver.Writes, Count: 2, Do: devserver.Action{Code: protocol.DeviceOverload}})
	counts, err := load()
	require.NoError(t, err)
	require.Equal(t, LoadCounts{Stored: 1}, counts)
}
