package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	as "github.com/aerospike/aerospike-client-go/v8"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// A scale is something that grows from point to point, while the cost of a unit of it is to stay
// the same.
type scale struct {
	name, title string
	axis, unit  string // what grows, and what the costs are divided by
	points      []point
}

// A point is a cluster and a set of records on it.
type point struct {
	label   string
	nodes   int
	records int
	bins    int
	size    int // of the only bin, a blob, in bytes; 0 for bins that are integers
	units   int // of a record
}

// scales are in the order of the page.
var scales = []scale{
	{"bins", "records with more bins", "bins", "bin", []point{
		{label: "1", records: 10_000, bins: 1, units: 1}, {label: "10", records: 10_000, bins: 10, units: 10},
		{label: "100", records: 2_000, bins: 100, units: 100},
	}},
	{"size", "larger records", "size of a record", "KB", []point{
		{label: "1 KB", records: 5_000, size: 1_000, units: 1}, {label: "10 KB", records: 1_000, size: 10_000, units: 10},
		{label: "100 KB", records: 200, size: 100_000, units: 100}, {label: "1 MB", records: 64, size: 1_000_000, units: 1000},
	}},
	{"nodes", "more nodes", "nodes", "record", []point{
		{label: "1", nodes: 1, records: 20_000, bins: 5, units: 1}, {label: "2", nodes: 2, records: 20_000, bins: 5, units: 1},
		{label: "3", nodes: 3, records: 20_000, bins: 5, units: 1},
	}},
	{"records", "larger sets", "records", "record", []point{
		{label: "1,000", records: 1_000, bins: 5, units: 1}, {label: "10,000", records: 10_000, bins: 5, units: 1},
		{label: "100,000", records: 100_000, bins: 5, units: 1}, {label: "1,000,000", records: 1_000_000, bins: 5, units: 1},
	}},
}

func scaleNames() (names []string) {
	for _, s := range scales {
		names = append(names, s.name)
	}
	return names
}

// scaleSet is the set of the records of a point.
const scaleSet = "bench-scale"

// A growth has the costs of a unit at the points of a scale, for one work.
type growth struct {
	scale *scale
	work  string
	// cost is the CPU time of the client in ns, and bytes the memory that it allocates, for a unit.
	cost, bytes map[string][]float64 // by client; as long as the scale's points
}

// measureScale measures the costs of reading the records of each point, by a scan and in batches.
func measureScale(o *options, s *scale) ([]growth, error) {
	all := []growth{{scale: s, work: "scan"}, {scale: s, work: "batch"}}
	for i := range all {
		all[i].cost, all[i].bytes = make(map[string][]float64), make(map[string][]float64)
	}
	for i := range s.points {
		p := &s.points[i]
		if err := p.on(o, func(o *options) error { return p.measure(o, all) }); err != nil {
			return nil, fmt.Errorf("%s %s: %w", s.axis, p.label, err)
		}
	}
	return all, nil
}

// on calls f with the server of the point.
func (p *point) on(o *options, f func(*options) error) error {
	if p.nodes == 0 {
		return f(o)
	}
	server, err := startServer(p.nodes)
	if err != nil {
		return err
	}
	defer server.stop()
	own := *o
	own.addr, own.pid = server.addr, server.pid
	return f(&own)
}

// measure adds the costs at the point to the growths of all works.
func (p *point) measure(o *options, works []growth) error {
	if err := p.fill(o); err != nil {
		return err
	}
	var all subjects
	defer func() { all.close() }()
	for name, open := range map[string]func(*point, *options) (*subject, error){official: openOfficialPoint, "native": openNativePoint, "sql": openSQLPoint} {
		if !slices.Contains(o.subjects, name) {
			continue
		}
		d, err := open(p, o)
		if err != nil {
			return err
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b *subject) int { return strings.Compare(a.name, b.name) })
	for i := range works {
		if err := p.measureWork(o, all, &works[i]); err != nil {
			return fmt.Errorf("%s: %w", works[i].work, err)
		}
	}
	return nil
}

// measureWork adds the costs of the clients at the point to a growth.
func (p *point) measureWork(o *options, all subjects, g *growth) error {
	w := work{name: g.work, records: p.records, of: func(d *subject) do { return d.scan }}
	if g.work == "batch" {
		w = work{name: g.work, records: batchRows, of: func(d *subject) do { return d.batch }}
	}
	limited := *o
	limited.subjects, limited.profile = nil, ""
	row, err := measureRow(&limited, all, &w, 1)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s, %s of %s %s:", g.scale.name, g.work, g.scale.axis, p.label)
	for _, name := range subjectNames {
		if res, ok := row.results[name]; ok {
			g.cost[name] = append(g.cost[name], 1000*res.client/float64(p.units))
			g.bytes[name] = append(g.bytes[name], res.bytes/float64(p.units))
			fmt.Fprintf(os.Stderr, "  %s %.0f ns %.0f bytes a %s", name, 1000*res.client/float64(p.units), res.bytes/float64(p.units), g.scale.unit)
		}
	}
	fmt.Fprintln(os.Stderr)
	return nil
}

// binNames returns the names of the bins.
func (p *point) binNames() []string {
	names := make([]string, max(p.bins, 1))
	for i := range names {
		names[i] = fmt.Sprintf("b%d", i)
	}
	return names
}

