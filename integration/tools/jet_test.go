package tools

import (
	"testing"

	. "github.com/go-jet/jet/v2/mysql"
	"github.com/go-jet/jet/v2/qrm"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/integration/tools/jetmodel/model"
	"github.com/aerosql/aerosql/integration/tools/jetmodel/table"
	"github.com/aerosql/aerosql/integration/tools/target"
)

// TestJet uses jet's dialect for MySQL, and the code that jet generates for the two tables. Times
// are compared with UTC, because jet writes them without a zone.
func TestJet(t *testing.T) {
	on := target.New(t)
	db := on.Open(t, "")
	on.DropAfter(t, "jet_people", "jet_visits")
	table.UseSchema(on.Namespace)
	_, err := db.Exec(`CREATE TABLE jet_people (id BIGINT PRIMARY KEY, name TEXT NOT NULL, age BIGINT, score DOUBLE, active BOOL, born TIMESTAMP, data BLOB);
		CREATE TABLE jet_visits (id BIGINT PRIMARY KEY, person_id BIGINT NOT NULL, page TEXT)`)
	require.NoError(t, err)

	people := []model.JetPeople{
		{ID: 1, Name: "Ada", Age: pointer(int64(36)), Score: pointer(1.5), Active: pointer(true), Born: &born1815, Data: &[]byte{0, 255}},
		{ID: 2, Name: "Alan"},
	}
	_, err = table.JetPeople.INSERT(table.JetPeople.AllColumns).MODELS(people).Exec(db)
	require.NoError(t, err)
	_, err = table.JetVisits.INSERT(table.JetVisits.AllColumns).VALUES(10, 1, "/").VALUES(11, 1, "/docs").VALUES(12, 2, NULL).Exec(db)
	require.NoError(t, err)

	p, v := table.JetPeople, table.JetVisits
	var all []model.JetPeople
	require.NoError(t, SELECT(p.AllColumns).FROM(p).ORDER_BY(p.ID.ASC()).Query(db, &all))
	require.Equal(t, people, all)
	var one model.JetPeople
	require.NoError(t, SELECT(p.AllColumns).FROM(p).WHERE(p.ID.EQ(Int(1)).AND(p.Born.LT(TimestampT(born1912))).AND(p.Active.IS_TRUE())).Query(db, &one))
	require.Equal(t, people[0], one)
	require.ErrorIs(t, SELECT(p.AllColumns).FROM(p).WHERE(p.ID.IN(Int(9))).Query(db, &one), qrm.ErrNoRows)

	var nested []struct {
		model.JetPeople
		Visits []model.JetVisits
	}
	require.NoError(t, SELECT(p.ID, p.Name, v.AllColumns).FROM(p.LEFT_JOIN(v, v.PersonID.EQ(p.ID))).ORDER_BY(p.ID.ASC(), v.ID.ASC()).Query(db, &nested))
	require.Len(t, nested, 2)
	require.Equal(t, []model.JetVisits{{ID: 10, PersonID: 1, Page: pointer("/")}, {ID: 11, PersonID: 1, Page: pointer("/docs")}}, nested[0].Visits)
	require.Equal(t, []model.JetVisits{{ID: 12, PersonID: 2}}, nested[1].Visits)

	var counts []struct {
		Name  string
		Count int64
	}
	require.NoError(t, SELECT(p.Name.AS("name"), COUNT(v.ID).AS("count")).FROM(p.INNER_JOIN(v, v.PersonID.EQ(p.ID))).
		GROUP_BY(p.Name).HAVING(COUNT(v.ID).GT(Int(1))).LIMIT(5).OFFSET(0).Query(db, &counts))
	require.Len(t, counts, 1)
	require.EqualValues(t, 2, counts[0].Count)

	result, err := p.UPDATE(p.Age, p.Born).SET(p.Age.ADD(Int(1)), NULL).WHERE(p.ID.EQ(Int(1))).Exec(db)
	require.NoError(t, err)
	n, err := result.RowsAffected()
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	_, err = p.INSERT(p.ID, p.Name).VALUES(1, "Countess").AS_NEW().ON_DUPLICATE_KEY_UPDATE(p.Name.SET(p.NEW.Name)).Exec(db)
	require.NoError(t, err)
	require.NoError(t, SELECT(p.AllColumns).FROM(p).WHERE(p.Name.EQ(String("Countess"))).Query(db, &one))
	require.EqualValues(t, 37, *one.Age)
	_, err = v.DELETE().WHERE(v.PersonID.EQ(Int(1))).Exec(db)
	require.NoError(t, err)
}
