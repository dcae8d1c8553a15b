package function

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/querylang/ast"
	"github.com/aerosql/aerosql/querylang/parse"
)

func TestMarkdown(t *testing.T) {
	text := Markdown()
	assert.True(t, strings.HasPrefix(text, "### Bits and sketches\n\n"+onServers[groupBits]+"\n\n| Function | Result | Example |\n|---|---|---|\n| `BIT_ADD(blob, offset, size, n)` |"), text)
	for _, f := range All() {
		assert.NotEmpty(t, onServers[f.Group], f.Group)
		assert.Contains(t, text, "| `"+f.Name+"(")
	}
	for _, a := range Aggregates() {
		assert.Contains(t, text, "| `"+a.Name+"(")
	}
	assert.Contains(t, text, "| `SUBSTR(s, start[, length])`, also `SUBSTRING` |")
	assert.Contains(t, text, "| `COALESCE(x[, more, ...])` |")
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "|") {
			assert.Equal(t, 4, strings.Count(line, "|")-strings.Count(line, `\|`), line)
		}
	}
}

// exampleRows are the values of x in the examples of aggregates.
var exampleRows = []int64{4, 1, 2, 2}

// TestAggregateExamples: the example of each aggregate has the documented result.
func TestAggregateExamples(t *testing.T) {
	for _, a := range Aggregates() {
		e, err := parse.Expression(a.Example)
		require.NoError(t, err, a.Name)
		call, ok := e.(*ast.Call)
		require.True(t, ok, a.Name)
		rounded := call.Name.Text == "ROUND"
		if rounded {
			call = call.Args[0].(*ast.Call)
		}
		require.Equal(t, a.Name, call.Name.Text)
		state := a.New(valuesOf(evaluateAll(t, call.Args[1:])))
		seen := make(map[int64]bool)
		for _, x := range exampleRows {
			v := protocol.Int(x)
			if compare, ok := call.Args[0].(*ast.Binary); ok {
				v = Compare(compare.Op, v, evaluateExpr(t, compare.Y).v).Value()
			}
			if !call.Distinct || !seen[x] {
				state.Add(v)
			}
			seen[x] = true
		}
		got, err := state.Result()
		require.NoError(t, err)
		if rounded {
			got = round(nil, []protocol.Value{got, protocol.Int(3)})
		}
		assert.Equal(t, evaluate(t, a.ExampleResult).v.Any(), got.Any(), a.Example)
	}
}
