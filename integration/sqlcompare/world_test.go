package sqlcompare

import (
	"cmp"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/cluster/devserver/mem"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

// rules are the rules of the planner that can be turned off.
var rules = []string{"filter", "index", "union", "intersection", "projection", "key", "limit"}

// modes are the sets of rules that are off.
var modes = append(append([]string{""}, rules...), strings.Join(rules, ","))

// rows is the number of rows of a table.
const rows = 24

// builds are the server versions that the planner sees.
var builds = []string{"", "", "8.0.0.2", "7.1.0.3", "6.4.0.1", "6.0.0.5"}

// realServer is the address of a server to use, or "".
var (
	realServer = os.Getenv("AEROSQL_ADDR")
	namespace  = cmp.Or(os.Getenv("AEROSQL_NAMESPACE"), "test")
)

// A world is the tables in SQLite and in aerosql, opened with several sets of rules.
type world struct {
	lite     *sql.DB
	ours     []*sql.DB // by mode
	integers bool      // numbers with an index are integers
	build    string
	server   func() error // ends it, nil for a real server
}

// close ends the world. It keeps nothing, since the testing package keeps w until all tests end.
func (w *world) close(t *testing.T) {
	for _, db := range append(w.ours, w.lite) {
		require.NoError(t, db.Close())
	}
	if w.server != nil {
		require.NoError(t, w.server())
	}
	*w = world{}
}

// newWorld starts a server with the tables of a seed, or puts them on the server that AEROSQL_ADDR
// names.
func newWorld(t *testing.T, seed uint64) *world {
	w := &world{lite: connect(t, "sqlite", ":memory:"), integers: seed%2 == 0}
	t.Cleanup(func() { w.close(t) })
	w.lite.SetMaxOpenConns(1)
	base := "aerospike://" + realServer + "/" + namespace
	if realServer == "" {
		w.build = builds[seed%uint64(len(builds))]
		var name string
		name, w.server = share(t, seed, devserver.Options{Build: w.build, Nodes: 1 + int(seed%3)/2})
		base = "aerospike+mem://" + name + "/test"
	}
	for _, off := range modes {
		dsn := base + "?late_bins=ignore&memory_limit=64MiB"
		if w.integers {
			dsn += "&index_numbers=integers"
		}
		if off != "" {
			dsn += "&disable_rules=" + off
		}
		w.ours = append(w.ours, connect(t, "aerospike", dsn))
	}
	if realServer != "" {
		w.clear(t)
	}
	w.fill(t, newDrawer(seed, 0))
	return w
}

// share starts a server and returns its name and what ends it.
func share(t *testing.T, seed uint64, options devserver.Options) (name string, end func() error) {
	server, err := devserver.Start(options)
	require.NoError(t, err)
	name = fmt.Sprintf("compare-%s-%d", strings.ReplaceAll(t.Name(), "/", "-"), seed)
	remove, err := mem.Share(name, server)
	require.NoError(t, err)
	return name, func() error {
		remove()
		return server.Close()
	}
}

// clear removes the tables of another seed.
func (w *world) clear(t *testing.T) {
	for _, s := range w.indexes() {
		before, _, _ := strings.Cut(s, " ON ")
		_, name, _ := strings.Cut(before, "INDEX ")
		w.exec(t, "DROP INDEX IF EXISTS "+name, w.ours[0])
	}
	w.exec(t, "DROP VIEW IF EXISTS cv1", w.ours[0])
	w.exec(t, "DROP VIEW IF EXISTS cv2", w.ours[0])
	w.exec(t, "DROP TABLE IF EXISTS cd1", w.ours[0])
	for _, table := range []string{"ct1", "ct2", "cx1"} {
		w.exec(t, "TRUNCATE TABLE "+table, w.ours[0])
	}
}

func connect(t *testing.T, name, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(name, dsn)
	require.NoError(t, err)
	return db
}

func open(t *testing.T, name, dsn string) *sql.DB {
	t.Helper()
	db := connect(t, name, dsn)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func (w *world) exec(t *testing.T, text string, databases ...*sql.DB) {
	t.Helper()
	for _, db := range databases {
		_, err := db.Exec(text)
		require.NoError(t, err, text)
	}
}

// fill writes the same rows to both sides, and the table cx1 to aerosql.
func (w *world) fill(t *testing.T, d *drawer) {
	ours := w.ours[0]
	w.exec(t, "CREATE TABLE cd1(id INTEGER PRIMARY KEY, n INTEGER, ratio REAL, name TEXT)", w.lite)
	w.exec(t, "CREATE TABLE cd1 (id BIGINT PRIMARY KEY, n BIGINT, ratio DOUBLE, name VARCHAR(20), ok BOOLEAN, price DECIMAL(10, 2), at TIMESTAMP, tags JSON)", ours)
	d.lite = true
	for _, table := range []string{"ct1", "ct2"} {
		w.exec(t, "CREATE TABLE "+table+"(PK INTEGER PRIMARY KEY, a INTEGER, b INTEGER, f REAL, s TEXT)", w.lite)
		for pk := range rows {
			w.insert(t, d, table, fmt.Sprint(pk), []column{{"a", number}, {"b", number}, {"f", float}, {"s", text}}, nil)
		}
	}
	for pk := range rows {
		w.insert(t, d, "cd1", fmt.Sprint(pk), []column{{"n", number}, {"ratio", float}, {"name", text}},
			[]column{{"ok", truth}, {"price", decimal}, {"at", moment}, {"tags", list}})
	}
	w.exec(t, "PRAGMA case_sensitive_like = ON", w.lite)
	w.exec(t, "CREATE VIEW cv1 AS SELECT PK AS k, a, b, s, f FROM ct1 WHERE a > 0", w.lite, ours)
	w.put(t, d)
	w.exec(t, "CREATE VIEW cv2 AS SELECT PK AS k, x, i, s, l, m, __digest AS d FROM cx1 WHERE i > 0 OR s >= 'a'", ours)
	w.index(t)
}

// insert writes a row, in which some columns are missing. SQLite does not get those of the list
// own.
func (w *world) insert(t *testing.T, d *drawer, table, pk string, columns, own []column) {
	key := "PK"
	if table == "cd1" {
		key = "id"
	}
	names, values := []string{key}, []string{pk}
	add := func(list []column) {
		for _, c := range list {
			if !d.one(6) {
				names, values = append(names, c.name), append(values, d.constant(c.kind))
			}
		}
		if len(names) == 1 { // a record needs a bin
			names, values = append(names, columns[0].name), append(values, "1")
		}
	}
	insert := func(db *sql.DB) {
		w.exec(t, "INSERT INTO "+table+" ("+strings.Join(names, ", ")+") VALUES ("+strings.Join(values, ", ")+")", db)
	}
	add(columns)
	insert(w.lite)
	add(own)
	insert(w.ours[0])
}

// put writes the table cx1.
func (w *world) put(t *testing.T, d *drawer) {
	conn, err := w.ours[0].Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	columns := []column{
		{"x", mixed}, {"y", mixed}, {"i", number}, {"g", float}, {"s", text}, {"z", blob}, {"o", truth}, {"l", list},
		{"m", mapping}, {"u", mapping}, {"p", geo},
	}
	require.NoError(t, driver.FromConn(conn, func(c *cluster.Client) error {
		for pk := range rows {
			key, err := protocol.NewKey(namespace, "cx1", pk)
			if err != nil {
				return err
			}
			bins := protocol.Bins{{Name: "i", Value: protocol.Int(int64(pk % 5))}}
			for _, column := range columns {
				if d.one(5) {
					continue
				}
				v := protocol.ValueOf(d.value(column.kind))
				if pairs, isMap := v.Map(); isMap && column.name == "m" {
					v = protocol.MapWithOrder(protocol.Ordered, pairs)
				}
				if column.name == "i" {
					bins = bins[1:]
				}
				bins = append(bins, protocol.Bin{Name: column.name, Value: v})
			}
			if err := c.Put(t.Context(), &cluster.WritePolicy{SendKey: pk%3 > 0}, key, bins); err != nil {
				return err
			}
		}
		return nil
	}))
}

// index creates the indexes. Old servers do not have all of them.
func (w *world) index(t *testing.T) {
	for _, s := range w.indexes() {
		_, err := w.ours[0].Exec("CREATE " + s + map[bool]string{false: " WAIT", true: ""}[strings.HasPrefix(s, "SET")])
		if w.build == "" {
			require.NoError(t, err, s)
		}
	}
}

// indexes returns the indexes without CREATE.
func (w *world) indexes() []string {
	statements := []string{
		"INDEX ct1a ON ct1 (a) TYPE NUMERIC", "INDEX ct1b ON ct1 (b) TYPE NUMERIC", "INDEX ct1s ON ct1 (s) TYPE STRING", "INDEX ct2b ON ct2 (b) TYPE NUMERIC",
		"INDEX cd1n ON cd1 (n)", "INDEX cd1name ON cd1 (name)", "INDEX cd1price ON cd1 (price)", "INDEX cd1at ON cd1 (at)",
		"INDEX cx1x ON cx1 (x) TYPE STRING", "INDEX cx1i ON cx1 (i) TYPE NUMERIC", "INDEX cx1s ON cx1 (s) TYPE STRING", "INDEX cx1z ON cx1 (z) TYPE BLOB",
		"INDEX cx1p ON cx1 (p) TYPE GEO2DSPHERE", "LIST INDEX cx1l ON cx1 (l) TYPE NUMERIC", "LIST INDEX cx1ls ON cx1 (l) TYPE STRING",
		"MAPKEYS INDEX cx1m ON cx1 (m) TYPE STRING", "MAPVALUES INDEX cx1mv ON cx1 (m) TYPE NUMERIC", "MAPKEYS INDEX cx1u ON cx1 (u) TYPE STRING",
		"SET INDEX cx1set ON cx1", "INDEX cx1mk ON cx1 (m.k) TYPE STRING", "INDEX cx1l0 ON cx1 (l[0]) TYPE STRING",
	}
	if !w.integers {
		statements = append(statements, "INDEX cx1y ON cx1 (y) TYPE NUMERIC")
	}
	if w.build == "" && realServer == "" {
		statements = append(statements, "INDEX cd1n1 ON cd1 (n + 1) TYPE NUMERIC")
	}
	return statements
}
