// Package bench measures how fast a cluster executes commands or statements: throughput and the
// distribution of latencies.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Options configures a measurement.
type Options struct {
	// Workers is the number of operations that run at the same time.
	Workers int
	// Rate is the number of operations that begin in a second, whether or not earlier ones have
	// ended (open loop). 0 begins one as soon as a worker is free (closed loop).
	Rate float64
	// Duration is the time that is measured, Warmup the time before it.
	Duration, Warmup time.Duration
	// Progress is the time between two lines about the progress, 0 for none.
	Progress time.Duration
	Seed     uint64
}

// An operation runs once.
type operation func(ctx context.Context, random *rand.Rand) error

// A Report is the result of a measurement. Times are in nanoseconds.
type Report struct {
	Workload   string        `json:"workload"`
	Loop       string        `json:"loop"` // open or closed
	Workers    int           `json:"workers"`
	Target     float64       `json:"target_per_second,omitempty"`
	Elapsed    time.Duration `json:"elapsed_ns"`
	Operations int64         `json:"operations"`
	Errors     int64         `json:"errors"`
	FirstError string        `json:"first_error,omitempty"`
	PerSecond  float64       `json:"per_second"`
	Mean       time.Duration `json:"mean_ns"`
	Max        time.Duration `json:"max_ns"`
	Quantiles  []Quantile    `json:"quantiles"`
	// Late is the number of operations of an open loop that began later than planned, because no
	// worker was free. Their latency includes the wait.
	Late int64 `json:"late,omitempty"`
}

// A Quantile is the latency that a share of the operations does not exceed.
type Quantile struct {
	Percent float64       `json:"percent"`
	Latency time.Duration `json:"latency_ns"`
}

// percents are the quantiles of a report.
var percents = []float64{50, 75, 90, 95, 99, 99.9, 99.99}

const (
	maxLatency = 10 * time.Minute
	digits     = 3 // significant digits of a latency
	lateness   = time.Millisecond
)

// A runner is a measurement that runs.
type runner struct {
	o       Options
	do      operation
	start   time.Time
	measure time.Time // the end of the warm-up
	end     time.Time
	next    atomic.Int64 // number of the next operation of an open loop

	mu         sync.Mutex
	histogram  *hdrhistogram.Histogram
	errors     int64
	late       int64
	firstError error
}

// Run measures an operation and reports the progress to a writer.
func Run(ctx context.Context, o Options, do operation, progress io.Writer) (*Report, error) {
	r := &runner{o: o, do: do, start: time.Now(), histogram: newHistogram()}
	r.measure = r.start.Add(o.Warmup)
	r.end = r.measure.Add(o.Duration)
	done := make(chan struct{})
	var watch, workers sync.WaitGroup
	if o.Progress > 0 {
		watch.Go(func() { r.watch(done, progress) })
	}
	for i := range o.Workers {
		workers.Go(func() { r.work(ctx, rand.New(rand.NewPCG(o.Seed, uint64(i)))) })
	}
	workers.Wait()
	elapsed := time.Since(r.measure)
	close(done)
	watch.Wait()
	if elapsed <= 0 || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, ctx.Err()
	}
	return r.report(elapsed), ctx.Err()
}

func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, maxLatency.Microseconds(), digits)
}

// work runs operations until the time is up.
func (r *runner) work(ctx context.Context, random *rand.Rand) {
	own := newHistogram()
	var failed, late int64
	for ctx.Err() == nil {
		begin, ok := r.begin(ctx)
		if !ok {
			break
		}
		if time.Since(begin) > lateness && r.o.Rate > 0 && begin.After(r.measure) {
			late++
		}
		err := r.do(ctx, random)
		if ctx.Err() != nil {
			break
		}
		if begin.Before(r.measure) {
			continue
		}
		if err != nil {
			failed++
			r.note(err)
		}
		_ = own.RecordValue(min(max(time.Since(begin), time.Microsecond), maxLatency).Microseconds())
		r.flush(own, &failed, &late, false)
	}
	r.flush(own, &failed, &late, true)
}

