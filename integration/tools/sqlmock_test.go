package tools

import (
	"testing"

	"github.com/DATA-DOG/go-sqlmock"
	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
	"github.com/aerosql/aerosql/protocol"
)

// TestSqlmock checks that a mock takes the arguments that the driver takes, and returns its values
// and errors. Rows of a mock can't contain lists; a Document reads one from JSON text.
func TestSqlmock(t *testing.T) {
	db, mock, err := sqlmock.New(sqlmock.ValueConverterOption(driver.ValueConverter{}))
	require.NoError(t, err)
	defer db.Close()
	mock.ExpectExec("UPSERT INTO people").WithArgs(1, []string{"a"}, map[string]int{"k": 1}, born1912, nil).WillReturnResult(sqlmock.NewResult(0, 1))
	mock.ExpectQuery("SELECT tags, born FROM people").WithArgs([]int{1, 2}).
		WillReturnRows(sqlmock.NewRows([]string{"tags", "born"}).AddRow(`["a"]`, born1912).AddRow(nil, nil))
	mock.ExpectExec("INSERT INTO people").WithArgs(1).WillReturnError(&protocol.Error{Code: protocol.KeyExists})

	_, err = db.Exec("UPSERT INTO people (PK, tags, attrs, born, age) VALUES (?, ?, ?, ?, ?)", 1, []string{"a"}, map[string]int{"k": 1}, born1912, nil)
	require.NoError(t, err)
	rows, err := db.Query("SELECT tags, born FROM people WHERE PK IN (?)", []int{1, 2})
	require.NoError(t, err)
	var got []driver.Document[[]string]
	for rows.Next() {
		var tags driver.Document[[]string]
		var born any
		require.NoError(t, rows.Scan(&tags, &born))
		got = append(got, tags)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, []driver.Document[[]string]{document([]string{"a"}), {}}, got)
	_, err = db.Exec("INSERT INTO people (PK) VALUES (?)", 1)
	require.ErrorIs(t, err, protocol.KeyExists)
	require.NoError(t, mock.ExpectationsWereMet())
}
