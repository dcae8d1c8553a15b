package mapper

// An Aggregate is a value of a group of records; see [GroupBy].
type Aggregate[T any] struct {
	function string
	place    *binPath
	name     string
}
