package mapper_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
)

func TestSelect(t *testing.T) {
	ctx := context.Background()
	table, _ := people(t, "")
	type name struct {
		Name string `as:"name"`
	}
	names, err := mapper.Select[name](table.All().Where(P.Age.Gt(17)).OrderBy(P.Age.Desc())).Slice(ctx)
	require.NoError(t, err)
	require.Equal(t, []*name{{"Eve"}, {"Ada"}}, names)
	plan, err := mapper.Select[name](table.All()).Explain(ctx)
	require.NoError(t, err)
	require.Contains(t, plan.String(), "bins: name")
	require.NotContains(t, plan.String(), "weight")

	type keyed struct {
		ID   string `as:"id,pk"`
		City struct {
			City string `as:"city"`
		} `as:"home"`
		Gen uint32 `asm:"gen"`
	}
	first, err := mapper.Select[keyed](table.All().Where(P.ID.Eq("eve"))).First(ctx)
	require.NoError(t, err)
	require.Equal(t, "eve", first.ID)
	require.Equal(t, "Oslo", first.City.City)
	require.EqualValues(t, 1, first.Gen)
	page, err := mapper.Select[name](table.All().OrderBy(P.Name.Asc())).Page(ctx, "", 2)
	require.NoError(t, err)
	require.Equal(t, []*name{{"Ada"}, {"Bob_%"}}, page.Items)
	n, err := mapper.Select[name](table.All()).Count(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 3, n)

	type wrong struct {
		Nme string `as:"nme"`
	}
	_, err = mapper.Select[wrong](table.All()).Slice(ctx)
	require.ErrorContains(t, err, `Select: wrong.Nme: member has no bin "nme"`)
	type bad struct {
		Name int `as:"name"`
	}
	_, err = mapper.Select[bad](table.All()).Slice(ctx)
	require.ErrorIs(t, err, mapper.ErrType)
}

func TestGroupBy(t *testing.T) {
	ctx := context.Background()
	table, _ := people(t, "")
	require.NoError(t, table.Save(ctx, &member{ID: "zoe", Name: "Zoe", Age: 20, Weight: 60, Home: address{City: "Oslo"}}))
	type stats struct {
		City   string
		People int64
		Oldest int
		Mean   float64
		Names  int
		Latest time.Time `as:"latest"`
	}
	groups := mapper.GroupBy[stats](table.All(),
		P.Home.City.By().As("City"), mapper.Count[member]().As("People"), P.Age.Max().As("Oldest"), P.Age.Avg().As("Mean"),
		P.Name.CountDistinct().As("Names"), P.Seen.Max().As("latest"))
	all, err := groups.Desc("People").Asc("City").Slice(ctx)
	require.NoError(t, err)
	require.Equal(t, []*stats{
		{"Oslo", 2, 64, 42, 2, time.Time{}},
		{"Bonn", 1, 17, 17, 1, time.Time{}},
		{"London", 1, 36, 36, 1, time.Unix(1700000000, 0).UTC()},
	}, all)
	top, err := groups.Desc("Oldest").Limit(1).One(ctx)
	require.NoError(t, err)
	require.Equal(t, "Oslo", top.City)

	type byCity struct {
		Town string `as:"city"`
		N    int
	}
	type byName struct {
		Name string `as:"who"`
		N    int
	}
	cities, err := mapper.GroupBy[byCity](table.All(), P.Home.City.By(), mapper.Count[member]().As("N")).Asc("city").Slice(ctx)
	require.NoError(t, err)
	require.Equal(t, []*byCity{{"Bonn", 1}, {"London", 1}, {"Oslo", 2}}, cities, "By takes the field with its bin")
	names, err := mapper.GroupBy[byName](table.All(), P.Name.By(), mapper.Count[member]().As("N")).Asc("Name").Limit(1).Slice(ctx)
	require.NoError(t, err)
	require.Len(t, names, 1)
	require.NotEmpty(t, names[0].Name, "By takes the field with its Go name")

	type total struct {
		N   int64
		Sum float64 `as:"sum"`
		Min *int
	}
	one, err := mapper.GroupBy[total](table.All().Where(P.Age.Lt(30)), mapper.Count[member]().As("N"), P.Weight.Sum().As("sum"), P.Age.Min().As("Min")).One(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 2, one.N)
	require.EqualValues(t, 140, one.Sum)
	require.Equal(t, 17, *one.Min)
	none, err := mapper.GroupBy[total](table.All().Where(P.Age.Gt(999)), mapper.Count[member]().As("N"), P.Age.Min().As("Min")).One(ctx)
	require.NoError(t, err)
	require.Equal(t, &total{}, none)

	for want, g := range map[string]mapper.Groups[total]{
		"total has no field X":            mapper.GroupBy[total](table.All(), mapper.Count[member]().As("X")),
		"aggregate 1 has no name":         mapper.GroupBy[total](table.All(), mapper.Count[member]()),
		"aggregate 2 has no name":         mapper.GroupBy[total](table.All(), mapper.Count[member]().As("N"), P.Name.By()),
		"two aggregates are for total.N":  mapper.GroupBy[total](table.All(), mapper.Count[member]().As("N"), P.Age.Max().As("N")),
		"no aggregate is named Sum":       mapper.GroupBy[total](table.All(), mapper.Count[member]().As("N")).Asc("Sum"),
		"there is no aggregate":           mapper.GroupBy[total](table.All()),
		"has an order or a limit":         mapper.GroupBy[total](table.All().Limit(1), mapper.Count[member]().As("N")),
		"the groups are empty":            {},
		"needs a scan of the whole set":   mapper.GroupBy[total](table.Where(), mapper.Count[member]().As("N")),
		"the limit of groups is negative": mapper.GroupBy[total](table.All(), mapper.Count[member]().As("N")).Limit(-1),
	} {
		_, err := g.Slice(ctx)
		require.ErrorContains(t, err, want)
	}
}

