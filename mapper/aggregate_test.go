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
		"the query is empty":              {},
		"needs a scan of the whole set":   mapper.GroupBy[total](table.Where(), mapper.Count[member]().As("N")),
		"the limit of groups is negative": mapper.GroupBy[total](table.All(), mapper.Count[member]().As("N")).Limit(-1),
	} {
		_, err := g.Slice(ctx)
		require.ErrorContains(t, err, want)
	}
}
