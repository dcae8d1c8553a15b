package complete

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aerosql/aerosql/querylang/ast"
)

// names caches the names of tables and columns.
type names struct {
	db *sql.DB

	mu        sync.Mutex
	tableList []tableName
	tablesAt  time.Time
	columnsOf map[string]columnNames
}

// A tableName is the name of a table as statements write it.
type tableName struct{ namespace, name string }

// columnNames are the columns of a table when they were read.
type columnNames struct {
	list []string
	at   time.Time
}

// namesKept is how long names are used.
const namesKept = 30 * time.Second

// tables returns the names of the tables. If the cluster does not answer in time, they are those
// from before.
func (n *names) tables(ctx context.Context) []tableName {
	n.mu.Lock()
	defer n.mu.Unlock()
	if time.Since(n.tablesAt) > namesKept {
		if rows, err := texts(ctx, n.db, "SHOW TABLES", "namespace", "name"); err == nil {
			n.tableList, n.tablesAt = nil, time.Now()
			for _, row := range rows {
				n.tableList = append(n.tableList, tableName{ast.QuoteName(row[0]), ast.QuoteName(row[1])})
			}
		}
	}
	return n.tableList
}

// columns returns the names of the columns of a table.
func (n *names) columns(ctx context.Context, table string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	known := n.columnsOf[table]
	if time.Since(known.at) > namesKept {
		known.at = time.Now() // also after a failure, so that it is not repeated with each key
		if rows, err := texts(ctx, n.db, fmt.Sprintf("DESCRIBE %s", table), "name"); err == nil {
			known.list = nil
			for _, row := range rows {
				known.list = append(known.list, ast.QuoteName(row[0]))
			}
		}
		if n.columnsOf == nil {
			n.columnsOf = make(map[string]columnNames)
		}
		n.columnsOf[table] = known
	}
	return known.list
}

// texts returns the values of some columns of a query, as text.
func texts(ctx context.Context, db *sql.DB, query string, columns ...string) (list [][]string, err error) {
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
		row := make([]string, len(columns))
		targets := make([]any, len(names))
		for i, name := range names {
			targets[i] = new(any)
			if at := slices.Index(columns, name); at >= 0 {
				targets[i] = &row[at]
			}
		}
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, rows.Err()
}
