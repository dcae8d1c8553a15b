package target

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

const childVariable = "AEROSQL_TOOLS_CHILD"

// Child runs the part of a test that is a process of its own, if this process was started by Start.
// It is for TestMain. The functions get the argument of Start and return an error.
func Child(parts map[string]func(argument string) error) {
	name := os.Getenv(childVariable)
	if name == "" {
		return
	}
	if err := parts[name](os.Getenv(childVariable + "_ARGUMENT")); err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Exit(0)
}

// A Process is a part of a test that runs in a process of its own.
type Process struct{ cmd *exec.Cmd }

// Start starts a part of the test in a process.
func Start(t testing.TB, part, argument string) *Process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+part, childVariable+"_ARGUMENT="+argument)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	require.NoError(t, cmd.Start())
	return &Process{cmd}
}

// Wait waits for the end of the process. The error says how it ended.
func (p *Process) Wait() error { return p.cmd.Wait() }
