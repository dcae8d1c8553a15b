package cluster

import "time"

// A BackgroundPolicy configures a background query, which changes the records that it finds. The
// zero value is the default.
type BackgroundPolicy struct {
	// Timeout limits starting the query on all nodes, not the work itself. Default 1 s; NoTimeout
	// for none.
	Timeout time.Duration
	// RecordsPerSecond limits the rate on each node. The default and maximum is the server's
	// background-query-max-rps.
	RecordsPerSecond int
	// Filter is a packed filter expression, nil for none.
	Filter []byte
	// TTL is the new time to live of records that the query changes by operations.
	TTL TTL
	// DurableDelete leaves tombstones for deleted records. Needs Enterprise.
	DurableDelete bool
}

func (p *BackgroundPolicy) validate() error {
	switch {
	case p.RecordsPerSecond < 0:
		return configError("BackgroundPolicy.RecordsPerSecond is negative: %d", p.RecordsPerSecond)
	case !p.TTL.valid():
		return configError("BackgroundPolicy.TTL is %d s, more than ten years", p.TTL)
	}
	return checkTimeout("BackgroundPolicy", p.Timeout)
}
