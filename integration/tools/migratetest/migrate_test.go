// Package migratetest has the tests of the adapter for golang-migrate.
package migratetest

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database"
	upstream "github.com/golang-migrate/migrate/v4/database/testing"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster/lease"
	aeromigrate "github.com/aerosql/aerosql/integration/migrate"
	"github.com/aerosql/aerosql/integration/tools/target"
	"github.com/aerosql/aerosql/querylang"
)

func TestMain(m *testing.M) {
	target.Child(map[string]func(string) error{"up": upChild, "killed": killedChild})
	goleak.VerifyTestMain(m,
		// migrate leaves the reader of a file that it does not run, because an earlier one failed.
		goleak.IgnoreAnyFunction("github.com/golang-migrate/migrate/v4.(*Migration).Buffer"))
}

func open(t *testing.T, url string) database.Driver {
	t.Helper()
	d, err := database.Open(url)
	require.NoError(t, err)
	return d
}

// TestUpstream runs migrate's own tests of drivers.
func TestUpstream(t *testing.T) {
	on := target.New(t)
	table, history := on.Name(t), on.Name(t)
	d := open(t, on.DSN("?x-migrations-table="+history+"&x-drop-tables="+table+"%25"))
	defer func() { require.NoError(t, d.Close()) }()
	upstream.Test(t, d, []byte("CREATE TABLE "+table+" (id INT PRIMARY KEY, name TEXT);\nINSERT INTO "+table+" VALUES (1, 'a;b');"))
	var n int
	require.NoError(t, on.Open(t, "").QueryRow("SELECT COUNT(*) FROM information_schema.tables WHERE table_name = ?", table).Scan(&n))
	require.Zero(t, n)
}

func TestURL(t *testing.T) {
	on := target.New(t)
	for parameters, want := range map[string]string{
		"?x-migrations-tabel=a":     "x-migrations-tabel: unknown key; the keys are x-migrations-table",
		"?x-lock-ttl=soon":          "x-lock-ttl: time: invalid duration",
		"?x-statement-timeout=-1ms": "negative timeout",
		"?no_such_key=1":            "no_such_key",
	} {
		_, err := database.Open(on.DSN(parameters))
		require.ErrorContains(t, err, want)
	}
	d := open(t, on.DSN("?scan=deny&x-statement-timeout=5000&x-lock-ttl=10s&x-lock-timeout=1s&x-migrations-table="+on.Name(t)))
	require.ErrorIs(t, d.Drop(), aeromigrate.ErrDropDenied)
	require.ErrorIs(t, d.Unlock(), database.ErrNotLocked)
	require.NoError(t, d.Close())
}

