package protocol

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The operations that write take Go values and Values.
func TestOperationValues(t *testing.T) {
	for code, build := range map[OpCode]func(string, any) Operation{
		OpWrite: PutBin, OpAdd: AddBin, OpAppend: AppendBin, OpPrepend: PrependBin,
	} {
		for _, v := range []any{1, "a", []byte{1}, 2.5, nil, []string{"a"}, String("a"), Nil()} {
			o := build("b", v)
			require.Equal(t, code, o.Code)
			require.Equal(t, "b", o.Bin)
			require.NoError(t, o.Check())
			require.True(t, Equal(ValueOf(v), o.Value), "%v", v)
		}
		for _, bad := range []any{make(chan int), struct{}{}, InvalidValue(ErrTooDeep), GeoPoint(200, 0)} {
			o := build("b", bad)
			require.ErrorContains(t, o.Check(), ValueOf(bad).Err().Error())
		}
		o := build("", 1)
		require.ErrorIs(t, o.Check(), ErrInvalidBin)
	}
}