func (p *point) key(i int) protocol.Key {
	return protocol.MustKey(namespace, scaleSet, i%p.records)
}

// fill writes the records of the point in place of those of another.
func (p *point) fill(o *options) error {
	ctx := context.Background()
	client, err := open(o)
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Truncate(ctx, nil, namespace, scaleSet, time.Time{}); err != nil {
		return err
	}
	bins := make(protocol.Bins, 0, p.bins)
	for i, name := range p.binNames() {
		value := protocol.Int(int64(1_000_000 + i))
		if p.size > 0 {
			value = protocol.Blob(make([]byte, p.size))
		}
		bins = append(bins, protocol.Bin{Name: name, Value: value})
	}
	const together = 1000
	for id := 0; id < p.records; id += together {
		var rows []cluster.BatchRow
		for i := id; i < min(id+together, p.records); i++ {
			rows = append(rows, cluster.PutRow(nil, p.key(i), bins))
		}
		if _, err := client.BatchWrite(ctx, nil, rows); err != nil {
			return err
		}
	}
	return nil
}

func openNativePoint(p *point, o *options) (*subject, error) {
	client, err := open(o)
	if err != nil {
		return nil, err
	}
	return &subject{
		name: "native", close: func() { client.Close() },
		scan: func(ctx context.Context, _ int) error {
			n := 0
			for rec, err := range client.Scan(ctx, nil, namespace, scaleSet) {
				if err != nil {
					return err
				}
				n += min(len(rec.Bins), 1)
			}
			return errFound(n, p.records)
		},
		batch: func(ctx context.Context, i int) error {
			keys := make([]protocol.Key, batchRows)
			for n := range keys {
				keys[n] = p.key(i*batchRows + n)
			}
			_, err := client.BatchRead(ctx, nil, keys)
			return err
		},
	}, nil
}

func openOfficialPoint(p *point, o *options) (*subject, error) {
	d, err := connectOfficial(o)
	if err != nil {
		return nil, err
	}
	return &subject{
		name: official, close: d.Close,
		scan: func(context.Context, int) error {
			rs, err := d.ScanAll(nil, namespace, scaleSet)
			return countRecords(rs, err, p.records)
		},
		batch: func(_ context.Context, i int) error {
			keys := make([]*as.Key, batchRows)
			for n := range keys {
				key, err := as.NewKey(namespace, scaleSet, (i*batchRows+n)%p.records)
				if err != nil {
					return err
				}
				keys[n] = key
			}
			_, err := d.BatchGet(nil, keys)
			return asError(err)
		},
	}, nil
}

func openSQLPoint(p *point, o *options) (*subject, error) {
	db, err := sql.Open("aerospike", "aerospike://"+o.addr+"/"+namespace)
	if err != nil {
		return nil, err
	}
	text := "SELECT " + strings.Join(p.binNames(), ", ") + " FROM `" + scaleSet + "`"
	count := func(rows *sql.Rows, err error, want int) error {
		if err != nil {
			return err
		}
		n := 0
		values, dest := make([]sql.RawBytes, len(p.binNames())), make([]any, len(p.binNames()))
		for i := range values {
			dest[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(dest...); err != nil {
				return errors.Join(err, rows.Close())
			}
			n++
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return errFound(n, want)
	}
	return &subject{
		name: "sql", close: func() { db.Close() },
		scan: func(ctx context.Context, _ int) error {
			rows, err := db.QueryContext(ctx, text)
			return count(rows, err, p.records)
		},
		batch: func(ctx context.Context, i int) error {
			ids := make([]int, batchRows)
			for n := range ids {
				ids[n] = (i*batchRows + n) % p.records
			}
			rows, err := db.QueryContext(ctx, text+" WHERE PK IN (?)", ids)
			return count(rows, err, batchRows)
		},
	}, nil
}

// plots returns the plots of the costs.
func (g *growth) plots() []plot {
	labels := make([]string, len(g.scale.points))
	for i, p := range g.scale.points {
		labels[i] = p.label
	}
	name, title := "scale-"+g.work+"-"+g.scale.name, g.work+", "+g.scale.title
	return []plot{
		{name: name, title: title + ": ns of client CPU a " + g.scale.unit, axis: g.scale.axis, labels: labels, lines: g.cost},
		{name: name + "-bytes", title: title + ": bytes allocated a " + g.scale.unit, axis: g.scale.axis, labels: labels, lines: g.bytes},
	}
}

// writeTable writes the costs as Markdown.
func (g *growth) writeTable(w io.Writer) {
	fmt.Fprintf(w, "\n### %s: %s\n\n| client |", g.work, g.scale.title)
	for _, p := range g.scale.points {
		fmt.Fprintf(w, " %s |", p.label)
	}
	fmt.Fprintf(w, "\n|---|%s\n", strings.Repeat("---:|", len(g.scale.points)))
	for _, name := range subjectNames {
		if len(g.cost[name]) == 0 {
			continue
		}
		fmt.Fprintf(w, "| %s |", name)
		for i := range g.cost[name] {
			fmt.Fprintf(w, " %.0f ns, %.0f bytes |", g.cost[name][i], g.bytes[name][i])
		}
		fmt.Fprintln(w)
	}
}
