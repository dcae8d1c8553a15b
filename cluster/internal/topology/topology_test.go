package topology

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol/wiretest"
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

func TestParsePeersErrors(t *testing.T) {
	for _, text := range []string{
		"", "1", "1,3000", "x,3000,[]", "1,99999,[]", "1,-5,[]", "1,3000,", "1,3000,[", "1,3000,[]x", "1,3000,[[A]]",
		"1,3000,[[A,,[h]]", "1,3000,[[A,,[h]]x]", "1,3000,[[A,,[h,]]]", "1,3000,[[A,,[[::1]]]", "1,3000,[[,,[h]]]", "1,3000,[[,,]]",
		"1,3000,[A,,[h]]", "1,3000,[[A,,[h]],]", "ERROR:4:unrecognized command",
		"1,3000,[" + strings.Repeat("[A,,[h]],", 5000) + "[A,,[h]]]",
	} {
		_, err := ParsePeers(text)
		require.ErrorIs(t, err, ErrPeers, "%.80s", text)
	}
}

func FuzzParsePeers(f *testing.F) {
	f.Add("5,3000,[[BB9050011AC4202,,[172.17.0.5]],[BB9060011AC4202,,[172.17.0.6:3100,[fe80::1]:3100]]]")
	f.Add("1,,[[A,tls,[[::1],[fe80::2]:3100]],[B,,],[C,,[]]]")
	f.Fuzz(func(t *testing.T, s string) {
		wiretest.Bounded(t, len(s), wiretest.Bytes, func() {
			p, err := ParsePeers(s)
			if err != nil {
				require.ErrorIs(t, err, ErrPeers)
				return
			}
			hosts := 0
			for i := range p.Peers {
				require.NotEmpty(t, p.Peers[i].Name)
				hosts += len(p.Peers[i].Hosts)
			}
			require.LessOrEqual(t, hosts+len(p.Peers), len(s))
		})
	})
}

// The largest accepted numbers of peers and hosts, and rejected larger numbers, stay within the
// memory bound.
func TestPeersThatCostMost(t *testing.T) {
	for hosts, ok := range map[int]bool{1: true, 4: true, 5: false} {
		text := "1,3000,[" + strings.Repeat("[A,,["+strings.Repeat("h,", hosts-1)+"h]],", maxPeers-1) + "[A,,[h]]]"
		wiretest.Bounded(t, len(text), wiretest.Bytes, func() {
			_, err := ParsePeers(text)
			require.Equal(t, ok, err == nil, "%d hosts each: %v", hosts, err)
		})
	}
	for _, text := range []string{"1,3000," + strings.Repeat("[", 1<<20), "1,3000,[[A,," + strings.Repeat("[,", 1<<20), "1,3000,[[A,,[" + strings.Repeat("h,", 1<<20) + "]]"} {
		wiretest.Bounded(t, len(text), wiretest.Bytes, func() {
			_, err := ParsePeers(text)
			require.ErrorIs(t, err, ErrPeers)
		})
	}
}

func FuzzParseVersion(f *testing.F) {
	for _, build := range []string{"8.1.1.2", "6.0.0.0-rc1", "7", "", "8.x"} {
		f.Add(build)
	}
	f.Fuzz(func(t *testing.T, build string) {
		wiretest.Bounded(t, len(build), wiretest.Bytes, func() {
			if v, ok := ParseVersion(build); ok {
				require.True(t, v.AtLeast(0))
			}
		})
	})
}

func TestLeaves(t *testing.T) {
	for name, c := range map[string]struct {
		member            Member
		members, answered int
		want              bool
	}{
		"healthy":                              {Member{Referenced: true, Mapped: true}, 3, 3, false},
		"another node at its address":          {Member{Inactive: true, Referenced: true, Mapped: true}, 3, 3, true},
		"single node":                          {Member{Mapped: true}, 1, 1, false},
		"single node failing":                  {Member{Failures: 4}, 1, 0, false},
		"single node failing for long":         {Member{Failures: 5}, 1, 0, true},
		"no node responds":                     {Member{Failures: 4, Mapped: true}, 3, 0, false},
		"no node responds for long":            {Member{Failures: 5, Mapped: true}, 3, 0, true},
		"failing, still a peer":                {Member{Failures: 50, Referenced: true, Mapped: true}, 3, 2, false},
		"failing, no longer a peer":            {Member{Failures: 1, Mapped: true}, 3, 2, true},
		"responds, not a peer, has partitions": {Member{Mapped: true}, 3, 3, false},
		"responds, not a peer, no partitions":  {Member{}, 3, 3, true},
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
