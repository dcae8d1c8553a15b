package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
)

// BenchmarkOverload begins twice as many reads as 256 callers make that each wait for their answer.
// Its metrics are relative to the load of these callers: offered is the number of reads that are
// begun, goodput that of those that succeed, p99 the time within which 99 of 100 of them do, and
// refused is the share of the reads that are refused. The reads are begun by the same process,
// which takes CPU from the client.
func BenchmarkOverload(b *testing.B) {
	addr := os.Getenv("AEROSQL_ADDR")
	if addr == "" {
		server, err := startServer(1)
		require.NoError(b, err)
		b.Cleanup(server.stop)
		addr = server.addr
	}
	o := &options{addr: addr}
	require.NoError(b, prepare(o))
	client, err := open(o)
	require.NoError(b, err)
	b.Cleanup(func() { client.Close() })
	read := func(i int) error {
		_, err := client.Get(context.Background(), nil, keyOf(i))
		return err
	}
	metrics := make(map[string][]float64)
	for b.Loop() {
		require.NoError(b, overload(read, metrics))
	}
	for name, all := range metrics {
		slices.Sort(all)
		b.ReportMetric(all[len(all)/2], name)
	}
}

// overload measures a load of callers that wait, and then twice as many calls. It adds the metrics
// of the second load.
func overload(read func(i int) error, metrics map[string][]float64) error {
	const callers, lasts = 256, 500 * time.Millisecond
	peak, over := &answered{}, &answered{}
	peak.closedLoop(callers, lasts, read)
	if len(peak.failures) > 0 {
		return peak.failures[0]
	}
	over.openLoop(2*float64(len(peak.took))/lasts.Seconds(), lasts, read)
	timeouts := 0
	for _, err := range over.failures {
		if errors.Is(err, cluster.ErrOverload) {
			continue
		}
		if !errors.Is(err, cluster.ErrTimeout) {
			return err
		}
		timeouts++
	}
	best := float64(len(peak.took)) / peak.lasted.Seconds()
	all := float64(len(over.failures) + len(over.took))
	for name, value := range map[string]float64{
		"offered": all / lasts.Seconds() / best,
		"goodput": float64(len(over.took)) / over.lasted.Seconds() / best,
		"p99":     float64(over.p99()) / float64(peak.p99()),
		"refused": float64(len(over.failures)-timeouts) / all,
		"late":    float64(timeouts) / all,
	} {
		metrics[name] = append(metrics[name], value)
	}
	return nil
}

// answered has the outcomes of the calls of a load.
type answered struct {
	mu       sync.Mutex
	took     []time.Duration // of the calls that succeeded
	failures []error
	lasted   time.Duration
}

func (a *answered) call(i int, call func(i int) error) {
	start := time.Now()
	err := call(i)
	took := time.Since(start)
	a.mu.Lock()
	defer a.mu.Unlock()
	if err != nil {
		a.failures = append(a.failures, err)
		return
	}
	a.took = append(a.took, took)
}

func (a *answered) p99() time.Duration {
	slices.Sort(a.took)
	return a.took[len(a.took)*99/100]
}

// closedLoop is the load of callers that each wait for an answer before they call again.
func (a *answered) closedLoop(callers int, lasts time.Duration, call func(i int) error) {
	var all sync.WaitGroup
	start := time.Now()
	for c := range callers {
		all.Go(func() {
			for i := c; time.Since(start) < lasts; i += callers {
				a.call(i, call)
			}
		})
	}
	all.Wait()
	a.lasted = time.Since(start)
}

// openLoop is the load of calls that begin at a rate per second, whatever becomes of the others. If
// this process can't begin as many, it begins fewer.
func (a *answered) openLoop(rate float64, lasts time.Duration, call func(i int) error) {
	var all sync.WaitGroup
	start := time.Now()
	begun := 0
	for elapsed := time.Duration(0); elapsed < lasts; elapsed = time.Since(start) {
		for due := int(rate * elapsed.Seconds()); begun < due; begun++ {
			i := begun
			all.Go(func() { a.call(i, call) })
		}
		time.Sleep(time.Millisecond)
	}
	all.Wait()
	a.lasted = time.Since(start)
}
