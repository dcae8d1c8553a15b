package mapper_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/mapper"
)

// member has a field of each kind that typed fields stand for.
type member struct {
	ID      string            `as:"id,pk"`
	Name    string            `as:"name"`
	Age     int               `as:"age"`
	Weight  float64           `as:"weight"`
	Active  bool              `as:"active"`
	Tags    []string          `as:"tags"`
	Prefs   map[string]string `as:"prefs"`
	At      mapper.GeoJSON    `as:"at"`
	Seen    time.Time         `as:"seen"`
	Nick    *string           `as:"nick"`
	Home    address           `as:"home"`
	Lines   []line            `as:"lines"`
	ByName  map[string]line   `as:"byname"`
	Version uint32            `asm:"gen"`
}

type address struct {
	City string `as:"city"`
	Zip  int    `as:"zip"`
}

type line struct {
	SKU string `as:"sku"`
	Qty int    `as:"qty"`
}

type lineFields struct {
	SKU mapper.Text[member, string]
	Qty mapper.Num[member, int]
}

type memberFields struct {
	ID     mapper.Text[member, string]
	Name   mapper.Text[member, string]
	Age    mapper.Num[member, int]
	Weight mapper.Num[member, float64]
	Active mapper.Field[member, bool]
	Tags   mapper.ListOf[member, string]
	Prefs  mapper.MapOf[member, string, string]
	At     mapper.Geo[member]
	Seen   mapper.Time[member]
	Nick   mapper.Text[member, string]
	Home   struct {
		City mapper.Text[member, string]
		Zip  mapper.Num[member, int]
	}
	Lines   mapper.StructList[member, line, lineFields]
	ByName  mapper.StructMap[member, string, line, lineFields]
	Version mapper.Num[member, uint32]
}

var P = mapper.MustFields[member, memberFields]()