// flushCount is the number of operations after which a worker adds its numbers to those of all.
const flushCount = 256

// flush adds the numbers of a worker to those of all, now and then.
func (r *runner) flush(own *hdrhistogram.Histogram, failed, late *int64, now bool) {
	if !now && own.TotalCount() < flushCount && (r.o.Rate == 0 || r.o.Rate > flushCount) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.histogram.Merge(own)
	r.errors += *failed
	r.late += *late
	own.Reset()
	*failed, *late = 0, 0
}

// begin returns when the next operation begins. In an open loop this is the planned time, even if
// it has passed: an operation that had to wait for a slow one has the wait in its latency. So a
// server that stops for a second is not measured as one slow operation.
func (r *runner) begin(ctx context.Context) (time.Time, bool) {
	if r.o.Rate == 0 {
		now := time.Now()
		return now, now.Before(r.end)
	}
	planned := r.start.Add(time.Duration(float64(r.next.Add(1)-1) / r.o.Rate * float64(time.Second)))
	if !planned.Before(r.end) {
		return planned, false
	}
	if wait := time.Until(planned); wait > 0 {
		select {
		case <-ctx.Done():
			return planned, false
		case <-time.After(wait):
		}
	}
	return planned, true
}

func (r *runner) note(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.firstError == nil {
		r.firstError = err
	}
}

// watch writes a line now and then.
func (r *runner) watch(done <-chan struct{}, w io.Writer) {
	ticks := time.NewTicker(r.o.Progress)
	defer ticks.Stop()
	for {
		select {
		case <-done:
			return
		case now := <-ticks.C:
			if now.Before(r.measure) {
				fmt.Fprintf(w, "warming up, %v left\n", r.measure.Sub(now).Round(100*time.Millisecond))
				continue
			}
			r.mu.Lock()
			h, failed := r.histogram, r.errors
			passed := now.Sub(r.measure)
			fmt.Fprintf(w, "%6.1fs  %.0f/s  p50 %v  p99 %v  errors %d\n", passed.Seconds(), float64(h.TotalCount())/passed.Seconds(),
				micro(h.ValueAtQuantile(50)), micro(h.ValueAtQuantile(99)), failed)
			r.mu.Unlock()
		}
	}
}

func micro(n int64) time.Duration { return time.Duration(n) * time.Microsecond }

// report returns the result.
func (r *runner) report(elapsed time.Duration) *Report {
	h := r.histogram
	out := &Report{
		Loop: "closed", Workers: r.o.Workers, Target: r.o.Rate, Elapsed: elapsed, Operations: h.TotalCount(), Errors: r.errors, Late: r.late,
		PerSecond: float64(h.TotalCount()) / elapsed.Seconds(), Mean: time.Duration(h.Mean() * float64(time.Microsecond)), Max: micro(h.Max()),
	}
	if r.o.Rate > 0 {
		out.Loop = "open"
	}
	if r.firstError != nil {
		out.FirstError = r.firstError.Error()
	}
	for _, p := range percents {
		out.Quantiles = append(out.Quantiles, Quantile{p, micro(h.ValueAtQuantile(p))})
	}
	return out
}

// Text returns the report as text.
func (r *Report) Text() string {
	text := fmt.Sprintf("workload    %s\nloop        %s, %d workers", r.Workload, r.Loop, r.Workers)
	if r.Target > 0 {
		text += fmt.Sprintf(", %.0f/s planned, %d began late", r.Target, r.Late)
	}
	text += fmt.Sprintf("\noperations  %d in %v\nthroughput  %.0f/s\nerrors      %d", r.Operations, r.Elapsed.Round(time.Millisecond), r.PerSecond, r.Errors)
	if r.FirstError != "" {
		text += ", the first: " + r.FirstError
	}
	text += fmt.Sprintf("\nmean        %v\n", r.Mean.Round(time.Microsecond))
	for _, q := range r.Quantiles {
		text += fmt.Sprintf("p%-10v %v\n", q.Percent, q.Latency)
	}
	return text + fmt.Sprintf("max         %v\n", r.Max)
}
