package mapper

import "errors"

// Causes of errors of queries and patches, for errors.Is.
var (
	// ErrNeedsScan means that no index serves a query, so that it would read the whole set.
	// Query.AllowScan allows that, unless the data source name has scan=deny.
	ErrNeedsScan = errors.New("the query needs a scan of the whole set")
	// ErrCondition means that the condition of a patch is not true for the record.
	ErrCondition = errors.New("the condition is not true for the record")
	// ErrUnsupported means that something can't be done. The error says what would work instead.
	ErrUnsupported = errors.New("not supported")
)
