package aeromigrate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aerosql/aerosql/cluster/lease"
)

// ErrDropDenied means that the configuration does not permit Drop.
var ErrDropDenied = errors.New("aeromigrate: Drop is not permitted: a namespace is often shared; x-drop-tables=shop_% in the URL permits it for tables with such names, and x-drop-tables=% for all")

// Drop removes the tables, views and sets that Config.DropTables names, and the version. Without it
// the error is ErrDropDenied.
func (d *Driver) Drop() error {
	if d.config.DropTables == "" {
		return ErrDropDenied
	}
	ctx, cancel := context.Background(), context.CancelFunc(func() {})
	if l := d.locked(); l != nil {
		ctx, cancel = l.Context(ctx)
	}
	defer cancel()
	rows, err := d.db.QueryContext(ctx, `SELECT table_name, table_type FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_name LIKE ? AND table_name <> ? ORDER BY table_type DESC, table_name`, d.config.DropTables, d.config.MigrationsTable)
	if err != nil {
		return err
	}
	var statements []string
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return errors.Join(err, rows.Close())
		}
		what := "TABLE"
		if kind == "VIEW" {
			what = "VIEW"
		}
		statements = append(statements, "DROP "+what+" IF EXISTS `"+strings.ReplaceAll(name, "`", "``")+"`")
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, statement := range statements {
		if _, err := d.db.ExecContext(ctx, statement); err != nil {
			if errors.Is(context.Cause(ctx), lease.ErrLost) {
				err = errors.Join(lease.ErrLost, err)
			}
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return d.SetVersion(-1, false)
}
