// Package sqltext is a program with statements that are wrong.
package sqltext

import (
	"context"
	"database/sql"

	_ "github.com/aerosql/aerosql/driver"
)

const users = "users"

func statements(ctx context.Context, db *sql.DB, name string) error {
	db.Query("SELECT * FORM users")                             // want `syntax error: `
	db.QueryRowContext(ctx, "SELECT name FROM "+users+" WHERE") // want `syntax error: `
	db.Query("SELECT name FROM users WHERE name = ?", name)
	db.Query("SELECT name FROM " + name)                              // not a constant
	db.ExecContext(ctx, "SELECT SUM(n) OVER (ORDER BY n) FROM users") // want `not supported: `
	db.Exec(`
		INSERT INTO users (PK, name)
		VALUES (?, ?,)`, 1, name) // want `syntax error: `
	db.Query(`SELECT * FROM test.users WHERE name = "ada"`)
	db.Exec("INSERT INTO users (PK, n) VALUES (1, 2); DELETE FROM users WHERE PK = 1")
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	tx.PrepareContext(ctx, "DELETE users") // want `syntax error: `
	_, err = sql.Open("aerospike", "aerospike://localhost/test")
	return err
}
