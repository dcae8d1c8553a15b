// Package aerogoose runs the migrations of github.com/pressly/goose on an Aerospike cluster:
//
//	provider, err := aerogoose.New(ctx, db, os.DirFS("migrations"), nil)
//	if err != nil {
//		return err
//	}
//	results, err := provider.Up(ctx)
//
// A [Provider] is goose's own, with a version table and a lock that suit Aerospike. The versions
// are in one record, which is also a lease (package cluster/lease). So only the process that holds
// the lease can record a version.
//
// A namespace without strong consistency has no transactions. A process that ends after a statement
// and before the version is recorded leaves the migration to the next run, which runs its
// statements again. Write them so that they can be repeated: CREATE TABLE IF NOT EXISTS, CREATE
// INDEX IF NOT EXISTS, UPSERT.
package aerogoose

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/aerosql/aerosql/cluster/lease"
)

// DefaultTable is the set of the versions for which Options say nothing else.
const DefaultTable = goose.DefaultTablename

// Options configure a Provider. The zero Options are the defaults.
type Options struct {
	// Table is the set with the record of the versions, and the key of this record; default
	// DefaultTable. Programs that share a namespace and have migrations of their own need different
	// sets.
	Table string
	// Lease configures the lease that a process holds while it migrates.
	Lease lease.Options
	// GoMigrations are migrations in Go. Those that are registered globally, or with
	// goose.WithGoMigrations, are refused, because goose does not show how they run.
	GoMigrations []*goose.Migration
	// Goose are further options of goose. WithStore, WithLocker, WithIsolateDDL and WithTableName
	// are set by New.
	Goose []goose.ProviderOption
}

// ErrGoMigration means that goose would record a Go migration without running it, or that this
// can't be excluded.
var ErrGoMigration = errors.New("the Go migration can't run")

// A Provider is a goose.Provider. Its methods that migrate wait for other processes and hold a
// lease meanwhile. If the lease is lost, their context ends and the error is lease.ErrLost.
type Provider struct {
	*goose.Provider
	store *Store
}

// New returns a provider of the migrations in fsys, which may be nil if all are Go migrations. The
// migrations run without transactions, because the servers have none for CREATE TABLE and CREATE
// INDEX. In this mode goose records a Go migration with RunTx as applied without running it, so New
// refuses such migrations with ErrGoMigration; use RunDB, and driver.Transact in it if needed.
//
// The database stays the caller's: close it, not the provider.
func New(ctx context.Context, db *sql.DB, fsys fs.FS, o *Options) (*Provider, error) {
	if o == nil {
		o = new(Options)
	}
	for _, m := range o.GoMigrations {
		if m.UpFnContext != nil || m.DownFnContext != nil {
			return nil, fmt.Errorf("%w: version %d has RunTx, which goose does not call here; use RunDB", ErrGoMigration, m.Version)
		}
	}
	store, err := NewStore(ctx, db, o)
	if err != nil {
		return nil, err
	}
	options := append([]goose.ProviderOption{
		goose.WithStore(store), goose.WithLocker(store), goose.WithIsolateDDL(true), goose.WithGoMigrations(o.GoMigrations...),
	}, o.Goose...)
	provider, err := goose.NewProvider(goose.DialectCustom, db, fsys, options...)
	if err != nil {
		return nil, err
	}
	return &Provider{provider, store}, checkSources(db, provider, o.GoMigrations)
}

// checkSources returns an error if the provider has Go migrations that New has not seen, or that
// wait forever for a connection.
func checkSources(db *sql.DB, provider *goose.Provider, checked []*goose.Migration) error {
	known := make(map[int64]bool)
	for _, m := range checked {
		known[m.Version] = true
	}
	for _, s := range provider.ListSources() {
		switch {
		case s.Type != goose.TypeGo:
		case !known[s.Version]:
			return fmt.Errorf("%w: version %d (%s) is not in Options.GoMigrations; there it is checked", ErrGoMigration, s.Version, s.Path)
		case db.Stats().MaxOpenConnections == 1:
			return fmt.Errorf("%w: version %d needs a second connection, and SetMaxOpenConns(1) allows one", ErrGoMigration, s.Version)
		}
	}
	return nil
}

// Up applies all pending migrations.
func (p *Provider) Up(ctx context.Context) (results []*goose.MigrationResult, err error) {
	err = p.store.hold(ctx, func(ctx context.Context) error {
		results, err = p.Provider.Up(ctx)
		return err
	})
	return results, err
}

// UpByOne applies the next migration. Without one the error is goose.ErrNoNextVersion.
func (p *Provider) UpByOne(ctx context.Context) (result *goose.MigrationResult, err error) {
	err = p.store.hold(ctx, func(ctx context.Context) error {
		result, err = p.Provider.UpByOne(ctx)
		return err
	})
	return result, err
}

// UpTo applies all pending migrations up to a version.
func (p *Provider) UpTo(ctx context.Context, version int64) (results []*goose.MigrationResult, err error) {
	err = p.store.hold(ctx, func(ctx context.Context) error {
		results, err = p.Provider.UpTo(ctx, version)
		return err
	})
	return results, err
}

// Down rolls back the migration that was applied last.
func (p *Provider) Down(ctx context.Context) (result *goose.MigrationResult, err error) {
	err = p.store.hold(ctx, func(ctx context.Context) error {
		result, err = p.Provider.Down(ctx)
		return err
	})
	return result, err
}

// DownTo rolls back the migrations after a version.
func (p *Provider) DownTo(ctx context.Context, version int64) (results []*goose.MigrationResult, err error) {
	err = p.store.hold(ctx, func(ctx context.Context) error {
		results, err = p.Provider.DownTo(ctx, version)
		return err
	})
	return results, err
}

// ApplyVersion applies or rolls back one migration.
func (p *Provider) ApplyVersion(ctx context.Context, version int64, up bool) (result *goose.MigrationResult, err error) {
	err = p.store.hold(ctx, func(ctx context.Context) error {
		result, err = p.Provider.ApplyVersion(ctx, version, up)
		return err
	})
	return result, err
}
