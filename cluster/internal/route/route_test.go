package route

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// world is three copies of one partition and their state; nodes go by letters.
type world struct {
	copies  string
	gone    string
	resting string
	near    string // the nodes that are near, the nearest first
}

func (w world) Replicas() int                   { return len(w.copies) }
func (w world) Node(replica int, _ uint16) byte { return w.copies[replica] }

func (w world) fitness(n byte) Fitness {
	switch {
	case n == 0 || slices.Contains([]byte(w.gone), n):
		return Gone
	case slices.Contains([]byte(w.resting), n):
		return Resting
	}
	return Fit
}

func (w world) nearness(n byte) int {
	if i := slices.Index([]byte(w.near), n); i >= 0 {
		return i
	}
	return len(w.near)
}

func (w world) choose(wish Wish) string {
	if n := Choose(wish, w, 7, []byte("abcd"), w.fitness, w.nearness); n != 0 {
		return string(n)
	}
	return ""
}

func TestChoose(t *testing.T) {
	healthy := world{copies: "abc", near: "c"}
	for name, c := range map[string]struct {
		world world
		wish  Wish
		// by turn, one letter each, - for none
		want string
	}{
		"read, sequence":                  {healthy, Wish{}, "abca"},
		"read, master":                    {healthy, Wish{Policy: Master}, "aaaa"},
		"read, round":                     {healthy, Wish{Policy: MasterProles}, "abca"},
		"read, any":                       {healthy, Wish{Policy: Random}, "abcda"},
		"read, rack":                      {healthy, Wish{Policy: PreferRack}, "cabc"},
		"read, two racks":                 {world{copies: "abc", near: "cb"}, Wish{Policy: PreferRack}, "cbac"},
		"read, no rack near":              {world{copies: "abc"}, Wish{Policy: PreferRack}, "abca"},
		"read, newest":                    {healthy, Wish{Newest: true}, "aaa"},
		"read, newest, any":               {healthy, Wish{Policy: Random, Newest: true}, "aaa"},
		"write, sequence":                 {healthy, Wish{Write: true}, "abca"},
		"write, any":                      {healthy, Wish{Write: true, Policy: Random}, "aaa"},
		"write, rack":                     {healthy, Wish{Write: true, Policy: PreferRack}, "aaa"},
		"master gone":                     {world{copies: "abc", gone: "a"}, Wish{}, "bbcb"},
		"master gone, master asked":       {world{copies: "abc", gone: "a"}, Wish{Policy: Master}, "--"},
		"master gone, newest":             {world{copies: "abc", gone: "a"}, Wish{Newest: true}, "--"},
		"all gone":                        {world{copies: "abc", gone: "abc"}, Wish{}, "---"},
		"no node known":                   {world{copies: "\x00\x00\x00"}, Wish{}, "---"},
		"no copies":                       {world{}, Wish{}, "--"},
		"master rests":                    {world{copies: "abc", resting: "a"}, Wish{}, "bbcb"},
		"master rests, master asked":      {world{copies: "abc", resting: "a"}, Wish{Policy: Master}, "aa"},
		"master rests, write":             {world{copies: "abc", resting: "a"}, Wish{Write: true}, "abca"},
		"all rest":                        {world{copies: "abc", resting: "abc"}, Wish{}, "abca"},
		"all rest or are gone":            {world{copies: "abc", gone: "a", resting: "bc"}, Wish{}, "bbcb"},
		"any, some rest":                  {world{copies: "abc", gone: "b", resting: "a"}, Wish{Policy: Random}, "cccd"},
		"rack rests":                      {world{copies: "abc", near: "c", resting: "c"}, Wish{Policy: PreferRack}, "aaba"},
		"rack gone":                       {world{copies: "abc", near: "c", gone: "c"}, Wish{Policy: PreferRack}, "abab"},
		"write, master gone":              {world{copies: "abc", gone: "a"}, Wish{Write: true}, "bbcb"},
		"write, rack policy, master gone": {world{copies: "abc", gone: "a"}, Wish{Write: true, Policy: PreferRack}, "--"},
	} {
		t.Run(name, func(t *testing.T) {
			for turn, want := range c.want {
				c.wish.Turn = turn
				if want == '-' {
					require.Empty(t, c.world.choose(c.wish), "turn %d", turn)
					continue
				}
				require.Equal(t, string(want), c.world.choose(c.wish), "turn %d", turn)
			}
		})
	}
}

func TestCounts(t *testing.T) {
	require.True(t, Wish{Policy: MasterProles}.Counts())
	require.True(t, Wish{Policy: Random}.Counts())
	require.False(t, Wish{Policy: Random, Write: true}.Counts())
	require.False(t, Wish{Policy: MasterProles, Newest: true}.Counts())
	require.False(t, Wish{}.Counts())
}

// TestChoice: whatever the world is like, a node that is gone is never chosen, one that rests only if no fit one may be asked, and
// a write, and a read that must see the newest, under any policy but Sequence goes to the master or nowhere.
func TestChoice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := func(label string) string {
			return rapid.StringOfN(rapid.SampledFrom([]rune("abcd")), 0, 4, -1).Draw(t, label)
		}
		w := world{copies: some("copies"), gone: some("gone"), resting: some("resting"), near: some("near")}
		wish := Wish{
			Policy: Policy(rapid.IntRange(0, int(PreferRack)).Draw(t, "policy")), Turn: rapid.IntRange(0, 1<<40).Draw(t, "turn"),
			Write: rapid.Bool().Draw(t, "write"), Newest: rapid.Bool().Draw(t, "newest"),
		}
		got := w.choose(wish)
		candidates := w.copies
		switch p := wish.effective(); {
		case p == Random:
			candidates = "abcd"
		case p == Master:
			candidates = candidates[:min(1, len(candidates))]
		}
		best := Gone
		for _, n := range []byte(candidates) {
			best = max(best, w.fitness(n))
		}
		if best == Gone {
			require.Empty(t, got)
			return
		}
		require.Contains(t, candidates, got)
		if wish.Write {
			require.NotEqual(t, Gone, w.fitness(got[0]))
		} else {
			require.Equal(t, best, w.fitness(got[0]))
		}
	})
}
