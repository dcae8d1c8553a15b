package plan

import "math"

// The estimates, in records. What is unknown is guessed; a guess only decides between access
// methods that give the same rows.
const (
	// unknownRecords is the number of records of a set about which nothing is known.
	unknownRecords = 1_000_000
	// equalShare is the share of an index that one value has, if the entries for each value are
	// unknown.
	equalShare = 0.01
	// closedShare and openShare are the shares of an index that a range with two ends or with one
	// end has, and geoShare that of a region.
	closedShare = 0.25
	openShare   = 0.5
	geoShare    = 0.25
	// rangeCost is what a query of one more index range costs, as a number of records: it is a
	// command to every node.
	rangeCost = 10
	// randomRead is the cost of a record that is found by an index or by its key, compared with one
	// that a scan reads. A digest without bins costs digestRead: it is in memory.
	randomRead = 1.25
	digestRead = 0.25
	// maxRanges is the largest number of index ranges of a union.
	maxRanges = 1024
)

// entriesOf returns the number of entries of an index.
func entriesOf(i *Index, records float64) float64 {
	if i.Entries > 0 {
		return float64(i.Entries)
	}
	return records
}

// estimateRange returns the estimated number of entries in a range of integers.
func estimateRange(i *Index, r intRange, records float64) float64 {
	entries := entriesOf(i, records)
	if r.first == r.last {
		return estimateEqual(i, records)
	}
	share := closedShare
	switch lowest, highest := r.first == math.MinInt64, r.last == math.MaxInt64; {
	case lowest && highest:
		return entries
	case lowest || highest:
		share = openShare
	}
	width := float64(r.last) - float64(r.first) + 1
	return min(entries*share, width*estimateEqual(i, records))
}

// estimateEqual returns the estimated number of entries of one value.
func estimateEqual(i *Index, records float64) float64 {
	if i.PerValue > 0 {
		return i.PerValue
	}
	return max(1, entriesOf(i, records)*equalShare)
}
