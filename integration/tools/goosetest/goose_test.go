// Package goosetest has the tests of the adapter for goose.
package goosetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/cluster/lease"
	"github.com/aerosql/aerosql/driver"
	aerogoose "github.com/aerosql/aerosql/integration/goose"
	"github.com/aerosql/aerosql/integration/tools/target"
	"github.com/aerosql/aerosql/querylang"
)

func TestMain(m *testing.M) {
	target.Child(map[string]func(string) error{"up": upChild, "killed": killedChild})
	goleak.VerifyTestMain(m)
}

// files returns migrations that create a table with an index, count how often they run, and add a
// column.
func files(table string) fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"00001_create.sql": file(`-- +goose Up
-- A table with an index. WAIT makes the next migration find the index ready.
CREATE TABLE ` + table + ` (id TEXT PRIMARY KEY, n INT);
CREATE INDEX ` + table + `_n ON ` + table + ` (n) WAIT;
-- +goose Down
DROP TABLE ` + table + `;
`),
		"00002_fill.sql": file(`-- +goose Up
INSERT INTO ` + table + ` VALUES ('a', 1); -- fails if it runs twice
UPSERT INTO ` + table + ` VALUES ('runs', 0);
UPDATE ` + table + ` SET n = n + 1 WHERE id = 'runs';
-- +goose Down
TRUNCATE ` + table + `;
`),
		"00003_alter.sql": file(`-- +goose Up
-- +goose NO TRANSACTION
ALTER TABLE ` + table + ` ADD COLUMN note TEXT;
UPDATE ` + table + ` SET note = 'x; y' WHERE id = 'a';
-- +goose Down
ALTER TABLE ` + table + ` DROP COLUMN note;
`),
		"00004_nothing.sql": file("-- +goose Up\n-- only comments\n-- +goose Down\n"),
	}
}

func versions(results []*goose.MigrationResult) (list []int64) {
	for _, r := range results {
		list = append(list, r.Source.Version)
	}
	return list
}

func TestGoose(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "?scan=deny")
	table, history := on.Name(t), on.Name(t)
	ctx := t.Context()
	p, err := aerogoose.New(ctx, db, files(table), &aerogoose.Options{Table: history})
	require.NoError(t, err)

	pending, err := p.HasPending(ctx)
	require.NoError(t, err)
	require.True(t, pending)
	results, err := p.Up(ctx)
	require.NoError(t, err)
	require.Equal(t, []int64{1, 2, 3, 4}, versions(results))
	results, err = p.Up(ctx)
	require.NoError(t, err)
	require.Empty(t, results)
	var note string
	require.NoError(t, db.QueryRow("SELECT note FROM "+table+" WHERE id = 'a'").Scan(&note))
	require.Equal(t, "x; y", note)

	status, err := p.Status(ctx)
	require.NoError(t, err)
	require.Len(t, status, 4)
	require.Equal(t, goose.StateApplied, status[3].State)
	require.WithinDuration(t, time.Now(), status[3].AppliedAt, time.Minute)
	current, target, err := p.GetVersions(ctx)
	require.NoError(t, err)
	require.EqualValues(t, []int64{4, 4}, []int64{current, target})

	down, err := p.Down(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 4, down.Source.Version)
	results, err = p.DownTo(ctx, 1)
	require.NoError(t, err)
	require.Equal(t, []int64{3, 2}, versions(results))
	up, err := p.UpByOne(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 2, up.Source.Version)
	results, err = p.UpTo(ctx, 3)
	require.NoError(t, err)
	require.Equal(t, []int64{3}, versions(results))
	_, err = p.ApplyVersion(ctx, 3, true)
	require.ErrorIs(t, err, goose.ErrAlreadyApplied)

	var applied []int64
	rows, err := db.Query("SELECT key FROM "+history+"/versions WHERE PK = ? ORDER BY value", history)
	require.NoError(t, err)
	for rows.Next() {
		var v int64
		require.NoError(t, rows.Scan(&v))
		applied = append(applied, v)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, []int64{0, 1, 2, 3}, applied)
	_, err = p.DownTo(ctx, 0)
	require.NoError(t, err)
}

