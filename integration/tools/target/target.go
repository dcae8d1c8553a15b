// Package target gives the tests of other people's tools a database to run on.
package target

import (
	"cmp"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
)

// A Target is a cluster that a test runs on.
type Target struct {
	// Seeds are the addresses of the cluster's nodes.
	Seeds []string
	// Namespace is the namespace for the test's sets.
	Namespace string
}

// New starts a devserver of one node, which is closed when the test ends. If AEROSQL_ADDR is set,
// New returns the server of this address instead.
func New(t testing.TB) Target {
	t.Helper()
	if addr := os.Getenv("AEROSQL_ADDR"); addr != "" {
		return Target{strings.Split(addr, ","), cmp.Or(os.Getenv("AEROSQL_NAMESPACE"), "test")}
	}
	srv, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, srv.Close()) })
	return Target{srv.Seeds(), "test"}
}

// DSN returns the target's data source name with the parameters, such as "?tx=autocommit".
func (on Target) DSN(parameters string) string {
	return driver.Name + "://" + on.Seeds[0] + "/" + on.Namespace + parameters
}

// Open opens a database of the target. It is closed when the test ends.
func (on Target) Open(t testing.TB, parameters string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver.Name, on.DSN(parameters))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

var tables atomic.Int64

// Name returns the name of a table that no other test uses. The table is dropped when the test
// ends.
func (on Target) Name(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("tools_%d_%d", os.Getpid(), tables.Add(1))
	on.DropAfter(t, name)
	return name
}

// DropAfter drops the tables when the test ends. It also drops them now, in case that an earlier
// run was stopped.
func (on Target) DropAfter(t testing.TB, names ...string) {
	t.Helper()
	drop := func() {
		db, err := sql.Open(driver.Name, on.DSN(""))
		require.NoError(t, err)
		for _, name := range names {
			_, err = db.Exec("DROP TABLE IF EXISTS `" + name + "`; TRUNCATE `" + name + "`") // it may not be declared
			require.NoError(t, err)
		}
		require.NoError(t, db.Close())
	}
	if os.Getenv("AEROSQL_ADDR") != "" {
		drop()
		t.Cleanup(drop)
	}
}

// Table creates a table with a column of each type that the tools are tested with, and returns its
// name:
//
//	id INT PRIMARY KEY, name TEXT NOT NULL, age INT, score DOUBLE, active BOOL, born TIMESTAMP,
//	price DECIMAL(10, 2), data BLOB, tags LIST, attrs MAP
func (on Target) Table(t testing.TB, db *sql.DB) string {
	t.Helper()
	name := on.Name(t)
	_, err := db.Exec("CREATE TABLE " + name + ` (id INT PRIMARY KEY, name TEXT NOT NULL, age INT, score DOUBLE,
		active BOOL, born TIMESTAMP, price DECIMAL(10, 2), data BLOB, tags LIST, attrs MAP)`)
	require.NoError(t, err)
	return name
}
