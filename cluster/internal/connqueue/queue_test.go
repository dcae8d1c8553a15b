package connqueue

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestLastUsedFirst(t *testing.T) {
	p := &Queue[int]{Max: 3, MaxDials: 3}
	for c := 1; c <= 3; c++ {
		p.Wait(NewWaiter[int]())
		require.Equal(t, 1, p.StartDials())
		p.Opened(c)
	}
	require.Nil(t, p.Put(1))
	require.Nil(t, p.Put(2))
	c, ok := p.Take()
	require.True(t, ok)
	require.Equal(t, 2, c)
}

func TestFirstComeFirstServed(t *testing.T) {
	p := &Queue[int]{Max: 1, MaxDials: 1}
	var queue []*Waiter[int]
	for range 4 {
		w := NewWaiter[int]()
		queue = append(queue, w)
		p.Wait(w)
	}
	require.Equal(t, 1, p.StartDials())
	require.Zero(t, p.StartDials(), "the limit is one")
	require.Same(t, queue[0], p.Opened(7))
	require.True(t, p.GiveUp(queue[1]))
	require.False(t, p.GiveUp(queue[1]), "only once")
	require.False(t, p.GiveUp(queue[0]), "already served")
	require.Same(t, queue[2], p.Put(7))
	p.Drop(7)
	require.Equal(t, 1, p.StartDials(), "replaces the dropped one")
	require.Same(t, queue[3], p.Failed())
	require.Zero(t, p.StartDials(), "no caller is waiting")
}

func TestMinimum(t *testing.T) {
	p := &Queue[int]{Min: 3, Max: 10, MaxDials: 2}
	require.Equal(t, 2, p.StartDials())
	require.Zero(t, p.StartDials())
	require.Nil(t, p.Opened(1))
	require.Equal(t, 1, p.StartDials())
	require.Nil(t, p.Failed())
	require.Nil(t, p.Opened(2))
	require.Equal(t, 1, p.StartDials(), "retries the one that failed")
}

func TestExpire(t *testing.T) {
	p := &Queue[int]{Min: 4, Max: 4, MaxDials: 4}
	p.StartDials()
	for _, c := range []int{1, 2, 9, 3} {
		p.Opened(c)
	}
	require.Equal(t, []int{1, 2}, p.Expire(func(c int) bool { return c < 5 }), "stops at the first that is not old")
	open, idle, _, _ := p.Counts()
	require.Equal(t, []int{4, 2}, []int{open, idle})
	p.Drop(1)
	p.Drop(2)
	require.Equal(t, 2, p.StartDials())
}

func TestClose(t *testing.T) {
	p := &Queue[int]{Min: 2, Max: 2, MaxDials: 2}
	p.StartDials()
	p.Opened(1)
	p.Opened(2)
	p.Take()
	p.Take()
	p.Put(1)
	w := NewWaiter[int]()
	p.Wait(w)
	waiting, idle := p.Close()
	require.Equal(t, []*Waiter[int]{w}, waiting)
	require.Equal(t, []int{1}, idle)
	require.ElementsMatch(t, []int{1, 2}, p.All())
	p.Drop(1)
	p.Drop(2)
	require.Zero(t, p.StartDials(), "a closed queue opens none")
}

// simulation drives a Queue like its owner, next to a model of the expected state.
type simulation struct {
	*rapid.T
	pool  *Queue[int]
	next  int
	inUse []int
	queue []*Waiter[int] // in order of arrival
	dials int
}

// TestQueue checks random sequences: limits hold, callers are served in order, no caller waits
// while a connection is idle, and connections are opened for waiting callers.
func TestQueue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &simulation{T: t, pool: &Queue[int]{
			Max: rapid.IntRange(1, 6).Draw(t, "max"), MaxDials: rapid.IntRange(1, 4).Draw(t, "dials"),
		}}
		s.pool.Min = rapid.IntRange(0, s.pool.Max).Draw(t, "min")
		t.Repeat(map[string]func(*rapid.T){
			"": s.check, "take": s.take, "giveUp": s.giveUp, "put": s.put, "break": s.breakOne,
			"opened": s.opened, "failed": s.failed, "expire": s.expire,
		})
	})
}

func (s *simulation) check(t *rapid.T) {
	s.dials += s.pool.StartDials()
	open, idle, opening, waiting := s.pool.Counts()
	require.Equal(t, s.dials, opening)
	require.LessOrEqual(t, opening, s.pool.MaxDials)
	require.LessOrEqual(t, open+opening, s.pool.Max)
	require.Equal(t, len(s.inUse)+idle, open)
	require.Equal(t, len(s.queue), waiting)
	if waiting > 0 {
		require.Zero(t, idle, "no caller waits while a connection is idle")
	}
	wanted := min(max(waiting, s.pool.Min-open), s.pool.Max-open, s.pool.MaxDials)
	require.GreaterOrEqual(t, opening, wanted)
}

// granted updates the model after a caller received a connection or an error.
func (s *simulation) granted(w *Waiter[int], c int) {
	if w == nil {
		require.Empty(s, s.queue)
		return
	}
	require.Same(s, s.queue[0], w, "in order")
	s.queue = s.queue[1:]
	if c != 0 {
		s.inUse = append(s.inUse, c)
	}
}

func (s *simulation) take(t *rapid.T) {
	if c, ok := s.pool.Take(); ok {
		s.inUse = append(s.inUse, c)
		return
	}
	w := NewWaiter[int]()
	s.pool.Wait(w)
	s.queue = append(s.queue, w)
}

func (s *simulation) giveUp(t *rapid.T) {
	if len(s.queue) > 0 {
		i := rapid.IntRange(0, len(s.queue)-1).Draw(t, "waiter")
		require.True(t, s.pool.GiveUp(s.queue[i]))
		s.queue = slices.Delete(s.queue, i, i+1)
	}
}

// anyInUse removes and returns a connection in use, or 0 if there is none.
func (s *simulation) anyInUse(t *rapid.T) int {
	if len(s.inUse) == 0 {
		return 0
	}
	i := rapid.IntRange(0, len(s.inUse)-1).Draw(t, "connection")
	c := s.inUse[i]
	s.inUse = slices.Delete(s.inUse, i, i+1)
	return c
}

func (s *simulation) put(t *rapid.T) {
	if c := s.anyInUse(t); c != 0 {
		s.granted(s.pool.Put(c), c)
	}
}

func (s *simulation) breakOne(t *rapid.T) {
	if c := s.anyInUse(t); c != 0 {
		s.pool.Drop(c)
	}
}

func (s *simulation) opened(t *rapid.T) {
	if s.dials > 0 {
		s.dials--
		s.next++
		s.granted(s.pool.Opened(s.next), s.next)
	}
}

func (s *simulation) failed(t *rapid.T) {
	if s.dials > 0 {
		s.dials--
		s.granted(s.pool.Failed(), 0)
	}
}

func (s *simulation) expire(t *rapid.T) {
	before := rapid.IntRange(0, s.next).Draw(t, "before")
	for _, c := range s.pool.Expire(func(c int) bool { return c <= before }) {
		s.pool.Drop(c)
	}
}