// files returns migrations: a table with an index, rows, and a file of comments.
func files(table string) fstest.MapFS {
	all := make(fstest.MapFS)
	for name, text := range map[string]string{
		"1_create.up.sql":    "CREATE TABLE " + table + " (id TEXT PRIMARY KEY, n INT);\nCREATE INDEX " + table + "_n ON " + table + " (n) WAIT;",
		"1_create.down.sql":  "DROP TABLE " + table,
		"2_fill.up.sql":      "INSERT INTO " + table + " VALUES ('a', 1);\n-- n counts the runs\nUPSERT INTO " + table + " VALUES ('runs', 0); UPDATE " + table + " SET n = n + 1 WHERE id = 'runs'",
		"2_fill.down.sql":    "DELETE FROM " + table,
		"3_nothing.up.sql":   "-- only a comment;\n/* and another */\n",
		"3_nothing.down.sql": "",
	} {
		all[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return all
}

func newMigrate(fsys fstest.MapFS, url string) (*migrate.Migrate, error) {
	source, err := iofs.New(fsys, ".")
	if err != nil {
		return nil, err
	}
	return migrate.NewWithSourceInstance("iofs", source, url)
}

func closed(t *testing.T, m *migrate.Migrate) {
	source, db := m.Close()
	require.NoError(t, source)
	require.NoError(t, db)
}

func TestMigrate(t *testing.T) {
	on := target.New(t)
	table, history := on.Name(t), on.Name(t)
	m, err := newMigrate(files(table), on.DSN("?x-migrations-table="+history))
	require.NoError(t, err)
	defer closed(t, m)
	_, _, err = m.Version()
	require.ErrorIs(t, err, migrate.ErrNilVersion)
	require.NoError(t, m.Up())
	require.ErrorIs(t, m.Up(), migrate.ErrNoChange)
	version, dirty, err := m.Version()
	require.NoError(t, err)
	require.EqualValues(t, 3, version)
	require.False(t, dirty)
	require.NoError(t, m.Steps(-2))
	require.NoError(t, m.Migrate(2))
	var v int
	require.NoError(t, on.Open(t, "").QueryRow("SELECT version FROM "+history+" WHERE PK = ? AND dirty = FALSE", history).Scan(&v))
	require.Equal(t, 2, v)
	require.NoError(t, m.Down())
	_, _, err = m.Version()
	require.ErrorIs(t, err, migrate.ErrNilVersion)
}

// TestBroken checks that no statement of a file runs if one can't be parsed, and that migrate goes
// on after Force.
func TestBroken(t *testing.T) {
	on := target.New(t)
	table, history := on.Name(t), on.Name(t)
	broken := files(table)
	broken["2_fill.up.sql"] = &fstest.MapFile{Data: []byte("INSERT INTO " + table + " VALUES ('a', 1);\nSELEC 1")}
	url := on.DSN("?x-migrations-table=" + history)
	m, err := newMigrate(broken, url)
	require.NoError(t, err)
	err = m.Up()
	require.ErrorIs(t, err, querylang.ErrSyntax)
	var failed database.Error
	require.ErrorAs(t, err, &failed)
	require.EqualValues(t, 2, failed.Line)
	closed(t, m)

	m, err = newMigrate(files(table), url)
	require.NoError(t, err)
	defer closed(t, m)
	require.ErrorAs(t, m.Up(), &migrate.ErrDirty{})
	require.NoError(t, m.Force(1))
	require.NoError(t, m.Up())
}

func TestLock(t *testing.T) {
	on := target.New(t)
	history := on.Name(t)
	url := on.DSN("?x-lock-timeout=50ms&x-migrations-table=" + history)
	first, second := open(t, url), open(t, url)
	require.NoError(t, first.Lock())
	require.ErrorIs(t, first.Lock(), database.ErrLocked)
	err := second.Lock()
	require.ErrorIs(t, err, database.ErrLocked)
	require.ErrorIs(t, err, lease.ErrHeld)
	require.NoError(t, first.SetVersion(1, true))

	_, err = on.Open(t, "").Exec("UPDATE "+history+" SET lease_owner = 'another process' WHERE PK = ?", history)
	require.NoError(t, err)
	require.ErrorIs(t, first.SetVersion(1, false), lease.ErrLost)
	version, dirty, err := first.Version()
	require.NoError(t, err)
	require.Equal(t, 1, version)
	require.True(t, dirty)
	require.ErrorIs(t, first.Close(), lease.ErrLost)
	require.NoError(t, second.Close())
}

func upChild(text string) error {
	var url, table string
	if _, err := fmt.Sscan(text, &url, &table); err != nil {
		return err
	}
	m, err := newMigrate(files(table), url)
	if err != nil {
		return err
	}
	if err := m.Up(); err != nil && err != migrate.ErrNoChange {
		return err
	}
	source, db := m.Close()
	if source != nil {
		return source
	}
	return db
}

// TestEightProcesses lets eight processes migrate at the same time. Each file runs once.
func TestEightProcesses(t *testing.T) {
	on := target.New(t)
	table, history := on.Name(t), on.Name(t)
	var all []*target.Process
	for range 8 {
		all = append(all, target.Start(t, "up", on.DSN("?x-migrations-table="+history)+" "+table))
	}
	for _, p := range all {
		require.NoError(t, p.Wait())
	}
	var n int
	require.NoError(t, on.Open(t, "").QueryRow("SELECT n FROM "+table+" WHERE id = 'runs'").Scan(&n))
	require.Equal(t, 1, n)
}

// killedChild does what migrate does for a file, and is killed before the version is clean.
func killedChild(text string) error {
	var url, table string
	if _, err := fmt.Sscan(text, &url, &table); err != nil {
		return err
	}
	d, err := database.Open(url)
	if err != nil {
		return err
	}
	fsys := files(table)
	file, err := fsys.Open("1_create.up.sql")
	if err != nil {
		return err
	}
	if err := d.Lock(); err != nil {
		return err
	}
	if err := d.SetVersion(1, true); err != nil {
		return err
	}
	if err := d.Run(file); err != nil {
		return err
	}
	return syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

// TestKilled checks that the version stays dirty, as migrate documents, and that the next run waits
// for the lease and goes on after Force.
func TestKilled(t *testing.T) {
	on := target.New(t)
	table, history := on.Name(t), on.Name(t)
	url := on.DSN("?x-migrations-table=" + history)
	require.ErrorContains(t, target.Start(t, "killed", url+"&x-lock-ttl=300ms "+table).Wait(), "killed")
	m, err := newMigrate(files(table), url)
	require.NoError(t, err)
	defer closed(t, m)
	require.ErrorAs(t, m.Up(), &migrate.ErrDirty{})
	require.NoError(t, m.Force(1))
	require.NoError(t, m.Up())
	version, _, err := m.Version()
	require.NoError(t, err)
	require.EqualValues(t, 3, version)
}

// TestInstance uses a database that is open, and a context that ends in between.
func TestInstance(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	d, err := aeromigrate.WithInstance(db, &aeromigrate.Config{MigrationsTable: on.Name(t), StatementTimeout: time.Nanosecond})
	require.NoError(t, err)
	file, err := files(on.Name(t)).Open("1_create.up.sql")
	require.NoError(t, err)
	require.ErrorIs(t, d.Run(file), context.DeadlineExceeded)
	require.NoError(t, d.Close())
}
