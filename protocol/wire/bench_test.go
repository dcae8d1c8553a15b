package wire

import (
	"testing"

	"github.com/aerosql/aerosql/protocol"
)

func benchmarkBins() protocol.Bins {
	return protocol.Bins{protocol.NewBin("name", "Ada Lovelace"), protocol.NewBin("email", "ada@example.com"), protocol.NewBin("age", 36), protocol.NewBin("score", 1.5), protocol.NewBin("admin", true)}
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

// BenchmarkParseCopy parses the response to a read of four bins.
func BenchmarkParseCopy(b *testing.B) {
	h := Header{OpCount: 4}
	body := h.AppendTo(nil)
	for _, name := range []string{"a", "b", "c", "d"} {
		body = AppendRawOp(body, 0, protocol.ParticleString, name, "twenty bytes of text")
	}
	var resp Response
	b.ReportAllocs()
	for b.Loop() {
		if _, err := resp.ParseCopy(body, false); err != nil {
			b.Fatal(err)
		}
	}
}
