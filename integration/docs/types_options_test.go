package docs

import (
	"database/sql"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/cluster"
	"github.com/aerosql/aerosql/mapper"
)

type suit int

const hearts suit = 1

type shape interface{ area() int }

type square struct{ Side int }

func (s square) area() int { return s.Side * s.Side }

// optionRows has a row for each option of a field, or of the mapper, that chooses a form. Each
// record is read again as the same value.
func optionRows(t *testing.T, db *sql.DB, client *cluster.Client) [][]string {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var rows [][]string
	add := func(option, goType string, arg any, save func(set string) error) {
		set := fmt.Sprintf("o%d", len(rows))
		require.NoError(t, save(set), option)
		var n int
		finds := "no"
		if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+set+" WHERE v = ?", arg).Scan(&n); err != nil {
			finds = "refused"
		} else if n == 1 {
			finds = "yes"
		}
		rows = append(rows, []string{"`" + option + "`", "`" + goType + "`", stored(t.Context(), client, set, nil), finds})
	}
	type text struct {
		ID string `as:"id,pk"`
		V  int    `as:"v,text"`
	}
	type asJSON struct {
		ID string         `as:"id,pk"`
		V  map[string]int `as:"v,json"`
	}
	type jsonBlob struct {
		ID string         `as:"id,pk"`
		V  map[string]int `as:"v,json,blob"`
	}
	type stringBlob struct {
		ID string `as:"id,pk"`
		V  string `as:"v,blob"`
	}
	type unix struct {
		ID string    `as:"id,pk"`
		V  time.Time `as:"v,unix"`
	}
	type nativeBool struct {
		ID string `as:"id,pk"`
		V  bool   `as:"v,bool=native"`
	}
	type decimal struct {
		ID string  `as:"id,pk"`
		V  float64 `as:"v,scale=2"`
	}
	type tuple struct {
		ID string `as:"id,pk"`
		V  square `as:"v,list"`
	}
	type enum struct {
		ID string `as:"id,pk"`
		V  suit   `as:"v"`
	}
	type union struct {
		ID string `as:"id,pk"`
		V  shape  `as:"v"`
	}
	add("text", "int", 5, saved(t, db, &text{"k", 5}))
	add("json", "map[string]int", map[string]int{"a": 1}, saved(t, db, &asJSON{"k", map[string]int{"a": 1}}))
	add("json,blob", "map[string]int", map[string]int{"a": 1}, saved(t, db, &jsonBlob{"k", map[string]int{"a": 1}}))
	add("blob", "string", "x", saved(t, db, &stringBlob{"k", "x"}))
	add("unix", "time.Time", at, saved(t, db, &unix{"k", at}))
	add("bool=native", "bool", true, saved(t, db, &nativeBool{"k", true}))
	add("scale=2", "float64", 12.5, saved(t, db, &decimal{"k", 12.5}))
	add("list", "struct", square{2}, saved(t, db, &tuple{"k", square{2}}))
	add("WithEnum", "integer type", hearts, saved(t, db, &enum{"k", hearts}, mapper.WithEnum(map[suit]string{hearts: "hearts"})))
	add("WithTypes", "interface type", square{2}, saved(t, db, &union{"k", square{2}}, mapper.WithTypes(map[string]shape{"square": square{}})))
	return rows
}

// saved returns a function that saves an object and checks that it is read as the same.
func saved[T any](t *testing.T, db *sql.DB, x *T, opts ...mapper.Option) func(set string) error {
	return func(set string) error {
		repo, err := mapper.New[T](db, append(opts, mapper.WithSet(set))...)
		if err != nil {
			return err
		}
		if err := repo.Save(t.Context(), x); err != nil {
			return err
		}
		found, err := repo.Find(t.Context(), "k")
		if err != nil {
			return err
		}
		require.True(t, reflect.DeepEqual(x, found), "%#v is read as %#v", x, found)
		return nil
	}
}
