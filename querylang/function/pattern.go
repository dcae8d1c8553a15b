package function

// A Pattern is a compiled pattern of LIKE, ILIKE or REGEXP.
type Pattern struct{}
