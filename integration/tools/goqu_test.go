package tools

import (
	"testing"
	"time"

	"github.com/doug-martin/goqu/v9"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/integration/tools/target"
)

// TestGoqu uses goqu's default dialect: names in double quotes, ? and TRUE. It runs both with
// values in the text and with arguments. Blobs must be arguments. goqu has no form for lists and
// maps.
func TestGoqu(t *testing.T) {
	on := target.New(t)
	sqlDB := on.Open(t, "?tx=autocommit")
	for _, prepared := range []bool{false, true} {
		table := filled(t, on, sqlDB)
		db := goqu.New("default", sqlDB)
		from := db.From(table).Prepared(prepared)

		var one person
		found, err := from.Where(goqu.C("id").Eq(1)).ScanStruct(&one)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, ada, one)
		var all []person
		require.NoError(t, from.Order(goqu.C("id").Desc()).ScanStructs(&all))
		require.Equal(t, []person{alan, ada}, all)
		found, err = from.Where(goqu.Ex{"id": 9}).ScanStruct(&one)
		require.NoError(t, err)
		require.False(t, found)

		_, err = db.Insert(table).Prepared(prepared).Rows(
			goqu.Record{"id": 3, "name": "It's", "active": true, "born": born1912, "score": 0.5},
			goqu.Record{"id": 4, "name": "Kurt", "active": nil, "born": nil, "score": nil}).Executor().Exec()
		require.NoError(t, err)
		_, err = db.Insert(table).Prepared(true).Rows(goqu.Record{"id": 5, "name": "Emmy", "data": []byte{1}}).Executor().Exec()
		require.NoError(t, err)
		_, err = db.Insert(table).Rows(goqu.Record{"id": 6, "name": "E", "data": []byte("x")}).Executor().Exec()
		require.ErrorContains(t, err, "is a string, not a BLOB") // goqu writes bytes as a string into the text
		_, err = db.Insert(table).Prepared(true).Rows(goqu.Record{"id": 6, "name": "E", "attrs": ada.Attrs}).Executor().Exec()
		require.ErrorContains(t, err, "goqu_encode_error")

		for _, c := range []struct {
			name  string
			where goqu.Expression
			want  []int64
		}{
			{"null", goqu.C("born").IsNull(), []int64{2, 4, 5}},
			{"true", goqu.C("active").IsTrue(), []int64{1, 3}},
			{"not true", goqu.C("active").IsNotTrue(), []int64{2, 4, 5}},
			{"time", goqu.C("born").Gte(born1912), []int64{3}},
			{"in", goqu.C("id").In(1, 4, 9), []int64{1, 4}},
			{"like", goqu.C("name").Like("A%"), []int64{1, 2}},
			{"ilike", goqu.C("name").ILike("a%"), []int64{1, 2}},
			{"between", goqu.C("id").Between(goqu.Range(2, 3)), []int64{2, 3}},
			{"or", goqu.Or(goqu.C("score").Gt(1), goqu.Ex{"name": "It's"}), []int64{1, 3}},
			{"subquery", goqu.C("id").In(db.From(table).Select(goqu.MAX("id"))), []int64{5}},
		} {
			var got []int64
			require.NoError(t, from.Where(c.where).Order(goqu.C("id").Asc()).Pluck(&got, "id"), c.name)
			require.Equal(t, c.want, got, c.name)
		}

		var born time.Time
		found, err = from.Select("born").Where(goqu.C("id").Eq(3)).ScanVal(&born)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, born1912, born)
		count, err := from.Where(goqu.C("age").IsNotNull()).Count()
		require.NoError(t, err)
		require.EqualValues(t, 1, count)

		var groups []struct {
			Flag bool `db:"flag"`
			N    int  `db:"n"`
		}
		require.NoError(t, from.Select(goqu.COALESCE(goqu.C("active"), false).As("flag"), goqu.COUNT("*").As("n")).
			GroupBy(goqu.C("flag")).Order(goqu.C("n").Asc(), goqu.C("flag").Asc()).ScanStructs(&groups))
		require.Len(t, groups, 2)

		require.NoError(t, db.WithTx(func(tx *goqu.TxDatabase) error {
			_, err := tx.Update(table).Prepared(prepared).Set(goqu.Record{"age": goqu.L("COALESCE(age, 0) + ?", 1)}).Where(goqu.C("id").Lt(3)).Executor().Exec()
			return err
		}))
		var ages []int
		require.NoError(t, from.Where(goqu.C("id").Lt(3)).Order(goqu.C("id").Asc()).Pluck(&ages, "age"))
		require.Equal(t, []int{37, 1}, ages)
		_, err = db.Insert(table).Prepared(prepared).Rows(goqu.Record{"id": 1, "name": "Ada"}).
			OnConflict(goqu.DoUpdate("id", goqu.Record{"name": goqu.L("excluded.name || '!'")})).Executor().Exec()
		require.NoError(t, err)
		result, err := db.Delete(table).Prepared(prepared).Where(goqu.C("name").Eq("Ada!")).Executor().Exec()
		require.NoError(t, err)
		n, err := result.RowsAffected()
		require.NoError(t, err)
		require.EqualValues(t, 1, n)
	}
}
