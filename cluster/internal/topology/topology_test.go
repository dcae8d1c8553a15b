package topology

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParsePeers(t *testing.T) {
	for text, want := range map[string]Peers{
		"0,3000,[]": {DefaultPort: 3000},
		"5,3000,[[BB9050011AC4202,,[172.17.0.5]],[BB9060011AC4202,,[172.17.0.6:3100,[fe80::1]:3100]]]": {5, 3000, []Peer{
			{Name: "BB9050011AC4202", Hosts: []string{"172.17.0.5"}},
			{Name: "BB9060011AC4202", Hosts: []string{"172.17.0.6:3100", "[fe80::1]:3100"}},
		}},
		"2,4333,[[A,tls.example,[[::1]]]]": {2, 4333, []Peer{{Name: "A", TLSName: "tls.example", Hosts: []string{"[::1]"}}}},
		"7,3000,[[A,,]]":                   {7, 3000, []Peer{{Name: "A"}}},
		"7,,[[A,,[h:1]]]":                  {7, 0, []Peer{{Name: "A", Hosts: []string{"h:1"}}}},
		"7,3000,[[A,,[]]]":                 {7, 3000, []Peer{{Name: "A"}}},
	} {
		got, err := ParsePeers(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestParsePeersRefuses(t *testing.T) {
	for _, text := range []string{
		"", "1", "1,3000", "x,3000,[]", "1,99999,[]", "1,-5,[]", "1,3000,", "1,3000,[", "1,3000,[]x", "1,3000,[[A]]",
		"1,3000,[[A,,[h]]", "1,3000,[[A,,[h]]x]", "1,3000,[[A,,[h,]]]", "1,3000,[[A,,[[::1]]]", "1,3000,[[,,[h]]]",
		"1,3000,[A,,[h]]", "1,3000,[[A,,[h]],]", "ERROR:4:unrecognized command",
		"1,3000,[" + strings.Repeat("[A,,[h]],", 5000) + "[A,,[h]]]",
	} {
		_, err := ParsePeers(text)
		require.ErrorIs(t, err, ErrPeers, "%.80s", text)
	}
}

func FuzzParsePeers(f *testing.F) {
	f.Add("5,3000,[[BB9050011AC4202,,[172.17.0.5]],[BB9060011AC4202,,[172.17.0.6:3100,[fe80::1]:3100]]]")
	f.Fuzz(func(t *testing.T, s string) {
		if p, err := ParsePeers(s); err == nil {
			require.LessOrEqual(t, len(p.Peers), len(s))
		}
	})
}

func TestLeaves(t *testing.T) {
	for name, c := range map[string]struct {
		member            Member
		members, answered int
		want              bool
	}{
		"healthy":                            {Member{Referenced: true, Mapped: true}, 3, 3, false},
		"another node at its address":        {Member{Inactive: true, Referenced: true, Mapped: true}, 3, 3, true},
		"alone":                              {Member{Mapped: true}, 1, 1, false},
		"alone and failing":                  {Member{Failures: 4}, 1, 0, false},
		"alone and failing for long":         {Member{Failures: 5}, 1, 0, true},
		"nobody answers":                     {Member{Failures: 4, Mapped: true}, 3, 0, false},
		"nobody answers for long":            {Member{Failures: 5, Mapped: true}, 3, 0, true},
		"failing, still named":               {Member{Failures: 50, Referenced: true, Mapped: true}, 3, 2, false},
		"failing, no longer named":           {Member{Failures: 1, Mapped: true}, 3, 2, true},
		"answers, not named, has partitions": {Member{Mapped: true}, 3, 3, false},
		"answers, not named, has none":       {Member{}, 3, 3, true},
	} {
		require.Equal(t, c.want, c.member.Leaves(c.members, c.answered), name)
	}
}

func TestVersion(t *testing.T) {
	for text, want := range map[string]Version{
		"8.1.2.0": {8, 1, 2, 0}, "6.0": {6}, "7.1.0.0-rc3": {7, 1}, "8": {8}, "8.1.": {8, 1}, "8.1.2.0.5": {8, 1, 2, 0},
	} {
		got, ok := ParseVersion(text)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{"", "x", "-1", "99999999999999999999"} {
		_, ok := ParseVersion(text)
		require.False(t, ok, text)
	}
	v := Version{8, 1, 2}
	require.True(t, v.AtLeast(8, 1))
	require.True(t, v.AtLeast(7, 9))
	require.True(t, v.AtLeast(8, 1, 2, 0))
	require.False(t, v.AtLeast(8, 1, 3))
	require.False(t, v.AtLeast(9))
}
