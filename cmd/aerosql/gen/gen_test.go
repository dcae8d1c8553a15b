package gen

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGenerate writes the fields of testdata/shop, whose file is the golden, and compiles it.
func TestGenerate(t *testing.T) {
	source, err := Source(t.Context(), "testdata/shop", defaultFile, []string{"Order"})
	require.NoError(t, err)
	golden := filepath.Join("testdata/shop", defaultFile)
	if os.Getenv("UPDATE") != "" {
		require.NoError(t, os.WriteFile(golden, source, 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), string(source))
	// MustFields checks every field when the program starts.
	out, err := exec.CommandContext(t.Context(), "go", "run", "./testdata/shop/run").CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func TestRun(t *testing.T) {
	var stdout, stderr bytes.Buffer
	run := func(args ...string) error { return Run(t.Context(), args, &stdout, &stderr) }
	require.NoError(t, run("-check", "-type", "Order", "testdata/shop"))
	require.ErrorIs(t, run("-check", "-type", "Order,Line", "testdata/shop"), ErrDiffers)
	require.ErrorIs(t, run("-check", "-o", filepath.Join(t.TempDir(), "none.go"), "testdata/shop"), ErrDiffers)
	require.ErrorContains(t, run("-type", "Nobody,Level", "testdata/shop"), "package shop has no type Nobody\nshop.Level is not a struct")
	require.ErrorIs(t, run("a", "b"), ErrUsage)
	require.ErrorIs(t, run("-no-such-flag"), ErrUsage)
	file := filepath.Join(t.TempDir(), "fields.go")
	require.NoError(t, run("-o", file, "-type", "Line", "testdata/shop"))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), "mapper.MustFields[Line, fieldsOfLine]()")
	require.Equal(t, file+"\n", stdout.String())
}
