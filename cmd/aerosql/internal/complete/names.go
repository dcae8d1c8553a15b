package shell

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// names caches the names of tables and columns for completion.
type names struct {
	tableList []string
	tablesAt  time.Time
	columnsOf map[string]columnNames
}

// columnNames are the columns of a table when they were read.
type columnNames struct {
	list []string
	at   time.Time
}

// namesKept is how long names are used.
const namesKept = 30 * time.Second

// tables returns the names of the tables. If the cluster does not answer in time, they are those
// from before.
func (n *names) tables(ctx context.Context, db *sql.DB) []string {
	if time.Since(n.tablesAt) > namesKept {
		if list, err := firstTexts(ctx, db, "SHOW TABLES", "name"); err == nil {
			n.tableList, n.tablesAt = quotedNames(list), time.Now()
		}
	}
	return n.tableList
}

// columns returns the names of the columns of a table.
func (n *names) columns(ctx context.Context, db *sql.DB, table string) []string {
	known := n.columnsOf[table]
	if time.Since(known.at) > namesKept {
		if list, err := firstTexts(ctx, db, fmt.Sprintf("DESCRIBE %s", table), "name"); err == nil {
			known = columnNames{quotedNames(list), time.Now()}
		} else {
			known.at = time.Now() // not with each key
		}
		if n.columnsOf == nil {
			n.columnsOf = make(map[string]columnNames)
		}
		n.columnsOf[table] = known
	}
	return known.list
}

// firstTexts returns the values of a column of a query.
func firstTexts(ctx context.Context, db *sql.DB, query, column string) (list []string, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values := make([]any, len(names))
		targets := make([]any, len(names))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		for i, name := range names {
			if text, isText := values[i].(string); isText && name == column {
				list = append(list, text)
			}
		}
	}
	return list, rows.Err()
}
