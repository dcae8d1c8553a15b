package buntest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestLiterals writes random values, which bun makes part of the statement, and reads the same
// values.
func TestLiterals(t *testing.T) {
	db, ctx := open(t), t.Context()
	text := rapid.Map(rapid.String(), func(s string) string { return strings.ReplaceAll(s, "\x00", "") })
	rapid.Check(t, func(t *rapid.T) {
		want := &Author{
			Name:   text.Draw(t, "name"),
			Score:  rapid.Float64Range(-1e300, 1e300).Draw(t, "score"),
			Active: rapid.Bool().Draw(t, "active"),
			Born:   time.Unix(0, rapid.Int64Range(-6e18, 9e18).Draw(t, "born")).UTC(),
			Photo:  rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "photo"),
			Tags:   rapid.SliceOfN(text, 1, 3).Draw(t, "tags"),
			Attrs:  map[string]any{text.Draw(t, "key"): text.Draw(t, "value")},
		}
		if rapid.Bool().Draw(t, "has age") {
			age := rapid.Int().Draw(t, "age")
			want.Age = &age
		}
		_, err := db.NewInsert().Model(want).Exec(ctx)
		require.NoError(t, err)
		got := &Author{ID: want.ID}
		require.NoError(t, db.NewSelect().Model(got).WherePK().Scan(ctx))
		require.Equal(t, want, got)
		if want.Name != "" {
			n, err := db.NewSelect().Model((*Author)(nil)).Where("id = ?", want.ID).Where("name = ?", want.Name).Where("born = ?", want.Born).Count(ctx)
			require.NoError(t, err)
			require.EqualValues(t, 1, n)
		}
	})
}
