package driver_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A statement in the background is a job that SHOW JOBS and KILL know.
func TestBackgroundJobs(t *testing.T) {
	db := open(t, nil)
	for i := range 200 {
		execute(t, db, "INSERT INTO t (PK, n) VALUES (?, 0)", i)
	}
	rows := table(t, db, "UPDATE t SET n = 1 WITH (background, records_per_second = 1)")
	require.Len(t, rows, 1)
	job := rows[0]
	require.Contains(t, strings.Join(table(t, db, "SHOW JOBS"), "\n"), job)
	execute(t, db, "KILL "+job)
	require.Equal(t, []string{"true"}, table(t, db, "SELECT COUNT(*) < 200 FROM t WHERE n = 1"))
	require.EqualValues(t, 0, execute(t, db, "UPDATE t SET n = 2 WITH (background)"))
	require.EqualValues(t, 200, execute(t, db, "UPDATE t SET n = 3 WITH (background, wait)"))
	_, err := db.Exec("UPDATE t SET n = n * 2 WITH (background)")
	require.ErrorContains(t, err, "the client changes the records")
}
