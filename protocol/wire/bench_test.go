package wire

import (
	"testing"

	"github.com/aerosql/aerosql/protocol"
)

func benchmarkBins() protocol.Bins {
	return protocol.Bins{protocol.NewBin("name", "Ada Lovelace"), protocol.NewBin("email", "ada@example.com"), protocol.NewBin("age", 36), protocol.NewBin("score", 1.5), protocol.NewBin("admin", true)}
}

func BenchmarkNewKey(b *testing.B) {
	b.ReportAllocs()
	for i := range b.N {
		if _, err := protocol.NewKey("test", "demo", i); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteMessage(b *testing.B) {
	key, bins := protocol.MustKey("test", "demo", 1), benchmarkBins()
	buf := make([]byte, 0, 512)
	b.ReportAllocs()
	for range b.N {
		c := NewWrite(protocol.OpWrite, key, bins)
		if _, err := c.AppendMessage(buf[:0], 1000); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseResponse(b *testing.B) {
	m := Message{Header: Header{Generation: 1}}
	for _, bin := range benchmarkBins() {
		data, err := protocol.AppendParticle(nil, bin.Value)
		if err != nil {
			b.Fatal(err)
		}
		m.Ops = append(m.Ops, RawOp{protocol.OpRead, bin.Value.Particle(), []byte(bin.Name), data})
	}
	body := m.AppendTo(nil)
	b.ReportAllocs()
	for range b.N {
		if _, _, err := ParseResponse(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMsgpackList(b *testing.B) {
	elements := make([]protocol.Value, 1000)
	for i := range elements {
		elements[i] = protocol.Int(int64(i) * 1000)
	}
	list := protocol.List(elements...)
	packed, err := protocol.AppendMsgpack(nil, list)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if packed, err = protocol.AppendMsgpack(packed[:0], list); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if _, err := protocol.ParseMsgpack(packed); err != nil {
				b.Fatal(err)
			}
		}
	})
}
