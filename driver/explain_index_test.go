package driver_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/driver"
)

// TestIndexDecidesCondition: a query does not send a condition that the range of its index decides.
// A write sends it, because a record can change after the query has found it.
func TestIndexDecidesCondition(t *testing.T) {
	db := open(t, func(c *driver.Config) { c.IndexIntegers = true })
	execute(t, db, "INSERT INTO users (PK, name, age) VALUES (1, 'Ann', 30), (2, 'Bob', 64), (3, 'Cid', 65), (4, 'Dan', 70)")
	execute(t, db, "CREATE INDEX users_age ON users (age) WAIT")
	for query, filter := range map[string]string{
		"SELECT name FROM users WHERE age > 64":                       "",
		"SELECT name FROM users WHERE age BETWEEN 64.5 AND 70.5":      "",
		"SELECT name FROM users WHERE 64 < age AND name <> 'x'":       "users.name <> 'x'",
		"UPDATE users SET name = 'x' WHERE age > 1000":                "users.age > 1000",
		"DELETE FROM users WHERE age > 1000":                          "users.age > 1000",
		"SELECT name FROM users WHERE age > 64 AND age + 0 < 1000000": "users.age + 0 < 1000000",
	} {
		plan := texts(t, db, "EXPLAIN "+query)
		require.Contains(t, plan, "ranges: index users_age", query)
		if filter == "" {
			require.NotContains(t, plan, "server filter", query)
		} else {
			require.Contains(t, plan, "server filter: "+filter, query)
		}
		if strings.HasPrefix(query, "SELECT") {
			require.Equal(t, "Cid\nDan", texts(t, db, query+" ORDER BY name"), query)
		}
	}
}

// texts returns the first column of a query, a line for each row.
func texts(t *testing.T, db *sql.DB, query string) string {
	rows, err := db.Query(query)
	require.NoError(t, err, query)
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line), query)
		lines = append(lines, line)
	}
	require.NoError(t, rows.Err(), query)
	return strings.Join(lines, "\n")
}
