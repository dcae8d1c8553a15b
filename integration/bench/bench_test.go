package main

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster/devserver"
)

// TestWorks: every client does every work that it has a form for, and the report names them.
func TestWorks(t *testing.T) {
	o := &options{time: 5 * time.Millisecond, rounds: 1, scan: 1000, callers: []int{1, 2, 4}, subjects: []string{official, "native", "mapper", "sql"}}
	server, err := startForTest(t)
	require.NoError(t, err)
	o.addr = server
	all, err := openSubjects(o)
	require.NoError(t, err)
	defer all.close()
	r := report{machine: "a machine", options: o}
	for i := range works {
		for _, n := range o.callers {
			row, err := measureRow(o, all, &works[i], n)
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(row.results), 2)
			for name, res := range row.results {
				require.Positive(t, res.rate, name)
				require.Positive(t, res.ratio, name)
			}
			r.rows = append(r.rows, row)
		}
	}
	page := r.page()
	for _, w := range works {
		require.Contains(t, page, "\n## "+w.name+": ")
	}
	require.Contains(t, page, "- Server: devserver.")
	require.Contains(t, page, "](benchmark-get.svg)")
	require.Len(t, r.plots(), 2*len(works))
	dir := t.TempDir()
	require.NoError(t, r.write(dir))
	r.server, err = buildOf(o)
	require.NoError(t, err)
	require.NoError(t, r.write(dir))
	real, err := os.ReadFile(filepath.Join(dir, "benchmarks-server.md"))
	require.NoError(t, err)
	require.Regexp(t, `- Server: Aerospike .+ \d+(\.\d+)+\.`, string(real))
	require.NotContains(t, string(real), ".svg")
	require.Contains(t, string(real), r.table())
	require.FileExists(t, filepath.Join(dir, "benchmarks.md"))
	for _, p := range r.plots() {
		requireXML(t, p.svg())
	}
}

func requireXML(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else {
			require.NoError(t, err)
		}
	}
}

func TestMedians(t *testing.T) {
	m := medians([]result{{rate: 3, p99: 1}, {rate: 1, p99: 9}, {rate: 2, p99: 5}})
	require.Equal(t, 2.0, m.rate)
	require.Equal(t, 5.0, m.p99)
}

func TestRoundUp(t *testing.T) {
	for v, want := range map[float64]float64{0: 1, 0.9: 1, 1: 1, 1.1: 2, 3: 5, 7: 10, 99: 100, 120_000: 200_000} {
		require.Equal(t, want, roundUp(v))
	}
}

// startForTest starts a devserver in this process.
func startForTest(t *testing.T) (addr string, err error) {
	server, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
	if err != nil {
		return "", err
	}
	t.Cleanup(func() { server.Close() })
	return server.Seeds()[0], nil
}

// TestScale: the costs of a unit are measured at each point, and shown.
func TestScale(t *testing.T) {
	o := &options{time: 5 * time.Millisecond, rounds: 1, scan: 10, callers: []int{1}, subjects: []string{official, "native", "sql"}}
	server, err := startForTest(t)
	require.NoError(t, err)
	o.addr = server
	s := &scale{"bins", "records with more bins", "bins", "bin", []point{
		{label: "1", records: 100, bins: 1, units: 1}, {label: "7", records: 100, bins: 7, units: 7}, {label: "1 KB", records: 100, size: 1000, units: 1},
	}}
	r := report{machine: "a machine", options: o}
	r.growth, err = measureScale(o, s)
	require.NoError(t, err)
	require.Len(t, r.growth, 2)
	for _, g := range r.growth {
		for _, name := range o.subjects {
			require.Len(t, g.bytes[name], len(s.points))
			for i := range s.points {
				require.Positive(t, g.bytes[name][i], "%s, %s, point %d", g.work, name, i)
			}
		}
	}
	require.Contains(t, r.page(), "### batch: records with more bins")
	require.Len(t, r.plots(), 4)
	for _, p := range r.plots() {
		requireXML(t, p.svg())
	}
}
