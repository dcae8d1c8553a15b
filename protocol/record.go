package protocol

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Bin is a named value of a record.
type Bin struct {
	Name  string
	Value Value
}

// NewBin makes a bin of any Go value that [ValueOf] takes; a value that it does not take is
// reported by the command that would write the bin.
func NewBin(name string, value any) Bin { return Bin{name, ValueOf(value)} }

// Bins are the bins of a record or a command, in their order. In the answer to
// several operations a name may stand there more than once.
type Bins []Bin

// BinsOf makes bins of a Go map, sorted by name.
func BinsOf(m map[string]any) Bins {
	bins := make(Bins, 0, len(m))
	for name, v := range m {
		bins = append(bins, NewBin(name, v))
	}
	sortBins(bins)
	return bins
}

// Get returns the first value under name and whether there is one.
func (b Bins) Get(name string) (Value, bool) {
	for i := range b {
		if b[i].Name == name {
			return b[i].Value, true
		}
	}
	return Value{}, false
}

// Map returns the bins as a Go map of plain values; of a repeated name the last value stays.
func (b Bins) Map() map[string]any {
	m := make(map[string]any, len(b))
	for _, bin := range b {
		m[bin.Name] = bin.Value.Any()
	}
	return m
}

// NeverExpires is the time to live of a record without a void time.
const NeverExpires time.Duration = -1

// Epoch2010 is the origin of void times: 2010-01-01 UTC in Unix seconds.
const Epoch2010 = 1262304000

// A Record is what a read returned.
type Record struct {
	// Key is the key that was asked for; in scans and queries, the digest and, where it is
	// stored with the record, the user key.
	Key Key
	// Bins has the selected bins that exist, or the results of operations in their order.
	Bins Bins
	// Generation counts the writes of the record, from 1 on; after 65535 comes 1 again.
	Generation uint32
	// VoidTime is when the record expires, in seconds since 2010-01-01 UTC; 0 is never.
	VoidTime uint32
}

// Bin returns the first value under name and whether there is one.
func (r *Record) Bin(name string) (Value, bool) { return r.Bins.Get(name) }

// TTL returns how long the record has to live at the given moment, at least
// one second, or [NeverExpires].
func (r *Record) TTL(now time.Time) time.Duration {
	if r.VoidTime == 0 {
		return NeverExpires
	}
	left := time.Unix(Epoch2010+int64(r.VoidTime), 0).Sub(now)
	return max(left.Truncate(time.Second), time.Second)
}

// VoidTimeAt converts a moment to a void time: seconds since 2010-01-01 UTC, 0 for moments before.
func VoidTimeAt(t time.Time) uint32 { return uint32(max(t.Unix()-Epoch2010, 0)) }

// String prints the record for a reader.
func (r *Record) String() string {
	var s strings.Builder
	fmt.Fprintf(&s, "%v gen=%d", r.Key, r.Generation)
	for _, b := range r.Bins {
		fmt.Fprintf(&s, " %s=%v", b.Name, b.Value)
	}
	return s.String()
}

func sortBins(bins Bins) {
	slices.SortFunc(bins, func(a, b Bin) int { return strings.Compare(a.Name, b.Name) })
}
