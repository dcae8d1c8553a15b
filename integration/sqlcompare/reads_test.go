package sqlcompare

import (
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cluster/devserver"
	"github.com/aerosql/aerosql/driver"
)

// readRecords is the number of records of the table t.
const readRecords = 2000

// A meter counts the records that the queries of a server read.
type meter struct {
	db   *sql.DB
	seen map[string]bool
}

// newMeter starts a server with the table t, whose bins have an index. It returns a function that
// opens the server with keys of the DSN.
func newMeter(t *testing.T) (*meter, func(keys string) *sql.DB) {
	if realServer != "" {
		t.Skip("it counts the reads of an in-process server")
	}
	name, end := share(t, 0, devserver.Options{})
	t.Cleanup(func() { require.NoError(t, end()) })
	open := func(keys string) *sql.DB {
		return open(t, "aerospike", "aerospike+mem://"+name+"/test?index_numbers=integers"+keys)
	}
	m := &meter{db: open(""), seen: map[string]bool{}}
	for pk := range readRecords {
		_, err := m.db.Exec("INSERT INTO t (PK, a, b, c, s) VALUES (?, ?, ?, ?, ?)", pk, pk, pk%100, pk%37, fmt.Sprint("s", pk%61))
		require.NoError(t, err)
	}
	for _, index := range []string{"a) TYPE NUMERIC", "b) TYPE NUMERIC", "c) TYPE NUMERIC", "s) TYPE STRING"} {
		_, err := m.db.Exec("CREATE INDEX t" + index[:1] + " ON t (" + index + " WAIT")
		require.NoError(t, err)
	}
	return m, open
}

var (
	counters = regexp.MustCompile(`recs-(?:succeeded|filtered-bins|filtered-meta)=(\d+)`)
	trid     = regexp.MustCompile(`trid=(\d+)`)
)

// records returns the number of records that the queries since the last call have read. The server
// knows at least the last 100.
func (m *meter) records(t *testing.T) (n int) {
	conn, err := m.db.Conn(t.Context())
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, driver.FromConn(conn, func(c *cluster.Client) error {
		values, err := c.Info(t.Context(), nil, "query-show")
		for job := range strings.SplitSeq(values["query-show"], ";") {
			id := trid.FindString(job)
			if m.seen[id] {
				continue
			}
			m.seen[id] = true
			for _, match := range counters.FindAllStringSubmatch(job, -1) {
				count, _ := strconv.Atoi(match[1])
				n += count
			}
		}
		return err
	}))
	return n
}

// of returns the number of rows of t for which a condition is true, and of the records that were
// read to find them.
func (m *meter) of(t *testing.T, db *sql.DB, where string) (rows, records int) {
	m.records(t)
	answer, err := rowsOf(db, "SELECT PK FROM t WHERE "+where, false, form{})
	require.NoError(t, err, where)
	return len(answer), m.records(t)
}

// TestUnionReads holds that ranges of an index joined by OR read only the records in them.
func TestUnionReads(t *testing.T) {
	m, open := newMeter(t)
	_, records := m.of(t, open("&disable_rules=index"), "b = 3")
	require.Equal(t, readRecords, records, "the counter must see a scan")
	for _, test := range []struct {
		where      string
		rows, most int
	}{
		{"a = 5", 1, 1},
		{"a IN (1, 2, 3)", 3, 3},
		{"a BETWEEN 10 AND 19 OR a BETWEEN 500 AND 509", 20, 20},
		{"a BETWEEN 10 AND 19 OR a BETWEEN 15 AND 24", 15, 20},
		{"a = 7 OR b = 7", 20, 21},
		{"a < 3 OR a > 1997", 5, 5},
		{"a = 1 OR a = 1", 1, 1},
		{"s IN ('s1', 's2') OR a IN (5, 6)", 68, 68},
	} {
		t.Run(test.where, func(t *testing.T) {
			rows, records := m.of(t, m.db, test.where)
			require.Equal(t, test.rows, rows)
			require.LessOrEqual(t, records, test.most)
		})
	}
}

// indexed draws a condition on bins with an index, of ORs and INs and perhaps an AND. It has no
// range with one end: what part of an index that has is only guessed.
func (d *drawer) indexed() string {
	one := func() string {
		switch d.IntN(6) {
		case 0:
			return fmt.Sprintf("a IN (%d, %d, %d)", d.IntN(readRecords), d.IntN(readRecords), d.IntN(readRecords))
		case 1:
			from := d.IntN(readRecords)
			return fmt.Sprintf("a BETWEEN %d AND %d", from, from+d.IntN(40))
		case 2:
			return fmt.Sprintf("s IN ('s%d', 's%d')", d.IntN(61), d.IntN(61))
		case 3:
			return fmt.Sprintf("c = %d", d.IntN(37))
		case 4:
			return fmt.Sprintf("b IN (%d, %d)", d.IntN(100), d.IntN(100))
		}
		return fmt.Sprintf("b = %d", d.IntN(100))
	}
	condition := one()
	for range 1 + d.IntN(3) {
		condition += " OR " + one()
	}
	if d.one(3) {
		return fmt.Sprintf("(%s) AND %s", condition, pick(d, one(), "PK > 5", fmt.Sprintf("c BETWEEN 3 AND %d", 3+d.IntN(9))))
	}
	return condition
}

// TestUnionsReadLess holds that a union of index ranges never reads more records than the best
// single range or a scan, and in the median a tenth of a scan at most.
func TestUnionsReadLess(t *testing.T) {
	m, open := newMeter(t)
	union, single := open("&disable_rules=intersection"), open("&disable_rules=intersection,union")
	scan := open("&disable_rules=index")
	d := newDrawer(*seed, 2)
	var times []int
	for range 100 {
		where := d.indexed()
		rows, all := m.of(t, scan, where)
		if all == 0 { // a contradiction
			continue
		}
		same, most := m.of(t, single, where)
		found, least := m.of(t, union, where)
		intersected, _ := m.of(t, m.db, where)
		require.Equal(t, readRecords, all, where)
		assert.Equal(t, rows, found, where)
		assert.Equal(t, rows, same, where)
		assert.Equal(t, rows, intersected, where)
		assert.LessOrEqual(t, least, most, where)
		times = append(times, all/max(1, least))
	}
	slices.Sort(times)
	t.Logf("a scan reads %d times the records of a union in the median, %d times at least", times[len(times)/2], times[0])
	assert.GreaterOrEqual(t, times[len(times)/2], 10)
}
