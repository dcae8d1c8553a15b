package sendqueue

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSingleCallerNeverWaits(t *testing.T) {
	q := Queue[int]{Slots: 1, Rows: 10}
	for range 3 {
		require.True(t, q.Enter())
		require.False(t, q.Leave())
	}
}

func TestGroupsWhileInFlight(t *testing.T) {
	q := Queue[int]{Slots: 2, Rows: 3}
	require.True(t, q.Enter())
	require.True(t, q.Enter())
	for i := range 5 {
		require.False(t, q.Enter())
		q.Wait(i)
	}
	require.True(t, q.Leave(), "a sender gets the slot")
	require.Equal(t, []int{0, 1, 2}, q.Take(nil, 0, false))
	require.False(t, q.Enter(), "later commands do not overtake waiting ones")
	require.True(t, q.Remove(3))
	require.False(t, q.Remove(3))
	require.Equal(t, []int{4}, q.Take(nil, 0, false))
	require.Empty(t, q.Take(nil, 0, false), "the slot is free")
	require.True(t, q.Enter())
}

// TestQueueKeepsItsMemory: commands that come and go use the memory of those before them.
func TestQueueKeepsItsMemory(t *testing.T) {
	q := Queue[int]{Slots: 1, Rows: 1}
	require.True(t, q.Enter())
	var taken []int
	for i := range 20 {
		q.Wait(i)
	}
	for i := range 10_000 {
		q.Wait(20 + i)
		taken = q.Take(taken[:0], 1, false)
		require.Equal(t, []int{i}, taken)
	}
	require.Len(t, q.Waiting(), 20)
	require.LessOrEqual(t, cap(q.items), 64)
}

// TestFewCommandsDoNotWait: commands are sent at once while few are in flight, however many
// messages that makes.
func TestFewCommandsDoNotWait(t *testing.T) {
	q := Queue[int]{Slots: 2, Few: 4, Rows: 10}
	for range 4 {
		require.True(t, q.Enter())
	}
	require.False(t, q.Enter())
	require.False(t, q.Wait(1))
	require.False(t, q.Wait(2))
	require.True(t, q.Leave(), "a sender gets the slot")
	require.Equal(t, []int{1, 2}, q.Take(nil, 0, false))
	require.False(t, q.Enter(), "5 commands are in flight")
	require.False(t, q.Leave())
	require.False(t, q.Leave())
	require.True(t, q.Enter(), "3 were")
	require.False(t, q.Enter())
	require.Empty(t, q.Take(nil, 2, false))
	require.True(t, q.Enter())
}

// TestStarvedSenders: a sender that seldom runs takes half of a long queue.
func TestStarvedSenders(t *testing.T) {
	q := Queue[int]{Slots: 1, Rows: 2, MostRows: 5}
	require.True(t, q.Enter())
	for i := range 16 {
		q.Wait(i)
	}
	require.True(t, q.Leave())
	require.Equal(t, []int{0, 1, 2, 3, 4}, q.Take(nil, 0, true), "at most MostRows")
	require.Equal(t, []int{5, 6}, q.Take(nil, 5, false))
	require.Equal(t, []int{7, 8, 9, 10}, q.Take(nil, 2, true), "half of 9")
	require.Equal(t, []int{11, 12}, q.Take(nil, 4, true))
	require.Equal(t, []int{13, 14}, q.Take(nil, 2, true), "at least Rows")
	require.Equal(t, []int{15}, q.Take(nil, 2, true))
}

func TestClose(t *testing.T) {
	q := Queue[int]{Slots: 1, Rows: 3}
	require.True(t, q.Enter())
	require.False(t, q.Enter())
	q.Wait(7)
	require.Equal(t, []int{7}, q.Close())
	require.True(t, q.Enter())
	require.False(t, q.Leave())
}

// TestSlotsGrow: the next command starts a sender for a new slot, and a slot that is taken away is
// not used again.
func TestSlotsGrow(t *testing.T) {
	q := Queue[int]{Slots: 1, Rows: 10}
	require.True(t, q.Enter())
	require.False(t, q.Wait(1))
	q.Slots = 2
	require.False(t, q.Enter(), "commands do not overtake waiting ones")
	require.True(t, q.Wait(2))
	require.Equal(t, []int{1, 2}, q.Take(nil, 0, false))
	q.Slots = 1
	require.False(t, q.Enter())
	require.Empty(t, q.Take(nil, 0, false))
	require.False(t, q.Leave())
	require.True(t, q.Enter())
}

// TestAllWaitingCommandsAreTaken checks random sequences: every waiting command is taken, in order,
// as long as messages complete.
func TestAllWaitingCommandsAreTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := Queue[int]{Slots: rapid.IntRange(1, 4).Draw(t, "slots"), Few: rapid.IntRange(0, 6).Draw(t, "few"), Rows: rapid.IntRange(1, 5).Draw(t, "rows"), MostRows: rapid.IntRange(1, 9).Draw(t, "most")}
		direct, next := 0, 0
		var senders []int // how many commands each has taken last
		var taken, waited []int
		step := func(drain bool) {
			switch action := rapid.IntRange(0, 3).Draw(t, "action"); {
			case action == 0 && !drain:
				if q.Enter() {
					direct++
				} else {
					if q.Wait(next) {
						senders = append(senders, 0)
					}
					waited = append(waited, next)
				}
				next++
			case direct > 0 && (action == 1 || len(senders) == 0):
				direct--
				if q.Leave() {
					senders = append(senders, 0)
				}
			case len(senders) > 0:
				before, last, most := len(taken), len(senders)-1, q.Rows
				starved := rapid.Bool().Draw(t, "starved")
				if starved {
					most = max(most, q.MostRows)
				}
				taken = q.Take(taken, senders[last], starved)
				if senders[last] = len(taken) - before; senders[last] == 0 {
					senders = senders[:last]
				}
				require.LessOrEqual(t, len(taken)-before, most)
			}
			inFlight := direct
			for _, n := range senders {
				inFlight += n
			}
			require.Equal(t, inFlight, q.commands)
			require.LessOrEqual(t, len(senders), q.Slots)
			require.LessOrEqual(t, direct, max(q.Slots, q.Few))
			require.True(t, len(q.Waiting()) == 0 || direct+len(senders) > 0, "waiting commands need a message in flight")
		}
		for range rapid.IntRange(0, 100).Draw(t, "steps") {
			step(false)
		}
		for direct+len(senders) > 0 {
			step(true)
		}
		require.Equal(t, waited, taken)
		require.Zero(t, q.used)
	})
}
