// Package top shows what a cluster does at the moment, in a terminal: nodes, namespaces, sets,
// latencies, errors and the records that are written most.
package top

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/command"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/connect"
	"github.com/aerosql/aerosql/cmd/aerosql/internal/monitor"
	"github.com/aerosql/aerosql/driver"
)

// Options configures a view.
type Options struct {
	// Interval is the time between two frames, over which rates are computed.
	Interval time.Duration
	// Once ends after the first frame, and JSON writes frames as lines of JSON.
	Once, JSON bool
	// Hot is the number of hot keys, 0 for none. HotRecords is the number of records that are
	// examined in each namespace to find them.
	Hot        int
	HotRecords int64
}

const minInterval = 100 * time.Millisecond

// Command is the command top.
func Command() command.Command {
	return command.Command{
		Name:    "top",
		Summary: "show live what the nodes of a cluster do",
		Help: `Shows nodes, namespaces and sets with their rates, the latencies that the nodes measured, errors, and
the records that are written most. The screen is refreshed until the command is interrupted.

Hot keys are found by sampling: the generations of records that were written lately are compared from
frame to frame. This examines metadata of -hot-records records of each namespace in every frame.
Reads of single records are not visible from outside the servers.`,
		Groups: []command.Group{connect.Group},
		Values: connect.Values(),
		Examples: []command.Example{
			{Line: "aerosql top -dsn 10.0.0.1:3000/test", Summary: "refreshes the screen every two seconds"},
			{Line: "aerosql top -once -json", Summary: "prints one frame for a script"},
		},
		Setup: func(set *flag.FlagSet) command.Run {
			at, o := connect.Define(set), Options{}
			set.DurationVar(&o.Interval, "interval", 2*time.Second, "time between two frames, at least 100ms")
			set.BoolVar(&o.Once, "once", false, "print one frame and end")
			set.BoolVar(&o.JSON, "json", false, "print each frame as a line of JSON")
			set.IntVar(&o.Hot, "hot", 10, "`number` of hot keys; 0 for none")
			set.Int64Var(&o.HotRecords, "hot-records", monitor.DefaultRecords, "`number` of records of each namespace that are examined for hot keys in a frame")
			return func(ctx context.Context, env *command.Env, _ []string) error {
				if o.Interval < minInterval || o.Hot < 0 || o.HotRecords < 1 {
					return command.Usage("-interval must be at least %v, -hot at least 0 and -hot-records at least 1", minInterval)
				}
				db, _, err := at.Open(ctx, env)
				if err != nil {
					return err
				}
				defer db.Close()
				client, err := driver.Client(ctx, db)
				if err != nil {
					return err
				}
				return Run(ctx, client, o, env.Out)
			}
		},
	}
}

// A Frame is what is shown at one time.
type Frame struct {
	*monitor.Sample
	Total          monitor.Rates            `json:"rates"`
	NodeRates      map[string]monitor.Rates `json:"node_rates"`
	NamespaceRates map[string]monitor.Rates `json:"namespace_rates"`
	HotKeys        []monitor.HotKey         `json:"hot_keys"`
	// HotError is why hot keys are not known.
	HotError string `json:"hot_error,omitempty"`
}

// Run writes frames until the context ends.
func Run(ctx context.Context, client *cluster.Client, o Options, w io.Writer) error {
	sampler, hot := monitor.New(client), monitor.NewHotKeys(client, rand.Uint64())
	hot.Records = o.HotRecords
	before, err := sampler.Sample(ctx)
	if err != nil {
		return err
	}
	hotError := look(ctx, hot, o, before)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(o.Interval):
		}
		sample, err := sampler.Sample(ctx)
		if err != nil {
			return err
		}
		if hotError == nil {
			hotError = look(ctx, hot, o, sample)
		}
		f := &Frame{
			Sample: sample, Total: sample.Total(before), NodeRates: sample.NodeRates(before), NamespaceRates: sample.NamespaceRates(before),
			HotKeys: hot.Hottest(o.Hot),
		}
		if hotError != nil {
			f.HotError, hotError = hotError.Error(), nil
		}
		if err := f.write(w, o); err != nil || o.Once {
			return err
		}
		before = sample
	}
}

func look(ctx context.Context, hot *monitor.HotKeys, o Options, s *monitor.Sample) error {
	if o.Hot == 0 {
		return nil
	}
	return hot.Look(ctx, s.Namespaces)
}

// clear moves to the first line of a terminal and erases the screen.
const clear = "\x1b[H\x1b[2J"

// write writes the frame.
func (f *Frame) write(w io.Writer, o Options) error {
	if o.JSON {
		return json.NewEncoder(w).Encode(f)
	}
	text := f.Text(o.Hot)
	if !o.Once {
		text = clear + text
	}
	_, err := io.WriteString(w, text)
	return err
}

