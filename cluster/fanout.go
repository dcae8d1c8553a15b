package cluster

import "sync"

// fanOut has ask work on all items, at most so many at the same time (0 for all), and gives what they hand on to take, one
// after the other. It reports false when take has. When it returns, its goroutines have ended; cancel ends them early.
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
	// Also when the loop's body panics.
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

// chunkRecords is the number of records that a node's goroutine hands on together.
const chunkRecords = 64
