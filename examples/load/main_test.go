package main

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/aerosql/aerosql/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open("aerospike", "aerospike+mem://"+t.Name()+"/test")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestLoad(t *testing.T) {
	db := open(t)
	var file strings.Builder
	file.WriteString("PK:int,name,score:float,active:bool\n")
	for i := range 2500 { // more than two batches
		fmt.Fprintf(&file, "%d,\"name, %d\",%d.5,%v\n", i, i, i, i%2 == 0)
	}
	file.WriteString("9999,,0,\n")
	n, err := load(t.Context(), db, "people", strings.NewReader(file.String()))
	require.NoError(t, err)
	require.EqualValues(t, 2501, n)

	var name string
	var score float64
	var active bool
	require.NoError(t, db.QueryRow("SELECT name, score, active FROM people WHERE PK = 1234").Scan(&name, &score, &active))
	require.Equal(t, "name, 1234 1234.5 true", fmt.Sprint(name, " ", score, " ", active))
	var count int
	require.NoError(t, db.QueryRow("SELECT COUNT(*) FROM people WHERE name IS NULL").Scan(&count))
	require.Equal(t, 1, count)
}

func TestErrors(t *testing.T) {
	db := open(t)
	for file, want := range map[string]string{
		"":                             "the header: EOF",
		"PK,n:number\n":                `column n has the unknown type "number"`,
		"PK,n:int\nx,1\ny,x\n":         "line 3: column n",
		"PK,n:int\nc,1\nd\n":           "record on line 3: wrong number of fields",
		"PK,n:int\n\"unterminated,1\n": "parse error on line",
		"PK,n:int\na,\n":               "row 1: wrong arguments: all columns are NULL",
	} {
		_, err := load(t.Context(), db, "t", strings.NewReader(file))
		require.ErrorContains(t, err, want, file)
	}
	_, err := load(t.Context(), db, "t", strings.NewReader("PK,n:int\ne,1\n"))
	require.NoError(t, err)
	_, err = load(t.Context(), db, "t", strings.NewReader("PK,n:int\ne,1\n"))
	require.ErrorIs(t, err, protocol.KeyExists)
}
