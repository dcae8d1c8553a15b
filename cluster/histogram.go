package cluster

import (
	"iter"
	mathbits "math/bits"
	"sync/atomic"
	"time"
)

// Buckets of a Histogram. The first buckets are one microsecond wide. From there each power of two
// is divided into bucketsEach buckets, so that a bucket's width is at most a quarter of its values.
const (
	bucketBits   = 2
	bucketsEach  = 1 << bucketBits
	bucketPowers = 30 // the last bucket also has everything longer than 2^30 µs, 18 minutes
	buckets      = (bucketPowers - bucketBits + 1) * bucketsEach
)

// A Histogram counts durations in buckets.
type Histogram struct {
	Count    int64
	Sum, Max time.Duration
	counts   [buckets]int64
}

// Mean returns the average duration, 0 if the histogram is empty.
func (h *Histogram) Mean() time.Duration {
	if h.Count == 0 {
		return 0
	}
	return h.Sum / time.Duration(h.Count)
}

// Quantile returns the duration that a share q of all durations, 0 to 1, does not exceed. The
// result is rounded up to the end of its bucket, by at most a quarter. It is 0 if the histogram is
// empty.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.Count == 0 {
		return 0
	}
	rank := int64(q * float64(h.Count))
	if float64(rank) < q*float64(h.Count) {
		rank++
	}
	seen := int64(0)
	for i, n := range h.counts[:buckets-1] {
		if seen += n; seen >= max(rank, 1) {
			return min(bucketEnd(i), h.Max)
		}
	}
	return h.Max
}

// A Bucket counts the durations d with Begin <= d < End.
type Bucket struct {
	Begin, End time.Duration
	Count      int64
}

// Buckets returns the buckets that are not empty, in ascending order. The last possible bucket
// begins at 15 minutes and also counts everything longer.
func (h *Histogram) Buckets() iter.Seq[Bucket] {
	return func(yield func(Bucket) bool) {
		for i, n := range h.counts {
			b := Bucket{End: bucketEnd(i), Count: n}
			if i > 0 {
				b.Begin = bucketEnd(i - 1)
			}
			if n > 0 && !yield(b) {
				return
			}
		}
	}
}

// bucketOf returns the bucket that counts d.
func bucketOf(d time.Duration) int {
	us := uint64(max(d, 0) / time.Microsecond)
	if us < bucketsEach {
		return int(us)
	}
	power := mathbits.Len64(us) - 1 - bucketBits
	return min((power+1)*bucketsEach+int(us>>power)-bucketsEach, buckets-1)
}

// bucketEnd returns the end of bucket i, which is the shortest duration too long for it.
func bucketEnd(i int) time.Duration {
	if i < bucketsEach {
		return time.Duration(i+1) * time.Microsecond
	}
	power := i/bucketsEach - 1
	return time.Duration(bucketsEach+i%bucketsEach+1) << power * time.Microsecond
}

// A latencyMeter is a Histogram that is safe for concurrent use.
type latencyMeter struct {
	sum, max atomic.Int64
	counts   [buckets]atomic.Int64
}

func (m *latencyMeter) add(d time.Duration) {
	m.counts[bucketOf(d)].Add(1)
	m.sum.Add(int64(d))
	for {
		longest := m.max.Load()
		if int64(d) <= longest || m.max.CompareAndSwap(longest, int64(d)) {
			return
		}
	}
}

// histogram returns a snapshot.
func (m *latencyMeter) histogram() Histogram {
	h := Histogram{Sum: time.Duration(m.sum.Load()), Max: time.Duration(m.max.Load())}
	for i := range m.counts {
		h.counts[i] = m.counts[i].Load()
		h.Count += h.counts[i]
	}
	return h
}
