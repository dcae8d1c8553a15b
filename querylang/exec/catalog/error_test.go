package catalog

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
	"github.com/aerosql/aerosql/querylang/plan"
)

// refused are definitions that are not run, with the position and a part of the error.
var refused = map[string]struct {
	kind    error
	column  int
	message string
}{
	"CREATE TABLE a (x INT, X TEXT)":                        {ast.ErrExists, 24, "case"},
	"CREATE TABLE a (x INT, pk TEXT)":                       {ast.ErrInvalidName, 24, "PRIMARY KEY"},
	"CREATE TABLE a (x INT, __gen TEXT)":                    {ast.ErrInvalidName, 24, "underscores"},
	"CREATE TABLE a (x INT PRIMARY KEY, y INT PRIMARY KEY)": {ast.ErrUnsupported, 36, "several columns"},
	"CREATE TABLE a (x INT, y BOOL, PRIMARY KEY (x, y))":    {ast.ErrUnsupported, 48, "several columns"},
	"CREATE TABLE a (x INT, PRIMARY KEY (z))":               {ast.ErrUnknownName, 37, "z"},
	"CREATE TABLE a (x FLOAT PRIMARY KEY)":                  {ast.ErrType, 19, "FLOAT"},
	"CREATE TABLE a (x DATE AUTO_INCREMENT PRIMARY KEY)":    {ast.ErrUnsupported, 19, "generated"},
	"CREATE TABLE a (x INT PRIMARY KEY, y INT, UNIQUE (y))": {ast.ErrUnsupported, 51, "UNIQUE beside a PRIMARY KEY"},
	"CREATE TABLE a (y INT UNIQUE, x INT PRIMARY KEY)":      {ast.ErrUnsupported, 17, "UNIQUE beside a PRIMARY KEY"},
	"CREATE TABLE a (x INT UNIQUE, y INT UNIQUE)":           {ast.ErrUnsupported, 31, "UNIQUE on a second column"},
	"CREATE TABLE a (x INT UNIQUE, y INT, UNIQUE (y))":      {ast.ErrUnsupported, 46, "UNIQUE on a second column"},
	"CREATE TABLE a (x INT, y INT, UNIQUE (x, y))":          {ast.ErrUnsupported, 42, "UNIQUE on several columns"},
	"CREATE TABLE a (x INT, UNIQUE (z))":                    {ast.ErrUnknownName, 32, "no column z"},
	"CREATE TABLE a (x UNIQUE)":                             {ast.ErrUnsupported, 17, "without a type"},
	"CREATE TABLE a (x DOUBLE UNIQUE)":                      {ast.ErrUnsupported, 17, "UNIQUE on a column of the type DOUBLE"},
	"CREATE TABLE a (x INT, y TIMESTAMP, UNIQUE (y))":       {ast.ErrUnsupported, 45, "UNIQUE on a column of the type TIMESTAMP"},
	"CREATE TABLE a (x DECIMAL(9, 2) UNIQUE)":               {ast.ErrUnsupported, 17, "UNIQUE on a column of the type DECIMAL(9, 2)"},
	"CREATE TABLE records (x INT UNIQUE)":                   {ast.ErrExists, 14, "keys are not the values"},
	"ALTER TABLE q DROP u":                                  {ast.ErrUnsupported, 20, "UNIQUE column u"},
	"ALTER TABLE q ADD w INT UNIQUE":                        {ast.ErrUnsupported, 19, "UNIQUE column can't be added"},
	"CREATE TABLE a (x INT, y SERIAL)":                      {ast.ErrUnsupported, 24, "sequences"},
	"CREATE TABLE a (x NOTHING)":                            {ast.ErrUnknownName, 19, "NOTHING"},
	"CREATE TABLE a (x INT DEFAULT ?)":                      {ast.ErrUnsupported, 31, "parameters"},
	"CREATE TABLE a (x INT DEFAULT 'one')":                  {ast.ErrType, 31, "does not fit"},
	"ALTER TABLE g ALTER a SET DEFAULT 'one'":               {ast.ErrType, 35, "does not fit"},
	"CREATE TABLE a (x INT DEFAULT y)":                      {ast.ErrUnsupported, 31, "column y"},
	"CREATE TABLE a (x INT, CHECK (y > 0))":                 {ast.ErrUnknownName, 31, "column y"},
	"CREATE TABLE a (x INT, CHECK (x IN (SELECT 1)))":       {ast.ErrUnsupported, 37, "subquery"},
	"CREATE TABLE a (x INT) WITH (ttl = 5)":                 {ast.ErrUnsupported, 30, "option ttl"},
	"CREATE TABLE __catalog (x INT)":                        {ast.ErrInvalidName, 14, "declarations"},
	"CREATE TABLE `a;b` (x INT)":                            {ast.ErrInvalidName, 14, "separators"},
	"CREATE TABLE v (x INT)":                                {ast.ErrExists, 14, "a view test.v"},
	"CREATE TABLE IF NOT EXISTS v (x INT)":                  {ast.ErrExists, 28, "a view test.v"},
	"CREATE VIEW t AS SELECT 1":                             {ast.ErrExists, 13, "a table test.t"},
	"CREATE VIEW w AS SELECT * FROM w":                      {ast.ErrUnsupported, 32, "the view w reads itself"},
	"CREATE VIEW w AS SELECT b FROM (SELECT 1 AS a) AS u":   {ast.ErrUnknownName, 25, "there is no column b"},
	"CREATE VIEW w (a, b) AS SELECT 1":                      {ast.ErrSyntax, 13, "w names 2 columns, but its query has 1"},
	"CREATE VIEW w AS SELECT ?":                             {ast.ErrUnsupported, 25, "parameters"},
	"CREATE VIEW w (a, A) AS SELECT 1, 2":                   {ast.ErrExists, 19, "already"},
	"DROP TABLE v":                                          {ast.ErrUnknownName, 12, "is a view"},
	"DROP TABLE t, nosuch":                                  {ast.ErrUnknownName, 15, "not declared"},
	"DROP VIEW t":                                           {ast.ErrUnknownName, 11, "is a table"},
	"DROP INDEX t_m":                                        {ast.ErrUnknownName, 12, "did you mean t_n?"},
	"ALTER TABLE g DROP ix":                                 {ast.ErrUnknownName, 20, "did you mean id?"},
	"DROP VIEW nosuch":                                      {ast.ErrUnknownName, 11, "no view"},
	"DROP TABLE __catalog":                                  {ast.ErrInvalidName, 12, "declarations"},
	"CREATE UNIQUE INDEX i ON t (n)":                        {ast.ErrUnsupported, 1, "UNIQUE INDEX"},
	"CREATE INDEX i ON t (n, s DESC)":                       {ast.ErrUnsupported, 25, "several columns"},
	"CREATE INDEX i ON t (id)":                              {ast.ErrUnsupported, 22, "needs no index"},
	"CREATE INDEX i ON t (f)":                               {ast.ErrUnsupported, 22, "FLOAT f"},
	"CREATE INDEX i ON t (ok)":                              {ast.ErrUnsupported, 22, "BOOL ok"},
	"CREATE INDEX i ON t (h)":                               {ast.ErrUnsupported, 22, "HLL h"},
	"CREATE INDEX i ON t (l)":                               {ast.ErrUnsupported, 22, "LIST, MAPKEYS or MAPVALUES"},
	"CREATE INDEX i ON t (d)":                               {ast.ErrType, 22, "NUMERIC, STRING, BLOB or GEO2DSPHERE"},
	"CREATE INDEX i ON t (s) NUMERIC":                       {ast.ErrType, 22, "would be empty"},
	"CREATE MAPKEYS INDEX i ON t (l) STRING":                {ast.ErrType, 30, "would be empty"},
	"CREATE INDEX i ON t (m[ok]) STRING":                    {ast.ErrUnsupported, 23, "constant"},
	"CREATE INDEX i ON t (nosuch)":                          {ast.ErrUnknownName, 22, "nosuch"},
	"CREATE INDEX i ON t (n + 1)":                           {ast.ErrUnsupported, 22, "expression"},
	"CREATE INDEX i ON v (a)":                               {ast.ErrUnsupported, 19, "view"},
	"CREATE INDEX i ON undeclared (a)":                      {ast.ErrType, 31, "nothing is known"},
	"CREATE INDEX i ON undeclared (name_of_17_bytes_)":      {ast.ErrInvalidName, 31, "15 bytes"},
	"CREATE INDEX t_n ON t (s)":                             {ast.ErrExists, 14, "t_n already"},
	"CREATE INDEX other ON t (n)":                           {ast.ErrExists, 1, "rename"},
	"CREATE INDEX i ON t (n) WITH (a = 1)":                  {ast.ErrUnsupported, 31, "option a"},
	"DROP INDEX nosuch":                                     {ast.ErrUnknownName, 12, "no index nosuch"},
	"DROP INDEX t_n ON v":                                   {ast.ErrUnknownName, 12, "of the set t"},
	"ALTER TABLE nosuch ADD a INT":                          {ast.ErrUnknownName, 13, "not declared"},
	"ALTER TABLE t RENAME TO u":                             {ast.ErrUnsupported, 1, "rename"},
	"ALTER TABLE t ADD n INT":                               {ast.ErrExists, 19, "n already"},
	"ALTER TABLE t DROP nosuch":                             {ast.ErrUnknownName, 20, "nosuch"},
	"ALTER TABLE t DROP id":                                 {ast.ErrUnsupported, 20, "PRIMARY KEY"},
	"ALTER TABLE t DROP x":                                  {ast.ErrUnsupported, 20, "CHECK (x > 0)"},
	"ALTER TABLE t RENAME x TO y":                           {ast.ErrUnsupported, 22, "CHECK (x > 0)"},
	"ALTER TABLE t RENAME n TO s":                           {ast.ErrExists, 27, "s already"},
	"ALTER TABLE t RENAME n TO pk":                          {ast.ErrInvalidName, 27, "PRIMARY KEY"},
	"ALTER TABLE g ALTER id SET DEFAULT 5":                  {ast.ErrUnsupported, 21, "generated"},
	"ALTER TABLE g ALTER a SET DEFAULT b":                   {ast.ErrUnsupported, 35, "column b"},
}

