package encoding

import (
	"testing"

	as "github.com/aerospike/aerospike-client-go/v8"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// large returns a list and a map of a thousand entries in both clients' forms.
func large() map[string]twin {
	var list []twin
	var pairs []protocol.Pair
	theirMap := make(map[any]any)
	for n := range int64(1000) {
		list = append(list, twin{protocol.Int(n * 1000), n * 1000})
		pairs = append(pairs, protocol.Pair{Key: protocol.Int(n), Value: protocol.String("value")})
		theirMap[n] = "value"
	}
	return map[string]twin{
		"list": {protocol.List(ours(list)...), theirs(list)},
		"map":  {protocol.Map(pairs...), theirMap},
	}
}

// BenchmarkThousand times the same work in both clients through the only API that both export: a
// value as a step of a context, to and from Base64.
func BenchmarkThousand(b *testing.B) {
	for name, v := range large() {
		mine, their := cdt.In(cdt.ListValue(v.ours)), []*as.CDTContext{as.CtxListValue(as.NewValue(v.theirs))}
		text, err := mine.Base64()
		require.NoError(b, err)
		b.Run(name+"/encode/aerosql", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := mine.Base64(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/encode/official", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := as.CDTContextToBase64(their); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/decode/aerosql", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := cdt.ParseContextBase64(text); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/decode/official", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := as.Base64ToCDTContext(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
