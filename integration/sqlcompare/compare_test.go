package sqlcompare

import (
	"database/sql"
	"flag"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/aerosql/aerosql/cluster"
	_ "github.com/aerosql/aerosql/cluster/devserver/mem"
	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

var (
	count = flag.Int("queries", 10_000, "number of queries")
	all   = flag.Bool("all", false, "run each query without each rule, not without one of them and without all")
	seed  = flag.Uint64("seed", 1, "seed of the tables and queries")
	nan   = math.NaN()
)

// position is the part of an error that differs for the same mistake.
var position = regexp.MustCompile(` at line \d+, column \d+`)

// rules are the rules of the planner that can be turned off.
var rules = []string{"filter", "index", "union", "intersection", "projection", "key", "limit"}

// A world is the tables in SQLite and in aerosql, opened with several sets of rules.
type world struct {
	lite  *sql.DB
	ours  *sql.DB
	modes map[string]*sql.DB
}

func newWorld(t *testing.T) *world {
	w := &world{lite: open(t, "sqlite", ":memory:"), ours: open(t, "aerospike", "aerospike+mem://sqlcompare/test"), modes: map[string]*sql.DB{}}
	w.lite.SetMaxOpenConns(1)
	for _, off := range append(slices.Clone(rules), strings.Join(rules, ",")) {
		dsn := "aerospike+mem://sqlcompare/test?disable_rules=" + off
		if _, err := driver.ParseDSN(dsn); err != nil {
			t.Logf("no rule can be turned off: %v", err)
			break
		}
		w.modes[off] = open(t, "aerospike", dsn)
	}
	w.fill(t)
	return w
}

func open(t *testing.T, name, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open(name, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// fill writes the same rows to both sides, and the bin x, which SQLite has not, to aerosql.
func (w *world) fill(t *testing.T) {
	d := newDrawer(*seed, 0)
	for _, table := range []string{"t1", "t2"} {
		_, err := w.lite.Exec("CREATE TABLE " + table + "(PK INTEGER PRIMARY KEY, a INTEGER, b INTEGER, f REAL, s TEXT)")
		require.NoError(t, err)
		for pk := range 24 {
			columns, values := d.row(pk)
			text := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")"
			for _, db := range []*sql.DB{w.lite, w.ours} {
				_, err := db.Exec(text)
				require.NoError(t, err, text)
			}
			if x := d.mixed(); table == "t1" {
				w.put(t, pk, x)
			}
		}
	}
	_, err := w.lite.Exec("PRAGMA case_sensitive_like = ON")
	require.NoError(t, err)
	for _, column := range []string{"a", "s", "f"} {
		if _, err := w.ours.Exec("CREATE INDEX t1" + column + " ON t1 (" + column + ")"); err != nil {
			t.Log("no index:", err)
		}
	}
}

func (w *world) put(t *testing.T, pk int, x any) {
	conn, err := w.ours.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, driver.FromConn(conn, func(c *cluster.Client) error {
		key, err := protocol.NewKey("test", "t1", pk)
		if err != nil {
			return err
		}
		return c.Put(t.Context(), &cluster.WritePolicy{SendKey: true}, key, protocol.Bins{{Name: "x", Value: protocol.ValueOf(x)}})
	}))
}

// answer returns the rows as text, sorted unless the query has an order.
func answer(db *sql.DB, q string, ordered bool) ([]string, error) {
	rows, err := db.Query(q)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, _ := rows.Columns()
	row, pointers := make([]any, len(columns)), make([]any, len(columns))
	for i := range row {
		pointers[i] = &row[i]
	}
	all := []string{}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return nil, err
		}
		for i, v := range row {
			if f, ok := v.(float64); ok && f == 0 {
				row[i] = 0.0 // -0 and 0 are equal
			}
		}
		all = append(all, fmt.Sprintf("%#v", row))
	}
	if !ordered {
		slices.Sort(all)
	}
	return all, rows.Err()
}

// difference returns how the answers to a query differ, or "". It returns an error if aerosql
// refuses the query.
func (w *world) difference(q *query, modes []string) (string, error) {
	text, ordered := q.String(), len(q.order) > 0
	got, err := answer(w.ours, text, ordered)
	if err != nil {
		return "", err
	}
	if !q.mixed {
		want, err := answer(w.lite, text, ordered)
		if err != nil {
			return "", fmt.Errorf("SQLite: %w", err)
		}
		if !slices.Equal(want, got) {
			return fmt.Sprintf("SQLite  %v\naerosql %v", want, got), nil
		}
	}
	for _, off := range modes {
		other, err := answer(w.modes[off], text, ordered)
		if err != nil || !slices.Equal(got, other) {
			return fmt.Sprintf("all rules   %v\nwithout %s %v %v", got, off, other, err), nil
		}
	}
	return w.partition(q)
}

