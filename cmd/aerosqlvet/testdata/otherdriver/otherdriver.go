// Package otherdriver is a program whose statements are those of another database.
package otherdriver

import (
	"database/sql"

	_ "github.com/aerosql/aerosql/driver"
)

func statements() {
	db, _ := sql.Open("postgres", "")
	db.Query("SELECT * FROM users FOR UPDATE SKIP LOCKED")
}
