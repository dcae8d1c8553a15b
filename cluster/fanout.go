package cluster

import "sync"

// fanOut calls ask for all items concurrently, for at most most of them at the same time (0 means
// no limit). It passes the values that they send to take, one after the other. If take returns
// false, fanOut calls cancel, which ends the goroutines early, and returns false. Its goroutines
// have ended when it returns.
func fanOut[T, C any](cancel func(), items []T, most int, ask func(T, chan<- C), take func(C) bool) bool {
	if most == 0 || most > len(items) {
		most = len(items)
	}
	work := make(chan T, len(items))
	for _, item := range items {
		work <- item
	}
	close(work)
	results := make(chan C, most)
	var askers sync.WaitGroup
	for range most {
		askers.Go(func() {
			for item := range work {
				ask(item, results)
			}
		})
	}
	var closer sync.WaitGroup
	closer.Go(func() {
		askers.Wait()
		close(results)
	})
	// Deferred, because take may panic.
	defer closer.Wait()
	finished := false
	defer func() {
		if !finished {
			cancel()
		}
	}()
	for r := range results {
		if !take(r) {
			return false
		}
	}
	finished = true
	return true
}
