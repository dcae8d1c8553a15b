package bind

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/function"
	"github.com/aerosql/aerosql/querylang/parse"
)

// A writeCatalog declares the table d, with the key id, and the view v.
type writeCatalog struct{}

func (writeCatalog) Table(_ context.Context, _, set string) (*Table, error) {
	switch set {
	case "d":
		return &Table{Namespace: "test", Set: "d", Columns: []TableColumn{
			{Name: "id", Type: function.Type{Family: function.Integers, Name: "BIGINT"}},
			{Name: "name", Bin: "name", Type: function.Type{Family: function.Strings, Name: "VARCHAR(5)", Length: 5}, NotNull: true},
			{Name: "a_very_long_column", Bin: "a1", Type: function.Type{Family: function.Integers, Name: "BIGINT"}},
		}}, nil
	case "v":
		one, err := parse.One("SELECT 1", parse.Standard)
		return &Table{View: one.Statement.(*ast.Query)}, err
	}
	return nil, nil
}

func (writeCatalog) Sample(context.Context, string, string) ([]string, uint64, error) {
	return []string{"a", "b"}, 1, nil
}

func (writeCatalog) Version() uint64 { return 1 }

func bindWrite(t *testing.T, dialect parse.Dialect, sql string) (*BoundWrite, error) {
	one, err := parse.One(sql, dialect)
	if err != nil {
		return nil, err
	}
	options := Options{Namespace: "test", Text: sql, Args: one.Params.Count, AQL: dialect == parse.AQL}
	return BindWrite(t.Context(), one.Statement, writeCatalog{}, options)
}

func TestWritesThatAreRefused(t *testing.T) {
	for sql, want := range map[string]struct {
		kind error
		text string
	}{
		"INSERT INTO t (PK, a) VALUES (1, NULL)":                                       {ast.ErrType, "all columns of the row are NULL"},
		"INSERT INTO t (a) VALUES (1)":                                                 {ast.ErrSyntax, "PK"},
		"INSERT INTO t (PK) VALUES (1)":                                                {ast.ErrSyntax, "at least one bin"},
		"INSERT INTO t (PK, a) VALUES (NULL, 1)":                                       {ast.ErrType, "must not be NULL"},
		"INSERT INTO t (PK, a) VALUES (1.0, 1)":                                        {ast.ErrType, "user key"},
		"INSERT INTO t (PK, a) VALUES ('', 1)":                                         {ast.ErrType, "must not be empty"},
		"INSERT INTO t (PK, __key, a) VALUES (1, 2, 3)":                                {ast.ErrSyntax, "the key is named twice"},
		"INSERT INTO t (PK, a, a) VALUES (1, 2, 3)":                                    {ast.ErrSyntax, "named twice"},
		"INSERT INTO t (PK, __ttl) VALUES (1, 2)":                                      {ast.ErrUnsupported, "__ttl can't be written"},
		"INSERT INTO t (PK, a) VALUES (1, 2, 3)":                                       {ast.ErrSyntax, "more values"},
		"INSERT INTO t (PK, a) VALUES (1, b)":                                          {ast.ErrUnknownName, "no table is read"},
		"INSERT INTO t VALUES (1, 2)":                                                  {ast.ErrUnsupported, "name the columns"},
		"INSERT INTO t (PK, a) VALUES (1, DEFAULT)":                                    {ast.ErrUnsupported, "DEFAULT"},
		"INSERT INTO t (PK, \"PK\") VALUES (1, 2)":                                     {ast.ErrUnknownName, "BIN('PK')"},
		"INSERT INTO t (PK, __row) VALUES (1, 2)":                                      {ast.ErrInvalidName, "__row"},
		"INSERT INTO t (PK, aaaaaaaaaaaaaaaa) VALUES (1, 2)":                           {ast.ErrInvalidName, "15 bytes"},
		"INSERT INTO t (PK, a) SELECT 1":                                               {ast.ErrSyntax, "1 columns"},
		"INSERT INTO v (PK, a) VALUES (1, 2)":                                          {ast.ErrUnsupported, "a view"},
		"INSERT INTO __catalog (PK, a) VALUES (1, 2)":                                  {ast.ErrUnsupported, "declarations"},
		"INSERT INTO t (PK, a) VALUES (1, 2) ON CONFLICT (a) DO NOTHING":               {ast.ErrUnsupported, "only the key is unique"},
		"INSERT INTO t (PK, a) VALUES (1, 2) ON CONFLICT DO UPDATE SET PK = 1":         {ast.ErrUnsupported, "key can't be changed"},
		"INSERT INTO t (PK, a) VALUES (1, 2) ON CONFLICT DO UPDATE SET a = excluded.b": {ast.ErrUnknownName, "no column b"},
		"INSERT INTO d (name) VALUES ('x')":                                            {ast.ErrSyntax, "needs a key"},
		"INSERT INTO d (id, nme) VALUES (1, 'x')":                                      {ast.ErrUnknownName, "did you mean name?"},
		"INSERT INTO d VALUES (1, 'x')":                                                {ast.ErrSyntax, "2 values for 3 columns"},
		"INSERT INTO d VALUES (1, 'x', 'y')":                                           {ast.ErrType, "BIGINT"},
		"UPDATE t SET a = DEFAULT WHERE PK = 1":                                        {ast.ErrUnsupported, "DEFAULT"},
		"UPDATE t SET a = 1, a = 2 WHERE PK = 1":                                       {ast.ErrSyntax, "assigned twice"},
		"UPDATE t SET a = 1, a['x'] = 2":                                               {ast.ErrSyntax, "assigned twice"},
		"UPDATE t SET PK = 2 WHERE PK = 1":                                             {ast.ErrUnsupported, "key can't be changed"},
		"UPDATE d SET id = 2 WHERE id = 1":                                             {ast.ErrUnsupported, "key can't be changed"},
		"UPDATE t SET __ttl = 2 WHERE PK = 1":                                          {ast.ErrUnsupported, "can't be written"},
		"UPDATE t SET zz.a = 5 WHERE PK = 1":                                           {ast.ErrUnknownName, "no table zz"},
		"UPDATE t SET test.a = 5 WHERE PK = 1":                                         {ast.ErrUnknownName, "no table test"},
		"UPDATE d SET nme = 'x'":                                                       {ast.ErrUnknownName, "did you mean name?"},
		"UPDATE t SET a = 1 WHERE 'x'":                                                 {ast.ErrType, "condition"},
		"UPDATE t SET a = 1 LIMIT -1":                                                  {ast.ErrType, "LIMIT"},
		"UPDATE t SET a = COUNT(*)":                                                    {nil, "COUNT"},
		"DELETE FROM t WHERE PK = 1 RETURNING zz.a.b":                                  {nil, ""},
		"TRUNCATE TABLE v":                                                             {ast.ErrUnsupported, "a view"},
		"UPDATE t SET a = 1 WITH (tll = 5)":                                            {ast.ErrUnknownName, "did you mean ttl?"},
	} {
		_, err := bindWrite(t, parse.Standard, sql)
		if want.kind == nil {
			if want.text != "" {
				assert.ErrorContains(t, err, want.text, sql)
			}
			continue
		}
		if assert.ErrorIs(t, err, want.kind, sql) {
			assert.ErrorContains(t, err, want.text, sql)
		}
	}
}