// TestOutOfOrder applies a migration that was added before one that is applied. Down rolls back the
// one that was applied last.
func TestOutOfOrder(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	table, history := on.Name(t), on.Name(t)
	all := files(table)
	late := fstest.MapFS{"00001_create.sql": all["00001_create.sql"], "00004_nothing.sql": all["00004_nothing.sql"]}
	o := &aerogoose.Options{Table: history, Goose: []goose.ProviderOption{goose.WithAllowOutofOrder(true)}}
	p, err := aerogoose.New(t.Context(), db, late, o)
	require.NoError(t, err)
	_, err = p.Up(t.Context())
	require.NoError(t, err)
	p, err = aerogoose.New(t.Context(), db, all, o)
	require.NoError(t, err)
	results, err := p.Up(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int64{2, 3}, versions(results))
	down, err := p.Down(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 3, down.Source.Version)
	strict, err := aerogoose.New(t.Context(), db, all, &aerogoose.Options{Table: history})
	require.NoError(t, err)
	_, err = strict.Up(t.Context())
	require.ErrorContains(t, err, "missing (out-of-order) migration")
}

// TestFailure checks that a migration that fails is not recorded, and that the next run goes on
// with it.
func TestFailure(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	table, history := on.Name(t), on.Name(t)
	broken := files(table)
	broken["00002_fill.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nUPSERT INTO " + table + " VALUES ('b', 1);\nSELEC 1;\n")}
	p, err := aerogoose.New(t.Context(), db, broken, &aerogoose.Options{Table: history})
	require.NoError(t, err)
	_, err = p.Up(t.Context())
	require.ErrorIs(t, err, querylang.ErrSyntax)
	partial, ok := errors.AsType[*goose.PartialError](err)
	require.True(t, ok)
	require.Equal(t, []int64{1}, versions(partial.Applied))
	require.EqualValues(t, 2, partial.Failed.Source.Version)
	p, err = aerogoose.New(t.Context(), db, files(table), &aerogoose.Options{Table: history})
	require.NoError(t, err)
	results, err := p.Up(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int64{2, 3, 4}, versions(results))
}

func TestGoMigrations(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	history := on.Name(t)
	ran := 0
	runDB := &goose.GoFunc{RunDB: func(ctx context.Context, db *sql.DB) error {
		ran++
		return db.PingContext(ctx)
	}}
	runTx := &goose.GoFunc{RunTx: func(context.Context, *sql.Tx) error { return nil }}
	p, err := aerogoose.New(t.Context(), db, nil, &aerogoose.Options{Table: history, GoMigrations: []*goose.Migration{goose.NewGoMigration(1, runDB, runDB)}})
	require.NoError(t, err)
	_, err = p.Up(t.Context())
	require.NoError(t, err)
	_, err = p.Down(t.Context())
	require.NoError(t, err)
	require.Equal(t, 2, ran)

	_, err = aerogoose.New(t.Context(), db, nil, &aerogoose.Options{Table: history, GoMigrations: []*goose.Migration{goose.NewGoMigration(1, runTx, nil)}})
	require.ErrorIs(t, err, aerogoose.ErrGoMigration)
	_, err = aerogoose.New(t.Context(), db, nil, &aerogoose.Options{Table: history, GoMigrations: []*goose.Migration{goose.NewGoMigration(1, nil, runTx)}})
	require.ErrorIs(t, err, aerogoose.ErrGoMigration)
	hidden := &aerogoose.Options{Table: history, Goose: []goose.ProviderOption{goose.WithGoMigrations(goose.NewGoMigration(1, runTx, nil))}}
	_, err = aerogoose.New(t.Context(), db, nil, hidden)
	require.ErrorIs(t, err, aerogoose.ErrGoMigration)
	require.ErrorContains(t, err, "version 1")
	single := on.Open(t, "")
	single.SetMaxOpenConns(1)
	_, err = aerogoose.New(t.Context(), single, nil, &aerogoose.Options{Table: history, GoMigrations: []*goose.Migration{goose.NewGoMigration(1, runDB, nil)}})
	require.ErrorIs(t, err, aerogoose.ErrGoMigration)
	p, err = aerogoose.New(t.Context(), single, files(on.Name(t)), &aerogoose.Options{Table: on.Name(t)})
	require.NoError(t, err)
	_, err = p.Up(t.Context())
	require.NoError(t, err, "the lock takes no connection")
}

