package ast_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
)

// TestPasswordAt: the password of a statement follows the offset, also if the statement has
// mistakes. Columns may have the name password.
func TestPasswordAt(t *testing.T) {
	for text, shown := range map[string]string{
		"CREATE USER u PASSWORD 'secret' ROLES r":     "CREATE USER u PASSWORD ...",
		"create user u identified by 'secret'":        "create user u identified ...",
		"CREATE USR u PASSWORD 'secret'":              "CREATE USR u PASSWORD ...",
		"CRATE USER u PASSWORD 'secret'":              "CRATE USER u PASSWORD ...",
		"ALTER USER 'a;b' PASSWORD 'secret'":          "ALTER USER 'a;b' PASSWORD ...",
		"ALTER\n/* x */USER u WITH\tPASSWORD'secret'": "ALTER\n/* x */USER u WITH\tPASSWORD ...",
		"SET PASSWORD = 'secret'":                     "SET PASSWORD ...",
		"SET PASSWORD FOR u = 'secret'":               "SET PASSWORD ...",
		"UPDATE t SET a = 1; SET PASSWORD = 'secret'": "UPDATE t SET a = 1; SET PASSWORD ...",
		"EXPLAIN CREATE USER u PASSWORD 'secret'":     "EXPLAIN CREATE USER u PASSWORD ...",
		"CREATE TABLE t (password TEXT)":              "CREATE TABLE t (password TEXT)",
		"UPDATE t SET password = ? WHERE PK = 1":      "UPDATE t SET password = ? WHERE PK = 1",
		"SELECT password FROM t":                      "SELECT password FROM t",
		"ALTER TABLE t ADD COLUMN password TEXT":      "ALTER TABLE t ADD COLUMN password TEXT",
	} {
		got := text
		if at := ast.PasswordAt(text); at >= 0 {
			got = text[:at] + " ..."
		}
		require.Equal(t, shown, got)
		require.False(t, strings.Contains(ast.ErrorAt(text, 0, ast.ErrSyntax, "x").Error(), "secret"), text)
	}
}
