package sqltext_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/aerosql/aerosql/cmd/aerosqlvet/passes/sqltext"
)

func testdata(t *testing.T) string {
	dir, err := filepath.Abs("../../testdata")
	require.NoError(t, err)
	return dir
}

func TestStatements(t *testing.T) {
	analysistest.Run(t, testdata(t), sqltext.New(), "./sqltext", "./otherdriver")
}

func TestStatementsWithSchema(t *testing.T) {
	a := sqltext.New()
	require.NoError(t, a.Flags.Set("schema", filepath.Join(testdata(t), "schema", "schema.sql")))
	analysistest.Run(t, testdata(t), a, "./schema")
}
