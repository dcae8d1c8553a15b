// Package aeromigrate is a database driver of github.com/golang-migrate/migrate for Aerospike.
// Importing it registers the driver under the name "aerospike":
//
//	import _ "github.com/aerosql/aerosql/integration/migrate"
//
//	m, err := migrate.New("file://migrations", "aerospike://10.0.0.1:3000/test")
//	if err != nil {
//		return err
//	}
//	err = m.Up()
//
// The version is in one record, which is also a lease (package cluster/lease). So only the process
// that holds the lease can set the version while it migrates. If the lease is lost, Run ends with
// lease.ErrLost.
//
// A file may contain several statements, separated by semicolons, or only comments. Its text is
// parsed before its first statement runs.
package aeromigrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/golang-migrate/migrate/v4/database"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/lease"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang"
	"github.com/aerosql/aerosql/querylang/parse"
)

func init() { database.Register(driver.Name, &Driver{}) }

// Bins of the record.
const (
	binVersion = "version"
	binDirty   = "dirty"
)

// A Driver is a database.Driver. The zero Driver can only be used for Open.
type Driver struct {
	db     *sql.DB
	config Config
	client *cluster.Client
	key    protocol.Key

	mu    sync.Mutex
	lease *lease.Lease // nil if not locked
}

var _ database.Driver = (*Driver)(nil)

// WithInstance returns a driver that uses a database. Close closes the database.
func WithInstance(db *sql.DB, c *Config) (database.Driver, error) {
	ctx := context.Background()
	config, err := c.complete()
	if err != nil {
		return nil, err
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, err
	}
	client, err := driver.Client(ctx, db)
	if err != nil {
		return nil, err
	}
	var namespace sql.NullString
	if err := db.QueryRowContext(ctx, "SELECT DATABASE()").Scan(&namespace); err != nil {
		return nil, err
	}
	if !namespace.Valid {
		return nil, errors.New("aeromigrate: the data source name has no namespace, which the version table needs")
	}
	key, err := protocol.NewKey(namespace.String, config.MigrationsTable, config.MigrationsTable)
	if err != nil {
		return nil, err
	}
	return &Driver{db: db, config: config, client: client, key: key}, nil
}

// Open opens a database. The URL is a data source name of package driver, which can also have the
// keys of Config, such as x-migrations-table.
func (*Driver) Open(url string) (database.Driver, error) {
	dsn, config, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open(driver.Name, dsn)
	if err != nil {
		return nil, err
	}
	d, err := WithInstance(db, &config)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return d, nil
}

// Close gives the lock up, if it is held, and closes the database.
func (d *Driver) Close() error {
	err := d.Unlock()
	if errors.Is(err, database.ErrNotLocked) {
		err = nil
	}
	return errors.Join(err, d.db.Close())
}

// Lock takes the lease. It waits Config.LockTimeout for another process; then its error is
// database.ErrLocked.
func (d *Driver) Lock() error {
	if d.locked() != nil {
		return database.ErrLocked
	}
	ctx, cancel := context.WithTimeout(context.Background(), d.config.LockTimeout)
	defer cancel()
	l, err := lease.Acquire(ctx, d.client, d.key, &d.config.Lease)
	if errors.Is(err, lease.ErrHeld) {
		return fmt.Errorf("%w: %w", database.ErrLocked, err)
	}
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lease = l
	return nil
}

// Unlock gives the lease up. Its error is database.ErrNotLocked without a lease, and lease.ErrLost
// if the lease had been lost.
func (d *Driver) Unlock() error {
	d.mu.Lock()
	l := d.lease
	d.lease = nil
	d.mu.Unlock()
	if l == nil {
		return database.ErrNotLocked
	}
	return l.Release(context.Background())
}

func (d *Driver) locked() *lease.Lease {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lease
}

// Run runs the statements of a migration.
func (d *Driver) Run(migration io.Reader) error {
	text, err := io.ReadAll(migration)
	if err != nil {
		return err
	}
	if statements, err := parse.All(string(text), parse.Standard); err == nil && len(statements) == 0 {
		return nil // only comments
	}
	ctx, cancel := context.Background(), context.CancelFunc(func() {})
	if d.config.StatementTimeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, d.config.StatementTimeout)
	}
	defer cancel()
	if l := d.locked(); l != nil {
		ctx, cancel = l.Context(ctx)
		defer cancel()
	}
	_, err = d.db.ExecContext(ctx, string(text))
	if err == nil {
		return nil
	}
	if errors.Is(context.Cause(ctx), lease.ErrLost) {
		err = errors.Join(lease.ErrLost, err)
	}
	failed := &Error{Query: text, Err: "migration failed", OrigErr: err}
	if e, ok := errors.AsType[*querylang.Error](err); ok {
		failed.Line = uint(e.Line)
	}
	return failed
}

// SetVersion stores the version. While the lock is held it fails with lease.ErrLost if another
// process has taken the lease.
func (d *Driver) SetVersion(version int, dirty bool) error {
	ops := []protocol.Operation{protocol.PutBin(binVersion, version), protocol.PutBin(binDirty, dirty)}
	if version == database.NilVersion && !dirty {
		ops = []protocol.Operation{protocol.PutBin(binVersion, nil), protocol.PutBin(binDirty, nil)}
	}
	ctx := context.Background()
	if l := d.locked(); l != nil {
		_, err := l.Operate(ctx, ops...)
		return err
	}
	_, err := d.client.Operate(ctx, &cluster.WritePolicy{SendKey: true, TTL: cluster.TTLNever}, d.key, ops...)
	return err
}

// Version returns the stored version, or database.NilVersion.
func (d *Driver) Version() (version int, dirty bool, err error) {
	rec, err := d.client.Get(context.Background(), nil, d.key, binVersion, binDirty)
	if errors.Is(err, protocol.KeyNotFound) {
		return database.NilVersion, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	stored, ok := rec.Bin(binVersion)
	if !ok {
		return database.NilVersion, false, nil
	}
	n, isInt := stored.Int()
	flag, _ := rec.Bin(binDirty)
	dirty, isBool := flag.Bool()
	if !isInt || !isBool {
		return 0, false, fmt.Errorf("aeromigrate: the record %v has no version", d.key)
	}
	return int(n), dirty, nil
}

// An Error is the database.Error of a migration that failed. errors.Is and errors.As also find its
// cause.
type Error database.Error

// Error implements error.
func (e *Error) Error() string { return database.Error(*e).Error() }

// Unwrap returns the database.Error and the cause.
func (e *Error) Unwrap() []error { return []error{database.Error(*e), e.OrigErr} }
