package exec

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/protocol"
)

// The results of two halves are those of one batch. The rows of a half that was not sent have its
// error.
func TestJoinHalves(t *testing.T) {
	unsent := errors.New("not sent")
	part := make([]newRow, 4)
	for i := range part {
		part[i].key = protocol.MustKey("test", "t", i)
	}
	failed := func(n int) error { return &cluster.BatchError{Failed: n} }
	for name, c := range map[string]struct {
		first, second error
		failed        int
		rows          []bool // those with the error of a half that was not sent
	}{
		"both":          {nil, nil, 0, []bool{false, false, false, false}},
		"rows failed":   {failed(1), failed(2), 3, []bool{false, false, false, false}},
		"first unsent":  {unsent, nil, 2, []bool{true, true, false, false}},
		"second unsent": {failed(1), unsent, 3, []bool{false, false, true, true}},
		"second failed": {nil, failed(2), 2, []bool{false, false, false, false}},
	} {
		results, err := joinHalves(make([]cluster.BatchResult, 4), 2, part, c.first, c.second)
		if c.failed == 0 {
			require.NoError(t, err, name)
		} else {
			batch, ok := errors.AsType[*cluster.BatchError](err)
			require.True(t, ok, name)
			require.Equal(t, c.failed, batch.Failed, name)
			require.Len(t, batch.Results, 4, name)
		}
		for i, want := range c.rows {
			require.Equal(t, want, errors.Is(results[i].Err, unsent), "%s: row %d", name, i)
			require.True(t, !want || results[i].Key.Digest() == part[i].key.Digest(), "%s: row %d", name, i)
		}
	}
	results, err := joinHalves(nil, 2, part, unsent, errors.New("neither"))
	require.Equal(t, unsent, err)
	require.Nil(t, results)
}
