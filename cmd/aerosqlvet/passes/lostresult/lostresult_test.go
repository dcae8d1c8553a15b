package lostresult_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/aerosql/aerosql/cmd/aerosqlvet/passes/lostresult"
)

func TestLostResults(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	require.NoError(t, err)
	analysistest.Run(t, dir, lostresult.Analyzer, "./lostresult")
}
