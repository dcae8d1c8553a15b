package aerobun

import (
	"context"
	"database/sql"
	"errors"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"

	"github.com/aerosql/aerosql/cluster/lease"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

const migratePackage = "github.com/uptrace/bun/migrate"

// lockByKey makes the name of the table the key of the table of bun's Migrator.Lock. The lock
// relies on a unique column, and only the key is unique.
func lockByKey(table *schema.Table) {
	var fields []*schema.Field
	for _, f := range table.Fields {
		if f.GoName == "TableName" {
			f.IsPK = true
			fields = append(fields, f)
		}
	}
	table.Fields, table.PKs, table.DataFields, table.Unique = fields, fields, nil, nil
}

// WithLock calls do while it holds a lease, so that only one process migrates at a time:
//
//	err := aerobun.WithLock(ctx, db, "bun_migrations", nil, func(ctx context.Context) error {
//		_, err := migrator.Migrate(ctx)
//		return err
//	})
//
// It waits for other processes. Other than bun's Migrator.Lock it ends with the process, after the
// lease's time to live. If the lease is lost, the context of do ends, and the error is
// lease.ErrLost. The lease is a record of the set with the given name and "_lock", in the default
// namespace.
func WithLock(ctx context.Context, db *bun.DB, name string, o *lease.Options, do func(ctx context.Context) error) error {
	client, err := driver.Client(ctx, db.DB)
	if err != nil {
		return err
	}
	var namespace sql.NullString
	if err := db.DB.QueryRowContext(ctx, "SELECT DATABASE()").Scan(&namespace); err != nil {
		return err
	}
	if !namespace.Valid {
		return errors.New("aerobun: the data source name has no namespace, which the lock needs")
	}
	key, err := protocol.NewKey(namespace.String, name+"_lock", name)
	if err != nil {
		return err
	}
	l, err := lease.Acquire(ctx, client, key, o)
	if err != nil {
		return err
	}
	leased, cancel := l.Context(ctx)
	defer cancel()
	err = do(leased)
	if errors.Is(context.Cause(leased), lease.ErrLost) {
		err = errors.Join(lease.ErrLost, err)
	}
	if released := l.Release(context.WithoutCancel(ctx)); !errors.Is(err, lease.ErrLost) {
		err = errors.Join(err, released)
	}
	return err
}
