package tools

import (
	"context"
	"testing"

	"github.com/georgysavva/scany/v2/sqlscan"
	"github.com/stephenafamo/scan"
	"github.com/stephenafamo/scan/stdscan"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/integration/tools/target"
)

func TestScany(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	table := filled(t, on, db)
	ctx := t.Context()

	var all []*person
	require.NoError(t, sqlscan.Select(ctx, db, &all, "SELECT * FROM "+table+" ORDER BY id"))
	require.Equal(t, []*person{&ada, &alan}, all)
	var one person
	require.NoError(t, sqlscan.Get(ctx, db, &one, "SELECT * FROM "+table+" WHERE id = $1", 1))
	require.Equal(t, ada, one)
	var names []string
	require.NoError(t, sqlscan.Select(ctx, db, &names, "SELECT name FROM "+table+" WHERE born IS NULL"))
	require.Equal(t, []string{"Alan"}, names)
	var row map[string]any
	require.NoError(t, sqlscan.Get(ctx, db, &row, "SELECT id, born, tags FROM "+table+" WHERE id = 2"))
	require.Equal(t, map[string]any{"id": int64(2), "born": nil, "tags": nil}, row)

	err := sqlscan.Get(ctx, db, &one, "SELECT * FROM "+table+" WHERE id = 9")
	require.True(t, sqlscan.NotFound(err), "%v", err)
	var narrow struct{ ID int }
	require.ErrorContains(t, sqlscan.Get(ctx, db, &narrow, "SELECT * FROM "+table+" WHERE id = 1"), "name")
	require.NoError(t, sqlscan.Select(ctx, db, &all, "SELECT * FROM "+table+" WHERE id = 9"))
	require.Empty(t, all)
}

func TestScan(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	table := filled(t, on, db)
	ctx := t.Context()

	all, err := stdscan.All(ctx, db, scan.StructMapper[person](), "SELECT * FROM "+table+" ORDER BY id")
	require.NoError(t, err)
	require.Equal(t, []person{ada, alan}, all)
	one, err := stdscan.One(ctx, db, scan.StructMapper[person](), "SELECT * FROM "+table+" WHERE id = ?", 1)
	require.NoError(t, err)
	require.Equal(t, ada, one)
	count, err := stdscan.One(ctx, db, scan.SingleColumnMapper[int], "SELECT COUNT(*) FROM "+table)
	require.NoError(t, err)
	require.Equal(t, 2, count)
	row, err := stdscan.One(ctx, db, scan.MapMapper[any], "SELECT id, born, tags FROM "+table+" WHERE id = 1")
	require.NoError(t, err)
	require.Equal(t, map[string]any{"id": int64(1), "born": born1815, "tags": []any{"math", "poetry"}}, row)

	var names []string
	for p, err := range stdscan.Each(context.WithoutCancel(ctx), db, scan.StructMapper[person](), "SELECT * FROM "+table+" ORDER BY id DESC") {
		require.NoError(t, err)
		names = append(names, p.Name)
	}
	require.Equal(t, []string{"Alan", "Ada"}, names)
}
