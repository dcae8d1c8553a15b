package devserver

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/protocol/wire"
)

// TestRequestsThatCrashARealServer sends requests that crash a real server 8.1.2. Never send them
// to one. The devserver must refuse them, answer similar valid requests, and keep running.
func TestRequestsThatCrashARealServer(t *testing.T) {
	ints := func(numbers ...int64) protocol.Value {
		var list []protocol.Value
		for _, n := range numbers {
			list = append(list, protocol.Int(n))
		}
		return protocol.List(list...)
	}
	expression := func(e exp.Expression) protocol.Operation {
		return exp.Read("x", e, 0)
	}
	least, minus := exp.IntVal(math.MinInt64), exp.IntVal(-1)
	shifted := []cdt.BitFlags{cdt.NoFail | cdt.Partial}
	const all = cdt.ReturnValue | cdt.Inverted
	for name, test := range map[string]struct {
		op     protocol.Operation
		answer string
		after  string // the changed bins
	}{
		"quotient":                {expression(exp.Div(least, minus)), "x=-9223372036854775808", ""},
		"remainder":               {expression(exp.Mod(least, minus)), "x=0", ""},
		"create an element":       {cdt.ListCreate("l", protocol.Ordered, cdt.In(cdt.ListIndex(0))), "", "l=[[1, 2], 5]"},
		"create a padded list":    {cdt.ListCreate("l", protocol.Unordered, cdt.In(cdt.ListIndexPad(0))), "", ""},
		"create over a number":    {cdt.ListCreate("l", protocol.Ordered, cdt.In(cdt.ListIndex(1))), "BIN_TYPE_ERROR", ""},
		"left shift":              {cdt.BitShiftLeft("b", 8, 32, 24, shifted...), "", "b=0x0100"},
		"right shift":             {cdt.BitShiftRight("b", 8, 32, 24, shifted...), "", "b=0x0100"},
		"remove by no values":     {cdt.ListRemove("l", cdt.ByValueList[protocol.Value](), all), "l=[[2, 1], 5]", "l=[]"},
		"remove by no keys":       {cdt.MapRemove("m", cdt.ByKeyList[protocol.Value](), cdt.MapReturn(all)), "m=[2]", "m={}"},
		"remove by no map values": {cdt.MapRemove("m", cdt.ByValueList[protocol.Value](), cdt.MapReturn(all)), "m=[2]", "m={}"},
	} {
		t.Run(name, func(t *testing.T) {
			c := connect(t, start(t, Options{}), 0)
			before := protocol.Bins{
				named("l", protocol.List(ints(2, 1), protocol.Int(5))), named("b", protocol.Blob([]byte{1, 2})),
				named("m", protocol.Map(protocol.Pair{Key: protocol.Int(1), Value: protocol.Int(2)})),
			}
			require.Equal(t, protocol.OK, c.do(put(key(1), before...)).ResultCode)
			r := c.do(wire.NewOperate(key(1), []protocol.Operation{test.op}, false))
			if r.ResultCode != protocol.OK {
				require.Contains(t, r.ResultCode.String(), test.answer)
			} else {
				answer := r.Bins
				if len(answer) == 1 && answer[0].Value.IsNil() {
					answer = nil
				}
				require.Equal(t, test.answer, show(answer))
			}
			var changed protocol.Bins
			for i, b := range c.do(wire.NewRead(key(1))).Bins {
				if !protocol.Equal(b.Value, before[i].Value) {
					changed = append(changed, b)
				}
			}
			require.Equal(t, test.after, show(changed))
		})
	}
}
