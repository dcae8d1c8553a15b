package cluster

import "time"

// A BackgroundPolicy is how a background query runs, which changes the records that it finds. The zero
// value is the default.
type BackgroundPolicy struct {
	// Timeout bounds the start on all nodes, not the work; default 1 s, NoTimeout for none.
	Timeout time.Duration
	// RecordsPerSecond bounds the speed of each node; 0 is the server's background-query-max-rps, which is
	// also the most that is possible.
	RecordsPerSecond int
	// Filter is a packed filter expression; nil for none.
	Filter []byte
	// TTL is the time to live of the records that operations change.
	TTL TTL
	// DurableDelete leaves tombstones of deleted records (Enterprise).
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
