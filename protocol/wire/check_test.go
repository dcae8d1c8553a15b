package wire

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// Check returns the same errors as AppendMessage.
func TestCheckAgreesWithAppendMessage(t *testing.T) {
	key := protocol.MustKey("test", "s", "k")
	deep := protocol.Int(1)
	for range protocol.MaxDepth + 1 {
		deep = protocol.List(deep)
	}
	half := protocol.Blob(make([]byte, protocol.MaxProtoSize/2+1))
	put := func(name string, v protocol.Value) Command {
		return NewWrite(protocol.OpWrite, key, protocol.Bins{{Name: name, Value: v}})
	}
	for name, c := range map[string]struct {
		cmd  Command
		want error
	}{
		"read":            {NewRead(key, "a"), nil},
		"all":             {NewRead(key), nil},
		"long name":       {NewRead(key, strings.Repeat("a", 16)), protocol.ErrInvalidBin},
		"empty name":      {NewRead(key, ""), protocol.ErrInvalidBin},
		"put":             {put("a", protocol.Int(1)), nil},
		"removal":         {put("a", protocol.Nil()), nil},
		"nothing":         {NewWrite(protocol.OpWrite, key, nil), protocol.ErrInvalidCommand},
		"uint":            {put("a", protocol.Uint(1<<63)), protocol.ErrInvalidValue},
		"uint in a list":  {put("a", protocol.List(protocol.Uint(1<<63))), nil},
		"invalid":         {put("a", protocol.ValueOf(make(chan int))), protocol.ErrInvalidValue},
		"invalid element": {put("a", protocol.List(protocol.Int(1), protocol.Map(protocol.Pair{Key: protocol.Int(1), Value: protocol.ValueOf(make(chan int))}))), protocol.ErrInvalidValue},
		"too deep":        {put("a", deep), protocol.ErrTooDeep},
		"too large":       {NewWrite(protocol.OpWrite, key, protocol.Bins{{Name: "a", Value: half}, {Name: "b", Value: half}}), protocol.ErrTooLarge},
		"touch":           {NewTouch(key), nil},
		"delete":          {NewDelete(key), nil},
		"operate":         {NewOperate(key, []protocol.Operation{protocol.AddBin("a", protocol.Int(1)), protocol.GetBin("a"), protocol.GetAll()}, false), nil},
		"operate, name":   {NewOperate(key, []protocol.Operation{protocol.GetBin("")}, false), protocol.ErrInvalidBin},
		"operate, value":  {NewOperate(key, []protocol.Operation{protocol.PutBin("a", deep)}, false), protocol.ErrTooDeep},
		"execute":         {NewExecute(key, &UDFCall{Package: "p", Function: "f", Args: []protocol.Value{protocol.Int(1)}}), nil},
		"execute, name":   {NewExecute(key, &UDFCall{Package: "p"}), protocol.ErrInvalidCommand},
		"execute, deep":   {NewExecute(key, &UDFCall{Package: "p", Function: "f", Args: []protocol.Value{deep}}), protocol.ErrTooDeep},
		"no namespace":    {NewRead(protocol.Key{}), protocol.ErrInvalidKey},
	} {
		t.Run(name, func(t *testing.T) {
			checked := c.cmd.Check()
			_, written := c.cmd.AppendMessage(nil, 0)
			if c.want == nil {
				require.NoError(t, checked)
				require.NoError(t, written)
				require.Zero(t, testing.AllocsPerRun(10, func() { _ = c.cmd.Check() }))
				return
			}
			require.ErrorIs(t, checked, c.want)
			require.ErrorIs(t, written, c.want)
			if c.want != protocol.ErrTooLarge {
				require.Equal(t, written.Error(), checked.Error())
			}
		})
	}
}