// amounts has numbers and times in other units than those that their Go types suggest.
type amounts struct {
	ID    string    `as:"id,pk"`
	Price float64   `as:"price,scale=2"`
	Title string    `as:"title,scale=1"`
	At    time.Time `as:"at,unix"`
	Seen  time.Time `as:"seen"`
}

type amountFields struct {
	Price mapper.Num[amounts, float64]
	Title mapper.Text[amounts, string]
	At    mapper.Time[amounts]
	Seen  mapper.Time[amounts]
}

// TestUnitsOfSelections: what a selection or a group reads in another unit than it is stored in is
// an error, and never another number or time.
func TestUnitsOfSelections(t *testing.T) {
	ctx := t.Context()
	F := mapper.MustFields[amounts, amountFields]()
	r, err := mapper.New[amounts](memDB(t, ""))
	require.NoError(t, err)
	at := time.Unix(1_700_000_000, 0).UTC()
	require.NoError(t, r.SaveMany(ctx, &amounts{"a", 12.5, "1.5", at, at}, &amounts{"b", 12.51, "2", at.Add(time.Hour), at}))

	type noScale struct {
		Price float64 `as:"price"`
	}
	type otherScale struct {
		Price string `as:"price,scale=3"`
	}
	type noUnit struct {
		At *time.Time `as:"at"`
	}
	type otherUnit struct {
		Seen time.Time `as:"seen,unixmilli"`
	}
	_, err = mapper.Select[noScale](r.All()).Slice(ctx)
	require.EqualError(t, err, "mapper: Select: noScale.Price: the bin holds decimal numbers with option scale=2; add this option, or use an int64 for the stored integer")
	_, err = mapper.Select[otherScale](r.All()).Slice(ctx)
	require.ErrorContains(t, err, "otherScale.Price: the bin holds decimal numbers with option scale=2")
	_, err = mapper.Select[noUnit](r.All()).Slice(ctx)
	require.EqualError(t, err, "mapper: Select: noUnit.At: the bin holds times in units of 1s; add option unix")
	_, err = mapper.Select[otherUnit](r.All()).Slice(ctx)
	require.ErrorContains(t, err, "add option unixnano")
	type same struct {
		Price string     `as:"price,scale=2"`
		Title int64      `as:"title"`
		At    *time.Time `as:"at,unix"`
	}
	s, err := mapper.Select[same](r.Where(F.Price.Lt(12.51)).AllowScan()).First(ctx)
	require.NoError(t, err)
	require.Equal(t, &same{"12.50", 15, &at}, s)

	type wrong struct {
		Max  float64
		Last time.Time
	}
	_, err = mapper.GroupBy[wrong](r.All(), F.Price.Max().As("Max"), F.At.Max().As("Last")).One(ctx)
	require.ErrorContains(t, err, "wrong.Max: the bin holds decimal numbers")
	require.ErrorContains(t, err, "wrong.Last: the bin holds times in units of 1s")
	type right struct {
		Max   float64 `as:"max,scale=2"`
		Sum   string  `as:"sum,scale=2"`
		Cents int64
		Mean  float64
		Last  time.Time `as:"last,unix"`
		First time.Time
		Title string `as:"title,scale=1"`
	}
	g, err := mapper.GroupBy[right](r.All(), F.Price.Max().As("Max"), F.Price.Sum().As("Sum"), F.Price.Min().As("Cents"), F.Price.Avg().As("Mean"),
		F.At.Max().As("Last"), F.Seen.Min().As("First"), F.Title.Max().As("Title")).One(ctx)
	require.NoError(t, err)
	require.Equal(t, &right{12.51, "25.01", 1250, 12.505, at.Add(time.Hour), at, "2.0"}, g)
	type scaledMean struct {
		Mean float64 `as:"mean,scale=2"`
	}
	_, err = mapper.GroupBy[scaledMean](r.All(), F.Price.Avg().As("Mean")).One(ctx)
	require.ErrorContains(t, err, "an average has more decimal places")
}

// Two versions of a type. The later one has another name for a bin.
type (
	shelfV1 struct {
		ID    string `as:"id,pk"`
		Place string `as:"place"`
	}
	shelfV2 struct {
		ID   string `as:"id,pk"`
		Room string `as:"room,alias=place"`
	}
)

// TestSelectReadsOlderNames: a selection finds the value of a record that has the bin under its
// older name, as the type itself does.
func TestSelectReadsOlderNames(t *testing.T) {
	ctx := t.Context()
	db := memDB(t, "")
	v1, err := mapper.New[shelfV1](db, mapper.WithSet("shelf"))
	require.NoError(t, err)
	v2, err := mapper.New[shelfV2](db, mapper.WithSet("shelf"))
	require.NoError(t, err)
	require.NoError(t, v1.Save(ctx, &shelfV1{"a", "cellar"}))
	require.NoError(t, v2.Save(ctx, &shelfV2{"b", "attic"}))
	type roomOnly struct {
		Room string `as:"room"`
	}
	room := mapper.TextOf(func(s *shelfV2) *string { return &s.Room })
	rooms, err := mapper.Select[roomOnly](v2.All().OrderBy(room.Asc())).Slice(ctx)
	require.NoError(t, err)
	require.Equal(t, []*roomOnly{{"attic"}, {"cellar"}}, rooms)
	groups, err := mapper.GroupBy[roomOnly](v2.All(), room.By()).Asc("Room").Slice(ctx)
	require.NoError(t, err)
	require.Equal(t, rooms, groups)
}