// partition compares a query with its parts where a condition is true, false and unknown, and the
// number of rows of the first part with the number of rows for which the condition is true.
func (w *world) partition(q *query) (string, error) {
	if len(q.where) == 0 || len(q.group) > 0 || q.right != nil || q.distinct || q.limit >= 0 || strings.HasPrefix(q.columns[0], "COUNT") {
		return "", nil
	}
	c := *q
	p := "(" + strings.Join(q.where, " AND ") + ")"
	c.where, c.order = nil, nil
	whole, err := answer(w.ours, c.String(), false)
	if err != nil {
		return "", err
	}
	parts, first := []string{}, 0
	for i, condition := range []string{p, "NOT " + p, p + " IS NULL"} {
		c.where = []string{condition}
		rows, err := answer(w.ours, c.String(), false)
		if err != nil {
			return "", err
		}
		if parts = append(parts, rows...); i == 0 {
			first = len(rows)
		}
	}
	if slices.Sort(parts); !slices.Equal(whole, parts) {
		return fmt.Sprintf("whole    %v\nby parts %v", whole, parts), nil
	}
	c.where, c.columns = nil, []string{p}
	values, err := answer(w.ours, c.String(), false)
	if err != nil {
		return "", err
	}
	selected := 0
	for _, v := range values {
		if strings.Contains(v, "true") {
			selected++
		}
	}
	if selected != first {
		return fmt.Sprintf("WHERE selects %d rows, the condition is true for %d", first, selected), nil
	}
	return "", nil
}

// without returns the sets of rules that query i is run without.
func (w *world) without(i int) []string {
	modes := slices.Sorted(maps.Keys(w.modes))
	if *all || len(modes) == 0 {
		return modes
	}
	return []string{strings.Join(rules, ","), rules[i%len(rules)]}
}

func TestCompare(t *testing.T) {
	w := newWorld(t)
	d := newDrawer(*seed, 1)
	refused := map[string]int{}
	wrong, compared := 0, 0
	for i := range *count {
		q := d.query()
		modes := w.without(i)
		difference, err := w.difference(q, modes)
		if err != nil {
			line, _, _ := strings.Cut(err.Error(), "\n")
			refused[position.ReplaceAllString(line, "")]++
			continue
		}
		compared++
		if difference == "" {
			continue
		}
		q = shrink(q, func(c *query) bool { d, err := w.difference(c, modes); return err == nil && d != "" })
		difference, _ = w.difference(q, modes)
		t.Errorf("-seed %d, query %d: %s\n%s", *seed, i, q, difference)
		if wrong++; wrong == 5 {
			break
		}
	}
	t.Logf("seed %d: %d queries compared with %d sets of rules, %d refused for %d reasons", *seed, compared, len(w.modes)+1, *count-compared, len(refused))
	for _, line := range slices.Sorted(maps.Keys(refused))[:min(20, len(refused))] {
		t.Logf("%6d %s", refused[line], line)
	}
}

func TestShrink(t *testing.T) {
	q := &query{columns: []string{"PK", "a"}, from: "t1", where: []string{"a = 1", "b = 2"}, order: []string{"PK"}, limit: 3, offset: 1}
	q = shrink(q, func(c *query) bool { return strings.Contains(c.String(), "b = 2") })
	require.Equal(t, "SELECT a FROM t1 WHERE b = 2", q.String())
}

// TestDifference holds that a row that only one side has is found.
func TestDifference(t *testing.T) {
	w := newWorld(t)
	q := &query{columns: []string{"PK", "a"}, from: "t1", limit: -1, offset: -1}
	difference, err := w.difference(q, nil)
	require.NoError(t, err)
	require.Empty(t, difference)
	_, err = w.lite.Exec("INSERT INTO t1 (PK, a) VALUES (1000, 1)")
	require.NoError(t, err)
	difference, err = w.difference(q, nil)
	require.NoError(t, err)
	require.Contains(t, difference, "1000")
}