// argument is what a child process needs to know.
func argument(dsn, table, history string) string { return dsn + " " + table + " " + history }

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
	p, err := aerogoose.New(context.Background(), db, files(table), &aerogoose.Options{Table: history})
	if err != nil {
		return err
	}
	_, err = p.Up(context.Background())
	return err
}

// TestEightProcesses lets eight processes migrate at the same time. Each file runs once.
func TestEightProcesses(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	table, history := on.Name(t), on.Name(t)
	var all []*target.Process
	for range 8 {
		all = append(all, target.Start(t, "up", argument(on.DSN(""), table, history)))
	}
	for _, p := range all {
		require.NoError(t, p.Wait())
	}
	var n int
	require.NoError(t, db.QueryRow("SELECT n FROM "+table+" WHERE id = 'runs'").Scan(&n))
	require.Equal(t, 1, n)
}

// killedChild runs the first two migrations. Its process is killed after the statements of the
// second one, before the version is recorded.
func killedChild(text string) error {
	db, table, history, err := openChild(text)
	if err != nil {
		return err
	}
	kill := &goose.GoFunc{RunDB: func(ctx context.Context, db *sql.DB) error {
		if _, err := db.ExecContext(ctx, "UPSERT INTO "+table+" VALUES ('runs', 0); UPDATE "+table+" SET n = n + 1 WHERE id = 'runs'"); err != nil {
			return err
		}
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}}
	first := fstest.MapFS{"00001_create.sql": files(table)["00001_create.sql"]}
	p, err := aerogoose.New(context.Background(), db, first, &aerogoose.Options{
		Table: history, GoMigrations: []*goose.Migration{goose.NewGoMigration(2, kill, nil)}, Lease: lease.Options{TTL: 300 * time.Millisecond},
	})
	if err != nil {
		return err
	}
	_, err = p.Up(context.Background())
	return err
}

// TestKilled checks that the run after a process was killed waits for its lease, and goes on with
// the migration that was not recorded.
func TestKilled(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	table, history := on.Name(t), on.Name(t)
	require.ErrorContains(t, target.Start(t, "killed", argument(on.DSN(""), table, history)).Wait(), "killed")
	p, err := aerogoose.New(t.Context(), db, files(table), &aerogoose.Options{Table: history})
	require.NoError(t, err)
	results, err := p.Up(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int64{2, 3, 4}, versions(results))
}

// TestLeaseLost checks that a process that lost its lease can't record the version.
func TestLeaseLost(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	history := on.Name(t)
	steal := &goose.GoFunc{RunDB: func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "UPDATE "+history+" SET lease_owner = '' WHERE PK = ?", history)
		return err
	}}
	p, err := aerogoose.New(t.Context(), db, nil, &aerogoose.Options{Table: history, GoMigrations: []*goose.Migration{goose.NewGoMigration(1, steal, nil)}})
	require.NoError(t, err)
	_, err = p.Up(t.Context())
	require.ErrorIs(t, err, lease.ErrLost)
	version, err := p.GetDBVersion(t.Context())
	require.NoError(t, err)
	require.Zero(t, version)
}

// TestBuiltInDialects uses goose's own dialects on tables that their statements create. Those for
// PostgreSQL, SQLite and Redshift don't work: the first reads pg_tables, the second stores booleans
// in a column of integers, and the third has sysdate as a default.
func TestBuiltInDialects(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	for _, dialect := range []goose.Dialect{goose.DialectMySQL, goose.DialectTiDB} {
		t.Run(string(dialect), func(t *testing.T) {
			table, history := on.Name(t), on.Name(t)
			p, err := goose.NewProvider(dialect, db, files(table), goose.WithTableName(history), goose.WithIsolateDDL(true))
			require.NoError(t, err)
			results, err := p.Up(t.Context())
			require.NoError(t, err)
			require.Equal(t, []int64{1, 2, 3, 4}, versions(results))
			current, err := p.GetDBVersion(t.Context())
			require.NoError(t, err)
			require.EqualValues(t, 4, current)
			_, err = p.DownTo(t.Context(), 0)
			require.NoError(t, err)
		})
	}
}
