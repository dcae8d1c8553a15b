package protocol

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Bin is a name and a value in a record.
type Bin struct {
	Name  string
	Value Value
}

// NewBin returns a bin with any Go value that [ValueOf] accepts. If it does not accept the value,
// the command that writes the bin returns the error.
func NewBin(name string, value any) Bin { return Bin{name, ValueOf(value)} }

// Bins are the bins of a record or a command, in their order. In the response to several operations
// a name can occur more than once.
type Bins []Bin

// BinsOf returns bins with the keys of a Go map as their names, sorted by name. Values are
// converted as by [NewBin].
func BinsOf(m map[string]any) Bins {
	bins := make(Bins, 0, len(m))
	for name, v := range m {
		bins = append(bins, NewBin(name, v))
	}
	sortBins(bins)
	return bins
}

// Get returns the value of the first bin with the name, and whether there is one.
func (b Bins) Get(name string) (Value, bool) {
	for i := range b {
		if b[i].Name == name {
			return b[i].Value, true
		}
	}
	return Value{}, false
}

// Map returns the bins as a Go map from name to value, converted by [Value.Any]. If a name occurs
// more than once the map has its last value.
func (b Bins) Map() map[string]any {
	m := make(map[string]any, len(b))
	for _, bin := range b {
		m[bin.Name] = bin.Value.Any()
	}
	return m
}

// NeverExpires is the time to live of a record that does not expire.
const NeverExpires time.Duration = -1

// Epoch2010 is time 0 of void times: 2010-01-01 UTC, in Unix seconds.
const Epoch2010 = 1262304000

// A Record is the result of a read.
type Record struct {
	// Key is the key that the caller passed. In the result of a query it has the digest, and the
	// user key if the server stores it with the record.
	Key Key
	// Bins has the requested bins that exist, or the results of operations in their order.
	Bins Bins
	// Generation counts the writes to the record, starting at 1. After 65535 it starts at 1 again.
	Generation uint32
	// VoidTime is the time when the record expires, in seconds since 2010-01-01 UTC; 0 means never.
	VoidTime uint32
}

// Bin returns the value of the first bin with the name, and whether there is one.
func (r *Record) Bin(name string) (Value, bool) { return r.Bins.Get(name) }

// TTL returns the time from now until the record expires, in whole seconds and at least one, or
// [NeverExpires].
func (r *Record) TTL(now time.Time) time.Duration {
	if r.VoidTime == 0 {
		return NeverExpires
	}
	left := time.Unix(Epoch2010+int64(r.VoidTime), 0).Sub(now)
	return max(left.Truncate(time.Second), time.Second)
}

// VoidTimeAt converts a time to a void time, the seconds since 2010-01-01 UTC. Earlier times give
// 0.
func VoidTimeAt(t time.Time) uint32 { return uint32(max(t.Unix()-Epoch2010, 0)) }

// String returns the key, the generation and the bins in a readable form.
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
