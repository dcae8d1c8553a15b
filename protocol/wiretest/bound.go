package wiretest

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"
)

// Slack is the memory in bytes that decoding may take whatever it is given.
const Slack = 64 << 10

// What decoding may take beyond Slack, in bytes for each byte received.
const (
	Bytes  = 2  // bodies: the bytes as they come, and one copy of them
	Parts  = 8  // messages taken apart: an operation of 8 bytes is one of 56 in memory
	Values = 30 // values of bins: an element of 1 byte is one of 24, in memory that comes in classes of size
	// lists of things in admin and info answers: a query of 7 bytes is one of 144 with a map of its names and values
	Entries = 128
)

// MaxTime is how long decoding may take: of the time in which the process computes, where that is known.
const MaxTime = time.Second

// A watch measures the time that something takes.
type watch struct {
	began time.Time
	cpu   time.Duration
}

func startWatch() watch {
	cpu, _ := cpuTime()
	return watch{time.Now(), cpu}
}

// stop is asked when little time has passed as a rule, and then says so without a system call.
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

// tries is how often what seems to cost too much is run again: it is its least cost that counts, as others
// may have been at work meanwhile.
const tries = 3

// Bounded runs decode, which reads so many received bytes, and fails the test if it
// allocates more than Slack and perByte bytes for each of them, or takes longer than [MaxTime]. It may run
// decode several times, and counts what all goroutines allocate: it is not for parallel tests.
func Bounded(t testing.TB, received, perByte int, decode func()) {
	t.Helper()
	bounded(t, perByte, timeScale*MaxTime, func() int {
		decode()
		return received
	})
}

// BoundedExchange is Bounded for a function that answers what it reads, and returns the number of bytes received and
// answered.
func BoundedExchange(t testing.TB, perByte int, serve func() (bytes int)) {
	t.Helper()
	bounded(t, perByte, timeScale*MaxTime, serve)
}

func bounded(t testing.TB, perByte int, maxTime time.Duration, serve func() int) {
	t.Helper()
	before, watch := roughlyAllocated(), startWatch()
	size := serve()
	allowed := func() uint64 { return heapScale * uint64(Slack+perByte*size) }
	// The rough figure may lack some small objects.
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
		t.Fatalf("%d bytes take %v, at most %v are allowed", size, took, maxTime)
	}
}

// roughlyAllocated is cheap, and lacks what was allocated in the spans at hand.
func roughlyAllocated() uint64 {
	s := [1]metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s[:])
	return s[0].Value.Uint64()
}

// Allocated runs f, several times, and returns the least that it allocated, in bytes.
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

// MaxStack is the stack in bytes that decoding may take however deep its input is nested.
const MaxStack = 256 << 10

// StackBounded runs f on a new goroutine and fails the test if stacks grow by more than [MaxStack].
func StackBounded(t testing.TB, f func()) {
	t.Helper()
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // which would make stacks shrink again
	before := stackBytes()
	grown := make(chan uint64)
	go func() {
		defer close(grown)
		f()
		after := stackBytes()
		grown <- after - min(before, after) // others may have ended meanwhile
	}()
	n, ok := <-grown
	if !ok {
		t.FailNow() // f has ended its goroutine
	}
	if n > stackScale*MaxStack {
		t.Fatalf("stacks grow by %d bytes, at most %d are allowed", n, stackScale*MaxStack)
	}
}

func stackBytes() uint64 {
	s := [1]metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(s[:])
	if s[0].Value.Kind() != metrics.KindUint64 {
		panic(fmt.Sprintf("%s is gone from the runtime", s[0].Name))
	}
	return s[0].Value.Uint64()
}
