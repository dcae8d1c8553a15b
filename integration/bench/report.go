package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// A report is the result of a run.
type report struct {
	machine string
	server  string // "" for a devserver
	options *options
	rows    []row
	growth  []growth
}

// describeMachine names what the figures depend on.
func describeMachine() string {
	return fmt.Sprintf("%d cores of %s, %s of memory, Linux %s, %s",
		runtime.NumCPU(), procValue("/proc/cpuinfo", "model name"), memory(), kernel(), runtime.Version())
}

// procValue returns the value of the first line "name : value" of a file, or "an unknown
// processor".
func procValue(file, name string) string {
	text, _ := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "an unknown " + name
}

func memory() string {
	var kb int64
	fmt.Sscan(procValue("/proc/meminfo", "MemTotal"), &kb)
	return fmt.Sprintf("%d GB", (kb+1<<19)>>20)
}

func kernel() string {
	text, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return strings.TrimSpace(string(text))
}

// peerVersion returns the version of the official Go client.
func peerVersion() string {
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, dep := range info.Deps {
			if strings.Contains(dep.Path, "aerospike-client-go") {
				return dep.Version
			}
		}
	}
	return "unknown"
}

const tableHead = `| callers | client | records/s | ratio | client CPU µs | server CPU µs | syscalls | allocations | bytes | p50 µs | p99 µs |
|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|
`

// table returns the results as Markdown, one table for each work.
func (r *report) table() string {
	var s strings.Builder
	last := ""
	for _, row := range r.rows {
		if row.work.name != last {
			last = row.work.name
			fmt.Fprintf(&s, "\n## %s: %s\n\n%s", row.work.name, row.work.title, tableHead)
		}
		for _, name := range subjectNames {
			res, ok := row.results[name]
			if !ok {
				continue
			}
			fmt.Fprintf(&s, "| %d | %s | %.0f | x%.2f | %.2f | %.2f | %s | %s | %s | %.0f | %.0f |\n", row.callers, name, res.rate, res.ratio, res.client, res.server,
				goOnly(name, "%.2f", res.syscalls), goOnly(name, "%.1f", res.allocs), goOnly(name, "%.0f", res.bytes), res.p50, res.p99)
		}
	}
	if len(r.growth) > 0 {
		s.WriteString("\n## What happens as work grows\n\n" +
			"The CPU time of the client, and the memory that it allocates, for a unit: a bin, a KB or a record. One caller.\n")
	}
	for i := range r.growth {
		r.growth[i].writeTable(&s)
	}
	return s.String()
}

// goOnly formats a figure that is measured only for clients in this process.
func goOnly(name, format string, figure float64) string {
	if name == "rust" {
		return "-"
	}
	return fmt.Sprintf(format, figure)
}

// buildOf returns the version of the server.
func buildOf(o *options) (string, error) {
	client, err := open(o)
	if err != nil {
		return "", err
	}
	defer client.Close()
	values, err := client.Info(context.Background(), nil, "edition", "build")
	return values["edition"] + " " + values["build"], err
}

const pageHead = `# Benchmarks

<!-- Written by make bench. Do not edit. -->

The three APIs of aerosql beside the official clients, on one machine and one server, in one run. The clients take turns: %d
rounds of %v each, in changing order. Figures are medians of the rounds. The ratio is the median of the ratios to the official Go client in the
same round; a busy machine changes it least. CPU, system calls (reads and writes), allocations and bytes are per record.
Client CPU is that of the whole process, kernel and garbage collector included.

- Machine: %s. Client and server share it.%s
- Server: %s.
- Official Go client: %s.
- Records: 10,000 with five bins, about 60 bytes, and a list of eight integers. A scan reads %s such records.

[performance.md](performance.md) explains the figures. ` + "`make bench`" + ` writes [benchmarks.md](benchmarks.md), with a devserver, and ` + "`make bench ADDR=host:port`" + `
writes [benchmarks-server.md](benchmarks-server.md), with a real server.
`

// thousands formats a number with commas.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// write writes the page into a directory. The page of a devserver has plots too.
func (r *report) write(dir string) error {
	if r.server != "" {
		return os.WriteFile(filepath.Join(dir, "benchmarks-server.md"), []byte(r.page()), 0o644)
	}
	if err := os.WriteFile(filepath.Join(dir, "benchmarks.md"), []byte(r.page()), 0o644); err != nil {
		return err
	}
	return r.writePlots(dir)
}

// page returns the page that write writes.
func (r *report) page() string {
	var s strings.Builder
	fmt.Fprintf(&s, pageHead, r.options.rounds, r.options.time.Round(time.Millisecond), r.machine, strings.TrimRight(" "+r.options.note, " "), cmp.Or(r.server, "devserver"), peerVersion(), thousands(r.options.scan))
	if r.server != "" {
		return s.String() + r.table()
	}
	for _, p := range r.plots() {
		fmt.Fprintf(&s, "\n![%s](%s)\n", p.title, p.file())
	}
	return s.String() + r.table()
}
