package main

import (
	"database/sql"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMigrate(t *testing.T) {
	db, err := sql.Open("aerospike", "aerospike+mem://migrate-test/test?scan=deny")
	require.NoError(t, err)
	defer db.Close()
	outputs := make([]strings.Builder, 4)
	var wg sync.WaitGroup
	for i := range outputs {
		wg.Go(func() {
			if err := migrate(t.Context(), db, &outputs[i]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	applied := 0
	for i := range outputs {
		applied += strings.Count(outputs[i].String(), "applied")
		require.True(t, strings.HasSuffix(outputs[i].String(), "version 2\n"), outputs[i].String())
	}
	require.Equal(t, 2, applied, "each migration is applied once")

	_, err = db.Exec("INSERT INTO visits (id, who) VALUES ('v1', 'ada')")
	require.NoError(t, err)
	var page string
	require.NoError(t, db.QueryRow("SELECT page FROM visits WHERE who = 'ada'").Scan(&page), "the index is used: scans are denied")
	require.Equal(t, "/", page)
}
