package exp_test

import (
	"bytes"
	"encoding/hex"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

func TestParseErrors(t *testing.T) {
	for name, packed := range map[string]string{
		"nothing":                    "",
		"empty array":                "90",
		"unknown operator":           "910a",
		"operator out of range":      "91cc80",
		"negative operator":          "91ff",
		"operator is not a number":   "91c3",
		"trailing bytes":             "0505",
		"truncated array":            "9301935102a161",
		"more entries than bytes":    "dcffff10",
		"eq of one operand":          "920105",
		"and of one operand":         "9210c3",
		"value with arguments":       "924105",
		"bin without a name":         "935102a0",
		"bin with a long name":       "935102b0" + strings.Repeat("61", 16),
		"bin of type nil":            "935100a161",
		"bin of unknown type":        "93510aa161",
		"bin whose name is a number": "93510205",
		"key of type list":           "925004",
		"digest modulo 0":            "924000",
		"loop part 3":                "937a0203",
		"cond without default":       "957bc301c302",
		"let of an even count":       "937da17801",
		"let without a definition":   "927d01",
		"variable starting with 1":   "927ca131",
		"quote of a number":          "927e05",
		"call of three entries":      "947f020091",
		"call of system 3":           "957f02039110935104a16c",
		"empty call":                 "957f020090935104a16c",
		"call is not an array":       "957f020010935104a16c",
		"context of odd length":      "957f020093ccff911091109351 04a16c",
		"empty context":              "957f020093ccff909110935104a16c",
		"context inside a context":   "957f020093ccff92100193ccff9210019110935104a16c",
		"context in a bit call":      "957f020193ccff9210019110935104a16c",
		"path without flags":         "957f040092ccfe9204c3935104a16c",
		"string length too long":     "d9ffa1",
		"literal of type ext":        "c70105ff",
		"map with too many entries":  "df7fffffff",
		"reserved code":              "c1",
	} {
		data, err := hex.DecodeString(strings.ReplaceAll(packed, " ", ""))
		require.NoError(t, err, name)
		e, err := exp.Parse(data)
		require.ErrorIs(t, err, protocol.ErrMalformed, name)
		require.Nil(t, e)
	}
}

func TestDepth(t *testing.T) {
	nested := func(levels int) exp.Bool {
		e := exp.BoolVal(true)
		for range levels {
			e = exp.Not(e)
		}
		return e
	}
	packed, err := exp.Pack(nested(exp.MaxDepth))
	require.NoError(t, err)
	_, err = exp.Parse(packed)
	require.NoError(t, err)

	_, err = exp.Pack(nested(exp.MaxDepth + 1))
	require.ErrorIs(t, err, protocol.ErrTooDeep)
	_, err = exp.Parse(bytes.Repeat([]byte{0x92, 0x12}, 100_000))
	require.ErrorIs(t, err, protocol.ErrTooDeep)
}

func TestSize(t *testing.T) {
	large := exp.Eq(exp.BlobBin("b"), exp.BlobVal(make([]byte, exp.MaxSize)))
	_, err := exp.Pack(large)
	require.ErrorIs(t, err, protocol.ErrTooLarge)
	_, err = exp.Parse(make([]byte, 2*exp.MaxSize))
	require.ErrorIs(t, err, protocol.ErrTooLarge)
	require.ErrorIs(t, exp.Read("r", large, 0).Value.Err(), protocol.ErrTooLarge)
}

// Memory is not allocated by declared sizes.
func TestParseMemory(t *testing.T) {
	bombs := map[string][]byte{}
	for name, header := range map[string][]byte{"operators": {0xdd, 0, 8, 0, 0, 16}, "lists": {0xdd, 0, 8, 0, 0}, "maps": {0xdf, 0, 3, 0, 0}} {
		var bomb []byte
		if name != "operators" {
			bomb = []byte{0x92, 0x7e}
		}
		for range 200 {
			bomb = append(bomb, header...)
		}
		bombs[name] = append(bomb, make([]byte, 900_000)...)
	}
	for name, bomb := range bombs {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := exp.Parse(bomb)
		runtime.ReadMemStats(&after)
		require.Error(t, err, name)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(32<<20), name)
	}
}

