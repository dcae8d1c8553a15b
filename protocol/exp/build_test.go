package exp

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

func TestNewNode(t *testing.T) {
	five, half := NewLiteral(protocol.Int(5)), NewLiteral(protocol.Float(0.5))
	yes := NewLiteral(protocol.Bool(true))
	a := NewBin(TypeInt, "a")
	unknown := NewNode(OpUnknown)
	tests := []struct {
		name string
		node Node
		want string // "" if it can't be packed
	}{
		{"comparison", NewNode(OpLt, a, five), "$.a:int < 5"},
		{"comparison of two types", NewNode(OpLt, a, half), ""},
		{"comparison of geo", NewNode(OpEq, NewBin(TypeGeo, "g"), NewBin(TypeGeo, "g")), ""},
		{"and", NewNode(OpAnd, yes, unknown), "true and unknown()"},
		{"and of one", NewNode(OpAnd, yes), ""},
		{"and of numbers", NewNode(OpAnd, five, five), ""},
		{"sum", NewNode(OpAdd, half, half), "0.5 + 0.5"},
		{"mixed sum", NewNode(OpAdd, half, five), ""},
		{"cast", NewNode(OpToFloat, five), "to_float(5)"},
		{"remainder of floats", NewNode(OpMod, half, half), ""},
		{"cond", NewNode(OpCond, yes, five, unknown), "cond(true => 5, else => unknown())"},
		{"cond of two types", NewNode(OpCond, yes, five, half), ""},
		{"cond on a number", NewNode(OpCond, five, five, five), ""},
		{"cond without a default", NewNode(OpCond, yes, five, yes, five), ""},
		{"in a list", NewNode(OpInList, a, NewLiteral(protocol.List(protocol.Int(1)))), "in_list($.a:int, [1])"},
		{"in a number", NewNode(OpInList, a, five), ""},
		{"another shape", NewNode(OpBin, five), ""},
		{"failed operand", NewNode(OpNot, NewNode(OpAnd, yes)), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			packed, err := Pack(NewExpression(test.node))
			if test.want == "" {
				require.ErrorIs(t, err, protocol.ErrInvalidCommand)
				return
			}
			require.NoError(t, err)
			parsed, err := ParseNode(packed)
			require.NoError(t, err)
			require.Equal(t, test.want, parsed.String())
		})
	}
}
