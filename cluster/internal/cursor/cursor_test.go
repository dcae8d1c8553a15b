package cursor

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/protocol"
)

// digest returns the n-th digest of a partition.
func digest(partition uint16, n int) (d protocol.Digest) {
	binary.LittleEndian.PutUint16(d[:], partition)
	binary.BigEndian.PutUint32(d[2:], uint32(n))
	return d
}

// all returns the cursor of a query over all partitions.
func all(max int64) *Cursor {
	c := New(0, protocol.PartitionCount)
	c.Start(max)
	return c
}

// record receives a record and delivers it.
func record(s *Share[string], d protocol.Digest) error {
	err := s.Arrived(&d)
	if err == nil {
		s.cursor.Note(d, int64(d[19]))
	}
	return err
}

func alternate(p uint16, turn int) string { return []string{"A", "B"}[(int(p)+turn)%2] }

func TestPlanSplitsByNode(t *testing.T) {
	shares, _ := Plan(all(0), alternate)
	require.Len(t, shares, 2)
	for _, s := range shares {
		require.Len(t, s.Partitions, protocol.PartitionCount/2)
		require.Empty(t, s.Resume)
		require.Zero(t, s.MaxRecords)
	}
}

func TestPositions(t *testing.T) {
	c := New(10, 3)
	c.Start(0)
	c.After(digest(12, 7))
	shares, _ := Plan(c, alternate)
	require.NoError(t, record(shares[1], digest(11, 5)))
	shares[0].Close(true)
	shares[1].Close(false)
	require.Equal(t, []Position{
		{Partition: 10, Done: true},
		{Partition: 11, Begun: true, Last: digest(11, 5), BValue: int64(digest(11, 5)[19])},
		{Partition: 12, Begun: true, Done: true, Last: digest(12, 7)},
	}, c.Positions())
}

func TestFailedShareMovesToNextReplica(t *testing.T) {
	c := all(0)
	shares, _ := Plan(c, alternate)
	require.NoError(t, record(shares[0], digest(0, 1)))
	require.NoError(t, record(shares[0], digest(0, 2)))
	shares[0].Close(false)
	shares[1].Close(true)
	require.False(t, c.Done())
	shares, _ = Plan(c, alternate)
	require.Len(t, shares, 1)
	require.Equal(t, "B", shares[0].Node, "the next replica")
	require.Equal(t, []protocol.Digest{digest(0, 2)}, shares[0].Resume)
	require.Len(t, shares[0].Partitions, protocol.PartitionCount/2-1)
	shares[0].Close(true)
	require.True(t, c.Done())
	require.EqualValues(t, 2, c.Records())
}

func TestUnavailablePartitionIsRetried(t *testing.T) {
	c := all(0)
	shares, _ := Plan(c, func(uint16, int) string { return "A" })
	require.NoError(t, shares[0].Unavailable(7))
	require.ErrorIs(t, shares[0].Unavailable(7), protocol.ErrMalformed)
	require.ErrorIs(t, shares[0].Unavailable(4096), protocol.ErrMalformed)
	require.ErrorIs(t, record(shares[0], digest(7, 1)), protocol.ErrMalformed)
	shares[0].Close(true)
	require.Equal(t, []uint16{7}, c.Missing())
}

func TestPartitionWithoutNodeStaysMissing(t *testing.T) {
	c := all(0)
	shares, _ := Plan(c, func(p uint16, _ int) string {
		if p == 9 {
			return ""
		}
		return "A"
	})
	shares[0].Close(true)
	require.Equal(t, []uint16{9}, c.Missing())
}

func TestMaxRecordsIsDivided(t *testing.T) {
	c := all(5)
	shares, _ := Plan(c, alternate)
	require.EqualValues(t, 3, shares[0].MaxRecords)
	require.EqualValues(t, 2, shares[1].MaxRecords)
	require.NoError(t, record(shares[0], digest(0, 1)))
	shares[0].Close(true)
	require.NoError(t, record(shares[1], digest(1, 1)))
	require.NoError(t, record(shares[1], digest(1, 2)))
	shares[1].Close(true)
	require.False(t, c.Done(), "one node stopped at its limit and may have more")
	shares, _ = Plan(c, alternate)
	require.Len(t, shares, 1)
	require.EqualValues(t, 2, shares[0].MaxRecords)
	require.Equal(t, []protocol.Digest{digest(1, 2)}, shares[0].Resume)
}

// TestEveryRecordOnce runs queries against nodes that fail, reject partitions and stop at random.
// Each record must be received exactly once.
func TestEveryRecordOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stored := make(map[uint16]int)
		total := 0
		for range rapid.IntRange(0, 40).Draw(t, "partitions") {
			n := rapid.IntRange(0, 5).Draw(t, "records")
			stored[rapid.Uint16Range(0, 4095).Draw(t, "partition")] = n
		}
		for _, n := range stored {
			total += n
		}
		want := int64(rapid.IntRange(0, total+3).Draw(t, "max"))
		c := all(want)
		seen := make(map[protocol.Digest]bool)
		for round := 0; !c.Done(); round++ {
			faulty := round < 5
			shares, _ := Plan(c, alternate)
			for _, s := range shares {
				s.Close(serve(t, s, stored, seen, faulty))
			}
			if rapid.Bool().Draw(t, "resume in another process") {
				got := c.got
				var err error
				c, err = Parse(c.AppendTo(nil))
				require.NoError(t, err)
				c.Start(want)
				c.got = got
			}
			require.Less(t, round, 100, "too many rounds")
		}
		if want == 0 {
			require.Len(t, seen, total)
		} else {
			require.GreaterOrEqual(t, len(seen), int(min(want, int64(total))))
		}
	})
}

// serve simulates a node. It reports whether the response was complete.
func serve(t *rapid.T, s *Share[string], stored map[uint16]int, seen map[protocol.Digest]bool, faulty bool) bool {
	send := func(p uint16, from int) bool {
		if faulty && rapid.IntRange(0, 20).Draw(t, "unavailable") == 0 {
			require.NoError(t, s.Unavailable(uint32(p)))
			return true
		}
		for n := from; n < stored[p]; n++ {
			if faulty && rapid.IntRange(0, 20).Draw(t, "connection fails") == 0 {
				return false
			}
			if s.MaxRecords > 0 && s.Records() >= s.MaxRecords {
				return true
			}
			d := digest(p, n)
			require.False(t, seen[d], "record received twice")
			seen[d] = true
			require.NoError(t, record(s, d))
		}
		return true
	}
	for _, d := range s.Resume {
		if !send(d.Partition(), int(binary.BigEndian.Uint32(d[2:]))+1) {
			return false
		}
	}
	for _, p := range s.Partitions {
		if stored[p] > 0 && !send(p, 0) {
			return false
		}
	}
	return true
}
