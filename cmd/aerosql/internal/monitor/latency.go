package monitor

import (
	"strconv"
	"strings"
)

// A Latency is a histogram of a node: how long the commands of one kind took in the last slice of
// time that the node measured, usually ten seconds.
type Latency struct {
	Node string `json:"node"`
	// Namespace is "" for what belongs to no namespace, such as batch-index.
	Namespace string  `json:"namespace,omitempty"`
	Operation string  `json:"operation"` // such as read, write and udf
	PerSecond float64 `json:"per_second"`
	// Over has the percentage of commands that took longer than 1, 2, 4, ... milliseconds.
	Over []float64 `json:"percent_over_ms"`
}

// parseLatencies parses the answer to the info command latencies:
//
//	batch-index:;{test}-read:msec,12.5,0.10,0.00,...
//
// A histogram without a value has measured nothing and is left out, and so is one that is not in
// milliseconds.
func parseLatencies(node, text string) (list []Latency) {
	for part := range strings.SplitSeq(text, ";") {
		name, values, _ := strings.Cut(part, ":")
		numbers, ok := strings.CutPrefix(values, "msec,")
		if !ok {
			continue
		}
		l := Latency{Node: node, Operation: name}
		if inner, operation, found := strings.Cut(strings.TrimPrefix(name, "{"), "}-"); found {
			l.Namespace, l.Operation = inner, operation
		}
		for i, field := range strings.Split(numbers, ",") {
			n, err := strconv.ParseFloat(field, 64)
			if err != nil {
				break
			}
			if i == 0 {
				l.PerSecond = n
			} else {
				l.Over = append(l.Over, n)
			}
		}
		if len(l.Over) > 0 {
			list = append(list, l)
		}
	}
	return list
}

// Bound returns the smallest threshold in milliseconds that a share of the commands, such as 0.99,
// does not exceed. It returns false if the histogram does not reach that far.
func (l *Latency) Bound(share float64) (milliseconds int, ok bool) {
	for i, over := range l.Over {
		if over <= (1-share)*100+1e-9 {
			return 1 << i, true
		}
	}
	return 0, false
}
