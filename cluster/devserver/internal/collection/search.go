package collection

// A NaN equals all floats, and a wildcard equals all values. The result of a search, sort or heap
// on them depends on which comparisons are made. The functions below make the same comparisons as
// the server, in the same order.

// side selects the end of a range of equal elements at which a search stops.
type side uint8

const (
	anyEqual   side = iota
	firstEqual      // at the first
	lastEqual       // after the last
)

// search finds a value among the sorted elements lo to hi-1. compare compares the value with the
// element at a position. search returns the position and whether an equal element was found. If
// there is none it returns the position at which to insert the value.
func search(lo, hi int, want side, compare func(place int) int) (place int, found bool) {
	if lo >= hi {
		return hi, false
	}
	lower, upper := lo, hi
	place = lo + (hi-lo)/2
	for {
		c := compare(place)
		if c == 0 {
			found = true
			switch {
			case want == anyEqual, want == firstEqual && place == 0:
				return place, true
			case want == firstEqual:
				c = -1
			case place == upper-1:
				return place + 1, true
			default:
				c = 1
			}
		}
		if c < 0 {
			if place == lower {
				return place, found
			}
			upper = place
			place = (place + lower) / 2
			continue
		}
		if place >= upper-1 {
			return place + 1, found
		}
		lower = place
		if !found {
			lower++
		}
		place = (place + upper) / 2
	}
}

// mergeSort sorts numbers. The sort is stable.
func mergeSort(numbers []int, compare func(a, b int) int) {
	mergeInto(numbers, make([]int, len(numbers)), compare)
}

func mergeInto(numbers, scratch []int, compare func(a, b int) int) {
	if len(numbers) <= 1 {
		return
	}
	half := len(numbers) / 2
	mergeInto(numbers[:half], scratch[:half], compare)
	mergeInto(numbers[half:], scratch[half:], compare)
	copy(scratch, numbers)
	left, right := scratch[:half], scratch[half:]
	for i := range numbers {
		if len(right) == 0 || len(left) > 0 && compare(left[0], right[0]) <= 0 {
			numbers[i], left = left[0], left[1:]
		} else {
			numbers[i], right = right[0], right[1:]
		}
	}
}

// selectRanks returns the numbers below size with the ranks start to start+n-1. It takes them from
// a heap, starting at the nearer end: the result is descending if the lowest rank is nearer,
// otherwise ascending.
func selectRanks(size, start, n int, compare func(a, b int) int) (picked []int, descending bool) {
	tail := size - start - n
	h := heap{numbers: count(0, size), before: func(a, b int) bool { return compare(a, b) == -1 }}
	discard := start
	descending = start <= tail
	if !descending {
		discard = tail
		h.before = func(a, b int) bool { return compare(a, b) == 1 }
	}
	h.equal = func(a, b int) bool { return compare(a, b) == 0 }
	for i := size/2 - 1; i >= 0; i-- {
		h.sink(i)
	}
	// Numbers removed from the heap are stored after its end, the first one last.
	all := h.numbers
	for range n + discard {
		top := h.numbers[0]
		last := len(h.numbers) - 1
		h.numbers[0] = h.numbers[last]
		h.numbers = h.numbers[:last]
		h.sink(0)
		all[last] = top
	}
	return all[len(h.numbers):][:n], descending
}

// heap is a binary heap. Its top is the number before all others.
type heap struct {
	numbers []int
	before  func(a, b int) bool
	equal   func(a, b int) bool
}

func (h *heap) sink(i int) {
	for {
		child := 2*i + 1
		if child >= len(h.numbers) {
			return
		}
		if other := child + 1; other < len(h.numbers) {
			a, b := h.numbers[child], h.numbers[other]
			if !h.before(a, b) && !h.equal(a, b) {
				child = other
			}
		}
		if !h.before(h.numbers[child], h.numbers[i]) {
			return
		}
		h.numbers[i], h.numbers[child] = h.numbers[child], h.numbers[i]
		i = child
	}
}

// quickSelect returns the number below size with the given rank. If several are equal, the result
// depends on the partitioning: around the middle element, from both ends towards each other.
func quickSelect(size, rank int, compare func(a, b int) int) int {
	numbers := count(0, size)
	low, high := 0, size-1
	for low < high {
		middle := low + (high-low)/2
		pivot := numbers[middle]
		numbers[low], numbers[middle] = pivot, numbers[low]
		place := partition(numbers, low, high, pivot, compare)
		switch {
		case place == rank:
			return pivot
		case place < rank:
			low = place + 1
		default:
			high = place - 1
		}
	}
	return numbers[low]
}

// partition moves the numbers less than the pivot, which is at low, before the greater ones. It
// returns the pivot's position between them.
func partition(numbers []int, low, high, pivot int, compare func(a, b int) int) int {
	left, right := low+1, high
	for {
		for left < right && compare(numbers[left], pivot) < 0 {
			left++
		}
		for left <= right && right != low && compare(pivot, numbers[right]) < 0 {
			right--
		}
		if left >= right {
			break
		}
		numbers[left], numbers[right] = numbers[right], numbers[left]
		left++
		right--
	}
	numbers[low], numbers[right] = numbers[right], numbers[low]
	return right
}
