// Package schema is a program whose statements do not fit its schema.
package schema

import (
	"database/sql"

	_ "github.com/aerosql/aerosql/driver"
)

func statements(db *sql.DB) {
	db.Query("SELECT id, nam FROM users")                          // want `unknown name: .*nam`
	db.Query("SELECT id, name FROM adults WHERE age > 3")          // want `unknown name: .*age`
	db.Exec("INSERT INTO users (id, name) VALUES ('a', 'b', 'c')") // want `: `
	db.Query("SELECT name FROM users WHERE age > 20 ORDER BY name LIMIT 10")
	db.Exec("UPDATE users SET age = age + 1 WHERE id = ?", "a")
	db.Query("SELECT anything FROM undeclared")
	db.Exec("DELETE FROM users WHERE id = 'a'; DELETE FROM users WHERE id = 'b'")
}
