package function

// A Set is the values of an IN list, for lookups without a comparison with each.
type Set struct{}
