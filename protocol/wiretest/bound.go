package wiretest

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// Slack is the number of bytes that a decoder may allocate for any input.
const Slack = 64 << 10

// The number of bytes that a decoder may allocate in addition to Slack, for each byte received.
const (
	// Bytes is for bodies: the bytes as they arrive, and one copy.
	Bytes = 2
	// Parts is for the parts of messages: an operation of 8 bytes takes 56 in memory.
	Parts = 8
	// Values is for values of bins: a list element of 1 byte takes 24, and Go rounds sizes up.
	Values = 30
	// Entries is for lists in admin and info responses: a query of 7 bytes takes 144 and has a map.
	Entries = 128
)

// MaxTime is the longest time that decoding may take. If possible it is measured as CPU time.
const MaxTime = time.Second

// A watch measures a duration.
type watch struct {
	began time.Time
	cpu   time.Duration
}

func startWatch() watch {
	cpu, _ := cpuTime()
	return watch{time.Now(), cpu}
}

// stop returns the time since the start. Only if that is long does it ask the system for CPU time.
func (w watch) stop() time.Duration {
	took := time.Since(w.began)
	if took <= MaxTime/10 {
		return took
	}
	if cpu, ok := cpuTime(); ok {
		took = min(took, cpu-w.cpu)
	}
	return took
}

// tries is the number of measurements before a test fails. The smallest result counts, because
// other goroutines and processes can make it larger.
const tries = 3

// Bounded runs decode, which decodes the given number of received bytes. It fails the test if
// decode allocates more than [Slack] plus perByte bytes for each received byte, or takes longer
// than [MaxTime]. It may run decode several times. It counts the allocations of all goroutines, so
// the test must not run in parallel with others.
func Bounded(t testing.TB, received, perByte int, decode func()) {
	t.Helper()
	bounded(t, perByte, timeScale*MaxTime, func() int {
		decode()
		return received
	})
}

// BoundedExchange is [Bounded] for a function that receives requests and sends responses. serve
// returns the number of bytes received and sent.
func BoundedExchange(t testing.TB, perByte int, serve func() (bytes int)) {
	t.Helper()
	bounded(t, perByte, timeScale*MaxTime, serve)
}

func bounded(t testing.TB, perByte int, maxTime time.Duration, serve func() int) {
	t.Helper()
	before, watch := roughlyAllocated(), startWatch()
	size := serve()
	allowed := func() uint64 { return heapScale * uint64(Slack+perByte*size) }
	// The rough number can be too small by some small objects.
	if roughlyAllocated()-before <= allowed()/2 && watch.stop() <= maxTime {
		return
	}
	again := func() { size = serve() }
	taken, took := measure(again)
	for range tries - 1 {
		if taken > allowed() || took > maxTime {
			m, d := measure(again)
			taken, took = min(taken, m), min(took, d)
		}
	}
	if taken > allowed() {
		t.Fatalf("%d bytes allocate %d, at most %d are allowed", size, taken, allowed())
	}
	if took > maxTime {
		t.Fatalf("%d bytes take %v, at most %v is allowed", size, took, maxTime)
	}
}

// roughlyAllocated returns the number of bytes allocated so far. It is fast, but does not count
// objects in memory spans that are in use.
func roughlyAllocated() uint64 {
	s := [1]metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s[:])
	return s[0].Value.Uint64()
}

// Allocated runs f several times and returns the smallest number of bytes that a run allocated.
func Allocated(f func()) uint64 {
	least, _ := measure(f)
	for range tries - 1 {
		n, _ := measure(f)
		least = min(least, n)
	}
	return least
}

func measure(f func()) (allocated uint64, took time.Duration) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	watch := startWatch()
	f()
	took = watch.stop()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc, took
}

// MaxStack is the number of bytes of stack that decoding may use, however deep its input is nested.
const MaxStack = 256 << 10

// stackSlack is what the runtime may add to the stacks of other goroutines meanwhile, in bytes. A
// stack that is too large exceeds MaxStack by more, because stacks double.
const stackSlack = 128 << 10

// StackBounded runs f on a new goroutine and fails the test if the stacks of the process grow by
// much more than [MaxStack].
func StackBounded(t testing.TB, f func()) {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // the garbage collector shrinks stacks
	before := stackBytes()
	grown := make(chan uint64)
	go func() {
		defer close(grown)
		f()
		after := stackBytes()
		grown <- after - min(before, after) // other goroutines may have ended
	}()
	n, ok := <-grown
	if !ok {
		t.FailNow() // f ended its goroutine
	}
	if limit := uint64(stackScale*MaxStack + stackSlack); n > limit {
		t.Fatalf("stacks grow by %d bytes, at most %d are allowed", n, limit)
	}
}

func stackBytes() uint64 {
	s := [1]metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(s[:])
	if s[0].Value.Kind() != metrics.KindUint64 {
		panic(fmt.Sprintf("the runtime has no metric %s", s[0].Name))
	}
	return s[0].Value.Uint64()
}