// memDB opens an in-process cluster of the test's own.
func memDB(t testing.TB, options string) *sql.DB {
	t.Helper()
	name := strings.NewReplacer("/", "-", "_", "-").Replace(strings.ToLower(t.Name()))
	db, err := sql.Open("aerospike", "aerospike+mem://"+name+"/test"+options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// people returns a table with three records.
func people(t testing.TB, options string) (*mapper.Table[string, member], *sql.DB) {
	t.Helper()
	db := memDB(t, options)
	table, err := mapper.NewTable[string, member](db)
	require.NoError(t, err)
	nick := "addy"
	require.NoError(t, table.SaveMany(context.Background(),
		&member{ID: "ada", Name: "Ada", Age: 36, Weight: 55.5, Active: true, Tags: []string{"tea", "math"}, Prefs: map[string]string{"lang": "en"},
			At: mapper.Point(13.4, 52.5), Seen: time.Unix(1700000000, 0).UTC(), Nick: &nick, Home: address{"London", 1},
			Lines: []line{{"a", 1}, {"b", 2}}, ByName: map[string]line{"x": {"c", 3}}},
		&member{ID: "bob", Name: "Bob_%", Age: 17, Weight: 80, Tags: []string{}, Home: address{City: "Bonn"}, At: mapper.Point(0, 0)},
		&member{ID: "eve", Name: "Eve", Age: 64, Active: true, Tags: []string{"tea"}, Home: address{"Oslo", 3}},
	))
	return table, db
}

// idsOf returns the sorted keys that a query finds.
func idsOf(t testing.TB, q mapper.Query[member]) string {
	t.Helper()
	var ids []string
	for p, err := range q.Rows(context.Background()) {
		require.NoError(t, err)
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

func TestConditions(t *testing.T) {
	table, _ := people(t, "")
	none := mapper.Or[member]()
	for _, c := range []struct {
		name string
		cond mapper.Cond[member]
		want string
	}{
		{"Eq", P.Name.Eq("Ada"), "ada"},
		{"Eq key", P.ID.Eq("bob"), "bob"},
		{"In key", P.ID.In("bob", "eve", "nobody"), "bob eve"},
		{"Ne", P.Name.Ne("Ada"), "bob eve"},
		{"In", P.Age.In(17, 64, 99), "bob eve"},
		{"In none", P.Age.In(), ""},
		{"Lt", P.Age.Lt(36), "bob"},
		{"Le", P.Age.Le(36), "ada bob"},
		{"Gt", P.Age.Gt(36), "eve"},
		{"Ge", P.Age.Ge(36), "ada eve"},
		{"Between", P.Age.Between(17, 36), "ada bob"},
		{"float", P.Weight.Gt(55), "ada bob"},
		{"bool", P.Active.Eq(true), "ada eve"},
		{"bool false", P.Active.Eq(false), "bob"},
		{"IsNull", P.Nick.IsNull(), "bob eve"},
		{"NotNull", P.Nick.NotNull(), "ada"},
		{"pointer", P.Nick.Eq("addy"), "ada"},
		{"zero time is NULL", P.Seen.Eq(time.Time{}), "bob eve"},
		{"not zero time", P.Seen.Ne(time.Time{}), "ada"},
		{"time", P.Seen.Since(time.Unix(1700000000, 0)), "ada"},
		{"time before", P.Seen.Before(time.Unix(1700000000, 0)), ""},
		{"time after", P.Seen.After(time.Unix(1600000000, 0)), "ada"},
		{"time between", P.Seen.Between(time.Unix(1600000000, 0), time.Unix(1700000000, 0)), "ada"},
		{"HasPrefix", P.Name.HasPrefix("E"), "eve"},
		{"HasPrefix escapes", P.Name.HasPrefix("Bob_%"), "bob"},
		{"HasPrefix of wildcards", P.Name.HasPrefix("_%"), ""},
		{"HasSuffix", P.Name.HasSuffix("a"), "ada"},
		{"Contains text", P.Name.Contains("v"), "eve"},
		{"EqualFold", P.Name.EqualFold("ADA"), "ada"},
		{"Match", P.Name.Match("^[AE]"), "ada eve"},
		{"Contains", P.Tags.Contains("tea"), "ada eve"},
		{"Len", P.Tags.Len().Ge(1), "ada eve"},
		{"Len 0", P.Tags.Len().Eq(0), "bob"},
		{"At", P.Tags.At(-1).Eq("math"), "ada"},
		{"HasKey", P.Prefs.HasKey("lang"), "ada"},
		{"HasValue", P.Prefs.HasValue("en"), "ada"},
		{"Key", P.Prefs.Key("lang").Eq("en"), "ada"},
		{"Key missing", P.Prefs.Key("lang").IsNull(), "bob eve"},
		{"map Len", P.Prefs.Len().Gt(0), "ada"},
		{"nested", P.Home.City.Eq("Oslo"), "eve"},
		{"nested number", P.Home.Zip.Ge(1), "ada eve"},
		{"element of structs", P.Lines.At(1).Qty.Eq(2), "ada"},
		{"value of structs", P.ByName.Key("x").SKU.Eq("c"), "ada"},
		{"whole struct", P.Lines.Whole(0).Eq(line{"a", 1}), "ada"},
		{"whole struct Ne", P.Lines.Whole(0).Ne(line{"b", 1}), "ada"},
		{"whole struct In", P.Lines.Whole(0).In(line{"b", 1}, line{"a", 1}), "ada"},
		{"nested struct", mapper.Of(func(m *member) *address { return &m.Home }).Eq(address{"Oslo", 3}), "eve"},
		{"Within", P.At.Within(13.4, 52.5, 1000), "ada"},
		{"WithinRegion", P.At.WithinRegion(mapper.Polygon([2]float64{-1, -1}, [2]float64{1, -1}, [2]float64{1, 1}, [2]float64{-1, 1})), "bob"},
		{"generation", P.Version.Eq(1), "ada bob eve"},
		{"And", mapper.And(P.Age.Gt(17), P.Name.Ne("Ada")), "eve"},
		{"And none", mapper.And[member](), "ada bob eve"},
		{"Or", mapper.Or(P.Age.Lt(18), P.Name.Eq("Eve")), "bob eve"},
		{"Or none", none, ""},
		{"Not", mapper.Not(P.Age.Lt(18)), "ada eve"},
		{"nested logic", mapper.And(mapper.Or(P.Age.Lt(18), P.Age.Gt(60)), mapper.Not(P.Name.Eq("Eve"))), "bob"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, idsOf(t, table.All().Where(c.cond)))
			n, err := table.All().Where(c.cond).Count(context.Background())
			require.NoError(t, err)
			require.Len(t, strings.Fields(c.want), int(n))
		})
	}
}

func TestWhereText(t *testing.T) {
	table, _ := people(t, "")
	ctx := context.Background()
	for _, c := range []struct {
		text string
		args []any
		want string
	}{
		{"age BETWEEN ? AND ?", []any{17, 36}, "ada bob"},
		{"tags CONTAINS $1 AND name <> $2", []any{"tea", "Eve"}, "ada"},
		{"id = ?", []any{"eve"}, "eve"},
		{"PK IN (?)", []any{[]string{"eve", "ada"}}, "ada eve"},
		{"seen = ?", []any{time.Unix(1700000000, 0)}, "ada"},
		{"home.city LIKE 'B%'", nil, "bob"},
	} {
		require.Equal(t, c.want, idsOf(t, table.All().Where(P.Weight.Ge(0)).WhereText(c.text, c.args...)), c.text)
	}
	for text, want := range map[string]string{
		"age >":             "syntax error",
		"agee = 1":          "agee",
		"age = ? AND ? = 1": "takes 2 arguments, got 1",
		"age = :x":          "has a name",
		"1=1) OR (1=1":      "syntax error",
	} {
		args := []any{1}
		if text == "agee = 1" {
			args = nil
		}
		_, err := table.All().WhereText(text, args...).Slice(ctx)
		require.ErrorContains(t, err, want, text)
	}
}

func TestQueryIsAValue(t *testing.T) {
	table, _ := people(t, "")
	base := table.All().Where(P.Age.Gt(0))
	a, b := base.Where(P.Name.Eq("Ada")), base.Where(P.Name.Eq("Eve"))
	require.Equal(t, "ada", idsOf(t, a))
	require.Equal(t, "eve", idsOf(t, b))
	require.Equal(t, "ada bob eve", idsOf(t, base))
}

func TestQueryOrderLimitFirst(t *testing.T) {
	table, _ := people(t, "")
	ctx := context.Background()
	oldest, err := table.All().OrderBy(P.Age.Desc()).Limit(2).Slice(ctx)
	require.NoError(t, err)
	require.Equal(t, []string{"eve", "ada"}, []string{oldest[0].ID, oldest[1].ID})
	first, err := table.All().OrderBy(P.Seen.Asc(), P.ID.Desc()).First(ctx)
	require.NoError(t, err)
	require.Equal(t, "eve", first.ID)
	_, err = table.All().Where(P.Age.Gt(100)).First(ctx)
	require.ErrorIs(t, err, mapper.ErrNotFound)
	n, err := table.All().Limit(2).Count(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	found, err := table.All().Where(P.Age.Gt(60)).Exists(ctx)
	require.NoError(t, err)
	require.True(t, found)
	_, err = table.All().Limit(-1).Slice(ctx)
	require.Error(t, err)
}

// A record that a query returns is the record that Find returns.
func TestQueryRowsEqualFind(t *testing.T) {
	table, _ := people(t, "")
	ctx := context.Background()
	for p, err := range table.All().Rows(ctx) {
		require.NoError(t, err)
		found, err := table.Find(ctx, p.ID)
		require.NoError(t, err)
		require.Equal(t, found, p)
	}
}

func TestQueryReuse(t *testing.T) {
	table, _ := people(t, "")
	ctx := context.Background()
	var objects []*member
	for p, err := range table.All().Reuse().Rows(ctx) {
		require.NoError(t, err)
		found, err := table.Find(ctx, p.ID)
		require.NoError(t, err)
		require.Equal(t, found, p)
		objects = append(objects, p)
	}
	require.Same(t, objects[0], objects[2])
}

func TestNoSilentScan(t *testing.T) {
	ctx := context.Background()
	table, db := people(t, "")
	_, err := table.Where(P.Age.Ge(18)).Slice(ctx)
	require.ErrorIs(t, err, mapper.ErrNeedsScan)
	require.ErrorContains(t, err, "AllowScan")
	_, err = table.Where(P.Age.Ge(18)).Count(ctx)
	require.ErrorIs(t, err, mapper.ErrNeedsScan)
	require.Equal(t, "ada", idsOf(t, table.Where(P.ID.Eq("ada"))), "a key needs no scan")

	_, err = db.Exec("CREATE INDEX age_idx ON member (age) NUMERIC WAIT")
	require.NoError(t, err)
	require.Equal(t, "ada eve", idsOf(t, table.Where(P.Age.Ge(18))))
	plan, err := table.Where(P.Age.Ge(18), P.Tags.Contains("tea")).Explain(ctx)
	require.NoError(t, err)
	require.Contains(t, plan.String(), "index query of test.member")
	require.Contains(t, plan.String(), "age_idx")
	require.Contains(t, plan.SQL, "WHERE")
}

func TestScanDenyOfTheDSN(t *testing.T) {
	table, _ := people(t, "?scan=deny")
	ctx := context.Background()
	_, err := table.All().Slice(ctx)
	require.ErrorIs(t, err, mapper.ErrNeedsScan)
	require.ErrorContains(t, err, "scan=deny")
	for _, err := range table.ScanAll(ctx) {
		require.EqualError(t, err, "mapper: ScanAll of member: the query needs a scan of the whole set: the data source name has scan=deny")
	}
	type count struct{ N int }
	_, err = mapper.GroupBy[count](table.All(), mapper.Count[member]().As("N")).One(ctx)
	require.ErrorIs(t, err, mapper.ErrNeedsScan)
	_, err = table.All().Page(ctx, "", 5)
	require.ErrorIs(t, err, mapper.ErrNeedsScan)
	_, err = table.All().Delete(ctx)
	require.ErrorIs(t, err, mapper.ErrNeedsScan)
}

// TestTTLOfTheDSN: ttl holds for each write that creates a record. A patch keeps the expiry, and a
// time to live of the call or of the object comes first.
func TestTTLOfTheDSN(t *testing.T) {
	ctx := context.Background()
	db := memDB(t, "?ttl=1h")
	table, err := mapper.NewTable[string, hooked](db)
	require.NoError(t, err)
	client, err := driver.Client(ctx, db)
	require.NoError(t, err)
	left := func(id string) time.Duration {
		key, err := table.Key(id)
		require.NoError(t, err)
		rec, err := client.Get(ctx, nil, key)
		require.NoError(t, err)
		return rec.TTL(time.Now()).Round(time.Minute)
	}
	for name, write := range inserts {
		require.NoError(t, write(ctx, table.Repo, &hooked{ID: name}), name)
		require.Equal(t, time.Hour, left(name), name)
	}
	require.NoError(t, table.With(mapper.TTL(2*time.Hour)).Save(ctx, &hooked{ID: "a"}))
	require.Equal(t, 2*time.Hour, left("a"))
	require.NoError(t, table.Patch(ctx, "a", hookedN.Add(1)))
	require.Equal(t, 2*time.Hour, left("a"))
	require.NoError(t, table.Touch(ctx, "a"))
	require.Equal(t, time.Hour, left("a"), "a touch renews it")
	type timed struct {
		ID   string        `as:"id,pk"`
		N    int           `as:"n"`
		Left time.Duration `asm:"ttl"`
	}
	other, err := mapper.NewTable[string, timed](db, mapper.WithSet("hooked"))
	require.NoError(t, err)
	require.NoError(t, other.Save(ctx, &timed{"b", 1, 3 * time.Hour}))
	require.Equal(t, 3*time.Hour, left("b"))
}

func TestEmptyValuesAreErrors(t *testing.T) {
	table, _ := people(t, "")
	ctx := context.Background()
	_, err := mapper.Query[member]{}.Slice(ctx)
	require.ErrorContains(t, err, "the query is empty")
	_, err = table.All().Where(mapper.Cond[member]{}).Slice(ctx)
	require.ErrorContains(t, err, "the condition is empty")
	_, err = table.All().Where(mapper.Num[member, int]{}.Eq(1)).Slice(ctx)
	require.ErrorContains(t, err, "typed field is empty")
	_, err = table.All().OrderBy(mapper.Order[member]{}).Slice(ctx)
	require.ErrorContains(t, err, "typed field is empty")
	err = table.Patch(ctx, "ada", mapper.Change[member]{})
	require.ErrorContains(t, err, "the change is empty")
	require.True(t, errors.Is(table.Patch(ctx, "ada"), mapper.ErrNothingToWrite))
}

// A type with a rest, or one that refuses unknown bins, is queried like others.
func TestQueryOfWholeRecords(t *testing.T) {
	ctx := context.Background()
	type open struct {
		ID   string         `as:"id,pk"`
		N    int            `as:"n"`
		Rest map[string]any `as:",rest"`
	}
	type strict struct {
		ID string `as:"id,pk"`
		N  int    `as:"n"`
	}
	db := memDB(t, "")
	r, err := mapper.New[open](db, mapper.WithSet("s"))
	require.NoError(t, err)
	var all []*open
	for i := range 250 {
		all = append(all, &open{ID: string(rune('a'+i%26)) + strings.Repeat("x", i/26), N: i, Rest: map[string]any{"more": int64(i)}})
	}
	require.NoError(t, r.SaveMany(ctx, all...))
	n := mapper.NumOf(func(o *open) *int { return &o.N })
	found, err := r.All().Where(n.Ge(10)).OrderBy(n.Asc()).Slice(ctx)
	require.NoError(t, err)
	require.Equal(t, all[10:], found)
	for range r.All().Rows(ctx) {
		break
	}
	s, err := mapper.New[strict](db, mapper.WithSet("s"), mapper.WithKnownBins())
	require.NoError(t, err)
	_, err = s.All().First(ctx)
	require.ErrorIs(t, err, mapper.ErrUnknownBin)
	_, err = s.All().Page(ctx, "", 5)
	require.ErrorIs(t, err, mapper.ErrUnsupported)
}
