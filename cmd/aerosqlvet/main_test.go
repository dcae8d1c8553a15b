package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/passes/sqlrowserr"
)

// TestRowsErr checks the analyzer that the program has from another module.
func TestRowsErr(t *testing.T) {
	dir, err := filepath.Abs("testdata")
	require.NoError(t, err)
	analysistest.Run(t, dir, sqlrowserr.Analyzer, "./rowserr")
}
