package sqlcompare

import (
	_ "embed"
	"flag"
	"fmt"
	"maps"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	count      = flag.Int("queries", queries, "number of queries")
	seed       = flag.Uint64("seed", 1, "seed of the first tables and their queries")
	everything = flag.Bool("everything", false, "run a query without each rule even if its plan is the same")
	statement  = flag.String("statement", "", "a statement to explain on the tables of the seed")
	most       = flag.Int("faults", 5, "number of faults after which to stop")
)

// queriesOfWorld is the number of queries that share tables.
const queriesOfWorld = 500

// position is the part of an error that differs for the same mistake.
var position = regexp.MustCompile(` at line \d+, column \d+`)

// A tally is what was found.
type tally struct {
	mu                            sync.Mutex
	compared, lite, wrong, refuse int
	reasons                       map[string]int
	examples                      map[string]string
}

// world runs n queries on the tables of a seed.
func (c *tally) world(t *testing.T, seed uint64, n int) {
	w := newWorld(t, seed)
	d := newDrawer(seed, 1)
	for i := range n {
		q := d.query()
		difference, err := w.difference(q)
		c.mu.Lock()
		switch {
		case err != nil:
			c.refused(err, q)
		default:
			c.compared++
			if q.lite {
				c.lite++
			}
			if difference != "" {
				c.wrong++
			}
		}
		stop := c.wrong >= *most
		c.mu.Unlock()
		if difference != "" {
			s := shrink(q, func(c *query) bool { d, err := w.difference(c); return err == nil && d != "" })
			difference, _ = w.difference(s)
			t.Errorf("-seed %d, query %d, build %q, integers %v: %s, arguments %#v\n%s", seed, i, w.build, w.integers, s, s.args(), difference)
		}
		if stop {
			return
		}
	}
}

func (c *tally) refused(err error, q *query) {
	c.refuse++
	line, _, _ := strings.Cut(err.Error(), "\n")
	line = position.ReplaceAllString(line, "")
	c.reasons[line]++
	c.examples[line] = q.String()
}

// report prints the figures. At least 9 of 10 queries must have been compared.
func (c *tally) report(t *testing.T) {
	t.Logf("%d queries compared with %d sets of rules, %d of them with SQLite; %d refused", c.compared, len(modes), c.lite, c.refuse)
	lines := slices.SortedFunc(maps.Keys(c.reasons), func(x, y string) int { return c.reasons[y] - c.reasons[x] })
	for _, line := range lines[:min(30, len(lines))] {
		t.Logf("%6d %s\n        %s", c.reasons[line], line, c.examples[line])
	}
	assert.GreaterOrEqual(t, c.compared*10, (c.compared+c.refuse)*9, "at least 90 %% of the queries must be compared")
}

func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

func TestCompare(t *testing.T) {
	c := &tally{reasons: map[string]int{}, examples: map[string]string{}}
	t.Run("worlds", func(t *testing.T) {
		for at := 0; at < *count; at += queriesOfWorld {
			t.Run(fmt.Sprint(*seed+uint64(at/queriesOfWorld)), func(t *testing.T) {
				if realServer == "" {
					t.Parallel()
				}
				c.world(t, *seed+uint64(at/queriesOfWorld), min(queriesOfWorld, *count-at))
			})
		}
	})
	c.report(t)
}

//go:embed testdata/seeds.txt
var seeds string

// TestSeeds runs the statements that once had different answers.
func TestSeeds(t *testing.T) {
	worlds := map[uint64]*world{}
	for line := range strings.Lines(seeds) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		words := strings.SplitN(line, " ", 3)
		seed, err := strconv.ParseUint(words[0], 10, 64)
		require.NoError(t, err, line)
		if worlds[seed] == nil {
			if realServer != "" { // it has one world at a time
				clear(worlds)
			}
			worlds[seed] = newWorld(t, seed)
		}
		difference, err := worlds[seed].answers(words[2], form{loose: true, lite: words[1] == "lite"}, false, false)
		require.NoError(t, err, line)
		require.Empty(t, difference, line)
	}
}

// TestStatement prints the plans and answers of the statement of a flag.
func TestStatement(t *testing.T) {
	if *statement == "" {
		t.Skip("no -statement")
	}
	w := newWorld(t, *seed)
	for i, off := range modes {
		answer, err := rowsOf(w.ours[i], *statement, false, form{})
		t.Logf("without %q: %d rows %v %v\n%s", off, len(answer), answer, err, w.plan(i, *statement))
	}
	answer, err := rowsOf(w.lite, *statement, false, form{lite: true})
	t.Logf("SQLite: %d rows %v %v", len(answer), answer, err)
}

func TestShrink(t *testing.T) {
	q := &query{
		columns: []*node{word("PK"), word("a")}, from: []*node{word("ct1")}, limit: "3", offset: "1",
		where: []*node{piece(truth, "a = 1"), piece(truth, "NOT ($)", piece(truth, "b = 2"))}, order: []*node{word("PK")},
	}
	q = shrink(q, func(c *query) bool { return strings.Contains(c.String(), "b = 2") })
	require.Equal(t, "SELECT a FROM ct1 WHERE b = 2", q.String())
}

// TestDifference holds that a row that only one side has is found.
func TestDifference(t *testing.T) {
	w := newWorld(t, 0)
	q := &query{columns: []*node{word("PK"), word("a")}, from: []*node{word("ct1")}, lite: true}
	difference, err := w.difference(q)
	require.NoError(t, err)
	require.Empty(t, difference)
	w.exec(t, "INSERT INTO ct1 (PK, a) VALUES (1000, 1)", w.lite)
	difference, err = w.difference(q)
	require.NoError(t, err)
	require.Contains(t, difference, "1000")
}