// Definitions that can't be run are errors at the right place, and change nothing.
func TestRefusedDefinitions(t *testing.T) {
	b := openBench(t, Options{})
	b.run("CREATE TABLE t (id INT PRIMARY KEY, n INT, f FLOAT, s TEXT, ok BOOL, l LIST, m MAP, h HLL, d JSON, x INT CHECK (x > 0))",
		"CREATE VIEW v AS SELECT 1", "CREATE INDEX t_n ON t (n)", "CREATE TABLE g (id SERIAL PRIMARY KEY, a INT)", "CREATE TABLE q (u INT UNIQUE, v INT)")
	b.put("records", 1, map[string]any{"x": 1})
	for sql, want := range refused {
		err := define(t.Context(), b.catalog, sql)
		require.ErrorIs(t, err, want.kind, "%s: %v", sql, err)
		require.ErrorContains(t, err, want.message, sql)
		e, ok := err.(*ast.Error)
		require.True(t, ok, sql)
		require.Equal(t, want.column, e.Column, "%s: %v", sql, err)
	}
	require.Equal(t, []string{"t_n"}, b.indexNames())
	tables, err := b.catalog.Tables(t.Context(), "test")
	require.NoError(t, err)
	require.Len(t, tables, 4)
	require.Len(t, b.table("t").Columns, 10)
}

