// Package tools has tests of ordinary use of other people's tools, unmodified and without an
// adapter.
package tools

import (
	"database/sql"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/integration/tools/target"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Times of the test's rows.
var (
	born1815 = time.Date(1815, 12, 10, 0, 0, 0, 0, time.UTC)
	born1912 = time.Date(1912, 6, 23, 12, 30, 15, 123456789, time.UTC)
)

// A person is a row of the tables of target.Table as structs of most tools need it. Pointers are
// NULL where nil. Lists and maps need a Document before Go 1.27.
type person struct {
	ID     int64                           `db:"id"`
	Name   string                          `db:"name"`
	Age    sql.NullInt64                   `db:"age"`
	Score  *float64                        `db:"score"`
	Active bool                            `db:"active"`
	Born   *time.Time                      `db:"born"`
	Price  sql.NullString                  `db:"price"`
	Data   []byte                          `db:"data"`
	Tags   driver.Document[[]string]       `db:"tags"`
	Attrs  driver.Document[map[string]any] `db:"attrs"`
}

func pointer[T any](v T) *T { return &v }

// ada has a value in each column, and alan NULL where possible.
var (
	ada = person{
		ID: 1, Name: "Ada", Age: sql.NullInt64{Int64: 36, Valid: true}, Score: pointer(1.5), Active: true, Born: &born1815,
		Price: sql.NullString{String: "9.50", Valid: true}, Data: []byte{0, 255}, Tags: document([]string{"math", "poetry"}),
		Attrs: document(map[string]any{"k": int64(1), "s": "v"}),
	}
	alan = person{ID: 2, Name: "Alan"}
)

func document[T any](v T) driver.Document[T] { return driver.Document[T]{V: v, Valid: true} }

// filled creates a table with the rows of ada and alan, and returns its name.
func filled(t *testing.T, on target.Target, db *sql.DB) string {
	t.Helper()
	table := on.Table(t, db)
	insert := "INSERT INTO " + table + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	for _, p := range []person{ada, alan} {
		var tags, attrs any
		if p.Tags.Valid {
			tags, attrs = p.Tags.V, p.Attrs.V
		}
		if _, err := db.Exec(insert, p.ID, p.Name, p.Age, p.Score, p.Active, p.Born, p.Price, p.Data, tags, attrs); err != nil {
			t.Fatal(err)
		}
	}
	return table
}
