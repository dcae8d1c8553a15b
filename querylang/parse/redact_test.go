package parse_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/parse"
)

func TestRedact(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT a FROM t WHERE PK = 'x' AND b IN (1, 2.5, X'00', ?)": "SELECT a FROM t WHERE PK = ? AND b IN (?, ?, ?, ?)",
		"  SELECT  'it''s',-1 -- a comment with 'secrets'\n FROM t":  "SELECT ?,-? FROM t",
		`SELECT "a b", ` + "`c`" + ` FROM t /* x */ WHERE a=:name`:   `SELECT "a b", ` + "`c`" + ` FROM t WHERE a=:name`,
		"UPDATE t SET a = 'never ends":                               "UPDATE t SET a = ...",
		"CREATE USER ada PASSWORD 'hunter2'; SELECT 1":               "CREATE USER ada PASSWORD ?; SELECT ?",
		"CREATE USER ada PASSWORD hunter2; SELECT a FROM t":          "CREATE USER ada PASSWORD ?; SELECT a FROM t",
		"SET PASSWORD FOR ada = 'hunter2'":                           "SET PASSWORD FOR ? = ?",
		"":                                                           "",
	} {
		require.Equal(t, want, parse.Redact(text, parse.Standard))
	}
	require.Equal(t, `INSERT INTO t (PK, a) VALUES (?, ?)`, parse.Redact(`INSERT INTO t (PK, a) VALUES ("k", 1)`, parse.AQL))
}

func TestMayHoldSecrets(t *testing.T) {
	for _, text := range []string{
		"CREATE USER ada PASSWORD 'x'", "alter user ada set password 'x'", "SET PASSWORD 'x' FOR ada", "GRANT ROLE r TO ada", "CREATE USER 'unfinished",
	} {
		require.True(t, parse.MayHoldSecrets(text), text)
	}
	require.False(t, parse.MayHoldSecrets("SELECT `user`, 'password' FROM users"))
}
