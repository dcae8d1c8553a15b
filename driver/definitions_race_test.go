package driver_test

import (
	"database/sql"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
)

// Programs that run the same definitions at once all succeed, and there is one of each: this is how
// migrations of several instances of a program start.
func TestSameDefinitionsAtOnce(t *testing.T) {
	server, err := devserver.Start(devserver.Options{Nodes: 3})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	const programs = 8
	dbs := make([]*sql.DB, programs)
	for i := range dbs {
		connector, err := driver.NewConnector(driver.Config{Seeds: server.Seeds(), Namespace: "test", Dial: server.Dial})
		require.NoError(t, err)
		dbs[i] = sql.OpenDB(connector)
		t.Cleanup(func() { require.NoError(t, dbs[i].Close()) })
		require.NoError(t, dbs[i].PingContext(t.Context()))
	}
	for _, statement := range []string{
		"CREATE TABLE IF NOT EXISTS users (id INT PRIMARY KEY, name TEXT, tags LIST)",
		"CREATE INDEX IF NOT EXISTS users_name ON users (name)",
		"CREATE LIST INDEX IF NOT EXISTS users_tags ON users (tags) STRING",
		"CREATE SET INDEX IF NOT EXISTS users_all ON users",
		"CREATE VIEW IF NOT EXISTS names AS SELECT name FROM users",
		"CREATE OR REPLACE VIEW both AS SELECT id, name FROM users",
		"ALTER TABLE users ADD COLUMN IF NOT EXISTS age INT",
		"COMMENT ON TABLE users IS 'people'",
		"CREATE FUNCTION IF NOT EXISTS m AS 'function one(r) return 1 end'",
		"INSERT IGNORE INTO users (id, name) VALUES (1, 'Ada')",
		"DROP INDEX IF EXISTS users_tags ON users",
		"ALTER TABLE users DROP COLUMN IF EXISTS age",
		"DROP VIEW IF EXISTS both",
		"DROP FUNCTION IF EXISTS m",
	} {
		errs, start := make([]error, programs), make(chan struct{})
		var all sync.WaitGroup
		for i, db := range dbs {
			all.Go(func() {
				<-start
				_, errs[i] = db.ExecContext(t.Context(), statement)
			})
		}
		close(start)
		all.Wait()
		for _, err := range errs {
			require.NoError(t, err, statement)
		}
	}
	for _, db := range dbs {
		require.Equal(t, []string{"users CREATE TABLE users (id INT PRIMARY KEY, name TEXT, tags LIST) COMMENT 'people'"}, table(t, db, "SHOW CREATE TABLE users"))
		require.Equal(t, []string{"users_all", "users_name"}, table(t, db, "SELECT index_name FROM information_schema.statistics WHERE index_name <> 'PRIMARY' ORDER BY 1"))
		require.Equal(t, []string{"names VIEW", "users BASE TABLE"}, table(t, db, "SELECT table_name, table_type FROM information_schema.tables ORDER BY 1"))
		require.Equal(t, []string{"1"}, table(t, db, "SELECT COUNT(*) FROM users"))
		require.Empty(t, table(t, db, "SHOW MODULES"))
	}
}
