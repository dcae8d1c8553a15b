package exec

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
)

// UPSERT of arguments that are NULL removes bins. It creates no record, and says so.
func TestUpsertOfNulls(t *testing.T) {
	s := openSession(t, Options{})
	s.exec("INSERT INTO t (PK, a, b) VALUES (1, 1, 2), (2, 1, 2)")
	require.EqualValues(t, 1, s.exec("UPSERT INTO t (PK, a) VALUES (1, ?)", nil))
	require.EqualValues(t, 2, s.exec("UPSERT INTO t (PK, b) VALUES (2, ?), (1, 3)", nil))
	require.Equal(t, [][]string{{"nil", "3"}, {"1", "nil"}}, s.rows("SELECT a, b FROM t WHERE PK IN (1, 2)"))
	for sql, args := range map[string][]any{
		"UPSERT INTO t (PK, a) VALUES (7, ?)": {nil}, "UPSERT INTO t (PK, a) VALUES (1, 4), (7, ?)": {nil},
	} {
		_, err := s.try(sql, args...)
		require.ErrorIs(t, err, ast.ErrArguments, sql)
		require.ErrorIs(t, err, protocol.KeyNotFound, sql)
		require.ErrorContains(t, err, "test.t, key 7: ", sql)
		require.ErrorContains(t, err, "a record has at least one bin", sql)
	}
	_, err := s.try("UPSERT INTO t (PK, a) VALUES (1, NULL)")
	require.ErrorIs(t, err, ast.ErrType, "a statement that can only remove bins is a mistake")
	require.Equal(t, "2", s.one("SELECT COUNT(*) FROM t"))
}
