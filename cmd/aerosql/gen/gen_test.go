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
	source, err := Source(t.Context(), "testdata/shop", DefaultFile, []string{"Order", "Payment"})
	require.NoError(t, err)
	golden := filepath.Join("testdata/shop", DefaultFile)
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

// TestExamples: the files of the examples are what the command writes.
func TestExamples(t *testing.T) {
	for _, pkg := range []string{"catalog", "order", "session", "views"} {
		require.NoError(t, Run(t.Context(), Options{Directory: "../../../examples/shop/" + pkg, Check: true}, t.Output()))
	}
}

func TestRun(t *testing.T) {
	var stdout bytes.Buffer
	run := func(o Options) error {
		o.Directory = "testdata/shop"
		return Run(t.Context(), o, &stdout)
	}
	require.NoError(t, run(Options{Check: true, Types: "Order,Payment"}))
	require.ErrorIs(t, run(Options{Check: true, Types: "Order,Line"}), ErrDiffers)
	require.ErrorIs(t, run(Options{Check: true, Output: filepath.Join(t.TempDir(), "none.go")}), ErrDiffers)
	require.ErrorContains(t, run(Options{Types: "Nobody,Level"}), "package shop has no type Nobody\nshop.Level is not a struct")
	file := filepath.Join(t.TempDir(), "fields.go")
	require.NoError(t, run(Options{Output: file, Types: "Line"}))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), "mapper.MustFields[Line, fieldsOfLine]()")
	require.Equal(t, file+"\n", stdout.String())
}
