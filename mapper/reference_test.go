package mapper_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
)

type maker struct {
	ID   [16]byte `as:"id,pk"`
	Name string   `as:"name"`
}

type product struct {
	ID    int64                       `as:"id,pk"`
	Name  string                      `as:"name"`
	Maker mapper.Ref[[16]byte, maker] `as:"maker,index"`
}

type basket struct {
	ID       string                       `as:"id,pk"`
	Products []mapper.Ref[int64, product] `as:"products"`
	Best     mapper.Ref[int64, product]   `as:"best,index"`
}

func TestReferences(t *testing.T) {
	ctx := context.Background()
	db := memDB(t, "")
	makers, err := mapper.NewTable[[16]byte, maker](db)
	require.NoError(t, err)
	products, err := mapper.NewTable[int64, product](db)
	require.NoError(t, err)
	baskets, err := mapper.NewTable[string, basket](db)
	require.NoError(t, err)
	m, err := mapper.PlanMigration(ctx, products, baskets)
	require.NoError(t, err)
	require.NoError(t, m.Apply(ctx))

	type productRef = mapper.Ref[int64, product]
	to := mapper.RefTo[int64, product]
	require.NoError(t, makers.Save(ctx, &maker{[16]byte{1}, "Acme"}))
	require.NoError(t, products.SaveMany(ctx,
		&product{1, "pen", mapper.RefTo[[16]byte, maker]([16]byte{1})}, &product{2, "ink", mapper.RefTo[[16]byte, maker]([16]byte{1})}, &product{ID: 3}))
	require.NoError(t, baskets.SaveMany(ctx,
		&basket{"a", []productRef{to(1), to(2), to(99)}, to(1)}, &basket{"b", []productRef{to(2)}, to(1)}, &basket{ID: "c", Products: []productRef{}}))
	all, err := baskets.FindMany(ctx, "a", "b", "c", "nobody")
	require.NoError(t, err)
	require.Nil(t, all[0].Best.Got, "a read does not follow references")

	require.NoError(t, mapper.Load(ctx, products, func(b *basket) *productRef { return &b.Best }, all...))
	require.Equal(t, "pen", all[0].Best.Got.Name)
	require.Same(t, all[0].Best.Got, all[1].Best.Got)
	require.Nil(t, all[2].Best.Got)

	lines := mapper.ViaAll(products, func(b *basket) []productRef { return b.Products })
	maker := mapper.Via(makers, func(p *product) *mapper.Ref[[16]byte, maker] { return &p.Maker })
	found, err := mapper.LoadAll(ctx, mapper.Then(lines, maker), all...)
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, "Acme", all[1].Products[0].Got.Maker.Got.Name)
	require.Nil(t, all[0].Products[2].Got, "no such product")

	require.NoError(t, baskets.Save(ctx, all[0]), "what was loaded is not stored")
	again, err := baskets.Find(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, []productRef{to(1), to(2), to(99)}, again.Products)

	best := mapper.RefField[basket, int64, product]{Field: mapper.Of(func(b *basket) *productRef { return &b.Best })}
	n, err := baskets.Where(best.To(1, 7)).Count(ctx)
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	require.NoError(t, baskets.Patch(ctx, "b", best.SetKey(3)))
	one, err := baskets.Where(best.To(3)).First(ctx)
	require.NoError(t, err)
	require.Equal(t, "b", one.ID)
}

func TestReferenceErrors(t *testing.T) {
	ctx := context.Background()
	db := memDB(t, "")
	_, err := db.Exec("INSERT INTO product (PK, name) VALUES (1, 5), (2, 'ink')")
	require.NoError(t, err)
	products, err := mapper.NewTable[int64, product](db)
	require.NoError(t, err)
	to := mapper.RefTo[int64, product]
	all := []*basket{{ID: "a", Best: to(1)}, {ID: "b", Best: to(2)}, nil}
	err = mapper.Load(ctx, products, func(b *basket) *mapper.Ref[int64, product] { return &b.Best }, all...)
	var many *mapper.ManyError
	require.ErrorAs(t, err, &many)
	require.ErrorIs(t, many.Errors[0], mapper.ErrType)
	require.NoError(t, many.Errors[1])
	require.Equal(t, "ink", all[1].Best.Got.Name)
}
