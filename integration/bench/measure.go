package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A result is one measurement of one client, or the medians of several. All figures but rate, p50
// and p99 are per record.
type result struct {
	rate           float64 // records a second
	ratio          float64 // to the official Go client in the same round
	client, server float64 // µs of CPU
	syscalls       float64 // reads and writes
	allocs, bytes  float64
	p50, p99       float64 // µs of a call
}

// A row has the results of all clients for one work with one number of callers, by client.
type row struct {
	work    *work
	callers int
	results map[string]result
}

func (r *row) progress() string {
	s := fmt.Sprintf("%s, %d callers:", r.work.name, r.callers)
	for _, name := range subjectNames {
		if res, ok := r.results[name]; ok {
			s += fmt.Sprintf("  %s %.0f/s x%.2f", name, res.rate, res.ratio)
		}
	}
	return s
}

// measureRow lets the clients take turns.
func measureRow(o *options, all subjects, w *work, callers int) (row, error) {
	rounds := make(map[string][]result)
	for round := range o.rounds {
		turn := slices.Clone(all)
		for range round % max(len(turn), 1) {
			turn = append(turn[1:], turn[0])
		}
		base := 0.0
		for _, d := range turn {
			if w.of(d) == nil {
				continue
			}
			res, err := measure(o, d, w, callers, round)
			if err != nil {
				return row{}, fmt.Errorf("%s, %d callers, client %s: %w", w.name, callers, d.name, err)
			}
			if d.name == official {
				base = res.rate
			}
			rounds[d.name] = append(rounds[d.name], res)
		}
		if slices.Contains(o.subjects, "rust") {
			if res, ok, err := measureRust(o, w, callers); err != nil {
				return row{}, err
			} else if ok {
				rounds["rust"] = append(rounds["rust"], res)
			}
		}
		for name := range rounds {
			if last := len(rounds[name]) - 1; base > 0 && last >= 0 {
				rounds[name][last].ratio = rounds[name][last].rate / base
			}
		}
	}
	r := row{w, callers, make(map[string]result)}
	for name, results := range rounds {
		r.results[name] = medians(results)
	}
	return r, nil
}

// sampleEvery is the number of calls of which one is timed: reading the clock costs time too.
const sampleEvery = 8

// longCall is the number of records above which a call takes so long that only the first one of a
// client is made to warm up.
const longCall = 100_000

// measure lets callers do a work for a time.
func measure(o *options, d *subject, w *work, callers, round int) (result, error) {
	call := w.of(d)
	if round == 0 || w.recordsOf(o) <= longCall {
		if err := load(call, callers, o.time/10, nil); err != nil {
			return result{}, err
		}
	}
	runtime.GC()
	if o.profile != "" && round == 0 {
		name := fmt.Sprintf("%s-%d-%s.pprof", w.name, callers, strings.ReplaceAll(d.name, " ", "-"))
		f, err := os.Create(filepath.Join(o.profile, name))
		if err != nil {
			return result{}, err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return result{}, err
		}
		defer pprof.StopCPUProfile()
	}
	s := &samples{}
	before := readCounters(o.pid)
	start := time.Now()
	err := load(call, callers, o.time, s)
	took := time.Since(start)
	used := readCounters(o.pid).minus(before)
	if err != nil {
		return result{}, err
	}
	return s.result(used, took, w.recordsOf(o)), nil
}

// samples are the number of calls, and the durations of some of them.
type samples struct {
	mu    sync.Mutex // guards what follows
	calls int64
	took  []time.Duration
}

func (s *samples) result(used counters, took time.Duration, records int) result {
	slices.Sort(s.took)
	quantile := func(q float64) float64 {
		if len(s.took) == 0 {
			return 0
		}
		return micros(s.took[int(q*float64(len(s.took)-1))])
	}
	n := float64(s.calls) * float64(records)
	return result{
		rate: n / took.Seconds(), ratio: 1, client: micros(used.client) / n, server: micros(used.server) / n,
		syscalls: float64(used.syscalls) / n, allocs: float64(used.allocs) / n, bytes: float64(used.bytes) / n,
		p50: quantile(0.5), p99: quantile(0.99),
	}
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// load lets callers call as often as they can for a time. s may be nil.
func load(call do, callers int, lasts time.Duration, s *samples) error {
	var stop atomic.Bool
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	ctx := context.Background()
	for c := range callers {
		all.Go(func() {
			calls := int64(0)
			var took []time.Duration
			for i := c * 7919; !stop.Load(); i++ {
				var start time.Time
				if i%sampleEvery == 0 {
					start = time.Now()
				}
				if err := call(ctx, i); err != nil {
					failed.CompareAndSwap(nil, &err)
					return
				}
				if i%sampleEvery == 0 {
					took = append(took, time.Since(start))
				}
				calls++
			}
			if s != nil {
				s.mu.Lock()
				s.calls += calls
				s.took = append(s.took, took...)
				s.mu.Unlock()
			}
		})
	}
	time.Sleep(lasts)
	stop.Store(true)
	all.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}

// medians returns the median of each figure.
func medians(all []result) (m result) {
	median := func(figure func(*result) *float64) {
		values := make([]float64, len(all))
		for i := range all {
			values[i] = *figure(&all[i])
		}
		slices.Sort(values)
		*figure(&m) = values[len(values)/2]
	}
	for _, figure := range []func(*result) *float64{
		func(r *result) *float64 { return &r.rate }, func(r *result) *float64 { return &r.ratio },
		func(r *result) *float64 { return &r.client }, func(r *result) *float64 { return &r.server },
		func(r *result) *float64 { return &r.syscalls }, func(r *result) *float64 { return &r.allocs },
		func(r *result) *float64 { return &r.bytes }, func(r *result) *float64 { return &r.p50 },
		func(r *result) *float64 { return &r.p99 },
	} {
		median(figure)
	}
	return m
}

// counters are what the operating system and the runtime count for this process, and the CPU time
// of the server.
type counters struct {
	client, server time.Duration
	syscalls       int64
	allocs, bytes  uint64
}

func (c counters) minus(before counters) counters {
	return counters{
		c.client - before.client, c.server - before.server, c.syscalls - before.syscalls,
		c.allocs - before.allocs, c.bytes - before.bytes,
	}
}

// readCounters returns the counters now. What the system does not count is 0.
func readCounters(server int) (c counters) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	c.allocs, c.bytes = m.Mallocs, m.TotalAlloc
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) == nil {
		c.client = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	c.server = cpuOf(server)
	if text, err := os.ReadFile("/proc/self/io"); err == nil {
		for line := range strings.Lines(string(text)) {
			var n int64
			if _, err := fmt.Sscanf(line, "syscr: %d", &n); err == nil {
				c.syscalls += n
			} else if _, err := fmt.Sscanf(line, "syscw: %d", &n); err == nil {
				c.syscalls += n
			}
		}
	}
	return c
}

// cpuOf returns the CPU time of a process.
func cpuOf(pid int) time.Duration {
	const tick = 10 * time.Millisecond // of Linux's clock for processes
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The name of the program, in parentheses, may have spaces.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	var user, system int64
	if len(fields) < 13 {
		return 0
	}
	fmt.Sscan(fields[11], &user)
	fmt.Sscan(fields[12], &system)
	return time.Duration(user+system) * tick
}
