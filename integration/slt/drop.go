package slt

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
)

// created finds what a statement creates.
var created = regexp.MustCompile(`(?i)^\s*CREATE\s+(TABLE|VIEW)\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)`)

// Drop drops the tables and views that the records of a file create, because a file expects an
// empty database. Errors are of no interest: most of them do not exist.
func Drop(ctx context.Context, db *sql.DB, records []Record) {
	dropped := make(map[string]bool)
	for i := range records {
		m := created.FindStringSubmatch(records[i].SQL)
		if m == nil || dropped[m[2]] {
			continue
		}
		dropped[m[2]] = true
		_, _ = db.ExecContext(ctx, "DROP "+strings.ToUpper(m[1])+" IF EXISTS "+m[2])
	}
}
