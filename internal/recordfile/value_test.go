package recordfile_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/aerosql/aerosql/internal/recordfile"
	"github.com/aerosql/aerosql/protocol"
)

// drawText draws a string, sometimes one that is not UTF-8.
func drawText(t *rapid.T) string {
	if rapid.IntRange(0, 5).Draw(t, "bytes") == 0 {
		return string(rapid.SliceOfN(rapid.Byte(), 0, 6).Draw(t, "raw"))
	}
	return rapid.SampledFrom([]string{"", "a", "1", "1.0", "true", "NULL", "$bytes", " x\\ ", "a,b\n\"c\"", "é\u2028", "{\"a\":1}", "\r\n"}).Draw(t, "text")
}

// drawScalar draws a value that can be the key of a map.
func drawScalar(t *rapid.T) protocol.Value {
	switch rapid.IntRange(0, 2).Draw(t, "scalar") {
	case 0:
		return protocol.Int(rapid.SampledFrom([]int64{0, -1, math.MinInt64, math.MaxInt64, 42}).Draw(t, "int"))
	case 1:
		return protocol.String(drawText(t))
	}
	return protocol.Blob(rapid.SliceOfN(rapid.Byte(), 0, 4).Draw(t, "blob"))
}

// drawValue draws a value of any kind that a bin can have.
func drawValue(t *rapid.T, depth int) protocol.Value {
	last := 9
	if depth == 0 {
		last = 7
	}
	switch rapid.IntRange(0, last).Draw(t, "kind") {
	case 0:
		return protocol.Float(rapid.SampledFrom([]float64{0, 1, -1.5, 1e300, 5e-324, math.NaN(), math.Inf(1), math.Inf(-1)}).Draw(t, "float"))
	case 1:
		return protocol.Bool(rapid.Bool().Draw(t, "bool"))
	case 2:
		return protocol.HLL(rapid.SliceOfN(rapid.Byte(), 1, 4).Draw(t, "hll"))
	case 3:
		return protocol.GeoJSON(`{"type":"Point","coordinates":[1,2]}`)
	case 4:
		types := []protocol.ParticleType{protocol.ParticleJava, protocol.ParticleCSharp, protocol.ParticlePython, protocol.ParticleRuby, protocol.ParticlePHP, protocol.ParticleErlang}
		return protocol.BlobOf(rapid.SampledFrom(types).Draw(t, "language"), []byte{1, 2})
	case 8:
		n := rapid.IntRange(0, 3).Draw(t, "length")
		elements := make([]protocol.Value, n)
		for i := range elements {
			elements[i] = drawElement(t, depth-1)
		}
		if rapid.Bool().Draw(t, "ordered") && protocol.SortList(elements) == nil {
			return protocol.ListWithOrder(protocol.Ordered, elements)
		}
		return protocol.List(elements...)
	case 9:
		return drawMap(t, depth)
	}
	return drawScalar(t)
}

// drawElement draws an element of a list or a map, which can be more than a bin.
func drawElement(t *rapid.T, depth int) protocol.Value {
	switch rapid.IntRange(0, 9).Draw(t, "element") {
	case 0:
		return protocol.Nil()
	case 1:
		return protocol.Uint(math.MaxUint64)
	case 2:
		return protocol.ValueOf(float32(1.25))
	}
	return drawValue(t, depth)
}

func drawMap(t *rapid.T, depth int) protocol.Value {
	var pairs []protocol.Pair
	for range rapid.IntRange(0, 3).Draw(t, "size") {
		key := drawScalar(t)
		twice := false
		for _, p := range pairs {
			twice = twice || protocol.Equal(p.Key, key)
		}
		if !twice {
			pairs = append(pairs, protocol.Pair{Key: key, Value: drawElement(t, depth-1)})
		}
	}
	orders := []protocol.Order{protocol.Unordered, protocol.Ordered, protocol.KeyValueOrdered}
	return protocol.MapWithOrder(rapid.SampledFrom(orders).Draw(t, "order"), pairs)
}

