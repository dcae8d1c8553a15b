package collection

// NaN equals every float and a wildcard everything, so what a search, a sort or
// a heap makes of them depends on the comparisons that it makes. Those here are the
// server's, in its order.

// side tells which of several equal elements a search ends at.
type side uint8

const (
	anyEqual   side = iota
	firstEqual      // at the first
	lastEqual       // behind the last
)

// search finds a value among the sorted elements lo to hi-1. compare orders the value
// against the element at a place. It returns the place and whether an equal element
// was met; without one, where the value would stand.
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

// mergeSort sorts numbers; equal ones keep their sequence.
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

// selectRanks returns the numbers below size that have the ranks start to
// start+n-1, taken from a heap that is emptied from the nearer end: descending if that is
// the lowest rank, else ascending.
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
	// The numbers that leave the heap gather behind it, the first one last.
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

// heap is a binary heap with that number on top that is before all others.
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

// quickSelect returns the number below size that has a rank. Which one of equal
// ones that is depends on how the others are moved: about the middle one as
// the pivot, from both ends towards each other.
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

// partition moves what is less than the pivot, which stands at low, before what
// is greater, and returns the pivot's place between them.
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
