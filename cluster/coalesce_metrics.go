package cluster

// CoalesceMetrics count the single-record commands that waited in the queue of a node, and the
// messages in which they were sent. Commands that were sent immediately are not counted.
type CoalesceMetrics struct{ Commands, Messages int64 }

func (co *coalescer) metrics() CoalesceMetrics {
	return CoalesceMetrics{Commands: co.commands.Load(), Messages: co.messages.Load()}
}