func drawRecord(t *rapid.T) *protocol.Record {
	r := &protocol.Record{Generation: 3}
	set := rapid.SampledFrom([]string{"s", "a b", `a\b`}).Draw(t, "set")
	if user := drawScalar(t); user.Kind() == protocol.KindInt || user.Len() > 0 {
		r.Key = protocol.MustKey("test", set, user)
	} else {
		r.Key, _ = protocol.KeyFromDigest("test", set, protocol.MustKey("test", set, 1).Digest())
	}
	if rapid.Bool().Draw(t, "expires") {
		r.VoidTime = 2_000_000_000
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "bins") {
		name := rapid.SampledFrom([]string{"a", "b c", `d\`, "e:int", "PK2"}).Draw(t, "name")
		if _, twice := r.Bin(name); i == 0 || !twice {
			r.Bins = append(r.Bins, protocol.Bin{Name: name, Value: drawValue(t, 2)})
		}
	}
	return r
}

// packed returns the content of a record as bytes, for comparisons.
func packed(t require.TestingT, key protocol.Key, bins protocol.Bins) string {
	d := key.Digest()
	text := key.Namespace + "/" + key.Set + "/" + d.String() + "/" + key.String()
	for _, b := range sorted(bins) {
		particle, err := protocol.AppendParticle(nil, b.Value)
		require.NoError(t, err)
		text += "/" + b.Name + string(rune(b.Value.Particle())) + string(particle)
	}
	return text
}

func sorted(bins protocol.Bins) protocol.Bins {
	list := append(protocol.Bins(nil), bins...)
	for i := range list {
		for j := i; j > 0 && list[j].Name < list[j-1].Name; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	return list
}

// TestFormatsRoundTrip writes records with values of every kind in each format, and reads them
// again.
func TestFormatsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.SliceOfN(rapid.Custom(drawRecord), 1, 3).Draw(t, "records")
		for _, r := range records { // a CSV file is of one set
			if r.Key.Set != records[0].Key.Set {
				return
			}
		}
		for _, format := range []recordfile.Format{recordfile.JSONLines, recordfile.Backup, recordfile.CSV} {
			text := write(t, format, records)
			in := recordfile.NewReader(bytes.NewReader(text), format, recordfile.Options{Namespace: "test", Set: records[0].Key.Set})
			for _, r := range records {
				item, err := in.Next()
				require.NoError(t, err, "%s", text)
				require.Equal(t, packed(t, r.Key, r.Bins), packed(t, item.Record.Key, item.Record.Bins), "%s", text)
				require.Equal(t, r.VoidTime == 0, item.Record.TTL == protocol.TTLNever, "%s", text)
			}
			_, err := in.Next()
			require.Equal(t, io.EOF, err)
		}
	})
}

func write(t require.TestingT, format recordfile.Format, records []*protocol.Record) []byte {
	ttl := func(r *protocol.Record) int64 {
		if r.VoidTime == 0 {
			return -1
		}
		return 1000
	}
	var out []byte
	var err error
	switch format {
	case recordfile.JSONLines:
		for _, r := range records {
			out, err = recordfile.AppendJSON(out, r, ttl(r))
			require.NoError(t, err)
		}
	case recordfile.Backup:
		out = recordfile.AppendBackupHeader(out, "test")
		for _, r := range records {
			out, err = recordfile.AppendBackup(out, r)
			require.NoError(t, err)
		}
	case recordfile.CSV:
		var columns recordfile.Columns
		for _, r := range records {
			columns.Add(r)
		}
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		require.NoError(t, w.Write(columns.Header()))
		for _, r := range records {
			row, err := columns.Row(r, ttl(r))
			require.NoError(t, err)
			require.NoError(t, w.Write(row))
		}
		w.Flush()
		out = b.Bytes()
	}
	return out
}
