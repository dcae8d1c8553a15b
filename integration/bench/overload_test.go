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
	"github.com/aerosql/aerosql/cluster/devserver"
)

// BenchmarkOverload begins twice as many reads as 256 callers make that each wait for their answer.
// Its metrics are relative to the load of these callers: goodput is the number of reads that
// succeed, p99 the time within which 99 of 100 of them do, and refused is the share of the reads
// that are refused. The reads are begun by the same process, which takes CPU from the client.
func BenchmarkOverload(b *testing.B) {
	addr := os.Getenv("AEROSQL_ADDR")
	if addr == "" {
		srv, err := devserver.Start(devserver.Options{Listen: "127.0.0.1:0"})
		require.NoError(b, err)
		b.Cleanup(func() { srv.Close() })
		addr = srv.Seeds()[0]
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
	const callers, lasts = 256, 500 * time.Millisecond
	var goodput, p99, refused []float64
	for b.Loop() {
		peak, over := &answered{}, &answered{}
		peak.closedLoop(callers, lasts, read)
		require.Empty(b, peak.failures)
		over.openLoop(2*float64(len(peak.took))/lasts.Seconds(), lasts, read)
		for _, err := range over.failures {
			if !errors.Is(err, cluster.ErrOverload) {
				b.Fatal(err)
			}
		}
		goodput = append(goodput, float64(len(over.took))/over.lasted.Seconds()/(float64(len(peak.took))/peak.lasted.Seconds()))
		p99 = append(p99, float64(over.p99())/float64(peak.p99()))
		refused = append(refused, float64(len(over.failures))/float64(len(over.failures)+len(over.took)))
	}
	for name, all := range map[string][]float64{"goodput": goodput, "p99": p99, "refused": refused} {
		slices.Sort(all)
		b.ReportMetric(all[len(all)/2], name)
	}
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

// openLoop is the load of calls that begin at a rate per second, whatever becomes of the others.
func (a *answered) openLoop(rate float64, lasts time.Duration, call func(i int) error) {
	var all sync.WaitGroup
	start := time.Now()
	for begun := 0; time.Since(start) < lasts; time.Sleep(time.Millisecond) {
		for ; float64(begun) < rate*time.Since(start).Seconds(); begun++ {
			i := begun
			all.Go(func() { a.call(i, call) })
		}
	}
	all.Wait()
	a.lasted = time.Since(start)
}