func TestWritesThatAreBound(t *testing.T) {
	for _, sql := range []string{
		"UPDATE t AS x SET x.a = x.a + 1 WHERE x.PK = 1", "UPDATE t SET t.a = 5 WHERE t.PK = 1", "UPDATE test.t SET test.t.a = 5 WHERE PK = 1",
		"UPDATE t SET `set` = 2 WHERE PK = 1", "UPDATE t SET m['a']['b'] = 1, m['c'] = 2", "DELETE FROM t AS x WHERE (x.a = 1)", "DELETE FROM t WHERE a = 1 ORDER BY b DESC LIMIT ?",
		"INSERT INTO d (id, name, a_very_long_column) VALUES (1, 'x', 2)", "UPDATE d SET a_very_long_column = 3", "INSERT INTO d VALUES (1, ?, ?)",
		"INSERT INTO t (PK, a) VALUES (1, 2) ON CONFLICT (PK) DO UPDATE SET a = a + excluded.a WHERE t.a < excluded.a RETURNING *",
		"INSERT INTO t (PK, a) VALUES (1, 2) ON DUPLICATE KEY UPDATE a = VALUES(a)", "INSERT INTO t (PK, a) VALUES (1, 2) AS new ON DUPLICATE KEY UPDATE a = new.a",
		"INSERT INTO t (PK, a) SELECT PK, a FROM t ORDER BY a LIMIT 3", "INSERT INTO t (PK, a) VALUES (1, (SELECT MAX(a) FROM t))",
		"TRUNCATE TABLE t BEFORE '2026-01-02'", "INSERT INTO t (PK, a) VALUES (1, 1) WITH (ttl = '1h')", "UPDATE t SET a = (SELECT b FROM u WHERE u.PK = t.a)",
	} {
		_, err := bindWrite(t, parse.Standard, sql)
		assert.NoError(t, err, sql)
	}
	bound, err := bindWrite(t, parse.AQL, `UPDATE t SET "a" = "y" || "z", b = "w" WHERE PK = "k"`)
	require.NoError(t, err)
	set := bound.Write.(*Update).Set
	require.Equal(t, "a", set[0].Bin)
	require.Equal(t, "'yz'", set[0].Value.String())
	require.Equal(t, "'w'", set[1].Value.String())
	bound, err = bindWrite(t, parse.AQL, `INSERT INTO test.t (PK, "a", b) VALUES ("k", "x", "it""s")`)
	require.NoError(t, err)
	require.Equal(t, ast.Upsert, bound.Write.(*Insert).Verb)
}
