package mapper_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
	"github.com/aerosql/aerosql/protocol"
	"github.com/aerosql/aerosql/protocol/cdt"
)

// TestChanges checks each change on the record of ada, by Patch and by Change.
func TestChanges(t *testing.T) {
	table, _ := people(t, "")
	ctx := context.Background()
	start, err := table.Find(ctx, "ada")
	require.NoError(t, err)
	now := time.Unix(1800000000, 0).UTC()
	type set = []mapper.Change[member]
	for _, c := range []struct {
		name    string
		changes set
		want    func(*member)
	}{
		{"Set", set{P.Name.Set("Ada L.")}, func(m *member) { m.Name = "Ada L." }},
		{"Set zero", set{P.Age.Set(0), P.Name.Set(""), P.Active.Set(false)}, func(m *member) { m.Age, m.Name, m.Active = 0, "", false }},
		{"Set NULL", set{P.Seen.Set(time.Time{})}, func(m *member) { m.Seen = time.Time{} }},
		{"Set time", set{P.Seen.Set(now)}, func(m *member) { m.Seen = now }},
		{"Set pointer", set{P.Nick.Set("x")}, func(m *member) { *m.Nick = "x" }},
		{"Unset", set{P.Nick.Unset()}, func(m *member) { m.Nick = nil }},
		{"SetOnce", set{P.Name.SetOnce("no")}, func(*member) {}},
		{"SetOnce after Unset", set{P.Name.Unset(), P.Name.SetOnce("yes")}, func(m *member) { m.Name = "yes" }},
		{"Add", set{P.Age.Add(4), P.Age.Add(-1)}, func(m *member) { m.Age = 39 }},
		{"Add float", set{P.Weight.Add(0.5)}, func(m *member) { m.Weight = 56 }},
		{"Append", set{P.Name.Append("!"), P.Name.Prepend("?")}, func(m *member) { m.Name = "?Ada!" }},
		{"list Append", set{P.Tags.Append("x", "tea")}, func(m *member) { m.Tags = []string{"tea", "math", "x", "tea"} }},
		{"list AppendUnique", set{P.Tags.AppendUnique("tea", "x")}, func(m *member) { m.Tags = []string{"tea", "math", "x"} }},
		{"list Insert", set{P.Tags.Insert(1, "x")}, func(m *member) { m.Tags = []string{"tea", "x", "math"} }},
		{"list Remove", set{P.Tags.Remove("tea", "none")}, func(m *member) { m.Tags = []string{"math"} }},
		{"list RemoveAt", set{P.Tags.RemoveAt(0, 1)}, func(m *member) { m.Tags = []string{"math"} }},
		{"list Trim", set{P.Tags.Trim(-1, 1)}, func(m *member) { m.Tags = []string{"math"} }},
		{"list Clear", set{P.Tags.Clear()}, func(m *member) { m.Tags = []string{} }},
		{"list At Set", set{P.Tags.At(0).Set("coffee")}, func(m *member) { m.Tags[0] = "coffee" }},
		{"list Unset and Append", set{P.Tags.Append("x"), P.Tags.Unset()}, func(m *member) { m.Tags = nil }},
		{"map Put", set{P.Prefs.Put("a", "b")}, func(m *member) { m.Prefs["a"] = "b" }},
		{"map Delete", set{P.Prefs.Delete("lang", "none")}, func(m *member) { m.Prefs = map[string]string{} }},
		{"map Key Set", set{P.Prefs.Key("lang").Set("de")}, func(m *member) { m.Prefs["lang"] = "de" }},
		{"map Key Unset", set{P.Prefs.Key("lang").Unset()}, func(m *member) { m.Prefs = map[string]string{} }},
		{"map Key SetOnce", set{P.Prefs.Key("lang").SetOnce("no"), P.Prefs.Key("z").SetOnce("yes")}, func(m *member) { m.Prefs["z"] = "yes" }},
		{"map Clear", set{P.Prefs.Clear()}, func(m *member) { m.Prefs = map[string]string{} }},
		{"nested Set", set{P.Home.City.Set("Rome")}, func(m *member) { m.Home.City = "Rome" }},
		{"nested Add", set{P.Home.Zip.Add(5)}, func(m *member) { m.Home.Zip = 6 }},
		{"struct in list Add", set{P.Lines.At(1).Qty.Add(1)}, func(m *member) { m.Lines[1].Qty = 3 }},
		{"struct in list Set", set{P.Lines.At(-1).SKU.Set("z")}, func(m *member) { m.Lines[1].SKU = "z" }},
		{"struct appended", set{P.Lines.Append(line{"n", 9})}, func(m *member) { m.Lines = append(m.Lines, line{"n", 9}) }},
		{"struct in map Add", set{P.ByName.Key("x").Qty.Add(2), P.ByName.Key("new").Qty.Set(1)}, func(m *member) {
			m.ByName["x"], m.ByName["new"] = line{"c", 5}, line{Qty: 1}
		}},
		{"struct put", set{P.ByName.Put("y", line{"d", 4})}, func(m *member) { m.ByName["y"] = line{"d", 4} }},
		{"geo", set{P.At.Set(mapper.Point(1, 2))}, func(m *member) { m.At = mapper.Point(1, 2) }},
		{"If", set{P.Age.Add(1), mapper.If(P.Age.Lt(150), P.Tags.Contains("tea"))}, func(m *member) { m.Age++ }},
		{"IfGen", set{P.Age.Add(1), mapper.IfGen[member](1)}, func(m *member) { m.Age++ }},
		{"Use", set{mapper.Use[member](cdt.ListSort("tags", 0))}, func(m *member) { m.Tags = []string{"math", "tea"} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := table.Delete(ctx, "ada")
			require.NoError(t, err)
			start.Version = 0
			require.NoError(t, table.Insert(ctx, start))
			changed, err := table.Change(ctx, "ada", c.changes...)
			require.NoError(t, err)
			found, err := table.Find(ctx, "ada")
			require.NoError(t, err)
			require.Equal(t, found, changed)
			want := *start
			want.Tags, want.Lines = append([]string{}, start.Tags...), append([]line{}, start.Lines...)
			want.Prefs, want.ByName = map[string]string{"lang": "en"}, map[string]line{"x": {"c", 3}}
			nick := *start.Nick
			want.Nick = &nick
			c.want(&want)
			want.Version = 2
			require.Equal(t, &want, changed)
		})
	}
}

