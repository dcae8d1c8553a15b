package balance

import "slices"

// SpreadOverRacks returns the order changed so that the replicas are in as many different racks as
// possible. From the second position on, a node whose rack is already used changes places with the
// next node of an unused rack.
func SpreadOverRacks(order []int, replicas int, rack func(node int) int) []int {
	racks := make(map[int]bool)
	for _, n := range order {
		racks[rack(n)] = true
	}
	needed := min(len(racks), replicas)
	if len(racks) < 2 {
		return order
	}
	order = slices.Clone(order)
	next := needed // where to look for a node to swap with
	for at := 1; at < needed; at++ {
		isNew := func(n int) bool {
			return !slices.ContainsFunc(order[:at], func(other int) bool { return rack(other) == rack(n) })
		}
		if isNew(order[at]) {
			continue
		}
		for ; next < len(order); next++ {
			if isNew(order[next]) {
				order[at], order[next] = order[next], order[at]
				next++
				break
			}
		}
	}
	return order
}
