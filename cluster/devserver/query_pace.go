package devserver

import "time"

// paceStep limits a single wait of a query, so that it soon notices when it must end.
const (
	paceStep = 10 * time.Millisecond
	paceMin  = time.Millisecond
)

// pace waits while the query is ahead of its rate, and while the node is frozen. It returns an
// error if the node ends.
func (w *walk) pace() error {
	if w.rate == 0 {
		return w.process.proceed()
	}
	due := time.Duration(w.job.throttled.Add(1)) * time.Second / time.Duration(w.rate)
	wait := min(due-time.Since(w.job.started), paceStep)
	if wait <= paceMin {
		return w.process.proceed()
	}
	return w.process.wait(wait, nil)
}
