package protocol

import "testing"

func benchmarkBins() Bins {
	return Bins{NewBin("name", "Ada Lovelace"), NewBin("email", "ada@example.com"), NewBin("age", 36), NewBin("score", 1.5), NewBin("admin", true)}
}

func BenchmarkNewKey(b *testing.B) {
	b.ReportAllocs()
	for i := range b.N {
		if _, err := NewKey("test", "demo", i); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteMessage(b *testing.B) {
	key, bins := MustKey("test", "demo", 1), benchmarkBins()
	buf := make([]byte, 0, 512)
	b.ReportAllocs()
	for range b.N {
		c := NewWrite(OpWrite, key, bins)
		if _, err := c.AppendMessage(buf[:0], 1000); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseResponse(b *testing.B) {
	m := Message{Header: Header{Generation: 1}}
	for _, bin := range benchmarkBins() {
		data, err := AppendParticle(nil, bin.Value)
		if err != nil {
			b.Fatal(err)
		}
		m.Ops = append(m.Ops, RawOp{OpRead, bin.Value.Particle(), []byte(bin.Name), data})
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
	elements := make([]Value, 1000)
	for i := range elements {
		elements[i] = Int(int64(i) * 1000)
	}
	list := List(elements...)
	packed, err := AppendMsgpack(nil, list)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if packed, err = AppendMsgpack(packed[:0], list); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for range b.N {
			if _, err := ParseMsgpack(packed); err != nil {
				b.Fatal(err)
			}
		}
	})
}
