package udf

import (
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"
)

// A sorter sorts a table by quicksort. It makes the comparisons in the same order as Lua, which
// shows in the order of equal elements and in what a comparison function sees.
type sorter struct {
	call
	elements []lua.LValue
	less     lua.LValue // nil means <
}

// randomPivotSize is the size from which a part is split at a random element, if earlier splits
// were uneven.
const randomPivotSize = 100

func (m *machine) tableSort(c call) int {
	t := c.table(1)
	s := &sorter{call: c, less: lua.LNil, elements: make([]lua.LValue, border(t))}
	c.spend(len(s.elements) * valueCost)
	c.work(len(s.elements))
	if !c.missing(2) {
		s.less = c.function(2)
	}
	for i := range s.elements {
		s.elements[i] = element(t, int64(i)+1)
	}
	s.sort(0, len(s.elements)-1, false)
	for i, v := range s.elements {
		m.setElement(c.LState, t, int64(i)+1, v)
	}
	return 0
}

func (s *sorter) before(a, b lua.LValue) bool {
	s.work(1)
	if s.less == lua.LNil {
		return s.lessThan(a, b)
	}
	s.Push(s.less)
	s.Push(a)
	s.Push(b)
	s.Call(2, 1)
	less := lua.LVAsBool(s.Get(-1))
	s.Pop(1)
	return less
}

func (s *sorter) exchange(i, j int) {
	s.elements[i], s.elements[j] = s.elements[j], s.elements[i]
}

// order swaps two elements that are out of order.
func (s *sorter) order(i, j int) {
	if s.before(s.elements[j], s.elements[i]) {
		s.exchange(i, j)
	}
}

func (s *sorter) sort(low, high int, random bool) {
	for low < high {
		s.order(low, high)
		if high-low == 1 {
			return
		}
		middle := (low + high + 2) / 2 // as if counted from 1
		middle--
		if random && high-low >= randomPivotSize {
			quarter := (high - low) / 4
			middle = low + quarter + rand.IntN(2*quarter)
		}
		if s.before(s.elements[middle], s.elements[low]) {
			s.exchange(middle, low)
		} else {
			s.order(middle, high)
		}
		if high-low == 2 {
			return
		}
		middle = s.partition(low, middle, high)
		smaller := middle - low
		if smaller < high-middle {
			s.sort(low, middle-1, random)
			low = middle + 1
		} else {
			smaller = high - middle
			s.sort(middle+1, high, random)
			high = middle - 1
		}
		random = random || (high-low)/128 > smaller
	}
}

// partition moves elements less than the middle element to its left and greater ones to its right,
// and returns the final index of the middle element. During the split that element is the last but
// one.
func (s *sorter) partition(low, middle, high int) int {
	pivot := s.elements[middle]
	s.exchange(middle, high-1)
	for i, j := low, high-1; ; {
		for i++; s.before(s.elements[i], pivot); i++ {
			if i == high-1 {
				s.RaiseError("invalid order function for sorting")
			}
		}
		for j--; s.before(pivot, s.elements[j]); j-- {
			if j < i {
				s.RaiseError("invalid order function for sorting")
			}
		}
		if j < i {
			s.exchange(high-1, i)
			return i
		}
		s.exchange(i, j)
	}
}
