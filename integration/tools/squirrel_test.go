package tools

import (
	"testing"

	sq "github.com/Masterminds/squirrel"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/integration/tools/target"
)

func TestSquirrel(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	table := filled(t, on, db)
	build := sq.StatementBuilder.RunWith(sq.NewStmtCache(db))

	_, err := build.Insert(table).Columns("id", "name", "age", "born", "tags").
		Values(3, "Grace", 85, born1912, []string{"navy"}).Values(4, "Kurt", nil, nil, nil).Exec()
	require.NoError(t, err)
	_, err = build.Insert(table).SetMap(map[string]any{"id": 5, "name": "Emmy", "age": 53}).Exec()
	require.NoError(t, err)
	_, err = build.Replace(table).Columns("id", "name").Values(5, "Emmy N.").Exec()
	require.NoError(t, err)

	for _, c := range []struct {
		name  string
		query sq.SelectBuilder
		want  []int
	}{
		{"equal", build.Select("id").From(table).Where(sq.Eq{"id": 1}), []int{1}},
		{"in", build.Select("id").From(table).Where(sq.Eq{"id": []int{1, 3, 9}}).OrderBy("id"), []int{1, 3}},
		{"in nothing", build.Select("id").From(table).Where(sq.Eq{"id": []int{}}), nil},
		{"not in", build.Select("id").From(table).Where(sq.NotEq{"id": []int{1, 3}}).OrderBy("id"), []int{2, 4, 5}},
		{"null", build.Select("id").From(table).Where(sq.Eq{"age": nil}).OrderBy("id"), []int{2, 4, 5}},
		{"not null", build.Select("id").From(table).Where(sq.NotEq{"age": nil}).OrderBy("id DESC"), []int{3, 1}},
		{"or", build.Select("id").From(table).Where(sq.Or{sq.Gt{"age": 80}, sq.Like{"name": "Al%"}}).OrderBy("id"), []int{2, 3}},
		{"and", build.Select("id").From(table).Where(sq.And{sq.GtOrEq{"age": 36}, sq.Lt{"age": 80}}), []int{1}},
		{"time", build.Select("id").From(table).Where(sq.Gt{"born": born1815}), []int{3}},
		{"list", build.Select("id").From(table).Where("tags CONTAINS ?", "math"), []int{1}},
		{"page", build.Select("id").From(table).OrderBy("name").Limit(2).Offset(1), []int{2, 5}},
		{"distinct", build.Select("id").Distinct().From(table).Where(sq.ILike{"name": "kurt"}), []int{4}},
		{"prefix and suffix", build.Select("id").Prefix("/* app */").From(table).Where("name = ?", "Ada").Suffix("LIMIT ?", 1), []int{1}},
		{"subquery", build.Select("id").FromSelect(sq.Select("id", "age").From(table).Where(sq.Gt{"age": 40}), "old"), []int{3}},
		{"exists", build.Select("id").From(table + " p").Where(sq.Expr("EXISTS (?)", sq.Select("1").From(table+" q").Where("q.id = p.id AND q.age > ?", 40))), []int{3}},
		{"join", build.Select("p.id").From(table+" p").Join(table+" q ON q.id = p.id").LeftJoin(table+" r ON r.id = q.age").Where("q.age = ?", 36), []int{1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, err := c.query.Query()
			require.NoError(t, err)
			defer rows.Close()
			var got []int
			for rows.Next() {
				var id int
				require.NoError(t, rows.Scan(&id))
				got = append(got, id)
			}
			require.NoError(t, rows.Err())
			require.Equal(t, c.want, got)
		})
	}

	result, err := build.Update(table).Set("age", sq.Expr("age + ?", 1)).Set("born", nil).
		Set("name", sq.Case().When(sq.Eq{"age": 36}, "'Countess'").Else("name")).Where(sq.Eq{"id": []int{1, 3}}).Exec()
	require.NoError(t, err)
	n, err := result.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 2, n)
	var name string
	var age, count int
	require.NoError(t, build.Select("name", "age").From(table).Where("id = 1").QueryRow().Scan(&name, &age))
	require.Equal(t, "Countess", name)
	require.Equal(t, 37, age)

	dollar := build.PlaceholderFormat(sq.Dollar)
	require.NoError(t, dollar.Select("COUNT(*)", "MAX(age)").From(table).Where(sq.Gt{"age": 1}).Having("COUNT(*) > ?", 1).QueryRow().Scan(&count, &age))
	require.Equal(t, []int{2, 86}, []int{count, age})
	require.NoError(t, build.Insert(table).Columns("id", "name").Values(6, "Max").Suffix("RETURNING id").QueryRow().Scan(&count))
	_, err = dollar.Delete(table).Where(sq.Lt{"id": 3}).OrderBy("id").Limit(1).Exec()
	require.NoError(t, err)
	require.NoError(t, build.Select("MIN(id)").From(table).QueryRow().Scan(&count))
	require.Equal(t, 2, count)
}
