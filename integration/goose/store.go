package aerogoose

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/lease"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// binVersions is a map of the applied versions to the times when they were applied, in nanoseconds
// since 1970.
const binVersions = "versions"

// A Store keeps the versions in one record, and is a lock. New uses it. To build a goose.Provider
// without New, give the Store to both goose.WithStore and goose.WithLocker, and use
// goose.WithIsolateDDL(true).
//
// The versions can be read with SQL:
//
//	SELECT key AS version, CAST(value AS TIMESTAMP) AS applied FROM goose_db_version/versions
type Store struct {
	client *cluster.Client
	key    protocol.Key
	table  string
	lease  lease.Options

	mu   sync.Mutex
	held *lease.Lease // of Lock
}

var (
	_ database.StoreExtender = (*Store)(nil)
	_ lock.Locker            = (*Store)(nil)
)

// NewStore returns a store in the default namespace of the database. It uses the fields Table and
// Lease of the options.
func NewStore(ctx context.Context, db *sql.DB, o *Options) (*Store, error) {
	client, err := driver.Client(ctx, db)
	if err != nil {
		return nil, err
	}
	var namespace sql.NullString
	if err := db.QueryRowContext(ctx, "SELECT DATABASE()").Scan(&namespace); err != nil {
		return nil, err
	}
	if !namespace.Valid {
		return nil, errors.New("aerogoose: the data source name has no namespace, which the version table needs")
	}
	table := cmp.Or(o.Table, DefaultTable)
	key, err := protocol.NewKey(namespace.String, table, table)
	if err != nil {
		return nil, err
	}
	return &Store{client: client, key: key, table: table, lease: o.Lease}, nil
}

// holding is the key of a context that has the lease.
type holding struct{}

// hold calls do while it holds the lease. The context of do ends if the lease is lost.
func (s *Store) hold(ctx context.Context, do func(ctx context.Context) error) error {
	l, err := lease.Acquire(ctx, s.client, s.key, &s.lease)
	if err != nil {
		return err
	}
	leased, cancel := l.Context(context.WithValue(ctx, holding{}, l))
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

// Lock waits until no other process has the lock. The methods of a Provider of New have it already.
func (s *Store) Lock(ctx context.Context, _ *sql.DB) error {
	if ctx.Value(holding{}) != nil {
		return nil
	}
	l, err := lease.Acquire(ctx, s.client, s.key, &s.lease)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = l
	return nil
}

// Unlock gives the lock up. Its error is lease.ErrLost if the lock had been lost.
func (s *Store) Unlock(ctx context.Context, _ *sql.DB) error {
	if ctx.Value(holding{}) != nil {
		return nil
	}
	s.mu.Lock()
	l := s.held
	s.held = nil
	s.mu.Unlock()
	if l == nil {
		return lease.ErrReleased
	}
	return l.Release(ctx)
}

// write applies operations to the record, only if the lease is still held. Without a lease, as when
// goose creates the version table for HasPending, it applies them in any case.
func (s *Store) write(ctx context.Context, ops ...protocol.Operation) error {
	l, _ := ctx.Value(holding{}).(*lease.Lease)
	if l == nil {
		s.mu.Lock()
		l = s.held
		s.mu.Unlock()
	}
	if l != nil {
		_, err := l.Operate(ctx, ops...)
		return err
	}
	_, err := s.client.Operate(ctx, &cluster.WritePolicy{SendKey: true, TTL: cluster.TTLNever}, s.key, ops...)
	return err
}

// Tablename returns the name of the set.
func (s *Store) Tablename() string { return s.table }

// TableExists reports whether a version was ever recorded. The version 0 is the first.
func (s *Store) TableExists(ctx context.Context, _ database.DBTxConn) (bool, error) {
	applied, err := s.applied(ctx)
	return applied != nil, err
}

// CreateVersionTable does nothing: the first version creates the record.
func (s *Store) CreateVersionTable(context.Context, database.DBTxConn) error { return nil }

// Insert records a version. A version that is recorded already is an error, except for 0.
func (s *Store) Insert(ctx context.Context, _ database.DBTxConn, req database.InsertRequest) error {
	applied, err := s.applied(ctx)
	if err != nil {
		return err
	}
	at := time.Now().UnixNano()
	if len(applied) > 0 {
		at = max(at, applied[0].at+1) // the order of the times is that of the migrations, whatever the clocks are
	}
	flags := cdt.MapFlags(cdt.CreateOnly)
	if req.Version == 0 {
		flags |= cdt.NoFail
	}
	err = s.write(ctx, cdt.MapPut(binVersions, req.Version, at, cdt.MapPolicy{Order: protocol.Ordered, Flags: flags}))
	if errors.Is(err, protocol.ElementExists) {
		return fmt.Errorf("goose: version %d is recorded already: %w", req.Version, err)
	}
	return err
}

// Delete removes a version.
func (s *Store) Delete(ctx context.Context, _ database.DBTxConn, version int64) error {
	return s.write(ctx, cdt.MapRemove(binVersions, cdt.ByKey(version), cdt.ReturnNone))
}

// GetMigration returns when a version was applied, or database.ErrVersionNotFound.
func (s *Store) GetMigration(ctx context.Context, _ database.DBTxConn, version int64) (*database.GetMigrationResult, error) {
	applied, err := s.applied(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range applied {
		if a.version == version {
			return &database.GetMigrationResult{Timestamp: time.Unix(0, a.at).UTC(), IsApplied: true}, nil
		}
	}
	return nil, database.ErrVersionNotFound
}

// GetLatestVersion returns the largest version, or database.ErrVersionNotFound.
func (s *Store) GetLatestVersion(ctx context.Context, _ database.DBTxConn) (int64, error) {
	applied, err := s.applied(ctx)
	if err != nil {
		return 0, err
	}
	if len(applied) == 0 {
		return 0, database.ErrVersionNotFound
	}
	return slices.MaxFunc(applied, func(a, b application) int { return cmp.Compare(a.version, b.version) }).version, nil
}

// ListMigrations returns the versions, the one that was applied last first.
func (s *Store) ListMigrations(ctx context.Context, _ database.DBTxConn) ([]*database.ListMigrationsResult, error) {
	applied, err := s.applied(ctx)
	list := make([]*database.ListMigrationsResult, len(applied))
	for i, a := range applied {
		list[i] = &database.ListMigrationsResult{Version: a.version, IsApplied: true}
	}
	return list, err
}

// An application is a version and the time when it was applied.
type application struct{ version, at int64 }

// applied reads the versions, the one that was applied last first. It returns nil if none was ever
// recorded.
func (s *Store) applied(ctx context.Context) ([]application, error) {
	rec, err := s.client.Get(ctx, nil, s.key, binVersions)
	if errors.Is(err, protocol.KeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	versions, ok := rec.Bin(binVersions)
	if !ok {
		return nil, nil
	}
	pairs, ok := versions.Map()
	if !ok {
		return nil, fmt.Errorf("goose: the bin %s of the record %v is not a map of versions", binVersions, s.key)
	}
	list := make([]application, 0, len(pairs))
	for _, p := range pairs {
		version, isVersion := p.Key.Int()
		at, isTime := p.Value.Int()
		if !isVersion || !isTime {
			return nil, fmt.Errorf("goose: the bin %s of the record %v is not a map of versions", binVersions, s.key)
		}
		list = append(list, application{version, at})
	}
	slices.SortFunc(list, func(a, b application) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.version, a.version)) })
	return list, nil
}
