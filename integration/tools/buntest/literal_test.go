package buntest

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/netip"
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

// A color is JSON text of a string.
type color struct{ name string }

func (c color) MarshalJSON() ([]byte, error) { return json.Marshal(c.name) }

func (c *color) UnmarshalJSON(text []byte) error { return json.Unmarshal(text, &c.name) }

// TestJSONFields writes and reads fields that bun stores as JSON: structs, types with methods for
// JSON, and JSON text of every kind.
func TestJSONFields(t *testing.T) {
	type place struct{ Street, City string }
	type Document struct {
		ID      int64 `bun:",pk"`
		Home    place
		Work    *place
		Color   color
		Raw     json.RawMessage
		Any     any `bun:"type:json"`
		Address netip.Addr
		Null    sql.NullString
	}
	db, ctx := open(t), t.Context()
	_, err := db.NewCreateTable().Model((*Document)(nil)).Exec(ctx)
	require.NoError(t, err)
	defer func() {
		_, err := db.NewDropTable().Model((*Document)(nil)).Exec(context.WithoutCancel(ctx))
		require.NoError(t, err)
	}()
	for i, raw := range []string{`"text"`, `5`, `1.5`, `true`, `[1,"a"]`, `{"k":null}`, `"a [b"`, `""`} {
		var value any
		require.NoError(t, json.Unmarshal([]byte(raw), &value))
		want := &Document{
			ID: int64(i), Home: place{"Main St", "Paris"}, Color: color{"red"}, Raw: json.RawMessage(raw), Any: value, Address: netip.MustParseAddr("10.0.0.1"),
			Null: sql.NullString{String: "x", Valid: true},
		}
		if i == 0 {
			want.Work = &place{City: "Rome"}
		}
		_, err := db.NewInsert().Model(want).Exec(ctx)
		require.NoError(t, err, raw)
		got := &Document{ID: want.ID}
		require.NoError(t, db.NewSelect().Model(got).WherePK().Scan(ctx), raw)
		require.Equal(t, want, got, raw)
	}
	n, err := db.NewSelect().Model((*Document)(nil)).Where("home['City'] = ?", "Paris").Count(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 8, n)
}
