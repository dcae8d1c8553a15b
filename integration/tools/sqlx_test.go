package tools

import (
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/integration/tools/target"
)

// TestSqlx needs nothing to be registered: sqlx leaves ? as it is for drivers that it does not
// know. BindDriver makes Rebind do the same.
func TestSqlx(t *testing.T) {
	sqlx.BindDriver(driver.Name, sqlx.QUESTION)
	on := target.New(t)
	db := sqlx.NewDb(on.Open(t, "?tx=autocommit"), driver.Name)
	table := filled(t, on, db.DB)

	var one person
	require.NoError(t, db.Get(&one, "SELECT * FROM "+table+" WHERE id = ?", 1))
	require.Equal(t, ada, one)
	var all []person
	require.NoError(t, db.Select(&all, "SELECT * FROM "+table+" ORDER BY id"))
	require.Equal(t, []person{ada, alan}, all)

	t.Run("named", func(t *testing.T) {
		type row struct {
			ID   int
			Name string
			Born time.Time
			Tags []string
		}
		rows := []row{{3, "Grace", born1912, []string{"navy"}}, {4, "Kurt", born1815, nil}}
		result, err := db.NamedExec("INSERT INTO "+table+" (id, name, born, tags) VALUES (:id, :name, :born, :tags)", rows)
		require.NoError(t, err)
		n, err := result.RowsAffected()
		require.NoError(t, err)
		require.EqualValues(t, 2, n)

		found, err := db.NamedQuery("SELECT id FROM "+table+" WHERE born = :born AND tags CONTAINS :tag", map[string]any{"born": born1912, "tag": "navy"})
		require.NoError(t, err)
		ids := []int{}
		for found.Next() {
			values, err := found.SliceScan()
			require.NoError(t, err)
			ids = append(ids, int(values[0].(int64)))
		}
		require.NoError(t, found.Err())
		require.Equal(t, []int{3}, ids)

		stmt, err := db.PrepareNamed("SELECT name FROM " + table + " WHERE id = :id")
		require.NoError(t, err)
		defer stmt.Close()
		var name string
		require.NoError(t, stmt.Get(&name, row{ID: 4}))
		require.Equal(t, "Kurt", name)
	})

	t.Run("in", func(t *testing.T) {
		query, args, err := sqlx.In("SELECT name FROM "+table+" WHERE id IN (?) AND active = ? ORDER BY name", []int{1, 2, 9}, false)
		require.NoError(t, err)
		var names []string
		require.NoError(t, db.Select(&names, db.Rebind(query), args...))
		require.Equal(t, []string{"Alan"}, names)
	})

	t.Run("maps", func(t *testing.T) {
		row := make(map[string]any)
		require.NoError(t, db.QueryRowx("SELECT id, born, tags, score FROM "+table+" WHERE id = 1").MapScan(row))
		require.Equal(t, map[string]any{"id": int64(1), "born": born1815, "tags": []any{"math", "poetry"}, "score": 1.5}, row)
	})

	t.Run("transactions", func(t *testing.T) {
		tx, err := db.Beginx()
		require.NoError(t, err)
		_, err = tx.Exec("UPDATE "+table+" SET age = age + 1, born = NULL WHERE id = ?", 1)
		require.NoError(t, err)
		require.NoError(t, tx.Commit())
		require.NoError(t, db.Get(&one, "SELECT * FROM "+table+" WHERE id = ?", 1))
		require.EqualValues(t, 37, one.Age.Int64)
		require.Nil(t, one.Born)
		_, err = on.Open(t, "").Begin()
		require.ErrorIs(t, err, driver.ErrNoTransactions)
	})

	var narrow struct{ ID int }
	require.ErrorContains(t, db.Get(&narrow, "SELECT * FROM "+table+" WHERE id = 1"), "missing destination name")
}
