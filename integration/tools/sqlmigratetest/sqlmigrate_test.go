// Package sqlmigratetest has the tests of the adapter for sql-migrate.
package sqlmigratetest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	migrate "github.com/rubenv/sql-migrate"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster/lease"
	"github.com/aerosql/aerosql/driver"
	aerosqlmigrate "github.com/aerosql/aerosql/integration/sqlmigrate"
	"github.com/aerosql/aerosql/integration/tools/target"
)

func TestMain(m *testing.M) {
	target.Child(map[string]func(string) error{"up": upChild, "killed": killedChild})
	goleak.VerifyTestMain(m)
}

func source(table string) *migrate.MemoryMigrationSource {
	return &migrate.MemoryMigrationSource{Migrations: []*migrate.Migration{
		{
			Id:   "1_create",
			Up:   []string{"CREATE TABLE IF NOT EXISTS " + table + " (id TEXT PRIMARY KEY, n INT)", "CREATE INDEX IF NOT EXISTS " + table + "_n ON " + table + " (n) WAIT"},
			Down: []string{"DROP TABLE " + table},
		},
		{
			Id:   "2_fill",
			Up:   []string{"UPSERT INTO " + table + " VALUES ('a', 1)", "INSERT IGNORE INTO " + table + " VALUES ('runs', 0)", "UPDATE " + table + " SET n = n + 1 WHERE id = 'runs'"},
			Down: []string{"DELETE FROM " + table},
		},
	}}
}

func set(history string) migrate.MigrationSet { return migrate.MigrationSet{TableName: history} }

func TestExec(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	table, history := on.Name(t), on.Name(t)
	on.DropAfter(t, history+"_lock")
	o := &aerosqlmigrate.Options{Set: set(history)}
	n, err := aerosqlmigrate.Exec(t.Context(), db, source(table), migrate.Up, o)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	n, err = aerosqlmigrate.Exec(t.Context(), db, source(table), migrate.Up, o)
	require.NoError(t, err)
	require.Zero(t, n)
	records, err := set(history).GetMigrationRecords(db, driver.Name)
	require.NoError(t, err)
	require.Len(t, records, 2)
	require.Equal(t, "1_create", records[0].Id)
	require.WithinDuration(t, time.Now(), records[0].AppliedAt, time.Minute)
	planned, _, err := set(history).PlanMigration(db, driver.Name, source(table), migrate.Down, 0)
	require.NoError(t, err)
	require.Len(t, planned, 2)
	n, err = aerosqlmigrate.Exec(t.Context(), db, source(table), migrate.Down, &aerosqlmigrate.Options{Set: set(history), Max: 1})
	require.NoError(t, err)
	require.Equal(t, 1, n)

	broken := source(table)
	broken.Migrations[1].Up = []string{"UPSERT INTO " + table + " VALUES ('a', 1)", "SELEC 1"}
	_, err = aerosqlmigrate.Exec(t.Context(), db, broken, migrate.Up, o)
	require.ErrorContains(t, err, "syntax error")
	n, err = aerosqlmigrate.Exec(t.Context(), db, source(table), migrate.Up, o)
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

// TestWithoutAdapterFunctions uses sql-migrate's own functions with the dialect.
func TestWithoutAdapterFunctions(t *testing.T) {
	on := target.New(t)
	table, history := on.Name(t), on.Name(t)
	_, err := set(history).Exec(on.Open(t, ""), driver.Name, source(table), migrate.Up)
	require.ErrorIs(t, err.(*migrate.TxError).Err, driver.ErrNoTransactions)
	n, err := set(history).Exec(on.Open(t, "?tx=autocommit"), driver.Name, source(table), migrate.Up)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	n, err = set(history).Exec(on.Open(t, "?tx=autocommit"), driver.Name, source(table), migrate.Down)
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

func openChild(text string) (db *sql.DB, table, history string, err error) {
	var dsn string
	if _, err = fmt.Sscan(text, &dsn, &table, &history); err != nil {
		return nil, "", "", err
	}
	db, err = sql.Open(driver.Name, dsn)
	return db, table, history, err
}

func upChild(text string) error {
	db, table, history, err := openChild(text)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = aerosqlmigrate.Exec(context.Background(), db, source(table), migrate.Up, &aerosqlmigrate.Options{Set: set(history)})
	return err
}

// TestEightProcesses lets eight processes migrate at the same time. Each migration runs once.
func TestEightProcesses(t *testing.T) {
	on := target.New(t)
	table, history := on.Name(t), on.Name(t)
	on.DropAfter(t, history+"_lock")
	var all []*target.Process
	for range 8 {
		all = append(all, target.Start(t, "up", on.DSN("")+" "+table+" "+history))
	}
	for _, p := range all {
		require.NoError(t, p.Wait())
	}
	var n int
	require.NoError(t, on.Open(t, "").QueryRow("SELECT n FROM "+table+" WHERE id = 'runs'").Scan(&n))
	require.Equal(t, 1, n)
}

// killedChild is killed while it holds the lease: by the source, which sql-migrate reads again
// after the statements of the first run.
func killedChild(text string) error {
	db, table, history, err := openChild(text)
	if err != nil {
		return err
	}
	_, err = aerosqlmigrate.Exec(context.Background(), db, killing{source(table), db}, migrate.Up, &aerosqlmigrate.Options{
		Set: set(history), Lease: lease.Options{TTL: 300 * time.Millisecond},
	})
	return err
}

// killing is a source that runs the statements of its migrations and then kills the process, so
// that none is recorded.
type killing struct {
	*migrate.MemoryMigrationSource
	db *sql.DB
}

func (k killing) FindMigrations() ([]*migrate.Migration, error) {
	for _, m := range k.Migrations {
		for _, statement := range m.Up {
			if _, err := k.db.Exec(statement); err != nil {
				return nil, err
			}
		}
	}
	return nil, syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

// TestKilled checks that the run after a process was killed waits for its lease, and runs the
// migrations that were not recorded.
func TestKilled(t *testing.T) {
	on := target.New(t)
	table, history := on.Name(t), on.Name(t)
	on.DropAfter(t, history+"_lock")
	require.ErrorContains(t, target.Start(t, "killed", on.DSN("")+" "+table+" "+history).Wait(), "killed")
	n, err := aerosqlmigrate.Exec(t.Context(), on.Open(t, ""), source(table), migrate.Up, &aerosqlmigrate.Options{Set: set(history)})
	require.NoError(t, err)
	require.Equal(t, 2, n)
}
