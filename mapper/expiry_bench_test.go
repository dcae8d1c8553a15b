package mapper

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

// BenchmarkFindWithTTL measures the cost of remembering the expiry of each object that is read.
func BenchmarkFindWithTTL(b *testing.B) {
	type leased struct {
		ID   string `as:"id,pk"`
		N    int
		Left time.Duration `asm:"ttl"`
	}
	r, m := repoOn[leased](b)
	key := protocol.MustKey("test", "leased", "k")
	m.store[key.Digest()] = &protocol.Record{Key: key, Bins: protocol.Bins{protocol.NewBin("N", 1)}, VoidTime: 1 << 30}
	b.Run("new objects", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := r.Find(b.Context(), "k")
			require.NoError(b, err)
		}
	})
	b.Run("one object", func(b *testing.B) {
		b.ReportAllocs()
		x := new(leased)
		for b.Loop() {
			require.NoError(b, r.FindInto(b.Context(), "k", x))
		}
	})
}
