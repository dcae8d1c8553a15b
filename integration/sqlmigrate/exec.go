package aerosqlmigrate

import (
	"cmp"
	"context"
	"database/sql"
	"errors"

	migrate "github.com/rubenv/sql-migrate"

	"github.com/aerosql/aerosql/cluster/lease"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

// DefaultTable is the table of the applied migrations for which a migrate.MigrationSet says nothing
// else.
const DefaultTable = "gorp_migrations"

// Options configure Exec. The zero Options are the defaults.
type Options struct {
	// Set are the options of sql-migrate.
	Set migrate.MigrationSet
	// Max is the largest number of migrations to run; default all.
	Max int
	// Lease configures the lease that a process holds while it migrates. It is a record of its own,
	// in the set with the name of the table and "_lock", because the table's rows are migrations.
	Lease lease.Options
}

// Exec runs migrations and returns how many. It waits for other processes that migrate with the
// same table, and holds a lease meanwhile. If the lease is lost, the context of the statements
// ends, and the error is lease.ErrLost.
//
// The migrations run without transactions. A process that ends after a statement and before the
// migration is recorded leaves the migration to the next run, which runs its statements again.
func Exec(ctx context.Context, db *sql.DB, source migrate.MigrationSource, dir migrate.MigrationDirection, o *Options) (n int, err error) {
	if o == nil {
		o = new(Options)
	}
	client, err := driver.Client(ctx, db)
	if err != nil {
		return 0, err
	}
	var namespace sql.NullString
	if err := db.QueryRowContext(ctx, "SELECT DATABASE()").Scan(&namespace); err != nil {
		return 0, err
	}
	table := cmp.Or(o.Set.TableName, DefaultTable)
	key, err := protocol.NewKey(cmp.Or(o.Set.SchemaName, namespace.String), table+"_lock", table)
	if err != nil {
		return 0, err
	}
	l, err := lease.Acquire(ctx, client, key, &o.Lease)
	if err != nil {
		return 0, err
	}
	leased, cancel := l.Context(ctx)
	defer cancel()
	n, err = o.Set.ExecMaxContext(leased, db, driver.Name, withoutTransactions{source}, dir, o.Max)
	if errors.Is(context.Cause(leased), lease.ErrLost) {
		return n, errors.Join(lease.ErrLost, err)
	}
	return n, errors.Join(err, l.Release(context.WithoutCancel(ctx)))
}

// withoutTransactions is a source whose migrations have the option notransaction.
type withoutTransactions struct{ migrate.MigrationSource }

// FindMigrations implements migrate.MigrationSource.
func (s withoutTransactions) FindMigrations() ([]*migrate.Migration, error) {
	list, err := s.MigrationSource.FindMigrations()
	for i, m := range list {
		c := *m
		c.DisableTransactionUp, c.DisableTransactionDown = true, true
		list[i] = &c
	}
	return list, err
}
