package tools

import (
	"testing"

	"github.com/huandu/go-sqlbuilder"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/integration/tools/target"
)

func TestGoSQLBuilder(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	for _, flavor := range []sqlbuilder.Flavor{sqlbuilder.SQLite, sqlbuilder.MySQL, sqlbuilder.PostgreSQL} {
		t.Run(flavor.String(), func(t *testing.T) {
			table := filled(t, on, db)
			rows := sqlbuilder.NewStruct(new(person)).For(flavor)
			sb := rows.SelectFrom(table)
			sb.Where(sb.In("id", 1, 9), sb.IsNotNull("born"))
			text, args := sb.Build()
			var one person
			require.NoError(t, db.QueryRow(text, args...).Scan(rows.Addr(&one)...))
			require.Equal(t, ada, one)

			ib := flavor.NewInsertBuilder().InsertInto(table).Cols("id", "name", "born", "tags").
				Values(3, "Grace", born1912, []string{"navy"}).Values(4, "Kurt", nil, nil)
			text, args = ib.Build()
			_, err := db.Exec(text, args...)
			require.NoError(t, err)

			ub := flavor.NewUpdateBuilder().Update(table)
			ub.Set(ub.Assign("born", nil), ub.Add("age", 1)).Where(ub.Or(ub.E("id", 1), ub.Like("name", "Gr%")))
			text, args = ub.Build()
			result, err := db.Exec(text, args...)
			require.NoError(t, err)
			n, err := result.RowsAffected()
			require.NoError(t, err)
			require.EqualValues(t, 2, n)

			cte := sqlbuilder.With(sqlbuilder.CTEQuery("young").As(
				flavor.NewSelectBuilder().Select("id", "name").From(table).Where("born IS NULL")))
			list := cte.Select("name").From("young").OrderByDesc("id").Limit(2).Offset(1)
			text, args = list.BuildWithFlavor(flavor)
			found, err := db.Query(text, args...)
			require.NoError(t, err)
			defer found.Close()
			var names []string
			for found.Next() {
				var name string
				require.NoError(t, found.Scan(&name))
				names = append(names, name)
			}
			require.NoError(t, found.Err())
			require.Equal(t, []string{"Grace", "Alan"}, names)

			del := flavor.NewDeleteBuilder().DeleteFrom(table)
			del.Where(del.Between("id", 2, 4))
			text, args = del.Build()
			result, err = db.Exec(text, args...)
			require.NoError(t, err)
			n, err = result.RowsAffected()
			require.NoError(t, err)
			require.EqualValues(t, 3, n)
		})
	}
}
