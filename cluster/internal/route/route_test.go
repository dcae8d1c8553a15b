package route

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// world has three copies of one partition and the states of their nodes. A node's name is a letter.
type world struct {
	copies     string
	gone       string
	backingOff string
	near       string // the near nodes, nearest first
}

func (w world) Replicas() int                   { return len(w.copies) }
func (w world) Node(replica int, _ uint16) byte { return w.copies[replica] }

func (w world) health(n byte) Health {
	switch {
	case n == 0 || slices.Contains([]byte(w.gone), n):
		return Gone
	case slices.Contains([]byte(w.backingOff), n):
		return BackingOff
	}
	return Healthy
}

func (w world) nearness(n byte) int {
	if i := slices.Index([]byte(w.near), n); i >= 0 {
		return i
	}
	return len(w.near)
}

func (w world) choose(request Request) string {
	if n := Choose(request, w, 7, []byte("abcd"), w.health, w.nearness); n != 0 {
		return string(n)
	}
	return ""
}

func TestChoose(t *testing.T) {
	healthy := world{copies: "abc", near: "c"}
	for name, c := range map[string]struct {
		world   world
		request Request
		// The node for each turn, one letter each; - for none.
		want string
	}{
		"read, sequence":                    {healthy, Request{}, "abca"},
		"read, master":                      {healthy, Request{Policy: Master}, "aaaa"},
		"read, round robin":                 {healthy, Request{Policy: MasterProles}, "abca"},
		"read, any":                         {healthy, Request{Policy: Random}, "abcda"},
		"read, rack":                        {healthy, Request{Policy: PreferRack}, "cabc"},
		"read, two racks":                   {world{copies: "abc", near: "cb"}, Request{Policy: PreferRack}, "cbac"},
		"read, no near rack":                {world{copies: "abc"}, Request{Policy: PreferRack}, "abca"},
		"read, newest":                      {healthy, Request{Newest: true}, "aaa"},
		"read, newest, any":                 {healthy, Request{Policy: Random, Newest: true}, "aaa"},
		"write, sequence":                   {healthy, Request{Write: true}, "abca"},
		"write, any":                        {healthy, Request{Write: true, Policy: Random}, "aaa"},
		"write, rack":                       {healthy, Request{Write: true, Policy: PreferRack}, "aaa"},
		"master gone":                       {world{copies: "abc", gone: "a"}, Request{}, "bbcb"},
		"master gone, master policy":        {world{copies: "abc", gone: "a"}, Request{Policy: Master}, "--"},
		"master gone, newest":               {world{copies: "abc", gone: "a"}, Request{Newest: true}, "--"},
		"all gone":                          {world{copies: "abc", gone: "abc"}, Request{}, "---"},
		"unknown nodes":                     {world{copies: "\x00\x00\x00"}, Request{}, "---"},
		"no copies":                         {world{}, Request{}, "--"},
		"master backing off":                {world{copies: "abc", backingOff: "a"}, Request{}, "bbcb"},
		"master backing off, master policy": {world{copies: "abc", backingOff: "a"}, Request{Policy: Master}, "aa"},
		"master backing off, write":         {world{copies: "abc", backingOff: "a"}, Request{Write: true}, "abca"},
		"all backing off":                   {world{copies: "abc", backingOff: "abc"}, Request{}, "abca"},
		"all backing off or gone":           {world{copies: "abc", gone: "a", backingOff: "bc"}, Request{}, "bbcb"},
		"any, some backing off":             {world{copies: "abc", gone: "b", backingOff: "a"}, Request{Policy: Random}, "cccd"},
		"rack backing off":                  {world{copies: "abc", near: "c", backingOff: "c"}, Request{Policy: PreferRack}, "aaba"},
		"rack gone":                         {world{copies: "abc", near: "c", gone: "c"}, Request{Policy: PreferRack}, "abab"},
		"write, master gone":                {world{copies: "abc", gone: "a"}, Request{Write: true}, "bbcb"},
		"write, rack policy, master gone":   {world{copies: "abc", gone: "a"}, Request{Write: true, Policy: PreferRack}, "--"},
	} {
		t.Run(name, func(t *testing.T) {
			for turn, want := range c.want {
				c.request.Turn = turn
				if want == '-' {
					require.Empty(t, c.world.choose(c.request), "turn %d", turn)
					continue
				}
				require.Equal(t, string(want), c.world.choose(c.request), "turn %d", turn)
			}
		})
	}
}

func TestUsesCounter(t *testing.T) {
	require.True(t, Request{Policy: MasterProles}.UsesCounter())
	require.True(t, Request{Policy: Random}.UsesCounter())
	require.False(t, Request{Policy: Random, Write: true}.UsesCounter())
	require.False(t, Request{Policy: MasterProles, Newest: true}.UsesCounter())
	require.False(t, Request{}.UsesCounter())
}

// TestChoice checks random states: Choose never returns a node that is gone, and returns
// a node that is backing off only if no candidate is healthy. Writes, and reads that need the
// latest write, go to the master or nowhere, except under Sequence.
func TestChoice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := func(label string) string {
			return rapid.StringOfN(rapid.SampledFrom([]rune("abcd")), 0, 4, -1).Draw(t, label)
		}
		w := world{copies: some("copies"), gone: some("gone"), backingOff: some("backingOff"), near: some("near")}
		request := Request{
			Policy: Policy(rapid.IntRange(0, int(PreferRack)).Draw(t, "policy")), Turn: rapid.IntRange(0, 1<<40).Draw(t, "turn"),
			Write: rapid.Bool().Draw(t, "write"), Newest: rapid.Bool().Draw(t, "newest"),
		}
		got := w.choose(request)
		candidates := w.copies
		switch p := request.effective(); {
		case p == Random:
			candidates = "abcd"
		case p == Master:
			candidates = candidates[:min(1, len(candidates))]
		}
		best := Gone
		for _, n := range []byte(candidates) {
			best = max(best, w.health(n))
		}
		if best == Gone {
			require.Empty(t, got)
			return
		}
		require.Contains(t, candidates, got)
		if request.Write {
			require.NotEqual(t, Gone, w.health(got[0]))
		} else {
			require.Equal(t, best, w.health(got[0]))
		}
	})
}