func TestPatchErrors(t *testing.T) {
	table, _ := people(t, "")
	ctx := context.Background()
	before, err := table.Find(ctx, "ada")
	require.NoError(t, err)
	for name, c := range map[string]struct {
		key     string
		change  mapper.Change[member]
		is      error
		message string
	}{
		"missing record":    {"nobody", P.Age.Set(1), mapper.ErrNotFound, "nobody"},
		"If":                {"ada", mapper.If(P.Age.Gt(100)), mapper.ErrCondition, "ada"},
		"If of the client":  {"ada", mapper.If(P.Name.Match("x")), mapper.ErrUnsupported, "use Modify"},
		"IfGen":             {"ada", mapper.IfGen[member](9), mapper.ErrStale, "generation 9"},
		"IfGen 0":           {"ada", mapper.IfGen[member](0), mapper.ErrRange, "IfGen(0)"},
		"key":               {"ada", P.ID.Set("x"), mapper.ErrUnsupported, "member.ID: not supported: a record's key can't be changed"},
		"generation":        {"ada", P.Version.Set(3), mapper.ErrUnsupported, "member.Version"},
		"list element":      {"ada", P.Tags.At(0).Unset(), mapper.ErrUnsupported, `member.Tags[0] (bin "tags")`},
		"append in a map":   {"ada", P.Home.City.Append("x"), mapper.ErrUnsupported, "member.Home.City"},
		"expire":            {"ada", mapper.Expire[member](-5), mapper.ErrRange, "Expire"},
		"time out of range": {"ada", P.Seen.Set(time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC)), mapper.ErrRange, "member.Seen"},
		"bad point":         {"ada", P.At.Set(mapper.Point(500, 0)), mapper.ErrRange, "member.At"},
		"nil OrInsert":      {"ada", mapper.OrInsert[member](nil), nil, "the *member is nil"},
	} {
		t.Run(name, func(t *testing.T) {
			err := table.Patch(ctx, c.key, P.Age.Add(1), c.change)
			if c.is != nil {
				require.ErrorIs(t, err, c.is)
			}
			require.ErrorContains(t, err, c.message)
			after, err := table.Find(ctx, "ada")
			require.NoError(t, err)
			require.Equal(t, before, after)
		})
	}
}