func TestPackErrors(t *testing.T) {
	for name, c := range map[string]struct {
		expression exp.Expression
		cause      error
	}{
		"nothing":                    {nil, protocol.ErrInvalidCommand},
		"zero value":                 {exp.Bool{}, protocol.ErrInvalidCommand},
		"zero operand":               {exp.Not(exp.Bool{}), protocol.ErrInvalidCommand},
		"and without operands":       {exp.And(), protocol.ErrInvalidCommand},
		"sum without operands":       {exp.Add[exp.Int](), protocol.ErrInvalidCommand},
		"cond without branches":      {exp.Cond[exp.Int]().Else(exp.IntVal(1)), protocol.ErrInvalidCommand},
		"zero branch":                {exp.Cond(exp.Branch[exp.Int]{}).Else(exp.IntVal(1)), protocol.ErrInvalidCommand},
		"let without definitions":    {exp.Let(nil, exp.IntVal(1)), protocol.ErrInvalidCommand},
		"zero definition":            {exp.Let(exp.Defs{{}}, exp.IntVal(1)), protocol.ErrInvalidCommand},
		"variable name":              {exp.IntVar("a b"), protocol.ErrInvalidCommand},
		"definition name":            {exp.Let(exp.Defs{exp.Def("1", exp.IntVal(1))}, exp.IntVal(1)), protocol.ErrInvalidCommand},
		"digest modulo 0":            {exp.DigestModulo(0), protocol.ErrInvalidCommand},
		"bin name":                   {exp.IntBin("sixteen-bytes-it"), protocol.ErrInvalidBin},
		"empty bin name":             {exp.BinExists(""), protocol.ErrInvalidBin},
		"literal":                    {exp.ListVal(struct{}{}), protocol.ErrInvalidValue},
		"loop part":                  {exp.IntLoopVar(7), protocol.ErrInvalidCommand},
		"ToEnd":                      {exp.Add(exp.ToEnd()), protocol.ErrInvalidCommand},
		"list call on a map":         {exp.ListSize(exp.MapBin("m")), protocol.ErrInvalidCommand},
		"context of a list on a map": {exp.ListSize(exp.MapBin("m"), cdt.In(cdt.ListIndex(1))), protocol.ErrInvalidCommand},
		"key of a list":              {exp.ListGetByIndex(exp.ListBin("l"), exp.IntVal(0), exp.ReturnIntKey), protocol.ErrInvalidCommand},
		"empty path":                 {exp.SelectByPath(exp.ListBin("l"), nil, cdt.SelectValues), protocol.ErrInvalidCommand},
		"tree as a list":             {exp.SelectByPath(exp.ListBin("l"), cdt.In(cdt.AllChildren()), cdt.SelectTree), protocol.ErrInvalidCommand},
		"invalid path filter":        {exp.SelectTreeByPath(exp.ListBin("l"), cdt.In(cdt.AllChildrenWithFilter([]byte{1, 2}))), protocol.ErrInvalidCommand},
	} {
		packed, err := exp.Pack(c.expression)
		require.ErrorIs(t, err, c.cause, name)
		require.Nil(t, packed, name)
		require.ErrorIs(t, exp.Read("r", c.expression, 0).Value.Err(), c.cause, name)
		if c.expression != nil {
			require.NotEmpty(t, c.expression.String(), name)
			_, err = exp.Base64(c.expression)
			require.ErrorIs(t, err, c.cause, name)
		}
	}
	require.Equal(t, []byte{0xc1}, exp.Filter(exp.And()), "a filter that every server rejects")
}

func TestResultTypes(t *testing.T) {
	for text, want := range map[string]exp.Expression{
		"bool":  exp.Let(exp.Defs{exp.Def("x", exp.BoolBin("b"))}, exp.BoolVar("x")),
		"int":   exp.Cond(exp.When(exp.BoolBin("b"), exp.Unknown[exp.Int]()), exp.When(exp.BoolBin("c"), exp.IntVal(1))).Else(exp.IntVal(2)),
		"float": exp.Max(exp.FloatBin("f"), exp.FloatVal(1)),
		"map":   exp.MapPut(exp.MapBin("m"), exp.IntVal(1), exp.IntVal(2)),
		"list":  exp.MapKeys(exp.MapBin("m")),
		"geo":   exp.GeoVal("{}"),
		"hll":   exp.HLLVal([]byte{0}),
		"blob":  exp.BlobKey(),
	} {
		packed, err := exp.Pack(want)
		require.NoError(t, err, text)
		got, err := exp.Parse(packed)
		require.NoError(t, err, text)
		require.IsType(t, want, got)
		require.Equal(t, text, got.Node().ResultType().String())
	}
}
