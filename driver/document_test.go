package driver

import (
	"database/sql"
	sqldriver "database/sql/driver"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/protocol"
)

type point struct {
	X int
	Y []float64
}

// TestDocumentArgument checks what a Document stores, and that scanning it gives the same Document.
func TestDocumentArgument(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	for _, c := range []struct {
		name   string
		doc    sqldriver.Valuer
		stored protocol.Value
		into   func() (target sql.Scanner, value func() any)
	}{
		{"strings", Document[[]string]{[]string{"a"}, true}, protocol.ValueOf([]any{"a"}), into[[]string]},
		{"floats stay floats", Document[[]float64]{[]float64{1, 2.5}, true}, protocol.ValueOf([]any{1.0, 2.5}), into[[]float64]},
		{"blobs", Document[[][]byte]{[][]byte{{1, 2}}, true}, protocol.ValueOf([]any{[]byte{1, 2}}), into[[][]byte]},
		{"integers as keys", Document[map[int]string]{map[int]string{1: "a"}, true}, protocol.ValueOf(map[int]string{1: "a"}), into[map[int]string]},
		{"a struct", Document[point]{point{1, []float64{0.5}}, true}, protocol.ValueOf(map[string]any{"X": 1, "Y": []any{0.5}}), into[point]},
		{"structs in a map", Document[map[string]point]{map[string]point{"p": {X: 2}}, true},
			protocol.ValueOf(map[string]any{"p": map[string]any{"X": 2, "Y": nil}}), into[map[string]point]},
		{"times", Document[[]time.Time]{[]time.Time{at}, true}, protocol.ValueOf([]any{"2026-01-02T03:04:05.000000006Z"}), into[[]time.Time]},
		{"text", Document[string]{"a", true}, protocol.ValueOf(`"a"`), into[string]},
		{"text in an any", Document[any]{"a", true}, protocol.ValueOf(`"a"`), into[any]},
		{"bytes", Document[[]byte]{[]byte{1}, true}, protocol.ValueOf(`"AQ=="`), into[[]byte]},
		{"NULL", Document[[]string]{}, protocol.Nil(), into[[]string]},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := valueOf(c.doc)
			require.NoError(t, err)
			require.Equal(t, nativeValue(c.stored), nativeValue(v))
			target, value := c.into()
			require.NoError(t, target.Scan(nativeValue(v)))
			require.Equal(t, c.doc, value())
		})
	}
	_, err := valueOf(Document[[]any]{[]any{point{}}, true})
	require.ErrorContains(t, err, "point")
}

func into[T any]() (sql.Scanner, func() any) {
	d := new(Document[T])
	return d, func() any { return *d }
}