// Text that is stored must mean the same when it is read again.
func TestQuotesOfAQL(t *testing.T) {
	b := openBench(t, Options{})
	for _, sql := range []string{`CREATE VIEW v AS SELECT a FROM t WHERE a = "x"`, `CREATE TABLE t (a TEXT, CHECK (a <> "a"))`,
		`CREATE TABLE t (a TEXT DEFAULT "a")`} {
		parsed, err := parse.One(sql, parse.AQL)
		require.NoError(t, err)
		err = b.catalog.Define(t.Context(), &plan.Definition{Statement: parsed.Statement, Namespace: "test", Text: sql, AQL: true})
		require.ErrorIs(t, err, ast.ErrUnsupported, sql)
		require.ErrorContains(t, err, "AQL", sql)
	}
	b.run(`CREATE VIEW v AS SELECT "a" FROM t`)
}

// Definitions are not part of a transaction, but declarations can be read in one.
func TestDefinitionsInTransactions(t *testing.T) {
	b := openBench(t, Options{})
	ctx := cluster.WithTxn(t.Context(), cluster.NewTxn(cluster.TxnOptions{}))
	require.ErrorIs(t, define(ctx, b.catalog, "CREATE TABLE t (a INT)"), ast.ErrUnsupported)
	b.run("CREATE TABLE t (a INT)")
	table, err := b.catalog.Table(ctx, "test", "t")
	require.NoError(t, err)
	require.NotNil(t, table)
}
