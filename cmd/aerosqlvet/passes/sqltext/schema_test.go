package sqltext

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang"
)

func TestSchemaThatCannotRun(t *testing.T) {
	_, err := openSchema(filepath.Join(t.TempDir(), "none.sql"), "test")
	require.ErrorIs(t, err, os.ErrNotExist)
	file := filepath.Join(t.TempDir(), "broken.sql")
	require.NoError(t, os.WriteFile(file, []byte("CREATE TABLE t (id INT PRIMARY KEY);\nCREATE TABLE u id INT"), 0o600))
	_, err = openSchema(file, "test")
	require.ErrorIs(t, err, querylang.ErrSyntax)
	require.ErrorContains(t, err, "broken.sql")
	require.ErrorContains(t, err, "line 2")
}
