package exec

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/bind"
	"github.com/aerosql/aerosql/querylang/parse"
	"github.com/aerosql/aerosql/querylang/plan"
)

// define runs a definition.
func (s *session) define(sql string) error {
	one, err := parse.One(sql, parse.Standard)
	require.NoError(s.t, err, sql)
	d := &plan.Definition{Statement: one.Statement, Namespace: "test", Text: sql}
	_, err = s.engine.NewSession().Run(context.Background(), &Statement{Plan: d}, nil)
	return err
}

// Conditions on an expression use the index on it.
func TestExpressionIndexes(t *testing.T) {
	s := openSession(t, Options{})
	require.NoError(t, s.define("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, name TEXT, tags LIST)"))
	declared, err := s.engine.Catalog().Table(t.Context(), "test", "t")
	require.NoError(t, err)
	s.tables = map[string]*bind.Table{"t": declared}
	for i := range 50 {
		s.exec(fmt.Sprintf("INSERT INTO t VALUES (%d, %d, %d, 'n', ARRAY[1, %d])", i, i, 2*i, i))
	}
	require.NoError(t, s.define("CREATE INDEX sums ON t ((a + b)) NUMERIC"))
	require.NoError(t, s.define("CREATE INDEX sizes ON t ((LIST_SIZE(tags))) NUMERIC"))
	require.Equal(t, [][]string{{"7"}}, s.rows("SELECT id FROM t WHERE a + b = 21"))
	require.Contains(t, fmt.Sprint(s.rows("EXPLAIN SELECT id FROM t WHERE a + b = 21")), "index sums")
	require.Contains(t, fmt.Sprint(s.rows("EXPLAIN SELECT id FROM t WHERE LIST_SIZE(tags) > 2")), "index sizes")
	require.Empty(t, s.rows("SELECT id FROM t WHERE LIST_SIZE(tags) > 2"))
	for _, refused := range []string{
		"CREATE INDEX x ON t ((UPPER(name))) STRING", "CREATE INDEX x ON t ((a + 0.5)) NUMERIC",
		"CREATE INDEX x ON u ((a + b)) NUMERIC", "CREATE INDEX x ON t ((1)) NUMERIC",
	} {
		require.ErrorIs(t, s.define(refused), ast.ErrUnsupported, refused)
	}
}
