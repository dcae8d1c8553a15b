package exp_test

import (
	"testing"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
	"github.com/aerosql/aerosql/protocol/exp"
)

func filter(age int64) exp.Bool {
	return exp.And(
		exp.Ge(exp.IntBin("age"), exp.IntVal(age)),
		exp.Eq(exp.StringBin("country"), exp.StringVal("PT")),
		exp.Gt(exp.ListGetByValueRange(exp.MapBin("m"), exp.IntVal(90), nil, exp.ReturnCount,
			cdt.In(cdt.MapKey(protocol.String("scores")))), exp.IntVal(2)),
	)
}

func BenchmarkBuildAndPack(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if len(exp.Filter(filter(18))) < 10 {
			b.Fatal("packing failed")
		}
	}
}

func BenchmarkPack(b *testing.B) {
	n := filter(18).Node()
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if buf, err = n.Append(buf[:0]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	packed := exp.Filter(filter(18))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := exp.ParseNode(packed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkString(b *testing.B) {
	n := filter(18).Node()
	b.ReportAllocs()
	for b.Loop() {
		if n.String() == "" {
			b.Fatal("empty string")
		}
	}
}

// BenchmarkPackList1000 packs a list literal of a thousand integers.
func BenchmarkPackList1000(b *testing.B) {
	elements := make([]any, 1000)
	for i := range elements {
		elements[i] = i * 7
	}
	n := exp.InList(exp.IntBin("a"), exp.ListVal(elements...)).Node()
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if buf, err = n.Append(buf[:0]); err != nil {
			b.Fatal(err)
		}
	}
}
