package exec

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/aerosql/aerosql/querylang/ast"
)

// The servers run a statement as a job and count what they have changed.
func TestBackgroundWrites(t *testing.T) {
	s := openSession(t, Options{})
	s.fill(500, 10)
	require.EqualValues(t, 50, s.exec("UPDATE t SET b = b + 1000 WHERE a = 3 WITH (background, wait)"))
	require.Equal(t, "50", s.one("SELECT COUNT(*) FROM t WHERE b >= 1000"))
	require.EqualValues(t, 50, s.exec("DELETE FROM t WHERE b >= 1000 WITH (background = on, wait = on)"))
	require.Equal(t, "450", s.one("SELECT COUNT(*) FROM t"))

	columns, rows := s.query("UPDATE t SET seen = TRUE WITH (background = true)")
	require.Equal(t, []string{"job"}, columns)
	id, err := strconv.ParseUint(rows[0][0], 10, 64)
	require.NoError(t, err)
	require.NoError(t, s.client.QueryTask(id).Wait(t.Context()))
	require.Equal(t, "450", s.one("SELECT COUNT(*) FROM t WHERE seen"))

	s.exec("UPDATE t SET b = 'text' WHERE a = 1")
	_, err = s.try("UPDATE t SET b = b + 1 WITH (background, wait)")
	require.ErrorContains(t, err, "could not change 50 records (changed: 400)")
	require.EqualValues(t, 0, s.exec("UPDATE t SET b = 1 WHERE 1 = 2 WITH (background, wait)"))
}

func TestBackgroundRefusals(t *testing.T) {
	s := openSession(t, Options{})
	s.fill(10, 10)
	for sql, why := range map[string]string{
		"UPDATE t SET b = 1 WHERE PK = 1 WITH (background)":              "names its keys",
		"UPDATE t SET b = 1 RETURNING b WITH (background)":               "RETURNING",
		"DELETE FROM t LIMIT 2 WITH (background)":                        "ORDER BY and LIMIT",
		"DELETE FROM t WITH (background, max_records = 2)":               "max_records",
		"DELETE FROM t WHERE b REGEXP 'x' WITH (background)":             "can't check the condition",
		"UPDATE t SET b = b * 2 WITH (background)":                       "can't compute the new values",
		"UPDATE t SET b = 1 WITH (background, generation = 5)":           "generation",
		"UPDATE t SET b = 1 WITH (wait)":                                 "needs the option background",
		"INSERT INTO t (PK, n) VALUES (1, 1) WITH (background)":          "needs an UPDATE or a DELETE",
		"UPDATE t SET b = 1 WHERE a = 1 WITH (background = 'sometimes')": "must be ON or OFF",
		"SELECT n FROM t WITH (background)":                              "one of writes",
		"UPDATE t SET b = 1 WITH (ttl = 5, ttl = 6)":                     "given twice",
	} {
		_, err := s.try(sql)
		require.ErrorContains(t, err, why, sql)
		if _, ok := err.(*ast.Error); !ok {
			require.Fail(t, "not an ast.Error", "%s: %T", sql, err)
		}
	}
	require.Equal(t, fmt.Sprint(10), s.one("SELECT COUNT(*) FROM t WHERE b = 0"), "nothing was changed")
}