// maxSets is the number of sets that are shown, those with most records.
const maxSets = 10

// Text returns the frame as text.
func (f *Frame) Text(hot int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  reads/s %s  writes/s %s  queries/s %s  errors/s %s  timeouts/s %s\n",
		cmp.Or(f.Cluster, "cluster"), f.Time.UTC().Format("15:04:05"), rate(f.Total.Reads), rate(f.Total.Writes), rate(f.Total.Queries), rate(f.Total.Errors), rate(f.Total.Timeouts))
	section(&b, "NODE\tADDRESS\tVERSION\tANSWERS IN\tRECORDS\tCONNS\tREADS/S\tWRITES/S\tQUERIES/S\tERRORS/S\tMIGRATING", func(w io.Writer) {
		for _, n := range f.Nodes {
			if n.Error != "" {
				fmt.Fprintf(w, "%s\t%s\t%s\tdoes not answer: %s\n", n.Name, n.Address, n.Build, n.Error)
				continue
			}
			r := f.NodeRates[n.Name]
			fmt.Fprintf(w, "%s\t%s\t%s\t%v\t%d\t%d\t%s\t%s\t%s\t%s\t%d\n", n.Name, n.Address, n.Build, n.RoundTrip.Round(10*time.Microsecond), n.Objects, n.Connections,
				rate(r.Reads), rate(r.Writes), rate(r.Queries), rate(r.Errors), n.Migrating)
		}
	})
	section(&b, "NAMESPACE\tRECORDS\tCOPIES\tMIB\tUSED\tREADS/S\tWRITES/S\tQUERIES/S\tERRORS/S\t", func(w io.Writer) {
		for _, n := range f.Namespaces {
			r, state := f.NamespaceRates[n.Name], ""
			if n.StopWrites {
				state = "refuses writes"
			}
			fmt.Fprintf(w, "%s\t%d\t%d\t%.1f\t%d%%\t%s\t%s\t%s\t%s\t%s\n", n.Name, n.Objects, n.Copies, float64(n.Bytes)/(1<<20), n.UsedPercent,
				rate(r.Reads), rate(r.Writes), rate(r.Queries), rate(r.Errors), state)
		}
	})
	f.details(&b, hot)
	return b.String()
}

// details writes the sets, latencies and hot keys.
func (f *Frame) details(b *strings.Builder, hot int) {
	sets := slices.Clone(f.Sets)
	slices.SortStableFunc(sets, func(x, y monitor.Set) int { return cmp.Compare(y.Objects, x.Objects) })
	section(b, "SET\tRECORDS\tMIB\tINDEXES", func(w io.Writer) {
		for _, s := range sets[:min(len(sets), maxSets)] {
			fmt.Fprintf(w, "%s.%s\t%d\t%.1f\t%d\n", s.Namespace, s.Name, s.Objects, float64(s.Bytes)/(1<<20), s.Indexes)
		}
	})
	section(b, "LATENCY\tNAMESPACE\tOPERATION\tPER SECOND\tHALF\t99%\t99.9%", func(w io.Writer) {
		for _, l := range f.Latencies {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Node, l.Namespace, l.Operation, rate(l.PerSecond), bound(&l, .5), bound(&l, .99), bound(&l, .999))
		}
	})
	if hot == 0 {
		return
	}
	section(b, "HOT KEY\tSET\tWRITES/S", func(w io.Writer) {
		if f.HotError != "" {
			fmt.Fprintf(w, "not known: %s\n", f.HotError)
		}
		for _, k := range f.HotKeys {
			fmt.Fprintf(w, "%s\t%s.%s\t%s\n", printable(k.Key), k.Namespace, k.Set, rate(k.WritesPerSecond))
		}
	})
}

// section writes a table after an empty line.
func section(b *strings.Builder, head string, rows func(io.Writer)) {
	b.WriteByte('\n')
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, head)
	rows(w)
	_ = w.Flush() // a strings.Builder accepts everything
}

func rate(f float64) string {
	if f > 0 && f < 10 {
		return fmt.Sprintf("%.1f", f)
	}
	return fmt.Sprintf("%.0f", f)
}

func bound(l *monitor.Latency, share float64) string {
	if ms, ok := l.Bound(share); ok {
		return fmt.Sprintf("<= %d ms", ms)
	}
	return fmt.Sprintf("> %d ms", 1<<(len(l.Over)-1))
}

// printable returns a key that can't control the terminal.
func printable(text string) string {
	const most = 40
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '?'
		}
		return r
	}, text)
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}
