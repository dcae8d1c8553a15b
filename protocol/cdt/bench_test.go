package cdt_test

import (
	"testing"

	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

func thousand() (list []protocol.Value, pairs []protocol.Pair) {
	for n := range int64(1000) {
		list = append(list, i(n*1000))
		pairs = append(pairs, protocol.Pair{Key: i(n), Value: s("value")})
	}
	return list, pairs
}

var sink protocol.Operation

func BenchmarkListAppend(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		sink = cdt.ListAppend("tags", i(5))
	}
}

func BenchmarkListAppendPolicyContext(b *testing.B) {
	path := in(cdt.MapKey(s("k")), cdt.ListIndex(-1))
	b.ReportAllocs()
	for b.Loop() {
		sink = cdt.ListAppend("tags", i(5), cdt.ListPolicy{Order: protocol.Ordered, Flags: cdt.AddUnique}, path)
	}
}

func BenchmarkMapGet(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		sink = cdt.MapGet("scores", cdt.ByKeyRange(s("a"), s("f")), cdt.ReturnKeyValue)
	}
}

func BenchmarkListAppendItems1000(b *testing.B) {
	list, _ := thousand()
	b.ReportAllocs()
	for b.Loop() {
		sink = cdt.ListAppendItems("tags", list)
	}
}

func BenchmarkMapPutItems1000(b *testing.B) {
	_, pairs := thousand()
	b.ReportAllocs()
	for b.Loop() {
		sink = cdt.MapPutItems("scores", pairs)
	}
}

func BenchmarkDescribe(b *testing.B) {
	op := cdt.MapGet("scores", cdt.ByKeyRange(s("a"), s("f")), cdt.ReturnKeyValue, in(cdt.MapKey(s("k"))))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := cdt.Describe(op); err != nil {
			b.Fatal(err)
		}
	}
}
