package mapper_test

import (
	"context"
	"database/sql"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/mapper"
)

// TestPrepare: the rows of a SELECT are structs, whatever the SELECT is.
func TestPrepare(t *testing.T) {
	ctx := context.Background()
	_, db := people(t, "")
	for _, statement := range []string{
		"CREATE TABLE town (id VARCHAR(20) PRIMARY KEY, founded TIMESTAMP, tax DECIMAL(8, 2), mayor VARCHAR(20))",
		"INSERT INTO town (id, founded, tax, mayor) VALUES ('London', '2000-01-02 03:04:05', 9.50, 'ada'), ('Oslo', NULL, 1, 'eve')",
	} {
		_, err := db.ExecContext(ctx, statement)
		require.NoError(t, err)
	}
	type town struct {
		ID      string    `as:"id,pk"`
		Mayor   string    // from the column mayor
		Age     *int      `as:"age"`
		Founded time.Time `as:"founded,unix"`
		Cents   float64   `as:"cents,scale=2"`
		Tax     string    `as:"tax"`
		Tags    []string  `as:"tags"`
		Other   int       `as:"other"`
	}
	towns, err := mapper.Prepare[town](db, `SELECT t.id, m.name AS mayor, m.age, m.tags, t.founded, t.tax, t.tax AS cents
		FROM town t JOIN member m ON m.PK = t.mayor WHERE m.age >= $1 OR t.id = :id ORDER BY m.age`)
	require.ErrorContains(t, err, "parameter", "of two styles")
	require.Nil(t, towns)
	towns, err = mapper.Prepare[town](db, `SELECT t.id, m.name AS mayor, m.age, m.tags, t.founded, t.tax, t.tax AS cents
		FROM town t JOIN member m ON m.PK = t.mayor WHERE m.age >= :age ORDER BY m.age`)
	require.NoError(t, err)
	all, err := towns.Slice(ctx, sql.Named("age", 18))
	require.NoError(t, err)
	require.Equal(t, []*town{
		{ID: "London", Mayor: "Ada", Age: new(36), Founded: time.Date(2000, 1, 2, 3, 4, 5, 0, time.UTC), Cents: 9.5, Tax: "9.50", Tags: []string{"tea", "math"}},
		{ID: "Oslo", Mayor: "Eve", Age: new(64), Cents: 1, Tax: "1.00", Tags: []string{"tea"}},
	}, all)
	one, err := towns.First(ctx, sql.Named("age", 50))
	require.NoError(t, err)
	require.Equal(t, "Oslo", one.ID)
	_, err = towns.First(ctx, sql.Named("age", 500))
	require.ErrorIs(t, err, mapper.ErrNotFound)

	type sum struct {
		Tax big.Float
		N   int
	}
	sums, err := mapper.Prepare[sum](mapper.SQL(db), "SELECT SUM(tax) AS tax, COUNT(*) AS n FROM town WHERE id IN (?)")
	require.NoError(t, err)
	got, err := sums.First(ctx, []string{"London", "Oslo"})
	require.NoError(t, err)
	require.Equal(t, "10.5", got.Tax.String())
	require.Equal(t, 2, got.N)
}

func TestPrepareErrors(t *testing.T) {
	ctx := context.Background()
	_, db := people(t, "?scan=deny")
	type name struct {
		Name string `as:"name"`
	}
	type bad struct {
		Name chan int `as:"name"`
	}
	type meta struct {
		Name string `as:"name"`
		Gen  uint32 `asm:"gen"`
	}
	_, err := mapper.Prepare[bad](db, "SELECT name FROM member")
	require.ErrorContains(t, err, "bad.Name")
	_, err = mapper.Prepare[meta](db, "SELECT name FROM member")
	require.ErrorContains(t, err, "meta has a field with asm")
	_, err = mapper.Prepare[name](db, "SELEC name FROM member")
	require.ErrorContains(t, err, "mapper: Prepare: ")
	_, err = mapper.Prepare[name](db, "DELETE FROM member WHERE PK = 1")
	require.EqualError(t, err, "mapper: Prepare takes a SELECT; use database/sql for other statements")
	for text, want := range map[string]string{
		"SELECT name, age FROM member WHERE PK = 'ada'":    `mapper: the column "age" has no field in name; name it with AS, or add a field`,
		"SELECT name, Name FROM member WHERE PK = 'ada'":   `mapper: two columns are for one field of name, the second is "Name"`,
		"SELECT age AS name FROM member WHERE PK = 'ada'":  `mapper: name.Name (bin "name"): wrong type: the bin holds an integer, the field takes a string`,
		"SELECT name FROM nowhere.member WHERE PK = 'ada'": "nowhere",
		"SELECT name FROM member":                          "scan",
		"SELECT name FROM member WHERE PK = ?":             "argument",
	} {
		s, err := mapper.Prepare[name](db, text)
		require.NoError(t, err)
		_, err = s.Slice(ctx)
		require.ErrorContains(t, err, want)
	}
	s, err := mapper.Prepare[name](db, "SELECT name FROM member WHERE PK = ?")
	require.NoError(t, err)
	_, err = s.Slice(ctx, make(chan int))
	require.ErrorContains(t, err, "mapper: argument 1: a chan int can't be stored")
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = s.Slice(canceled, "ada")
	require.True(t, errors.Is(err, context.Canceled), "%v", err)
}
