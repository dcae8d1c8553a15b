package wire

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// RowSize is close to the real size of a row.
func TestRowSize(t *testing.T) {
	key := protocol.MustKey("test", "people", 1)
	numbers := make([]protocol.Value, 1000)
	for i := range numbers {
		numbers[i] = protocol.Int(int64(i) << 40)
	}
	for name, c := range map[string]Command{
		"read":  NewRead(key, "a", "b"),
		"blob":  NewWrite(protocol.OpWrite, key, protocol.Bins{protocol.NewBin("b", make([]byte, 1<<20))}),
		"list":  NewWrite(protocol.OpWrite, key, protocol.Bins{{Name: "l", Value: protocol.List(numbers...)}}),
		"ops":   NewOperate(key, []protocol.Operation{protocol.PutBin("s", protocol.String(string(make([]byte, 5000)))), protocol.GetBin("s")}, false),
		"call":  NewExecute(key, &UDFCall{Package: "p", Function: "f", Args: []protocol.Value{protocol.Blob(make([]byte, 3000))}}),
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
