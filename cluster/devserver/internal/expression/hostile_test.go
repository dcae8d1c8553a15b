package expression

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
	"github.com/aerosql/aerosql/protocol/wiretest"
)

func filterOf(t *testing.T, e exp.Bool) *Expression {
	packed, err := exp.Pack(e)
	require.NoError(t, err)
	f, code := ParseFilter(packed)
	require.Equal(t, protocol.OK, code)
	return f
}

// TestListThatDoubles checks the limits on values that calls create. A few bytes can ask for a list
// of any length. A list over the limit is unknown, and costs no more than values of a few MiB.
func TestListThatDoubles(t *testing.T) {
	doubled := func(times int) exp.Bool {
		name := func(i int) string { return fmt.Sprint("v", i) }
		defs := exp.Defs{exp.Def(name(0), exp.ListVal(1))}
		for i := range times {
			defs = append(defs, exp.Def(name(i+1), exp.ListAppendItems(exp.ListVar(name(i)), exp.ListVar(name(i)))))
		}
		return exp.Eq(exp.ListSize(exp.Let(defs, exp.ListVar(name(times)))), exp.IntVal(1<<times))
	}
	require.True(t, filterOf(t, doubled(10)).Matches(sample()))
	bomb := filterOf(t, doubled(200))
	wiretest.Bounded(t, maxMade, 2*wiretest.Values, func() { require.False(t, bomb.Matches(sample())) })
}

// TestPathsWithinPaths checks the limit on nested paths. Eight nested paths over a list of a
// hundred elements would take 10^16 evaluations; the limit ends them long before.
func TestPathsWithinPaths(t *testing.T) {
	elements := make([]any, 100)
	for i := range elements {
		elements[i] = i
	}
	list := exp.ListVal(elements...)
	condition := exp.Gt(exp.IntLoopVar(exp.LoopValue), exp.IntVal(1000))
	for range maxPaths - 1 {
		condition = exp.Gt(exp.ListSize(exp.SelectByPath(list, cdt.In(cdt.AllChildrenWithFilter(exp.Filter(condition))), cdt.SelectValues)), exp.IntVal(0))
	}
	bomb := filterOf(t, condition)
	wiretest.Bounded(t, maxSteps, 256, func() { require.False(t, bomb.Matches(sample())) })
}

func array(n int) []byte { return binary.BigEndian.AppendUint32([]byte{0xdd}, uint32(n)) }

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// TestExpressionsThatCostMost checks the cost of expressions with as many operands as possible.
func TestExpressionsThatCostMost(t *testing.T) {
	const n = 100_000
	for name, packed := range map[string][]byte{
		"and":         join(array(n+1), []byte{16}, bytes.Repeat([]byte{0xc3}, n)),
		"sums":        join([]byte{0x93, 1, 1}, array(n+1), []byte{20}, bytes.Repeat([]byte{1}, n)),
		"a literal":   join([]byte{0x93, 1, 0x92, 126}, array(n), bytes.Repeat([]byte{1}, n), []byte{0xc3}),
		"definitions": join(array(2*n+2), []byte{123}, bytes.Repeat([]byte{0xa1, 'a', 1}, n), []byte{0xc3}),
		"count bomb":  {0xdd, 0xff, 0xff, 0xff, 0xff, 16},
		"false count": {0x93, 1, 0x92, 126, 0xdd, 0x03, 0xff, 0xff, 0xff, 1},
		"torn list":   {0x93, 1, 1, 0x95, 127, 2, 0, 0x91, 16, 0x92, 126, 0xdd, 0x03, 0xff, 0xff, 0xff},
		"depth bomb":  bytes.Repeat([]byte{0x92, 18}, n),
	} {
		t.Run(name, func(t *testing.T) {
			wiretest.Bounded(t, len(packed), wiretest.Entries, func() {
				if e, code := ParseFilter(packed); code == protocol.OK {
					e.Matches(sample())
				}
			})
		})
	}
}

// TestDeepComparisons checks that comparing deeply nested values uses a bounded stack.
func TestDeepComparisons(t *testing.T) {
	for _, level := range []string{"\x91", "\x81\x01"} {
		bomb := bytes.Repeat([]byte(level), 1_000_000)
		wiretest.StackBounded(t, func() {
			_, _, ok := comparePacked(bomb, bomb)
			require.False(t, ok)
		})
	}
}

// TestDeepExpressions checks that building and evaluating deeply nested expressions uses a bounded
// stack.
func TestDeepExpressions(t *testing.T) {
	for depth := 1; depth <= 1<<12; depth *= 2 {
		packed := join(bytes.Repeat([]byte{0x92, 18}, depth), []byte{0xc3})
		wiretest.StackBounded(t, func() {
			if e, code := ParseFilter(packed); code == protocol.OK {
				e.Matches(sample())
			}
		})
	}
}
