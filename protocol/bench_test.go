package protocol

import "testing"

func BenchmarkNewKey(b *testing.B) {
	b.ReportAllocs()
	for i := range b.N {
		if _, err := NewKey("test", "demo", i); err != nil {
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
