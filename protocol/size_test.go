package protocol

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRowSize: the estimate is near to what a row really takes.
func TestRowSize(t *testing.T) {
	deep := List(Int(1))
	for range 100_000 {
		deep = List(deep)
	}
	require.Less(t, deep.Size(), 100_000, "and it comes back")
	key := MustKey("test", "people", 1)
	numbers := make([]Value, 1000)
	for i := range numbers {
		numbers[i] = Int(int64(i) << 40)
	}
	for name, c := range map[string]Command{
		"read":  NewRead(key, "a", "b"),
		"blob":  NewWrite(OpWrite, key, Bins{NewBin("b", make([]byte, 1<<20))}),
		"list":  NewWrite(OpWrite, key, Bins{{Name: "l", Value: List(numbers...)}}),
		"ops":   NewOperate(key, []Operation{PutBin("s", String(string(make([]byte, 5000)))), GetBin("s")}, false),
		"call":  NewExecute(key, &UDFCall{Package: "p", Function: "f", Args: []Value{Blob(make([]byte, 3000))}}),
		"small": NewTouch(key),
	} {
		t.Run(name, func(t *testing.T) {
			row := BatchRow{Command: &c}
			written, err := row.appendTo(nil, nil)
			require.NoError(t, err)
			require.InDelta(t, len(written), c.RowSize(nil), float64(80+len(written)/4))
			again, err := row.appendTo(nil, &c)
			require.NoError(t, err)
			require.InDelta(t, len(again), c.RowSize(&c), 10)
		})
	}
}