func TestPatchOfAnObject(t *testing.T) {
	table, _ := people(t, "")
	ctx := context.Background()
	ada, err := table.Find(ctx, "ada")
	require.NoError(t, err)
	require.NoError(t, table.Repo.Patch(ctx, ada, P.Age.Add(1)))
	require.EqualValues(t, 2, ada.Version)
	ada.Version = 1
	require.ErrorIs(t, table.Repo.Patch(ctx, ada, P.Age.Add(1)), mapper.ErrStale)
}

func TestOrInsert(t *testing.T) {
	table, _ := people(t, "")
	ctx := context.Background()
	for want := 2; want < 4; want++ {
		x := &member{ID: "zoe", Name: "Zoe", Age: 1}
		m, err := table.Change(ctx, "zoe", P.Age.Add(1), mapper.OrInsert(x), mapper.If(P.Name.Eq("Zoe")))
		require.NoError(t, err)
		require.Equal(t, want, m.Age)
	}
	err := table.Patch(ctx, "other", P.Age.Add(1), mapper.OrInsert(&member{ID: "zoe"}))
	require.ErrorContains(t, err, "has the key test:member:zoe")
}

func TestUpsert(t *testing.T) {
	table, _ := people(t, "")
	ctx := context.Background()
	inserted, err := table.Upsert(ctx, &member{ID: "zoe", Age: 1}, P.Age.Add(1))
	require.NoError(t, err)
	require.True(t, inserted)
	inserted, err = table.Upsert(ctx, &member{ID: "zoe", Age: 1}, P.Age.Add(10))
	require.NoError(t, err)
	require.False(t, inserted)
	inserted, err = table.Upsert(ctx, &member{ID: "zoe", Age: 99})
	require.NoError(t, err)
	require.False(t, inserted)
	zoe, err := table.Find(ctx, "zoe")
	require.NoError(t, err)
	require.Equal(t, 11, zoe.Age)
}

// A patch keeps the record's expiry unless it sets one.
func TestPatchExpiry(t *testing.T) {
	type session struct {
		ID string        `as:"id,pk"`
		N  int           `as:"n"`
		L  time.Duration `asm:"ttl"`
	}
	table, err := mapper.NewTable[string, session](memDB(t, ""))
	require.NoError(t, err)
	ctx := context.Background()
	n := mapper.NumOf(func(s *session) *int { return &s.N })
	require.NoError(t, table.Insert(ctx, &session{ID: "a", L: time.Hour}))
	s, err := table.Change(ctx, "a", n.Add(1))
	require.NoError(t, err)
	require.InDelta(t, time.Hour, s.L, float64(2*time.Second))
	s, err = table.Change(ctx, "a", mapper.Expire[session](2*time.Hour))
	require.NoError(t, err)
	require.InDelta(t, 2*time.Hour, s.L, float64(2*time.Second))
	s, err = table.With(mapper.TTL(3*time.Hour)).Change(ctx, "a", n.Add(1))
	require.NoError(t, err)
	require.InDelta(t, 3*time.Hour, s.L, float64(2*time.Second))
	require.Equal(t, 2, s.N)
}

// One command where one is enough.
func TestPatchIsOneCommand(t *testing.T) {
	table, _ := people(t, "")
	rec, err := table.Change(context.Background(), "bob", P.Age.Set(18), P.Tags.Append("x"), mapper.If(P.Age.Lt(18)))
	require.NoError(t, err)
	require.EqualValues(t, 2, rec.Version, "the record was written once")
	_, err = table.Change(context.Background(), "bob", P.Age.Set(18), mapper.If(P.Age.Lt(18)))
	require.ErrorIs(t, err, protocol.FilteredOut)
}
