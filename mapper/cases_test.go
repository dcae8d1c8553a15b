package mapper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
)

// fickle has conversions that panic on request.
type fickle struct{ N int64 }

const panicsIn, panicsOut = -1, -2

func (f fickle) MarshalBin() (protocol.Value, error) {
	if f.N == panicsIn {
		panic("in MarshalBin")
	}
	return protocol.Int(f.N), nil
}

func (f *fickle) UnmarshalBin(v protocol.Value) error {
	f.N, _ = v.Int()
	if f.N == panicsOut {
		panic("in UnmarshalBin")
	}
	return nil
}

type moody struct {
	ID   int64 `as:"id,pk"`
	Mood fickle
}

// TestCase59PanicInConversion: a panic in a type's own conversion is an error, and no connection or
// lock stays held. With one connection to the node the following calls would block.
func TestCase59PanicInConversion(t *testing.T) {
	client := openWithOne(t)
	r := repo[moody](t, client)
	ctx := t.Context()
	err := r.Save(ctx, &moody{1, fickle{panicsIn}})
	require.ErrorIs(t, err, mapper.ErrPanic)
	require.EqualError(t, err, `mapper: moody.Mood (bin "Mood"): panic in a method of mapper_test.fickle: in MarshalBin`)
	_, err = r.Find(ctx, 1)
	require.ErrorIs(t, err, protocol.KeyNotFound, "nothing was sent")
	for id := range 20 {
		require.NoError(t, r.Save(ctx, &moody{int64(id), fickle{panicsOut}}))
	}
	for range 3 {
		_, err := r.Find(ctx, 1)
		require.ErrorIs(t, err, mapper.ErrPanic)
		for _, err := range r.ScanAll(ctx) {
			require.ErrorIs(t, err, mapper.ErrPanic, "no record can be read")
		}
	}
	require.NoError(t, r.Save(ctx, &moody{1, fickle{7}}))
	found, err := r.Find(ctx, 1)
	require.NoError(t, err)
	require.EqualValues(t, 7, found.Mood.N)
}
