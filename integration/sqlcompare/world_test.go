package sqlcompare

import (
	"database/sql"
	"fmt"
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

// A world is the tables in SQLite and in aerosql, opened with several sets of rules.
type world struct {
	lite     *sql.DB
	ours     []*sql.DB // by mode
	integers bool      // numbers with an index are integers
	build    string
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{lite: open(t, "sqlite", ":memory:"), integers: seed%2 == 0, build: builds[seed%uint64(len(builds))]}
	w.lite.SetMaxOpenConns(1)
	server, err := devserver.Start(devserver.Options{Build: w.build, Nodes: 1 + int(seed%3)/2})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	name := fmt.Sprintf("compare-%s-%d", strings.ReplaceAll(t.Name(), "/", "-"), seed)
	remove, err := mem.Share(name, server)
	require.NoError(t, err)
	t.Cleanup(remove)
	for _, off := range modes {
		dsn := "aerospike+mem://" + name + "/test?late_bins=ignore&memory_limit=64MiB"
		if w.integers {
			dsn += "&index_numbers=integers"
		}
		if off != "" {
			dsn += "&disable_rules=" + off
		}
		w.ours = append(w.ours, open(t, "aerospike", dsn))
	}
	w.fill(t, newDrawer(seed, 0))
	return w
}

func open(t *testing.T, name, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(name, dsn)
	require.NoError(t, err)
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

// fill writes the same rows to both sides, and the table x1 to aerosql.
func (w *world) fill(t *testing.T, d *drawer) {
	ours := w.ours[0]
	w.exec(t, "CREATE TABLE d1(id INTEGER PRIMARY KEY, n INTEGER, ratio REAL, name TEXT)", w.lite)
	w.exec(t, "CREATE TABLE d1 (id BIGINT PRIMARY KEY, n BIGINT, ratio DOUBLE, name VARCHAR(20), ok BOOLEAN, price DECIMAL(10, 2), at TIMESTAMP, tags JSON)", ours)
	d.lite = true
	for _, table := range []string{"t1", "t2"} {
		w.exec(t, "CREATE TABLE "+table+"(PK INTEGER PRIMARY KEY, a INTEGER, b INTEGER, f REAL, s TEXT)", w.lite)
		for pk := range rows {
			w.insert(t, d, table, fmt.Sprint(pk), []column{{"a", number}, {"b", number}, {"f", float}, {"s", text}}, nil)
		}
	}
	for pk := range rows {
		w.insert(t, d, "d1", fmt.Sprint(pk), []column{{"n", number}, {"ratio", float}, {"name", text}},
			[]column{{"ok", truth}, {"price", decimal}, {"at", moment}, {"tags", list}})
	}
	w.exec(t, "PRAGMA case_sensitive_like = ON", w.lite)
	w.exec(t, "CREATE VIEW v1 AS SELECT PK AS k, a, b, s, f FROM t1 WHERE a > 0", w.lite, ours)
	w.put(t, d)
	w.index(t)
}

// insert writes a row, in which some columns are missing. SQLite does not get those of the list
// own.
func (w *world) insert(t *testing.T, d *drawer, table, pk string, columns, own []column) {
	key := "PK"
	if table == "d1" {
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

// put writes the table x1.
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
			key, err := protocol.NewKey("test", "x1", pk)
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
	statements := []string{
		"INDEX t1a ON t1 (a) TYPE NUMERIC", "INDEX t1b ON t1 (b) TYPE NUMERIC", "INDEX t1s ON t1 (s) TYPE STRING", "INDEX t2b ON t2 (b) TYPE NUMERIC",
		"INDEX d1n ON d1 (n)", "INDEX d1name ON d1 (name)", "INDEX d1price ON d1 (price)", "INDEX d1at ON d1 (at)",
		"INDEX x1x ON x1 (x) TYPE STRING", "INDEX x1i ON x1 (i) TYPE NUMERIC", "INDEX x1s ON x1 (s) TYPE STRING", "INDEX x1z ON x1 (z) TYPE BLOB",
		"INDEX x1p ON x1 (p) TYPE GEO2DSPHERE", "LIST INDEX x1l ON x1 (l) TYPE NUMERIC", "LIST INDEX x1ls ON x1 (l) TYPE STRING",
		"MAPKEYS INDEX x1m ON x1 (m) TYPE STRING", "MAPVALUES INDEX x1mv ON x1 (m) TYPE NUMERIC", "MAPKEYS INDEX x1u ON x1 (u) TYPE STRING",
		"SET INDEX x1set ON x1", "INDEX x1mk ON x1 (m.k) TYPE STRING", "INDEX x1l0 ON x1 (l[0]) TYPE STRING",
	}
	if !w.integers {
		statements = append(statements, "INDEX x1y ON x1 (y) TYPE NUMERIC")
	}
	if w.build == "" {
		statements = append(statements, "INDEX d1n1 ON d1 (n + 1) TYPE NUMERIC")
	}
	for _, s := range statements {
		_, err := w.ours[0].Exec("CREATE " + s + map[bool]string{false: " WAIT", true: ""}[strings.HasPrefix(s, "SET")])
		if w.build == "" {
			require.NoError(t, err, s)
		}
	}
}
