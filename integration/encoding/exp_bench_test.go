package encoding

import (
	"testing"

	as "github.com/aerospike/aerospike-client-go/v8"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

// BenchmarkExpression builds and packs one filter with each client. The official client returns the
// bytes as Base64.
func BenchmarkExpression(b *testing.B) {
	b.Run("aerosql", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			text, err := exp.Base64(exp.And(
				exp.Ge(exp.IntBin("age"), exp.IntVal(18)),
				exp.Eq(exp.StringBin("country"), exp.StringVal("PT")),
				exp.Gt(exp.ListSize(exp.MapBin("m"), cdt.In(cdt.MapKey(protocol.String("scores")))), exp.IntVal(2)),
			))
			if err != nil || text == "" {
				b.Fatal(err)
			}
		}
	})
	b.Run("official", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			text, err := as.ExpAnd(
				as.ExpGreaterEq(as.ExpIntBin("age"), as.ExpIntVal(18)),
				as.ExpEq(as.ExpStringBin("country"), as.ExpStringVal("PT")),
				as.ExpGreater(as.ExpListSize(as.ExpMapBin("m"), as.CtxMapKey(as.NewValue("scores"))), as.ExpIntVal(2)),
			).Base64()
			if err != nil || text == "" {
				b.Fatal(err)
			}
		}
	})
}
